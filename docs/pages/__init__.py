"""The reference pages: what each part of a contract looks like in Markdown."""

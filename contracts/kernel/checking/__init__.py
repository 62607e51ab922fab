"""Checking messages that were recorded or written down, without a server."""

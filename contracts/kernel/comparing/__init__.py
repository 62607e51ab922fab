"""What changes between two revisions, as a client has to see it."""

"""Doors into the mock for clients in the same process, at the provider's real host names."""

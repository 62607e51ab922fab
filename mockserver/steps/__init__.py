"""The steps of a pipeline. Each is made once, at start, and called for every request."""

from collections.abc import Callable

from mockserver.exchange import Exchange

Step = Callable[[Exchange], None]
"""Reads an exchange and adds to it; raises `Refused` to end it."""

"""State, time and sockets. Interprets the declarations in `contracts`; names no provider."""

__version__ = "0.1.0"

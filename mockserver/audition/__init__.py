"""Auditions: a command is run again and again, each time on another bad day, and rated by it."""

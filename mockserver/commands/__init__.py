"""The commands beside `serve`: one module for each, which prints what the kernel finds."""

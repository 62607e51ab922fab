"""State, time and sockets. Interprets the declarations in `contracts`; names no provider."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("screentest")
except (
    PackageNotFoundError
):  # pragma: no cover - a clone that `make serve` runs without installing it
    __version__ = "0.1.0"

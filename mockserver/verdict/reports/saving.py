"""Files of reports: all of one or nothing, and a clear word where it cannot be."""

import os
from collections.abc import Iterable
from pathlib import Path
from tempfile import NamedTemporaryFile


class Unwritten(ValueError):  # noqa: N818 - says what is the matter
    """A report could not be written where it was wanted."""


def check_places(names: Iterable[str]) -> None:
    """Refuse places where no report can be written, before a run is spent on it."""
    wrong = [problem for name in names if name and (problem := _problem(Path(name)))]
    if wrong:
        raise Unwritten("\n".join(wrong))


def _problem(file: Path) -> str:
    """Say why a file cannot be written; empty where it can."""
    if file.is_dir():
        return f"{file}: is a folder; name a file in it"
    if not file.parent.is_dir():
        return f"{file}: there is no folder {file.parent}; make it first"
    writable = os.access(file.parent, os.W_OK)
    return "" if writable else f"{file}: nothing can be written in the folder {file.parent}"


def save(name: str, text: str) -> None:
    """Write a file in one move, so that nobody ever reads half of it."""
    file = Path(name)
    check_places([name])
    with NamedTemporaryFile(
        "w", encoding="utf-8", newline="\n", dir=file.parent, prefix=f".{file.name}.", delete=False
    ) as beside:
        try:
            beside.write(text)
            beside.close()
            Path(beside.name).chmod(_mode(file))
            Path(beside.name).replace(file)
        except BaseException:
            Path(beside.name).unlink(missing_ok=True)
            raise


def _mode(file: Path) -> int:
    """Give the permissions that a file has, or that any new one would get."""
    if file.exists():
        return file.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def append(name: str, text: str) -> None:
    """Add to a file that others add to as well."""
    with Path(name).open("a", encoding="utf-8", newline="\n") as file:
        file.write(text)

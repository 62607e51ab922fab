"""Files of reports: all of one or nothing, and a clear word where it cannot be."""

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from tempfile import NamedTemporaryFile

SUMMARY = "GITHUB_STEP_SUMMARY"
"""Names the file that a job of GitHub Actions shows as its summary."""


class Unwritten(ValueError):  # noqa: N818 - says what is the matter
    """A report could not be written where it was wanted."""


def check_places(names: Iterable[str]) -> None:
    """Refuse places where no report can be written, before a run is spent on it.

    So is one place for two reports, and a summary of the job that cannot be added to.
    """
    files = [Path(name) for name in names if name]
    summary = os.environ.get(SUMMARY, "")
    problems = [*map(_problem, files), *_shared(files)]
    if summary:
        problems.append(_unfit_to_add(Path(summary)))
    if wrong := [one for one in problems if one]:
        raise Unwritten("\n".join(wrong))


def _problem(file: Path) -> str:
    """Say why a file cannot be written anew; empty where it can."""
    writable = os.access(file.parent, os.W_OK)
    return _no_place(file) or (
        "" if writable else f"{file}: nothing can be written in the folder {file.parent}"
    )


def _unfit_to_add(file: Path) -> str:
    """Say why the summary of a job cannot be added to; empty where it can."""
    if not file.exists():
        problem = _problem(file)
    else:
        problem = _no_place(file) or (
            "" if os.access(file, os.W_OK) else f"{file}: cannot be written"
        )
    return problem and f"{SUMMARY}: {problem}"


def _no_place(file: Path) -> str:
    """Say why there can be no file of that name; empty where there can."""
    if file.is_dir():
        return f"{file}: is a folder; name a file in it"
    if not file.parent.is_dir():
        return f"{file}: there is no folder {file.parent}; make it first"
    return ""


def _shared(files: Iterable[Path]) -> list[str]:
    """Name each file that is to hold more than one thing: the last would be all that is left."""
    times = Counter(one.resolve() for one in files)
    return [f"{file}: is named for more than one file" for file, n in times.items() if n > 1]


def save(name: str, text: str) -> None:
    """Write a file in one move, so that nobody ever reads half of it."""
    file = Path(name)
    if problem := _problem(file):
        raise Unwritten(problem)
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

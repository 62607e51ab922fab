"""What tests tell the run that they are a part of: a chapter each, in a folder, line by line."""

import os
from dataclasses import asdict
from json import dumps, loads
from pathlib import Path
from typing import TYPE_CHECKING

from mockserver.verdict.verdict import Chapter, chapter_of

if TYPE_CHECKING:
    from mockserver.testing.mock import Mock


def tell(folder: str, mock: "Mock", name: str, *, is_test: bool = True) -> None:
    """Write down what a test did, before its tenant is forgotten.

    Every process has a file of its own. Nothing is written where the folder is not there: the run
    is over, or on another machine.
    """
    from mockserver.verdict.judging import chapter  # noqa: PLC0415 - readers judge nothing

    told = chapter(mock.world, mock.key, name, is_test=is_test)
    if Path(folder).is_dir():
        line = f"{dumps(asdict(told))}\n"
        with Path(folder, f"{os.getpid()}.jsonl").open("a", encoding="utf-8") as file:
            file.write(line)


class Told:
    """Reads what tests have told so far, each line once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[Path, int] = {}
        """How much of each file was read."""
        self.chapters: list[Chapter] = []

    def look(self) -> list[Chapter]:
        """Give all there is by now; a line that is being written is left for the next time."""
        for file in sorted(self._folder.glob("*.jsonl")):
            with file.open("rb") as stream:
                stream.seek(self._read.get(file, 0))
                lines = stream.read().rpartition(b"\n")[0]
            if lines:
                self._read[file] = self._read.get(file, 0) + len(lines) + 1
                self.chapters += [chapter_of(loads(one)) for one in lines.splitlines()]
        return self.chapters

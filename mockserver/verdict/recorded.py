"""Recorded requests in files: one message each, in the form of the fixtures of this project.

A large medium stands in a file of its own, under `media/` beside the folders of the providers.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from json import dumps, loads
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from mockserver.journal import LARGE

MEDIA = "media"
"""The folder of media, and, behind a `$`, what stands for one in a message."""
TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "wav": "audio/wav",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
}
"""What may stand in a file of its own; a data URL of another type stays in its message."""
HEADS = {f"data:{kind};base64,": suffix for suffix, kind in TYPES.items()}
LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")
LENGTH = 32
"""How many letters name a medium, and half of how many characters name a request."""


class Unfitting(ValueError):  # noqa: N818 - says what it is
    """A message cannot be said in this form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One request as it is kept, and what its contract said of it then."""

    file: str
    """Where it stands."""
    provider: str
    revision: str
    """The one it was held to; empty for the default."""
    operation: str
    message: Mapping[str, Any]
    breaks: str
    """The rule that it broke; empty where it was valid."""

    @property
    def contract(self) -> str:
        """The name of the revision it was held to."""
        return f"{self.provider}@{self.revision}" if self.revision else self.provider


def read(directory: Path) -> Iterator[Recorded]:
    """Read every request that was recorded in a directory, or that fixtures show.

    `ValueError` where there is none, or a file is not of this form.
    """
    files = [one for one in sorted(directory.glob("*/*.json")) if one.parent.name != MEDIA]
    found = [one for file in files for one in _in(file, directory)]
    if not found:
        raise ValueError(f"{directory} holds no recorded request")
    yield from found


def _in(file: Path, directory: Path) -> Iterator[Recorded]:
    """Read the requests of one file; of fixtures, answers and boundaries are something else."""
    try:
        sheet = loads(file.read_bytes())
        for one in sheet.get("examples", ()):
            if one["direction"] == "request":
                yield Recorded(
                    file=str(file),
                    provider=sheet["provider"],
                    revision=one.get("revision", ""),
                    operation=one["operation"],
                    message=with_media(one["message"], directory),
                    breaks=one.get("breaks", ""),
                )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"{file} is no file of recorded requests: {error!r}") from None


def with_media(value: Any, directory: Path) -> Any:  # noqa: ANN401 - JSON
    """Put the data URL of a file in the place of its name."""
    if isinstance(value, list):
        return [with_media(one, directory) for one in value]
    if not isinstance(value, dict):
        return value
    if (name := value.get(f"${MEDIA}")) is None:
        return {key: with_media(one, directory) for key, one in value.items()}
    file = directory / MEDIA / Path(name).name
    head = f"data:{TYPES[file.suffix.removeprefix('.')]};base64,"
    return f"{head}{b64encode(file.read_bytes()).decode()}"


def without_media(value: Any, media: dict[str, bytes]) -> Any:  # noqa: ANN401 - JSON
    """Put names in the place of large media, which are added to `media`.

    `Unfitting` where a key begins as what stands for something else.
    """
    if isinstance(value, list):
        return [without_media(one, media) for one in value]
    if isinstance(value, dict):
        if any(key.startswith("$") for key in value):
            raise Unfitting("a key that begins with $")
        return {key: without_media(one, media) for key, one in value.items()}
    return _apart(value, media) if isinstance(value, str) and len(value) > LARGE else value


def _apart(url: str, media: dict[str, bytes]) -> Any:  # noqa: ANN401 - JSON
    """Give what stands for a data URL, if a file can hold all that it says."""
    head, _, text = url.partition(",")
    suffix = HEADS.get(f"{head},")
    if suffix is None:
        return url
    try:
        content = b64decode(text, validate=True)
    except ValueError:
        return url
    if b64encode(content).decode() != text:
        return url
    letters = sha256(content).hexdigest()[:LENGTH].translate(LETTERS)
    name = f"{letters}.{suffix}"
    media[name] = content
    return {f"${MEDIA}": name}


def name_of(operation: str, *told: object) -> str:
    """Give the id of a request, which is also the name of its file: equal for equal ones."""
    digest = sha256(dumps(told, sort_keys=True).encode()).hexdigest()
    return f"{operation}-{digest[: LENGTH // 2]}"


def place_of(directory: Path, sheet: Mapping[str, Any]) -> Path:
    """Give the file of a request."""
    (example,) = sheet["examples"]
    return directory.joinpath(sheet["provider"], f"{example['id']}.json")


def prepare(directory: Path) -> None:
    """Make the directory, if it is not there; `ValueError` where nothing can be kept in it."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=directory):
            pass
    except OSError as error:
        raise ValueError(f"nothing can be recorded in {directory}: {error.strerror}") from None


def write(file: Path, sheet: Mapping[str, Any], media: Mapping[str, bytes]) -> None:
    """Keep a request and its media."""
    for name, content in media.items():
        _put(file.parent.parent / MEDIA / name, content)
    _put(file, f"{dumps(sheet, indent=2)}\n".encode())


def _put(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)

"""What clients of SenseAudio do wrong without being told."""

from collections.abc import Iterator

from contracts.kernel.habits import Habit, Severity
from contracts.kernel.manners.asking import Fields, data_urls, fields
from contracts.providers.senseaudio.sources import SEED

LARGE = 1024 * 1024
"""Characters of a data URL. The page names no figure for a large file; assumed."""


def _large(given: Fields) -> Iterator[tuple[str, str]]:
    """Look for large files inside the request."""
    for path, size in data_urls(given):
        if size > LARGE:
            yield path, f"`{path}` is a data URL of more than a million characters"


HABITS = (
    Habit(
        id="senseaudio/large-data-url",
        sentence="Large files are sent by link, not as data URLs.",
        why="A body may have 64 MB in all, and base64 makes a file a third larger.",
        mend="Put the file where the provider can fetch it, and send its URL.",
        severity=Severity.WARNING,
        source=SEED.at("limits on media", "The page names no figure; a megabyte is assumed."),
        find=fields(_large),
    ),
)

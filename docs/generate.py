"""Write the reference pages from the contracts; with --check, say whether they are up to date."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "docs")]

from pages.findings import findings  # noqa: E402
from pages.index import index  # noqa: E402
from pages.provider import page  # noqa: E402
from pages.python import python  # noqa: E402

from contracts.kernel.registry import providers, revisions  # noqa: E402

FOLDER = ROOT / "docs" / "reference"


def pages() -> dict[str, str]:
    """Give every page by the name of its file."""
    known = {id_: revisions(id_) for id_ in providers()}
    general = {"README.md": index(known), "findings.md": findings(known), "python.md": python()}
    return general | {f"{id_}.md": page(each) for id_, each in known.items()}


def stale(wanted: Mapping[str, str], folder: Path) -> Iterator[str]:
    """Give the files that are missing, not as they should be, or too many."""
    for name, text in wanted.items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            yield name
    yield from sorted({path.name for path in folder.glob("*.md")} - set(wanted))


def write(wanted: Mapping[str, str], folder: Path) -> None:
    """Write every page, and remove what is none."""
    folder.mkdir(exist_ok=True)
    for path in folder.glob("*.md"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8")


def main() -> int:
    """Write every page, or compare every page."""
    if "--check" not in sys.argv[1:]:
        write(pages(), FOLDER)
        return 0
    found = list(stale(pages(), FOLDER))
    for name in found:
        print(f"{(FOLDER / name).relative_to(ROOT)} is stale; run make docs")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

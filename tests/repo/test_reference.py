"""The reference pages: everything that a contract states is on the page of its provider."""

import re
import sys
from collections.abc import Iterator

import pytest

from contracts.kernel.provider import Provider
from contracts.kernel.registry import providers, revisions
from contracts.kernel.violations import Contract

LARGEST = 200_000
NAMES = ("README.md", *(f"{id_}.md" for id_ in providers()))


def ids(provider: Provider) -> Iterator[str]:
    """Everything in a revision that has an id."""
    for one in provider.operations:
        contract = Contract(one.body, one.id)
        yield from (limit.id for limit in contract.limits)
        yield from contract.rules
        yield from contract.media
    yield from provider.models()
    yield from (f"{provider.id}/{cause}" for cause in provider.errors)


def notes(provider: Provider) -> Iterator[str]:
    """Every note in a revision, its errors and its models."""
    for one in provider.operations:
        contract = Contract(one.body, one.id)
        stated = (one, *contract.limits, *contract.rules.values(), *contract.media.values())
        yield from (each.source.note for each in stated)
    yield from (case.source.note for case in provider.errors.values())
    yield from (row.note for row in provider.models().values())
    yield provider.lifecycle.source.note


def section(page: str, title: str) -> str:
    """One section of a page, on one line."""
    return " ".join(page.partition(f"\n## {title}\n")[2].partition("\n## ")[0].split())


@pytest.mark.parametrize("id_", providers())
def test_everything_with_an_id_is_on_the_page(id_, pages):
    known = {one for revision in revisions(id_) for one in ids(revision)}
    page = pages[f"{id_}.md"]
    assert {one for one in known if f"`{one}`" not in page} == set()


@pytest.mark.parametrize("id_", providers())
def test_every_note_is_where_sources_disagree(id_, pages):
    known = {one for revision in revisions(id_) for one in notes(revision)}
    found = section(pages[f"{id_}.md"], "Where sources disagree")
    assert {one for one in known if one not in found} == set()


@pytest.mark.parametrize("id_", providers())
def test_every_revision_is_described_and_can_be_served(id_, pages):
    page = pages[f"{id_}.md"]
    for one in revisions(id_):
        assert f"| {one.about} | `screentest serve --contract {one.name}` |" in page


@pytest.mark.parametrize("id_", providers())
def test_every_answer_of_every_revision_is_on_the_page(id_, pages):
    gives = [each for one in revisions(id_) for op in one.operations for each in op.answers]
    wanted = {f"Answer {one.status}, {one.when}: " for one in gives}
    assert {one for one in wanted if one not in pages[f"{id_}.md"]} == set()


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_plain_and_not_too_large(name, pages):
    page = pages[name]
    assert len(page.encode()) < LARGEST
    assert page.endswith("\n")
    assert "\n\n\n" not in page


@pytest.mark.parametrize("name", NAMES)
def test_all_rows_of_a_table_have_as_many_cells(name, pages):
    for lines in re.findall(r"(?:^\|.*\n)+", pages[name], re.MULTILINE):
        widths = {len(re.split(r"(?<!\\)\|", line)) for line in lines.splitlines()}
        assert len(widths) == 1, lines[:200]


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_somewhere(name, pages, writing):
    titles = re.findall("^## (.*)$", pages[name], re.MULTILINE)
    anchors = {f"#{writing.anchor(title)}" for title in titles}
    assert len(anchors) == len(titles)
    assert set(re.findall(r"\]\(([^)]+)\)", pages[name])) == (anchors or set(pages) - {name})


def test_pages_come_out_the_same_again(generate, pages):
    assert generate.pages() == pages


def test_the_index_counts_what_there_is(pages):
    for id_ in providers():
        for one in revisions(id_):
            contracts_ = [Contract(each.body, each.id) for each in one.operations]
            fields = sum(1 for contract in contracts_ for limit in contract.limits if limit.path)
            rules = len({rule for contract in contracts_ for rule in contract.rules})
            media = len({rule for contract in contracts_ for rule in contract.media})
            counts = (len(contracts_), fields, rules, media, len(one.models()), len(one.errors))
            (row,) = re.findall(f"^.*`{one.name}`.*$", pages["README.md"], re.MULTILINE)
            assert row.endswith(f"| {' | '.join(map(str, counts))} |")


def test_a_folder_as_written_is_up_to_date(tmp_path, generate, pages):
    folder = tmp_path / "reference"
    generate.write(pages, folder)
    assert list(generate.stale(pages, folder)) == []


def test_a_stale_page_is_noticed(tmp_path, generate, pages):
    generate.write(pages, tmp_path)
    (tmp_path / "README.md").write_text("old")
    assert list(generate.stale(pages, tmp_path)) == ["README.md"]


def test_a_missing_page_is_noticed(tmp_path, generate, pages):
    generate.write(pages, tmp_path)
    (tmp_path / "README.md").unlink()
    assert list(generate.stale(pages, tmp_path)) == ["README.md"]


def test_a_superfluous_page_is_noticed_and_removed(tmp_path, generate):
    (tmp_path / "gone.md").write_text("a provider that left")
    assert list(generate.stale({}, tmp_path)) == ["gone.md"]
    generate.write({}, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_check_says_what_is_stale(tmp_path, monkeypatch, capsys, generate, pages):
    monkeypatch.setattr(generate, "FOLDER", tmp_path)
    monkeypatch.setattr(generate, "ROOT", tmp_path)
    monkeypatch.setattr(sys, "argv", ["generate.py", "--check"])
    assert generate.main() == 1
    assert capsys.readouterr().out.splitlines() == [f"{n} is stale; run make docs" for n in pages]
    monkeypatch.setattr(sys, "argv", ["generate.py"])
    assert generate.main() == 0
    monkeypatch.setattr(sys, "argv", ["generate.py", "--check"])
    assert generate.main() == 0


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ((), ""),
        (("5s", "10s"), "5s, 10s"),
        (("4s", "5s"), "4s, 5s"),
        (("4s", "5s", "6s"), "4s-6s"),
        (("2s", "4s", "5s", "6s", "Auto"), "2s, 4s-6s, Auto"),
        (("1s", "2p", "3s"), "1s, 2p, 3s"),
        ((8, 9, 10, 11), "8-11"),
        (("16:9", "9:16"), "16:9, 9:16"),
    ],
)
def test_lengths_in_a_row_are_a_range(values, words, writing):
    assert writing.compact(values) == words


def test_a_pipe_does_not_end_a_cell(writing):
    assert list(writing.table(("a",), [("x | y\nz",)])) == ["| a |", "| --- |", r"| x \| y z |", ""]


def test_a_table_without_rows_is_left_out(writing):
    assert list(writing.table(("a",), [])) == []


def test_prose_has_a_sentence_on_each_line(writing):
    assert list(writing.prose("One, e.g. two. Three. `four`?", "", "Five.")) == [
        "One, e.g. two.",
        "Three.",
        "`four`?",
        "Five.",
        "",
    ]

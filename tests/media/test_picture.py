"""Colour bars and a counter on a grid of blocks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.media.colours import BARS, INK, PALETTE, PANEL
from mockserver.media.picture import draw, in_blocks

SIDES = st.integers(1, 160)
SECONDS = st.integers(0, 12 * 60 * 60)


def written(columns, rows, second):
    """Return what is on the panel, a string for each row, dots where it is dark."""
    panel = [row for row in draw(columns, rows, second) if PANEL in row]
    left, right = panel[0].index(PANEL), panel[0].rindex(PANEL) + 1
    shapes = {PANEL: ".", INK: "#"}
    return ["".join(shapes[block] for block in row[left:right]) for row in panel]


@given(columns=SIDES, rows=SIDES, second=SECONDS)
def test_a_picture_fills_the_grid_with_known_colours(columns, rows, second):
    picture = draw(columns, rows, second)

    assert len(picture) == rows
    assert {len(row) for row in picture} == {columns}
    assert max(map(max, picture)) < len(PALETTE)


@given(columns=SIDES, rows=SIDES, second=SECONDS)
def test_every_second_looks_different_from_the_one_before(columns, rows, second):
    assert draw(columns, rows, second) != draw(columns, rows, second + 1)


def test_the_counter_shows_minutes_and_seconds():
    assert written(22, 8, 754) == [
        ".....................",
        "..#..###.....###.#.#.",
        ".##....#..#....#.#.#.",
        "..#..###.....###.###.",
        "..#..#....#....#...#.",
        ".###.###.....###...#.",
        ".....................",
    ]


def test_the_counter_goes_on_after_99_minutes():
    assert written(26, 8, 6_000)[1:-1] == [
        "..#..###.###.....###.###.",
        ".##..#.#.#.#..#..#.#.#.#.",
        "..#..#.#.#.#.....#.#.#.#.",
        "..#..#.#.#.#..#..#.#.#.#.",
        ".###.###.###.....###.###.",
    ]


def test_digits_grow_with_the_picture():
    assert written(18, 30, 9) == [
        "." * 16,
        *["." + line + "." for line in ("######..######",) * 2],
        *["." + line + "." for line in ("##..##..##..##",) * 2],
        *["." + line + "." for line in ("##..##..######",) * 2],
        *["." + line + "." for line in ("##..##......##",) * 2],
        *["." + line + "." for line in ("######..######",) * 2],
        "." * 16,
    ]


@pytest.mark.parametrize(
    ("columns", "top"),
    [
        (21, ".###.###.....###.###."),
        (20, ".###.###."),
        (9, ".###.###."),
        (8, ".###."),
        (5, ".###."),
    ],
)
def test_a_narrow_picture_shows_as_many_digits_as_fit(columns, top):
    assert written(columns, 7, 0)[1] == top


@pytest.mark.parametrize(("columns", "rows"), [(4, 20), (20, 6), (1, 1)])
def test_bars_move_where_no_digit_fits(columns, rows):
    before, after = draw(columns, rows, 0), draw(columns, rows, 1)

    assert [[(bar + 1) % len(BARS) for bar in row] for row in before] == list(map(list, after))


def test_there_are_seven_bars_of_equal_width():
    assert draw(14, 1, 0) == (bytes([0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]),)


@pytest.mark.parametrize(("pixels", "blocks"), [(1, 1), (16, 1), (17, 2), (1080, 68)])
def test_blocks_cover_all_pixels(pixels, blocks):
    assert in_blocks(pixels) == blocks

"""Links, ids, sizes, lifecycles, the registry: the small parts of the vocabulary."""

import re
from base64 import b64encode
from dataclasses import replace
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from contracts.kernel.auth import Bearer, FirstOf, KeyHeader
from contracts.kernel.errors import Refused
from contracts.kernel.frame_sizes import SIZES, frame_size
from contracts.kernel.ids import alphanumeric, dated, uuid4
from contracts.kernel.media import FACE_MARKER, AudioLink, ImageLink, VideoWebLink, people_shown
from contracts.kernel.operation import Carried, Gate
from contracts.kernel.registry import chosen, every_revision, newest, providers, revision, revisions


def is_link(kind: object, text: str) -> bool:
    try:
        TypeAdapter(kind).validate_python(text)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (ImageLink, "https://example.com/a.png", True),
        (ImageLink, "http://127.0.0.1:9/a", True),
        (ImageLink, "data:image/png;base64,iVBORw0K", True),
        (ImageLink, "data:image/png;base64,", False),
        (ImageLink, "data:audio/mpeg;base64,SUQz", False),
        (ImageLink, "ftp://example.com/a.png", False),
        (ImageLink, "https://", False),
        (ImageLink, "http://[::1]:8/a", True),
        (ImageLink, "http://me@[::1]/a", True),
        (ImageLink, "http://[::1", False),
        (ImageLink, "http://a]b/", False),
        (ImageLink, "http://a b/", False),
        (ImageLink, "a.png", False),
        (ImageLink, "", False),
        (AudioLink, "data:audio/mpeg;base64,SUQz", True),
        (VideoWebLink, "data:video/mp4;base64,SUQz", False),
        (VideoWebLink, "https://example.com", True),
    ],
)
def test_links_have_a_form_and_a_kind(kind, text, expected):
    assert is_link(kind, text) is expected


def data_url(content: bytes) -> str:
    return "data:image/png;base64," + b64encode(content).decode()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (f"https://example.com/{FACE_MARKER}-1.png", True),
        ("https://example.com/screentest%2Dface.png", True),
        (f"https://example.com/{FACE_MARKER}/landscape.png", False),
        ("https://example.com/surface.png", False),
        ("https://[bad/screentest-face.png", True),
        ("https://example.com/a.png?like=/screentest-face", False),
        (data_url(b"PNG...screentest-face..."), True),
        (data_url(b"PNG..."), False),
        ("data:image/svg+xml,%3Csvg%20id='screentest-face'/%3E", True),
        ("data:image/png;base64,!!!", False),
        ("data:image/png;base64,A", False),
    ],
)
def test_a_face_is_what_says_so(url, expected):
    assert (people_shown(url) is not None) is expected


@given(st.integers())
def test_uuids_are_of_version_four_and_follow_from_the_seed(seed):
    made = uuid4(Random(seed))
    assert UUID(made).version == 4
    assert UUID(made).variant == "specified in RFC 4122"
    assert str(UUID(made)) == made == uuid4(Random(seed))


def test_other_ids_have_their_documented_forms():
    assert re.fullmatch("[A-Za-z0-9]{32}", alphanumeric(Random(1), 32))
    assert re.fullmatch("cgt-20260608223955-[a-z0-9]{5}", dated(Random(1), 1780958395.6, "cgt"))


@pytest.mark.parametrize(
    ("resolution", "ratio", "size"),
    [
        ("720p", "16:9", (1280, 720)),
        ("480p", "1:1", (640, 640)),
        ("4k", "9:16", (2160, 3840)),
        ("1080p", "adaptive", (1920, 1080)),
        ("540p", "16:9", (960, 540)),
        ("true_1080p", "16:9", (1920, 1080)),
        ("1440p", "2:3", (1440, 2160)),
        ("2K", "16:9", (2560, 1440)),
    ],
)
def test_frames_have_the_size_of_the_table_or_of_their_name(resolution, ratio, size):
    assert frame_size(resolution, ratio) == size


def test_listed_sizes_have_the_ratio_they_are_listed_under():
    for sizes in SIZES.values():
        for ratio, (width, height) in sizes.items():
            wide, high = map(int, ratio.split(":"))
            assert width / height == pytest.approx(wide / high, rel=0.03)


def test_an_operation_without_the_gates_it_needs_is_refused():
    submit = providers()["venice"].submit
    with pytest.raises(ValueError, match="operation queue needs these gates, too: key, size, type"):
        replace(submit, gates=(Gate.CONTRACT,))
    with pytest.raises(ValueError, match="operation queue opens tasks, so it must carry JSON"):
        replace(submit, carried=Carried.FORM)


@pytest.mark.parametrize(
    ("headers", "key"),
    [
        ({b"authorization": b"Bearer abc"}, "abc"),
        ({b"authorization": b"bearer abc "}, "abc"),
        ({b"authorization": b"Bearer "}, ""),
        ({b"authorization": b"Bearer"}, ""),
        ({}, ""),
        ({b"x-key": b"one", b"authorization": b"Bearer two"}, "one!"),
    ],
)
def test_keys_are_found_where_they_are_sent(headers, key):
    ways = FirstOf((KeyHeader(b"x-key", lambda value: value + "!"), Bearer()))
    assert ways.key(headers) == key


def test_another_scheme_than_bearer_is_a_bad_key():
    with pytest.raises(Refused, match="bad-key"):
        Bearer().key({b"authorization": b"Basic abc"})


def test_a_folder_without_a_provider_is_named(tmp_path, monkeypatch):
    (tmp_path / "shelf_a" / "nobody").mkdir(parents=True)
    (tmp_path / "shelf_a" / "nobody" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ValueError, match=r"shelf_a\.nobody must declare PROVIDER"):
        providers("shelf_a")


def test_a_provider_without_a_word_for_every_refusal_is_refused():
    one = next(iter(providers().values()))
    errors = {cause: case for cause, case in one.errors.items() if cause != "no-key"}
    with pytest.raises(ValueError, match="has no error for: no-key"):
        replace(one, errors=errors)


def test_the_first_revision_of_a_provider_is_its_default():
    defaults = [revisions(id_)[0] for id_ in providers()]
    assert defaults == list(providers().values()) == [revision(id_) for id_ in providers()]


def test_a_revision_is_found_by_its_name():
    assert [revision(one.name) for one in every_revision()] == list(every_revision())


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("venice@2026-09", "; did you mean venice@2026-10?"),
        ("venize", "; did you mean venice"),
        ("senseaudio@stict", "; did you mean senseaudio@strict"),
        ("@", ". There are: acedata@"),
    ],
)
def test_an_unknown_revision_is_refused_with_the_nearest(name, hint):
    with pytest.raises(ValueError, match=re.escape(f"no contract {name!r}{hint}")):
        revision(name)


def test_a_dialect_is_never_the_newest_revision():
    assert newest("venice").name == "venice@2026-10"
    assert newest("senseaudio").name == "senseaudio@current"
    assert revision("senseaudio@strict").dialect


@pytest.mark.parametrize(
    ("names", "venice", "senseaudio"),
    [
        ([], "2026-06", "current"),
        (["latest"], "2026-10", "current"),
        (["latest", "seeds"], "2026-06", "current"),
        (["venice@2026-10", "senseaudio@strict"], "2026-10", "strict"),
        (["venice@2026-10", "venice"], "2026-06", "current"),
        (["senseaudio@strict", "latest"], "2026-10", "current"),
    ],
)
def test_one_revision_of_each_provider_is_chosen_and_later_names_win(names, venice, senseaudio):
    picked = chosen(names)
    assert list(picked) == list(providers())
    assert (picked["venice"].revision, picked["senseaudio"].revision) == (venice, senseaudio)


def test_an_operation_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(KeyError, match="venice has no operation 'submit'; it has queue, retrieve"):
        revision("venice").operation("submit")


def test_a_revision_replaces_operations_of_the_same_id_and_adds_others():
    venice = providers()["venice"]
    other, more = replace(venice.submit, summary="Other."), replace(venice.submit, id="more")
    revised = venice.revised(other, more, revision="next")
    assert revised.operations == (other, *venice.operations[1:], more)
    assert revised.name == "venice@next"

"""Each rating both ways, by clients in processes of their own."""

import sys
from pathlib import Path

import pytest

from mockserver.audition import performing
from mockserver.audition.acts import battery, chosen
from mockserver.audition.performing import TENANT, variables
from mockserver.audition.playing import Unfit, audition
from mockserver.verdict.running import staged

OTHER = str(Path(__file__).with_name("other.py"))
R, C = "recovered", "failed cleanly"
GOOD = {
    "busy": R,
    "server-error": R,
    "dropped": C,
    "accepted-502": C,
    "accepted-504": C,
    "accepted-reset": C,
    "accepted-half": C,
    "accepted-silence": C,
    "accepted-malformed": C,
    "accepted-html": R,
    "slow": R,
    "no-balance": C,
    "stuck": C,
    "failed": C,
    "flapping": R,
    "look-error": R,
    "look-busy": R,
    "look-dropped": R,
    "look-malformed": R,
    "look-html": R,
    "revoked": C,
    "download-dropped": R,
    "truncated": C,
    "empty": C,
    "expired": C,
}
NOT_FOR_IT = {"come-again", "consent", "refused-later"} | {
    one.id for one in battery() if "callback" in one.needs
}


@pytest.fixture
def in_haste(monkeypatch):
    """Let work go faster by the wall than users need."""
    monkeypatch.setattr(performing, "SPEED", 600.0)


def test_a_good_client_gets_full_marks_in_every_act_that_it_can_play(casting_of):
    played = audition(casting_of(), battery(), 4)
    ratings = {one.act.id: str(one.rating) for one in played.rated if one.evidence}
    assert ratings == GOOD
    assert {one.act.id for one in played.rated if not one.evidence} == NOT_FOR_IT
    assert {one.marks for one in played.rated if one.evidence} == {2}
    assert [one.act for one in played.rated] == [*battery()]


@pytest.mark.parametrize(
    ("bad_at", "act", "rating", "why"),
    [
        ("resending", "accepted-502", "paid twice", "requests 1, 2 opened 2 tasks"),
        ("resending", "accepted-reset", "paid twice", "where the rehearsal has 1"),
        ("resending", "accepted-malformed", "paid twice", "requests 1, 2 opened"),
        ("resending", "dropped", "recovered", "met at request 1"),
        ("resending", "no-balance", "failed cleanly", "met at requests 1, 2, 3 and more"),
        ("looking", "look-error", "lost a paid video", "the task of request 1 is charged"),
        ("looking", "look-dropped", "lost a paid video", "met at request 2"),
        ("looking", "revoked", "failed cleanly", "met at request 3"),
        ("telling", "failed", "reported success falsely", "0 of 1 video arrived"),
        ("telling", "truncated", "reported success falsely", "exit status 0"),
        ("telling", "download-dropped", "reported success falsely", "0 of 1 video"),
        ("fetching", "look-error", "recovered", "1 video arrived after 6 requests"),
        ("fetching", "truncated", "not applicable", "the client fetches no video"),
    ],
)
def test_a_client_is_rated_by_what_it_does(rated, bad_at, act, rating, why):
    got = rated(act, bad_at)
    assert (str(got.rating), why in got.why) == (rating, True), got.why


def test_a_client_without_an_end_to_its_patience_hangs(rated):
    got = rated("stuck", "ending", timeout=0.6)
    assert str(got.rating) == "hung"
    assert got.why.startswith("still running after 1 s; its last request was number ")


CALLBACKS = [one for one in battery() if "callback" in one.needs]


@pytest.mark.usefixtures("in_haste")
def test_a_good_client_of_callbacks_recovers_from_all_that_happens_to_them(casting_of):
    played = audition(casting_of("callbacks"), CALLBACKS, 4)
    assert {str(one.rating) for one in played.rated} == {"recovered"}


@pytest.mark.usefixtures("in_haste")
@pytest.mark.parametrize(
    ("bad_at", "act", "rating"),
    [
        ("waiting", "callback-lost", "lost a paid video"),
        ("waiting", "callback-forged", "lost a paid video"),
        ("believing", "callback-forged", "lost a paid video"),
        ("waiting", "callback-twice", "recovered"),
    ],
)
def test_a_client_that_trusts_in_callbacks_loses_videos(rated, bad_at, act, rating):
    assert str(rated(act, "callbacks", bad_at).rating) == rating


def test_what_is_not_every_providers_is_played_where_it_is_one_of_the_clients(casting_of):
    casting = casting_of(program=(sys.executable, OTHER))
    played = audition(
        casting, chosen(["come-again", "consent", "refused-later", "failed", "download-*"]), 3
    )
    assert {one.act.id: str(one.rating) for one in played.rated} == {
        "come-again": "recovered",
        "consent": "failed cleanly",
        "failed": "not applicable",
        "refused-later": "failed cleanly",
        "download-dropped": "lost a paid video",
    }


REFUSED = """
import os, urllib.request as u, urllib.error as e
try:
    u.urlopen(os.environ["SCREENTEST_URL"] + "/v1/video/generations", b"{}")
except e.HTTPError as error:
    error.close()
"""
FORGETS = """
import os, json, urllib.request as u
body = {"model": "doubao-seedance-2-0-1080p", "prompt": "a"}
url = os.environ["SCREENTEST_URL"] + "/v1/video/generations"
said = {"Authorization": "Bearer k", "Content-Type": "application/json"}
u.urlopen(u.Request(url, json.dumps(body).encode(), said)).close()
"""


@pytest.mark.parametrize(
    ("program", "why"),
    [
        ("import sys; print('no key'); sys.exit(3)", "ended with exit status 3"),
        ("print('hello')", "sent no request to the mock"),
        (REFUSED, "asked for no video in 1 request; refused: request 1"),
        (FORGETS, "no video arrived"),
    ],
)
def test_a_client_that_does_not_work_is_not_auditioned(casting_of, program, why):
    with pytest.raises(Unfit, match=why):
        audition(casting_of(program=(sys.executable, "-c", program)), battery(), 1)


def test_a_client_that_never_ends_on_a_good_day_is_not_auditioned(casting_of):
    program = (sys.executable, "-c", "import threading; threading.Event().wait()")
    with pytest.raises(Unfit, match="still running after 0 s, though nothing went wrong"):
        audition(casting_of(program=program, timeout=0.3), battery(), 1)


def test_what_fails_here_ends_all_acts(casting_of):
    def fail(_rated):
        raise RuntimeError("no room for it")

    casting = casting_of()
    with pytest.raises(RuntimeError, match="no room"):
        audition(casting, chosen(["no-balance", "accepted-50?"]), 1, fail)
    assert casting.stop.is_set()


def test_without_a_proxy_the_environment_has_the_shims_all_the_same(casting_of):
    casting = casting_of()
    with staged(casting.settings, 0, print, with_proxy=False) as stage:
        given = variables(stage, casting)
    assert given["SCREENTEST_URL"] == f"{stage.origin}/@{TENANT}"
    assert given["SCREENTEST_HASTE"] == "400"
    assert "shims" in given["PYTHONPATH"]


def test_a_client_whose_requests_name_no_tenant_is_judged_by_its_key(casting_of, monkeypatch):
    monkeypatch.setattr(performing, "TENANT", "another")
    monkeypatch.setattr(
        performing, "variables", lambda stage, casting: bare(variables(stage, casting))
    )

    def bare(given):
        return given | {"SCREENTEST_URL": given["SCREENTEST_URL"].partition("/@")[0]}

    assert len(performing.rehearse(casting_of()).tasks) == 1


def test_a_command_that_is_not_there_is_named(casting_of):
    with pytest.raises(ValueError, match="cannot run there-is-none: No such file"):
        audition(casting_of(program=("there-is-none",)), battery(), 1)

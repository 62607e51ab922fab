"""Stubs of a user's own beside the door, and what is patched when."""

import httpcore
import httpcore2
import httpx
import pytest
import respx
from respx.mocks import HTTPCoreMocker, Mocker
from respx.models import AllMockedAssertionError

from contracts.kernel.registry import providers
from mockserver.intercept import router
from mockserver.intercept.router import HTTPCore2Mocker, httpx_door
from mockserver.intercept.target import NotMocked

HOST = next(iter(providers().values())).hosts[0]
OURS = f"https://{HOST}/nowhere"
THEIRS = "https://theirs.example/"
NOBODYS = "https://nobodys.example/"


@pytest.fixture
def ask(caller):
    """Give the status that a request to a URL is answered with."""
    return lambda url: caller.send("GET", url)[0]


@pytest.fixture
def stubs(caller):
    """Make stubs for the library under test: 201 at a host of the user's."""

    def made(**options):
        using = "httpcore" if caller.lib is httpx else HTTPCore2Mocker.name
        stubs = respx.mock(using=using, **options)
        stubs.get(THEIRS).respond(201)
        return stubs

    return made


def patched():
    """Tell of every method that may be patched whether it is."""
    owners = {
        "handle_request": ["ConnectionPool", "HTTPConnection", "HTTPProxy"],
        "handle_async_request": ["AsyncConnectionPool", "AsyncHTTPConnection", "AsyncHTTPProxy"],
    }
    return {
        getattr(getattr(core, owner), name).__name__ != name
        for core in (httpcore, httpcore2)
        for name, several in owners.items()
        for owner in several
    }


def test_a_door_patches_everything_and_leaves_nothing_behind(target):
    with httpx_door(target):
        assert patched() == {True}
    assert patched() == {False}


def test_stubs_opened_within_the_door_are_asked_first(ask, stubs, target):
    with httpx_door(target):
        with stubs():
            assert [ask(url) for url in (OURS, THEIRS)] == [404, 201]
        with pytest.raises(NotMocked):
            ask(THEIRS)
        assert ask(OURS) == 404


def test_stubs_opened_before_the_door_are_asked_first(ask, stubs, target):
    with stubs():
        with httpx_door(target):
            assert [ask(url) for url in (OURS, THEIRS)] == [404, 201]
        with pytest.raises(AllMockedAssertionError):
            ask(OURS)
    assert patched() == {False}


@pytest.mark.parametrize("inside", [True, False])
def test_a_stub_for_our_host_wins(ask, stubs, target, inside):
    mine = stubs(assert_all_called=False)
    mine.get(OURS).respond(202)
    first, second = (httpx_door(target), mine) if inside else (mine, httpx_door(target))
    with first, second:
        assert ask(OURS) == 202
        assert ask(f"{OURS}/else") == 404


@pytest.mark.parametrize("inside", [True, False])
def test_what_neither_answers_is_refused_once_by_a_name_that_both_have(ask, stubs, target, inside):
    mine = stubs()
    first, second = (httpx_door(target), mine) if inside else (mine, httpx_door(target))
    with first, second:
        with pytest.raises(AllMockedAssertionError, match="screentest refused") as refusal:
            ask(NOBODYS)
        assert ask(THEIRS) == 201
    assert isinstance(refusal.value, NotMocked)
    assert [one.host for one in target.refused] == ["nobodys.example"]


def test_stubs_still_find_out_that_they_were_not_called(ask, stubs, target):
    with httpx_door(target):
        with pytest.raises(AssertionError, match="not called"), stubs(assert_all_called=True):
            ask(OURS)
        with stubs(assert_all_called=True) as mine:
            ask(THEIRS)
            assert mine.calls.call_count == 1


def test_the_fixture_of_respx_goes_with_the_door(respx_mock, target, tls):
    respx_mock.get(THEIRS).respond(201)
    with httpx_door(target), httpx.Client(verify=tls) as client:
        assert [client.get(url).status_code for url in (OURS, THEIRS)] == [404, 201]


def test_stubs_that_stay_longer_than_the_door_remove_what_it_patched(ask, stubs, target):
    door, mine = httpx_door(target), stubs()
    door.__enter__()
    mine.start()
    door.__exit__(None, None, None)
    assert ask(THEIRS) == 201
    mine.stop()
    assert patched() == {False}


def test_what_someone_else_patched_is_put_back(target, monkeypatch, tls):
    def theirs(_self, request):
        raise NotImplementedError(request)

    theirs.__name__ = "handle_request"  # as `functools.wraps` has it
    monkeypatch.setattr(httpcore.ConnectionPool, "handle_request", theirs)
    with httpx_door(target), httpx.Client(verify=tls) as client:
        assert client.get(OURS).status_code == 404
    assert httpcore.ConnectionPool.handle_request is theirs


def test_a_plug_in_of_respx_for_httpx2_is_used_where_there_is_one(target):
    registry = Mocker._Mocker__registry  # noqa: SLF001 - classes cannot be unregistered otherwise

    class Plugged(HTTPCore2Mocker):
        name = "httpcore2"

    try:
        with httpx_door(target):
            assert [len(one.routers) for one in (Plugged, HTTPCore2Mocker)] == [1, 0]
            assert patched() == {True}
    finally:
        del registry[Plugged.name]


def test_without_httpx2_there_is_a_door_for_httpx_alone(monkeypatch):
    monkeypatch.setattr(router, "find_spec", lambda name: name == "httpcore")
    assert len(router.doors.__wrapped__()) == 1


def test_a_body_is_not_kept_once_it_is_answered(target, tls):
    door = router.doors()[0]
    with httpx_door(target), httpx.Client(verify=tls) as client:
        client.post(OURS, content=bytes(1000))
        assert (list(door.calls), list(HTTPCoreMocker.routers)) == ([], [door])

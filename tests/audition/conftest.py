"""Clients that are good, or bad at something, and what an audition makes of them."""

import signal
import sys
from pathlib import Path
from threading import Event

import pytest

from mockserver.audition.acts import battery
from mockserver.audition.performing import Casting, play, rehearse
from mockserver.settings import Settings

CLIENT = Path(__file__).with_name("client.py")


def make_casting(*bad_at, program=None, timeout=20.0, haste=400.0, **settings):
    return Casting(
        command=program or (sys.executable, str(CLIENT), *bad_at),
        settings=Settings(**{"clock": "poll", "seed": 1} | settings),
        timeout=timeout,
        haste=haste,
        stop=Event(),
        say=print,
    )


@pytest.fixture(scope="session")
def casting_of():
    """Give an audition of the client, or of another program, with settings of its worlds."""
    return make_casting


@pytest.fixture(scope="session")
def rehearsals():
    """What each client does on a good day; found out once."""
    return {}


@pytest.fixture
def rated(rehearsals):
    """Play an act with a client; gives how it was rated."""

    def rate(id_, *bad_at, timeout=20.0, **others):
        if bad_at not in rehearsals:
            rehearsals[bad_at] = rehearse(make_casting(*bad_at, **others))
        act = next(one for one in battery() if one.id == id_)
        return play(act, rehearsals[bad_at], make_casting(*bad_at, timeout=timeout, **others))

    return rate


@pytest.fixture(autouse=True)
def _signals_are_heeded():
    """Heed signals as at a terminal, even where the suite was started to ignore some."""
    before = {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGHUP)}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    for one, handler in before.items():
        signal.signal(one, handler)

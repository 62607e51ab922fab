"""What the tests of verdicts have in common."""

import signal

import pytest


@pytest.fixture(autouse=True)
def _signals_are_heeded():
    """Heed signals as at a terminal, even where the suite was started to ignore some."""
    before = {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGHUP)}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    for one, handler in before.items():
        signal.signal(one, handler)

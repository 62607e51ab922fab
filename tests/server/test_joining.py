"""What becomes of connections when the server stops."""

from types import SimpleNamespace

import pytest

from mockserver.joining import JoiningProtocol, JoiningTransport


@pytest.mark.parametrize(
    ("cycle", "expected"),
    [
        (None, []),
        (SimpleNamespace(response_started=True), []),
        (SimpleNamespace(response_started=False), ["closed"]),
    ],
    ids=["idle", "answering", "waiting"],
)
def test_only_a_call_that_waits_is_hung_up_on(cycle, expected):
    done = []
    transport = SimpleNamespace(close=lambda: done.append("closed"))
    JoiningProtocol.hang_up(SimpleNamespace(cycle=cycle, transport=transport))
    assert done == expected


def test_a_connection_whose_client_has_gone_is_reset_in_vain():
    gone = SimpleNamespace(
        is_closing=lambda: True, get_extra_info=None, pause_reading=None, resume_reading=None
    )
    JoiningTransport(gone, None).reset()

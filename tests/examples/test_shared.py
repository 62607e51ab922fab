"""One mock for a whole module: a server of its own, or the real hosts in this process."""

import httpx
import pytest

from mockserver.testing import screentest as opened

QUEUE = "/video/queue"
WISH = {"model": "seedance-2-0-text-to-video", "prompt": "a cat", "duration": "5s"}
KEY = {"Authorization": "Bearer k"}


@pytest.fixture(scope="module")
def server(screentest_server_factory):
    with screentest_server_factory(balance=5) as server:
        yield server


@pytest.fixture(scope="module")
def mock():
    with opened("films of this module") as mock:
        yield mock


@pytest.mark.parametrize("_number", [1, 2])
def test_a_server_remembers_what_tests_did(server, _number):
    before = len(server.requests("submit"))  # those of the other test, if it came first
    assert httpx.post(server.base_url("venice") + QUEUE, json=WISH, headers=KEY).is_success
    server.expect("submit", times=before + 1)


@pytest.mark.parametrize("_number", [1, 2])
def test_so_does_a_mock_at_the_real_hosts(mock, _number):
    before = len(mock.requests("submit"))  # as above
    assert httpx.post(mock.base_url("venice") + QUEUE, json=WISH, headers=KEY).is_success
    mock.expect("submit", times=before + 1)

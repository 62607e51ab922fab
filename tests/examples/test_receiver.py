"""A receiver of your own, which is told of the same film twice, as happens in the wild."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
import requests

API = "https://relaydance.com/v1/video/generations"


class Receiver(BaseHTTPRequestHandler):
    """Stand for your receiver: it keeps one film for each task, however often it is told."""

    def do_POST(self):
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.films[told["task_id"]] = told["url"]
        self.send_response(204)
        self.end_headers()


@pytest.fixture
def receiver():
    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        server.films = {}
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.screentest(scenario="callback-twice")
def test_a_film_that_is_told_of_twice_is_one_film(screentest, receiver):
    hook = f"http://127.0.0.1:{receiver.server_port}/hook"
    wish = {"model": "doubao-seedance-2-0-480p", "prompt": "a", "metadata": {"callback_url": hook}}
    answer = requests.post(API, json=wish, headers={"Authorization": "Bearer k"}, timeout=30)

    task = screentest.task(answer.json()["task_id"])
    task.finish()
    screentest.advance()

    assert [one.status for one in task.callbacks] == [204, 204]
    assert list(receiver.films) == [task.id]

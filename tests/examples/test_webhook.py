"""Callbacks: what is sent to a sink of the mock, and a receiver of your own that gets one twice."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
import requests

API = "https://relaydance.com/v1/video/generations"


def submit(callback_url):
    """Stand for your client."""
    wish = {
        "model": "doubao-seedance-2-0-480p",
        "prompt": "storm clouds",
        "metadata": {"callback_url": callback_url},
    }
    answer = requests.post(API, json=wish, headers={"Authorization": "Bearer k"}, timeout=30)
    return answer.json()["task_id"]


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


def test_a_sink_takes_what_is_sent(screentest):
    task_id = submit(screentest.callback_url("relaydance"))

    screentest.task(task_id).finish()
    screentest.advance()

    (arrival,) = screentest.sink().arrivals
    assert arrival.json()["task_id"] == task_id
    assert arrival.json()["status"] == "succeeded"


@pytest.mark.screentest(scenario="callback-twice")
def test_a_film_that_is_told_of_twice_is_one_film(screentest, receiver):
    task_id = submit(f"http://127.0.0.1:{receiver.server_port}/hook")

    screentest.task(task_id).finish()
    screentest.advance()

    assert [one.status for one in screentest.task(task_id).callbacks] == [204, 204]
    assert list(receiver.films) == [task_id]

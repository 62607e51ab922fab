"""A small client of one provider, good unless its arguments say what it is bad at.

It speaks plain HTTP to SCREENTEST_URL, so that a run takes a fraction of a second.
"""

import json
import os
import sys
import time
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Event, Thread
from urllib.error import HTTPError
from urllib.request import Request, urlopen

BAD_AT = set(sys.argv[1:])
BASE = os.environ["SCREENTEST_URL"] + "/v1"
KEY = {"Authorization": f"Bearer {os.environ['SCREENTEST_API_KEY']}"}
BODY = {"model": "doubao-seedance-2-0-1080p", "prompt": "a cat", "seconds": "5"}
BROKEN = (OSError, HTTPException, ValueError)
"""What a connection, or an answer, may be that breaks off."""


def call(url, body=None, patience=0.5):
    """Give the status, the type and the content of an answer."""
    data = body and json.dumps(body).encode()
    headers = {**KEY, "Content-Type": "application/json"} if url.startswith(BASE) else {}
    try:
        with urlopen(Request(url, data, headers), timeout=patience) as answer:
            return answer.status, answer.headers.get_content_type(), answer.read()
    except HTTPError as refused:
        with refused:
            return refused.code, refused.headers.get_content_type(), refused.read()


def submit():
    """Open a task, and give its id."""
    for pause in (2, 4, 8, 16):
        try:
            status, kind, text = call(f"{BASE}/video/generations", BODY, patience=4)
            if status < 400:
                return json.loads(text)["task_id"]
        except BROKEN:
            if "resending" not in BAD_AT:
                raise
        else:
            is_safe = status == 429 or (status >= 500 and kind == "application/json")
            if not is_safe and "resending" not in BAD_AT:
                sys.exit(f"refused, or accepted perhaps: {text}")
        time.sleep(pause)
    sys.exit("too busy")


def look(task):
    """Look until the task is over, and give its link."""
    until = time.monotonic() + 600
    while time.monotonic() < until or "ending" in BAD_AT:
        time.sleep(5)
        try:
            status, _, text = call(f"{BASE}/video/generations/{task}")
            state = json.loads(text)
        except BROKEN:
            if "looking" in BAD_AT:
                raise
            continue
        if status in {401, 403} or (status != 200 and "looking" in BAD_AT):
            sys.exit(f"{task} is lost: {text}")
        if state.get("status") == "failed":
            sys.exit("telling" not in BAD_AT and f"{task} failed: {text}")
        if state.get("url"):
            return state["url"]
    sys.exit(f"gave up on {task}")


def fetch(url):
    """Fetch the video, and look into it."""
    for pause in (1, 2, 4):
        try:
            status, _, film = call(url, patience=5)
        except BROKEN:
            if "telling" in BAD_AT:
                return
            time.sleep(pause)
            continue
        if (status != 200 or not is_film(film)) and "telling" not in BAD_AT:
            sys.exit("this is no film")
        return
    sys.exit("the film does not come")


def is_film(film):
    """Tell whether the boxes of an MP4 file end where it ends."""
    place = 0
    while place < len(film):
        place += int.from_bytes(film[place : place + 4], "big") or len(film) + 1
    return place == len(film) > 0


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        told = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if told["task_id"] in self.server.tasks or "believing" in BAD_AT:
            self.server.link, _ = told.get("url", ""), self.server.over.set()
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def wait(task, server):
    """Wait for the callback, and look where it does not come."""
    server.tasks.add(task)
    if server.over.wait(1.5):
        return server.link
    if "waiting" in BAD_AT:
        sys.exit("no callback came")
    return look(task)


def main():
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    server.tasks, server.over = set(), Event()
    Thread(target=server.serve_forever, daemon=True).start()
    if "callbacks" in BAD_AT:
        BODY["metadata"] = {"callback_url": f"http://127.0.0.1:{server.server_port}/"}
    task = submit()
    link = wait(task, server) if "callbacks" in BAD_AT else look(task)
    if "fetching" not in BAD_AT:
        fetch(link)


if __name__ == "__main__":
    main()

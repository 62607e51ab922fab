"""A client of a provider that asks for consent, says when to come again, and refuses late looks."""

import json
import os
import sys
import time
from urllib.error import HTTPError
from urllib.request import Request, urlopen

BASE = os.environ["SCREENTEST_URL"] + "/api/v1/video"
HEADERS = {"Authorization": "Bearer a-key", "Content-Type": "application/json"}
PORTRAIT = "https://cdn.example/portrait.png"
BODY = {
    "model": "seedance-2-0-image-to-video",
    "prompt": "she smiles",
    "duration": "5s",
    "image_url": PORTRAIT,
}


def call(path, body):
    request = Request(f"{BASE}/{path}", json.dumps(body).encode(), HEADERS)
    try:
        with urlopen(request, timeout=5) as answer:
            return answer.status, answer.headers, answer.read()
    except HTTPError as refused:
        with refused:
            return refused.code, refused.headers, refused.read()


def main():
    while True:
        status, headers, text = call("queue", BODY)
        if status != 429:
            break
        time.sleep(float(headers.get("retry-after", "30")))
    if status != 200:
        sys.exit(f"refused: {text}")
    task = json.loads(text)
    while True:
        time.sleep(5)
        status, headers, text = call(
            "retrieve", {"model": BODY["model"], "queue_id": task["queue_id"]}
        )
        if status == 200 and headers.get_content_type() == "video/mp4":
            return
        if status == 422 and "looking" not in sys.argv:
            sys.exit(f"failed: {text}")


if __name__ == "__main__":
    main()

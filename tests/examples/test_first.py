"""A client that knows the real address and waits five seconds between polls, run as it is.

The film is a real MP4. The minutes of waiting pass at once.
"""

import time

import httpx

API = "https://api.venice.ai/api/v1"
MODEL = "seedance-2-0-text-to-video"


def make_film(prompt, path, key="my-key"):
    """Stand for your client: nothing in it knows that there is a mock."""
    with httpx.Client(headers={"Authorization": f"Bearer {key}"}) as client:
        wish = {"model": MODEL, "prompt": prompt, "duration": "5s"}
        queued = client.post(f"{API}/video/queue", json=wish).raise_for_status().json()
        asked = {"model": MODEL, "queue_id": queued["queue_id"]}
        while True:
            answer = client.post(f"{API}/video/retrieve", json=asked).raise_for_status()
            if answer.headers["content-type"] == "video/mp4":
                path.write_bytes(answer.content)
                return queued["queue_id"]
            time.sleep(5)


def test_a_film_is_made_and_saved(screentest, tmp_path):
    film = tmp_path / "cat.mp4"

    with screentest.time_travel():
        task_id = make_film("a cat on a gondola", film)

    assert film.read_bytes()[4:8] == b"ftyp"
    assert screentest.task(task_id).state == "succeeded"
    screentest.expect("venice/queue", json={"prompt": "a cat on a gondola"}, times=1)
    screentest.assert_no_violations()

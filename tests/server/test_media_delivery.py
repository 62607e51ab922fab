"""Results and uploads over HTTP: whole, in ranges, and never to the wrong hands."""

from pathlib import Path

import pytest

from contracts.kernel.clip import Clip
from mockserver.journal import label
from mockserver.media import last_frame, render
from mockserver.responding import media_response
from mockserver.studio import Studio

CONTENT = bytes(range(100))
IMAGE = Path(__file__).parents[2] / "fixtures" / "media" / "image.png"
MODEL = "doubao-seedance-2-0-1080p"


@pytest.mark.parametrize(
    ("requested", "status", "part", "where"),
    [
        (None, 200, CONTENT, None),
        ("bytes=0-9", 206, CONTENT[:10], "bytes 0-9/100"),
        ("bytes=90-", 206, CONTENT[90:], "bytes 90-99/100"),
        ("bytes=-5", 206, CONTENT[95:], "bytes 95-99/100"),
        ("bytes=-500", 206, CONTENT, "bytes 0-99/100"),
        ("bytes=50-999", 206, CONTENT[50:], "bytes 50-99/100"),
        ("bytes=99-99", 206, CONTENT[99:], "bytes 99-99/100"),
        ("bytes=100-", 416, b"", "bytes */100"),
        ("bytes=-0", 416, b"", "bytes */100"),
        ("bytes=9-5", 416, b"", "bytes */100"),
        ("bytes=-", 200, CONTENT, None),
        ("bytes=0-1,3-4", 200, CONTENT, None),
        ("items=0-1", 200, CONTENT, None),
        ("bytes=" + "9" * 5000 + "-", 200, CONTENT, None),
    ],
)
def test_one_range_of_bytes_is_answered_and_anything_else_with_the_whole(
    requested, status, part, where
):
    response = media_response(CONTENT, "video/mp4", requested and requested.encode())
    headers = dict(response.headers)
    assert (response.status, response.body) == (status, part)
    assert headers.get(b"content-range") == (where and where.encode())
    assert headers[b"content-length"] == str(len(part)).encode()
    assert headers[b"accept-ranges"] == b"bytes"


CREATE = {
    "model": "doubao-seedance-1-0-pro-250528",
    "content": [{"type": "text", "text": "x --rs 480p --rt 1:1"}],
    "return_last_frame": True,
    "async": True,
}
CLIP = Clip(width=640, height=640, seconds=5)


async def finished(client, clock, body=CREATE):
    task = (await client.post("/seedance/videos", json=body)).json()["task_id"]
    clock.turn(1000)
    return (await client.post("/seedance/tasks", json={"id": task})).json()["response"]["data"]


async def test_the_film_and_its_last_frame_are_served(client, clock):
    data = await finished(client, clock)
    film = await client.get(data["video_url"])
    still = await client.get(data["last_frame_url"])
    assert (film.content, film.headers["content-type"]) == (render(CLIP), "video/mp4")
    assert (still.content, still.headers["content-type"]) == (last_frame(CLIP), "image/png")


async def test_a_player_can_ask_for_the_head_and_for_a_part(client, clock):
    url = (await finished(client, clock))["video_url"]
    head = await client.head(url)
    part = await client.get(url, headers={"range": "bytes=4-7"})
    assert int(head.headers["content-length"]) == len(render(CLIP))
    assert (part.status_code, part.content) == (206, b"ftyp")


async def test_no_image_is_served_that_was_not_asked_for(client, clock):
    data = await finished(client, clock, CREATE | {"return_last_frame": False})
    assert data["last_frame_url"] is None
    guessed = data["video_url"].replace(".mp4", ".png")
    assert (await client.get(guessed)).status_code == 404


def test_the_studio_renders_once_and_forgets_what_was_not_asked_for():
    small, large = (Clip(width=side, height=side, seconds=1) for side in (32, 64))
    studio = Studio(room=len(render(small)) + 1)
    first = studio.video(small)
    assert studio.video(small) is first
    studio.video(large)
    again = studio.video(small)
    assert again == first
    assert again is not first


async def test_an_upload_is_served_under_its_link_and_can_be_used(client):
    files = {"file": ("cat.PNG", IMAGE.read_bytes(), "image/png")}
    answer = (await client.post("/v1/files", files=files)).json()
    assert answer["id"].startswith("file_")
    assert answer["url"].endswith(".png")
    served = await client.get(answer["url"])
    assert (served.content, served.headers["content-type"]) == (IMAGE.read_bytes(), "image/png")
    reference = {
        "type": "image_url",
        "image_url": {"url": answer["url"]},
        "role": "reference_image",
    }
    body = {"model": MODEL, "prompt": "@image1", "metadata": {"content": [reference]}}
    assert (await client.post("/v1/video/generations", json=body)).status_code == 200


TEXT_FIELD = b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\ntext\r\n--b--\r\n'


async def test_a_form_without_the_file_is_refused(client):
    answer = await client.post("/v1/files", files={"other": ("a", b"x")})
    assert answer.status_code == 400
    assert answer.headers["x-screentest-rule"] == "relaydance/files-file"


@pytest.mark.parametrize("content", [b"", b"nonsense", b"--b\r\nbroken", TEXT_FIELD])
async def test_a_broken_form_is_refused(client, content):
    headers = {"content-type": "multipart/form-data; boundary=b"}
    answer = await client.post("/v1/files", content=content, headers=headers)
    assert answer.headers["x-screentest-rule"] == "relaydance/files-file"
    headers = {"content-type": "multipart/form-data"}
    answer = await client.post("/v1/files", content=content, headers=headers)
    assert answer.headers["x-screentest-rule"] == "relaydance/files-file"


async def test_a_field_that_is_both_text_and_file_is_its_file(client):
    content = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n'
        b"Content-Type: image/png\r\n\r\nbytes\r\n"
        b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\ntext\r\n--b--\r\n'
    )
    headers = {"content-type": "multipart/form-data; boundary=b"}
    answer = await client.post("/v1/files", content=content, headers=headers)
    assert (await client.get(answer.json()["url"])).content == b"bytes"


@pytest.mark.parametrize("kind", ["image/\xe9", "text", "text/html; charset=utf-8"])
async def test_an_upload_of_an_odd_type_is_plain_bytes_and_not_sniffed(client, kind):
    part = (
        f'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\nContent-Type: {kind}'
    )
    content = part.encode("latin-1") + b"\r\n\r\nbytes\r\n--b--\r\n"
    headers = {"content-type": "multipart/form-data; boundary=b"}
    answer = await client.post("/v1/files", content=content, headers=headers)
    served = await client.get(answer.json()["url"])
    assert served.headers["content-type"] == "application/octet-stream"
    assert served.headers["x-content-type-options"] == "nosniff"


async def test_fetching_a_result_is_remembered_as_what_it_is(client, clock, world):
    url = await link_to_a_film(client, clock)
    await client.get(url, headers={"range": "bytes=0-9"})
    entry = world.journal[-1]
    (task,) = world.store.tasks.of("k")
    assert (entry.provider, entry.operation, entry.task) == (task.provider, "media", task.id)
    assert (entry.tenant, entry.key, entry.status) == (label("k"), label("k"), 206)
    assert len(entry.answer) == 10


async def test_a_link_that_leads_nowhere_is_remembered_too(client, world):
    await client.get("/_screentest/media/nothing.mp4")
    entry = world.journal[-1]
    assert (entry.status, entry.rule, entry.tasks) == (404, "screentest/no-media", ())


async def test_a_link_is_good_for_as_long_as_the_provider_keeps_results(client, clock, world):
    url = await link_to_a_film(client, clock)
    (task,) = world.store.tasks.of("k")
    kept = world.providers[task.provider].lifecycle.media_seconds
    clock.move_to(task.finishes + kept - 1)
    last = await client.get(url)
    clock.turn(1)
    late = await client.get(url)
    assert (last.status_code, late.status_code) == (200, 403)
    assert late.headers["x-screentest-rule"] == "screentest/expired"


async def link_to_a_film(client, clock):
    """Have a film made, and give the link to it."""
    body = {"model": MODEL, "prompt": "p"}
    task = (await client.post("/v1/video/generations", json=body)).json()["task_id"]
    clock.turn(1000)
    return (await client.get(f"/v1/video/generations/{task}")).json()["url"]

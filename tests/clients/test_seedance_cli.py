"""Ace Data Cloud through its command line, `seedance`."""

import json

import pytest

SILENT = "doubao-seedance-1-0-pro-250528"
WITH_SOUND = "doubao-seedance-1-5-pro-251215"
FROM_PICTURES = "doubao-seedance-1-0-lite-i2v-250428"

CASES = [
    pytest.param(["-m", SILENT], ((1280, 720), 24, 5, False), id="defaults"),
    pytest.param(
        [
            "-m",
            WITH_SOUND,
            "-r",
            "480p",
            "-a",
            "9:16",
            "--duration",
            "4",
            "--generate-audio",
            "true",
        ],
        ((496, 864), 24, 4, True),
        id="portrait-with-sound",
    ),
    pytest.param(
        ["-m", WITH_SOUND, "-r", "1080p", "-a", "1:1", "--duration", "4"],
        ((1440, 1440), 24, 4, False),
        id="square-1080p",
    ),
]


def test_a_film_is_waited_for(seedance, fetch, probe):
    options = ("-m", WITH_SOUND, "-r", "480p", "-a", "3:4", "--generate-audio", "true")
    submitted = seedance("generate", "a cat", *options, "--async", "--json")
    task = json.loads(submitted.stdout)["task_id"]

    waited = seedance("wait", task, "--interval", "1", "--timeout", "10", "--json")

    answer = json.loads(waited.stdout)["response"]["data"]
    assert waited.returncode == 0
    assert probe(fetch(answer["video_url"]).content) == ((560, 752), 24, 5, True)


@pytest.mark.parametrize(("options", "film"), CASES)
def test_without_async_the_command_blocks_until_the_film_is_there(
    seedance, fetch, probe, options, film
):
    finished = seedance("generate", "a cat", *options, "--json")

    (answer,) = json.loads(finished.stdout)["data"]
    assert probe(fetch(answer["content"]["video_url"]).content) == film


def test_the_last_frame_is_a_picture(seedance, fetch):
    options = ("-m", SILENT, "--return-last-frame", "true", "--json")

    finished = seedance("generate", "a cat", *options)

    (film,) = json.loads(finished.stdout)["data"]
    assert fetch(film["content"]["last_frame_url"]).headers["content-type"] == "image/png"


def test_pictures_become_references(seedance):
    picture = "https://pictures.example/cat.png"

    finished = seedance("image-to-video", "a cat", "-i", picture, "-m", FROM_PICTURES, "--json")

    answer = json.loads(finished.stdout)
    record = json.loads(seedance("task", answer["task_id"], "--json").stdout)
    assert record["request"]["content"][1] == {
        "type": "image_url",
        "role": "reference_image",
        "image_url": {"url": picture},
    }


def test_several_tasks_are_looked_up_at_once(seedance):
    made = [
        json.loads(seedance("generate", "a cat", "-m", SILENT, "--async", "--json").stdout)
        for _ in range(2)
    ]
    ids = [one["task_id"] for one in made]

    batch = json.loads(seedance("tasks", *ids, "unknown", "--json").stdout)

    assert batch["count"] == 2
    assert [item["id"] for item in batch["items"]] == ids

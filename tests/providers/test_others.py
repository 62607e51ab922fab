"""RelayDance and SenseAudio: what a failed task says, and what is silently ignored."""

from contracts.kernel.task import Failure

RELAY = {"model": "doubao-seedance-2-0-1080p", "prompt": "p"}
SENSE = {
    "model": "doubao-seedance-2-0-260128",
    "content": [{"type": "text", "text": "a cat", "nonsense": 1}],
    "duration": 4,
    "resolution": "480p",
    "ratio": "1:1",
}


def fail(world):
    (task,) = world.tenant("k").tasks.values()
    task.plan = type(task.plan)(clip=task.plan.clip, failure=Failure("blocked", "Not this one."))


async def test_a_failed_relaydance_task_says_why_and_has_no_url(client, clock, world):
    task = (await client.post("/v1/video/generations", json=RELAY)).json()["task_id"]
    fail(world)
    clock.advance(1000)
    answer = (await client.get(f"/v1/video/generations/{task}")).json()
    assert answer == {"task_id": task, "status": "failed", "error": {"message": "Not this one."}}


async def test_relaydance_echoes_vendor_parameters(client):
    metadata = {"ratio": "1:1", "seed": 5}
    body = RELAY | {"metadata": metadata}
    task = (await client.post("/v1/video/generations", json=body)).json()["task_id"]
    assert (await client.get(f"/v1/video/generations/{task}")).json()["metadata"] == metadata


async def test_relaydance_lists_its_models(client):
    answer = (await client.get("/v1/models")).json()
    assert answer["object"] == "list"
    assert "doubao-seedance-2-0-1080p" in [entry["id"] for entry in answer["data"]]


async def test_a_failed_senseaudio_task_says_why(client, clock, world):
    task = (await client.post("/v1/video/create", json=SENSE)).json()["task_id"]
    fail(world)
    clock.advance(1000)
    answer = (await client.get("/v1/video/status", params={"id": task})).json()
    assert (answer["status"], answer["error_message"]) == ("failed", "Not this one.")
    assert "video_url" not in answer


async def test_senseaudio_ignores_unknown_fields_and_does_not_echo_them(client, world):
    body = SENSE | {"generate_audio": True, "callback_url": "http://127.0.0.1:1/", "seed": 1}
    task = (await client.post("/v1/video/create", json=body)).json()["task_id"]
    answer = (await client.get("/v1/video/status", params={"id": task})).json()
    assert answer["content"] == [{"type": "text", "text": "a cat"}]
    assert answer["progress"] == 0
    assert "seed" not in answer
    assert "completed_at" not in answer
    (opened,) = world.tenant("k").tasks.values()
    assert opened.plan.clip.audio is False
    assert opened.plan.callback_url == ""


async def test_senseaudio_echoes_what_it_knows_of_provider_specific(client):
    body = SENSE | {"provider_specific": {"generate_audio": True, "camera_fixed": True}}
    task = (await client.post("/v1/video/create", json=body)).json()["task_id"]
    answer = (await client.get("/v1/video/status", params={"id": task})).json()
    assert answer["provider_specific"] == {"generate_audio": True}


async def test_senseaudio_progress_grows_to_a_hundred(client, clock):
    task = (await client.post("/v1/video/create", json=SENSE)).json()["task_id"]
    seen = []
    for _ in range(5):
        answer = (await client.get("/v1/video/status", params={"id": task})).json()
        seen.append(answer["progress"])
        clock.advance(45)
    assert seen == [0, 25, 50, 75, 100]


async def test_of_a_parameter_given_several_times_the_last_counts(client):
    task = (await client.post("/v1/video/create", json=SENSE)).json()["task_id"]
    answer = await client.get(f"/v1/video/status?id=unknown&id={task}")
    assert answer.json()["task_id"] == task
    assert (await client.get(f"/v1/video/status?id={task}&id=unknown")).status_code == 404

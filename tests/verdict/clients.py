"""Clients with good manners and bad ones, each at the real host of a provider."""

from contextlib import suppress
from dataclasses import dataclass

import httpx

from contracts.kernel.registry import chosen
from mockserver.app import create_app

KEY = "a-key-of-some-length"
ORIGINS = {
    "acedata": "https://api.acedata.cloud",
    "relaydance": "https://relaydance.com",
    "senseaudio": "https://api.senseaudio.cn",
    "venice": "https://api.venice.ai",
}


@dataclass
class Client:
    """A client of one provider, and the world that it lives in."""

    api: httpx.AsyncClient
    """Sends the key."""
    plain: httpx.AsyncClient
    """Does not."""
    world: object
    clock: object
    provider: object

    async def post(self, *, path="", headers=None, **fields):
        """Ask for a video; None where no answer came."""
        body = dict(self.provider.submit.example) | fields
        with suppress(ConnectionError):
            return await self.api.post(
                path or self.provider.submit.path, json=body, headers=headers
            )

    async def post_only(self, body):
        """Ask for a video with this body and nothing else."""
        return await self.api.post(self.provider.submit.path, json=body)

    async def submit(self, **fields):
        """Ask for a video, and give the id of its task."""
        return (await self.post(**fields)).json()[ID[self.provider.id]]

    async def upload(self, content):
        """Put a file where the mock serves it, and give its link."""
        files = {"file": ("a.wav", content)}
        answer = await self.api.post("https://relaydance.com/v1/files", files=files)
        return answer.json()["url"]

    async def look(self, task, **given):
        """Ask how far a task is."""
        method, path, fields = LOOKS[self.provider.id]
        fields = {name: value or task for name, value in fields.items()}
        sent = {"params": fields} if method == "GET" and fields else {"json": fields}
        if method == "GET" and not fields:
            sent = {}
        return await self.api.request(method, path.format(task=task), **sent, **given)

    async def finish(self, task, pause=100.0):
        """Look at a task until it is over; gives the last answer."""
        for _ in range(30):
            self.clock.turn(pause)
            answer = await self.look(task)
            if answer.status_code >= 400 or LAST[self.provider.id](answer):
                return answer
        raise AssertionError(answer.text)

    async def fetch(self, task):
        """Download the result of a task."""
        row = self.world.store.tasks.get(KEY, (self.provider.id, task))
        return await self.plain.get(row.video_url)

    async def journey(self, **fields):
        """Do everything right from beginning to end; gives the id of the task."""
        task = await self.submit(**fields)
        answer = await self.finish(task)
        if not answer.headers["content-type"].startswith("video/"):
            await self.fetch(task)
        return task

    def order(self, **do):
        """Let a scenario hold for the next request of a kind."""
        when = do.pop("when", {"operation": "submit", "nth": 1})
        self.world.scenarios.add({"name": "bad-day", "when": when, "do": do}, KEY)


ID = {"acedata": "task_id", "relaydance": "task_id", "senseaudio": "task_id", "venice": "queue_id"}
LOOKS = {
    "acedata": ("POST", "/seedance/tasks", {"id": "", "action": "retrieve"}),
    "relaydance": ("GET", "/v1/video/generations/{task}", {}),
    "senseaudio": ("GET", "/v1/video/status", {"id": ""}),
    "venice": (
        "POST",
        "/api/v1/video/retrieve",
        {"model": "seedance-2-0-text-to-video", "queue_id": ""},
    ),
}
LAST = {
    "acedata": lambda answer: "response" in answer.json() and answer.json()["response"],
    "relaydance": lambda answer: answer.json()["status"] in {"succeeded", "failed"},
    "senseaudio": lambda answer: answer.json()["status"] in {"completed", "failed"},
    "venice": lambda answer: answer.headers["content-type"] == "video/mp4",
}


class Serving:
    """Makes clients of a world, and takes them back."""

    def __init__(self, world, clock):
        self.world, self.clock = world, clock
        self._open = []

    def client(self, name):
        """Give a client of a provider, in whatever revision."""
        served = chosen(("relaydance", name))
        id_ = name.partition("@")[0]
        app = create_app(world=self.world, providers=served)
        transport, origin = httpx.ASGITransport(app), ORIGINS[id_]
        keyed = {"authorization": f"Bearer {KEY}"}
        api = httpx.AsyncClient(transport=transport, base_url=origin, headers=keyed)
        plain = httpx.AsyncClient(transport=transport, base_url=origin)
        self._open += [api, plain]
        return Client(api, plain, self.world, self.clock, served[id_])

    async def close(self):
        """Close what is open."""
        for one in self._open:
            await one.aclose()
        await self.world.close()

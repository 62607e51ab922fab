"""Media over HTTP: every documented limit from both sides, broken files, and links.

The numbers are those of the providers' documents, not of `contracts/`.
"""

import json
import socket
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from struct import pack
from zlib import crc32

import av
import httpx
import pytest

from contracts.kernel.probing import specimens
from contracts.kernel.registry import chosen
from mockserver.app import create_app
from mockserver.world import World

WEB = {"image": "https://example.com/a.png", "video": "https://example.com/a.mp4"}
WEB["audio"] = "https://example.com/a.mp3"
MIB = 1024 * 1024
MB = 1000 * 1000
"""No document says which of the two it means, so values stay clear of what lies between."""

# Files


@dataclass(frozen=True)
class File:
    """A file that is made when a test needs it."""

    kind: str
    form: str
    measures: tuple[float, ...]
    size: int = 0

    def made(self) -> bytes:
        makers = {"image": specimens.image, "video": specimens.film, "audio": specimens.sound}
        content = makers[self.kind](self.form, *self.measures)
        return specimens.padded(self.form, content, self.size) if self.size else content

    def __str__(self) -> str:
        shown = "x".join(f"{one:g}" for one in self.measures)
        return f"{self.form}-{shown}" + (f"-{self.size}B" if self.size else "")


def picture(width: int, height: int, form: str = "png", size: int = 0) -> File:
    return File("image", form, (width, height), size)


def clip(
    seconds: float = 3,
    *,
    width: int = 640,
    height: int = 640,
    fps: float = 24,
    form: str = "mp4",
    size: int = 0,
) -> File:
    return File("video", form, (width, height, seconds, fps), size)


def sound(seconds: float = 3, form: str = "wav", size: int = 0) -> File:
    return File("audio", form, (seconds,), size)


# Where they are sent


@dataclass(frozen=True)
class Place:
    """One field of one provider's request that leads to media."""

    kind: str
    path: str
    body: Callable[[Sequence[str]], dict]
    field: str
    """What a refusal calls the first of its links."""
    data: bool = True
    """Whether it may be a data URL."""
    contracts: tuple[str, ...] = ()

    @property
    def rule(self) -> str:
        """The rule that a file can be read."""
        owner = {"create": "senseaudio", "videos": "acedata", "generations": "relaydance"}
        return f"{owner.get(self.path.rpartition('/')[2], 'venice')}/media-readable"


def sense(kind: str, *beside: dict, data: bool = True) -> Place:
    key, more = ("url", {"role": "reference"}) if kind == "image" else (f"{kind}_url", {})
    base = {
        "model": "doubao-seedance-2-0-260128",
        "duration": 4,
        "resolution": "480p",
        "ratio": "1:1",
    }

    def body(urls: Sequence[str]) -> dict:
        return base | {"content": [*beside, *({"type": kind, key: one} | more for one in urls)]}

    return Place(kind, "/v1/video/create", body, f"content[{len(beside)}].{key}", data)


def ace(kind: str, model: str, *beside: dict, contracts: tuple[str, ...] = ()) -> Place:
    role = {} if kind == "image" and not contracts else {"role": f"reference_{kind}"}
    key = f"{kind}_url"

    def body(urls: Sequence[str]) -> dict:
        items = ({"type": key, key: {"url": one}} | role for one in urls)
        return {"model": model, "content": [*beside, *items], "async": True}

    field = f"content[{len(beside)}].{key}.url"
    return Place(kind, "/seedance/videos", body, field, kind == "image", contracts)


def relay(kind: str, contracts: tuple[str, ...] = ()) -> Place:
    key = f"{kind}_url"

    def body(urls: Sequence[str]) -> dict:
        items = [{"type": key, key: {"url": one}, "role": f"reference_{kind}"} for one in urls]
        model = "doubao-seedance-2-0-1080p"
        return {"model": model, "prompt": "p", "metadata": {"content": items}}

    field = f"metadata.content[0].{key}.url"
    return Place(kind, "/v1/video/generations", body, field, contracts=contracts)


def venice(field: str, model: str, *, october: bool = True, **fields: object) -> Place:
    kind = next(one for one in WEB if one in field)
    base = {"model": model, "prompt": "p", "duration": "5s"} | fields

    def body(urls: Sequence[str]) -> dict:
        return base | {field: list(urls) if field.endswith("urls") else urls[0]}

    contracts = ("venice@2026-10",) if october else ()
    return Place(kind, "/api/v1/video/queue", body, field, contracts=contracts)


SENSE_IMAGE = {"type": "image", "url": WEB["image"], "role": "reference"}
ACE_IMAGE = {"type": "image_url", "image_url": {"url": WEB["image"]}, "role": "reference_image"}
OCTOBER = ("acedata@2026-10",)
ACE_2_0, ACE_2_5 = "doubao-seedance-2-0-260128", "doubao-seedance-2-5-260628"
JUNE_R2V = "seedance-2-0-reference-to-video"
R2V_2_0, R2V_2_5 = f"{JUNE_R2V}-basic", "seedance-2-5-reference-to-video-basic"
R2V_US = "seedance-2-5-us-reference-to-video-private"
WAN, H3 = "wan-3-0-reference-to-video", "minimax-h3-reference-to-video"
HORSE = "happyhorse-1-0-reference-to-video"
WIDE = {"aspect_ratio": "16:9"}
WITH_IMAGE = WIDE | {"reference_image_urls": [WEB["image"]]}
FOLLOWING = {"duration": "auto", "aspect_ratio": "adaptive"}

PLACES = {
    "sense-image": sense("image"),
    "sense-audio": sense("audio", SENSE_IMAGE),
    "sense-video": sense("video", data=False),
    "ace-image": ace("image", "doubao-seedance-1-0-pro-250528"),
    "ace-2.0-image": ace("image", ACE_2_0, contracts=OCTOBER),
    "ace-2.0-audio": ace("audio", ACE_2_0, ACE_IMAGE, contracts=OCTOBER),
    "ace-2.0-video": ace("video", ACE_2_0, contracts=OCTOBER),
    "ace-2.5-audio": ace("audio", ACE_2_5, contracts=OCTOBER),
    "ace-2.5-video": ace("video", ACE_2_5, contracts=OCTOBER),
    "relay-image": relay("image"),
    "relay-audio": relay("audio"),
    "relay-video": relay("video"),
    "relay-gateway-video": relay("video", ("relaydance@new-api",)),
    "june-image": venice("reference_image_urls", JUNE_R2V, october=False, **WIDE),
    "june-audio": venice("reference_audio_urls", JUNE_R2V, october=False, **WITH_IMAGE),
    "june-video": venice("reference_video_urls", JUNE_R2V, october=False, **WIDE),
    "june-audio-url": venice(
        "audio_url", "wan-2.5-preview-image-to-video", october=False, image_url=WEB["image"]
    ),
    "june-upscale": venice("video_url", "topaz-video-upscale", october=False),
    "2.0-image": venice("reference_image_urls", R2V_2_0, **WIDE),
    "2.0-audio": venice("reference_audio_urls", R2V_2_0, **WITH_IMAGE),
    "2.0-video": venice("reference_video_urls", R2V_2_0, **WIDE),
    "2.0-audio-url": venice("audio_url", R2V_2_0, **WITH_IMAGE),
    "2.5-image": venice("reference_image_urls", R2V_2_5, **WIDE),
    "2.5-audio": venice("reference_audio_urls", R2V_2_5, **WITH_IMAGE),
    "2.5-video": venice("reference_video_urls", R2V_2_5, **WIDE),
    "2.5-source": venice("reference_video_urls", R2V_2_5, **FOLLOWING),
    "us-video": venice("reference_video_urls", R2V_US, **WIDE),
    "wan-audio": venice("reference_audio_urls", WAN, **WITH_IMAGE),
    "wan-video": venice("reference_video_urls", WAN, **WIDE),
    "h3-image": venice("reference_image_urls", H3, **WIDE),
    "h3-audio": venice("reference_audio_urls", H3, **WITH_IMAGE),
    "h3-video": venice("reference_video_urls", H3, **WIDE),
    "horse-image": venice("reference_image_urls", HORSE, **WIDE),
    "october-upscale": Place(
        "video",
        "/api/v1/video/queue",
        lambda urls: {"model": "topaz-video-upscale", "video_url": urls[0]},
        "video_url",
        contracts=("venice@2026-10",),
    ),
}

# Fixtures


@pytest.fixture
def place(request: pytest.FixtureRequest) -> Place:
    return PLACES[request.param]


@pytest.fixture
def app(world: World, place: Place):
    return create_app(world=world, providers=chosen(place.contracts))


@pytest.fixture(autouse=True)
def _nothing_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let whatever could decode a file fail."""

    def decode(*_args: object, **_options: object) -> None:
        raise AssertionError("something was decoded")

    monkeypatch.setattr(zlib, "decompress", decode)
    monkeypatch.setattr(zlib, "decompressobj", decode)
    monkeypatch.setattr(av, "open", decode)


@pytest.fixture(autouse=True)
def _nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let whatever could reach another host fail."""

    def fetch(*_args: object, **_options: object) -> None:
        raise AssertionError("something was fetched")

    monkeypatch.setattr(socket, "getaddrinfo", fetch)
    monkeypatch.setattr(socket.socket, "connect", fetch)
    monkeypatch.setattr(socket.socket, "connect_ex", fetch)


Way = str


async def served(client: httpx.AsyncClient, name: str, content: bytes) -> str:
    """Upload a file, and give its link."""
    answer = await client.post("/v1/files", files={"file": (name, content)})
    assert answer.status_code == 200
    return answer.json()["url"]


async def link(client: httpx.AsyncClient, file: File, way: Way) -> str:
    """Give a file as a link of that kind."""
    if way == "served":
        return await served(client, f"a.{file.form}", file.made())
    return specimens.as_data_url(file.kind, file.form, file.made())


async def send(client: httpx.AsyncClient, place: Place, urls: Sequence[str]) -> httpx.Response:
    return await client.post(place.path, json=place.body(urls))


def verdict(answer: httpx.Response) -> tuple[int, str | None]:
    return answer.status_code, answer.headers.get("x-screentest-rule")


def assert_refused(answer: httpx.Response, rule: str, field: str) -> None:
    """A clear 400 that names the rule and the field."""
    assert verdict(answer) == (400, rule)
    assert field in answer.text


def ways(name: str, files: Sequence[File]) -> Iterator[Way]:
    """Give how these files can be sent: small ones also as data, where a place takes that."""
    yield "served"
    if PLACES[name].data and sum(one.size for one in files) < MIB:
        yield "data"


def sent(*cases: tuple[object, ...]) -> pytest.MarkDecorator:
    """Run a test for each list of files in each way; what comes after the files is kept."""
    chosen_, ids = [], []
    for name, files, *more in cases:
        for way in ways(name, files):
            chosen_.append((name, files, way, *more))
            ids.append(f"{name}-{'+'.join(map(str, files)):.60}-{way}")
    names = ["place", "files", "way", "rule"][: len(chosen_[0])]
    return pytest.mark.parametrize(names, chosen_, indirect=["place"], ids=ids)


def allowed(name: str, *lists: File | Sequence[File]) -> Iterator[tuple[object, ...]]:
    """Give a case for each file, or list of files."""
    for one in lists:
        yield name, [one] if isinstance(one, File) else list(one)


def forbidden(name: str, rule: str, *lists: File | Sequence[File]) -> Iterator[tuple[object, ...]]:
    for case in allowed(name, *lists):
        yield *case, rule


# Limits

ALL_IMAGES = [picture(400, 400, form) for form in ("png", "jpeg", "webp", "bmp", "tiff", "gif")]
SOUNDS_2_15 = [sound(2), sound(2, "mp3"), sound(15), sound(15, "mp3"), [sound(8), sound(7)]]
SOUNDS_2_15 += [[sound(5), sound(5, "mp3"), sound(5)]]
CLIPS_2_15 = [clip(2), clip(2, form="mov"), clip(15), [clip(8), clip(7)], [clip(5)] * 3]
SHORT_SOUNDS = [sound(1.999), sound(1.9, "mp3"), [sound(3), sound(1)]]
LONG_SOUNDS = [sound(15.001), sound(15.1, "mp3"), [sound(3), sound(16)]]
MANY_SOUNDS = [[sound(8), sound(7.001)], [sound(5), sound(5), sound(5.1, "mp3")]]
SHORT_CLIPS = [clip(1.999), clip(1, form="mov"), [clip(3), clip(1.5)]]
LONG_CLIPS = [clip(15.001), clip(16, form="mov"), [clip(3), clip(15.5)]]
MANY_CLIPS = [[clip(8), clip(7.001)], [clip(5), clip(5), clip(5.1)]]


@sent(
    *allowed("sense-image", *ALL_IMAGES),
    *allowed("sense-image", picture(301, 301), picture(301, 700), picture(700, 301)),
    *allowed("sense-image", picture(401, 1000), picture(1000, 401), picture(2499, 1000)),
    *allowed("sense-image", picture(5999, 3000), picture(3000, 5999)),
    *allowed("sense-image", picture(400, 400, size=30 * MB)),
    *allowed("sense-audio", *SOUNDS_2_15, sound(3, size=15 * MB)),
    *allowed("sense-video", *CLIPS_2_15, clip(size=50 * MB)),
    *allowed("sense-video", clip(width=640, height=640), clip(width=834, height=1112)),
    *allowed("sense-video", clip(width=406, height=1015), clip(width=1015, height=406)),
    *allowed("sense-video", clip(fps=60), clip(fps=29.97)),
    *allowed("ace-image", picture(300, 300), picture(300, 301), picture(301, 300, "jpeg")),
    *allowed("ace-image", picture(3000, 300), picture(7000, 7000, "gif")),
    *allowed("ace-2.0-image", picture(300, 300), picture(300, 3000, "webp")),
    *allowed("ace-2.0-audio", *SOUNDS_2_15, sound(3, size=15 * MB)),
    *allowed("ace-2.0-video", *CLIPS_2_15),
    *allowed("ace-2.5-audio", sound(1), sound(60), [sound(15)] * 10),
    *allowed("ace-2.5-video", clip(1), clip(60)),
    *allowed("relay-image", picture(1, 1), picture(9000, 10, "gif"), picture(400, 400, "heic")),
    *allowed("relay-audio", sound(0.5), sound(200, "mp3"), sound(3, "flac")),
    *allowed("relay-video", clip(0.5), clip(100, form="webm"), clip(3, width=16, height=16)),
    *allowed("relay-gateway-video", clip(40)),
    *allowed("june-image", picture(400, 400, "jpeg"), picture(400, 400, "webp")),
    *allowed("june-audio", *SOUNDS_2_15),
    *allowed("june-video", *CLIPS_2_15, clip(size=50 * MB)),
    *allowed("june-audio-url", sound(3), sound(30), sound(30, "mp3"), sound(3, size=15 * MB)),
    *allowed("june-upscale", clip(300), clip(3, form="mov"), clip(3, form="webm")),
    *allowed("2.0-image", *ALL_IMAGES, picture(400, 400, "heic")),
    *allowed("2.0-image", picture(300, 300), picture(300, 749), picture(749, 300)),
    *allowed("2.0-image", picture(401, 1000), picture(999, 400), picture(9000, 4000, "gif")),
    *allowed("2.0-audio", *SOUNDS_2_15, sound(3, size=15 * MB)),
    *allowed("2.0-video", *CLIPS_2_15, clip(size=50 * MB)),
    *allowed("2.0-audio-url", sound(2), sound(15)),
    *allowed("2.5-image", picture(300, 300), picture(400, 400, size=30 * MB)),
    *allowed("2.5-audio", sound(2), sound(30), [sound(3)] * 10, sound(3, size=15 * MB)),
    *allowed("2.5-video", clip(2), clip(30), [clip(3)] * 10, clip(size=50 * MB)),
    *allowed("2.5-source", clip(4), clip(30)),
    *allowed("us-video", clip(2), clip(30), clip(size=55 * MB)),
    *allowed("wan-audio", sound(1), sound(15), [sound(1)] * 5, [sound(8), sound(7)]),
    *allowed("wan-video", clip(1), clip(15), [clip(3)] * 5, clip(size=55 * MB)),
    *allowed("h3-image", picture(256, 256), picture(256, 639), picture(401, 1000)),
    *allowed("h3-audio", *SOUNDS_2_15, sound(3, size=15 * MB)),
    *allowed("h3-video", *CLIPS_2_15, clip(size=50 * MB)),
    *allowed("horse-image", picture(400, 400), picture(400, 4000)),
    *allowed("october-upscale", clip(300), clip(0.5), clip(3, form="webm")),
)
async def test_what_a_limit_allows_is_accepted(client, place, files, way):
    urls = [await link(client, one, way) for one in files]
    answer = await send(client, place, urls)
    assert verdict(answer) == (200, None)


S, A, V = "senseaudio", "acedata", "venice"


@sent(
    *forbidden("sense-image", f"{S}/image-format", picture(400, 400, "heic")),
    *forbidden("sense-image", f"{S}/image-ratio", picture(400, 1000), picture(1000, 400)),
    *forbidden("sense-image", f"{S}/image-ratio", picture(399, 1000), picture(1001, 400)),
    *forbidden("sense-image", f"{S}/image-short-side", picture(300, 300), picture(300, 301)),
    *forbidden("sense-image", f"{S}/image-short-side", picture(301, 300), picture(299, 600)),
    *forbidden("sense-image", f"{S}/image-long-side", picture(6000, 3000), picture(3000, 6001)),
    *forbidden("sense-image", f"{S}/image-size", picture(400, 400, size=30 * MIB + 1)),
    *forbidden("sense-audio", f"{S}/audio-format", sound(3, "flac")),
    *forbidden("sense-audio", f"{S}/audio-seconds", *SHORT_SOUNDS, *LONG_SOUNDS),
    *forbidden("sense-audio", f"{S}/audio-total", *MANY_SOUNDS),
    *forbidden("sense-audio", f"{S}/audio-size", sound(3, size=15 * MIB + 1)),
    *forbidden("sense-video", f"{S}/video-format", clip(form="webm"), clip(form="avi")),
    *forbidden("sense-video", f"{S}/video-seconds", *SHORT_CLIPS, *LONG_CLIPS),
    *forbidden("sense-video", f"{S}/video-total", *MANY_CLIPS),
    *forbidden("sense-video", f"{S}/video-size", clip(size=50 * MIB + 1)),
    *forbidden("sense-video", f"{S}/video-short-side", clip(width=299, height=747)),
    *forbidden("sense-video", f"{S}/video-long-side", clip(width=6001, height=2401)),
    *forbidden("sense-video", f"{S}/video-ratio", clip(width=405, height=1015)),
    *forbidden("sense-video", f"{S}/video-ratio", clip(width=1016, height=406)),
    *forbidden("sense-video", f"{S}/video-pixels", clip(width=639, height=640)),
    *forbidden("sense-video", f"{S}/video-pixels", clip(width=834, height=1113)),
    *forbidden("sense-video", f"{S}/video-fps", clip(fps=23.976), clip(fps=60.1), clip(fps=12)),
    *forbidden("ace-image", f"{A}/image-short-side", picture(299, 299), picture(300, 299)),
    *forbidden("ace-image", f"{A}/image-short-side", picture(299, 9000, "gif")),
    *forbidden("ace-2.0-image", f"{A}/image-short-side", picture(299, 300, "jpeg")),
    *forbidden("ace-2.0-audio", f"{A}/audio-format", sound(3, "flac")),
    *forbidden("ace-2.0-audio", f"{A}/audio-size", sound(3, size=15 * MIB + 1)),
    *forbidden("ace-2.0-video", f"{A}/video-format", clip(form="webm"), clip(form="avi")),
    *forbidden("june-audio", f"{V}/reference-audio-format", sound(3, "flac")),
    *forbidden("june-audio", f"{V}/reference-audio-seconds", *SHORT_SOUNDS, *LONG_SOUNDS),
    *forbidden("june-audio", f"{V}/reference-audio-total", *MANY_SOUNDS),
    *forbidden("june-video", f"{V}/reference-video-format", clip(form="webm")),
    *forbidden("june-video", f"{V}/reference-video-seconds", *SHORT_CLIPS, *LONG_CLIPS),
    *forbidden("june-video", f"{V}/reference-video-total", *MANY_CLIPS),
    *forbidden("june-video", f"{V}/reference-video-size", clip(size=50 * MIB + 1)),
    *forbidden("june-audio-url", f"{V}/audio-url-format", sound(3, "flac")),
    *forbidden("june-audio-url", f"{V}/audio-url-seconds", sound(30.001), sound(31, "mp3")),
    *forbidden("june-audio-url", f"{V}/audio-url-size", sound(3, size=15 * MIB + 1)),
    *forbidden("june-upscale", f"{V}/upscale-seconds", clip(300.1)),
    *forbidden("2.0-image", f"{V}/reference-image-ratio", picture(400, 1000)),
    *forbidden("2.0-image", f"{V}/reference-image-ratio", picture(1000, 400), picture(3000, 999)),
    *forbidden("2.0-image", f"{V}/reference-image-short-side", picture(299, 299)),
    *forbidden("2.0-image", f"{V}/reference-image-short-side", picture(600, 299)),
    *forbidden("2.0-audio", f"{V}/reference-audio-format", sound(3, "flac")),
    *forbidden("2.0-audio", f"{V}/reference-audio-seconds", *SHORT_SOUNDS, *LONG_SOUNDS),
    *forbidden("2.0-audio", f"{V}/reference-audio-total", *MANY_SOUNDS),
    *forbidden("2.0-audio", f"{V}/reference-audio-size", sound(3, size=15 * MIB + 1)),
    *forbidden("2.0-video", f"{V}/reference-video-format", clip(form="webm"), clip(form="avi")),
    *forbidden("2.0-video", f"{V}/reference-video-seconds", *SHORT_CLIPS, *LONG_CLIPS),
    *forbidden("2.0-video", f"{V}/reference-video-total", *MANY_CLIPS),
    *forbidden("2.0-video", f"{V}/reference-video-size", clip(size=50 * MIB + 1)),
    *forbidden("2.0-audio-url", f"{V}/reference-audio-seconds", sound(1.9), sound(15.1)),
    *forbidden("2.5-image", f"{V}/reference-image-size", picture(400, 400, size=30 * MIB + 1)),
    *forbidden("2.5-audio", f"{V}/reference-audio-seconds", sound(1.9), sound(30.1)),
    *forbidden("2.5-audio", f"{V}/reference-audio-total", [sound(15), sound(15.1)]),
    *forbidden("2.5-video", f"{V}/reference-video-seconds", clip(1.9), clip(30.1)),
    *forbidden("2.5-video", f"{V}/reference-video-total", [clip(15), clip(15.1)]),
    *forbidden("2.5-video", f"{V}/reference-video-size", clip(size=50 * MIB + 1)),
    *forbidden("us-video", f"{V}/reference-video-seconds", clip(1.9), clip(30.1)),
    *forbidden("wan-audio", f"{V}/reference-audio-seconds", sound(0.9)),
    *forbidden("wan-audio", f"{V}/reference-audio-size", sound(3, size=15 * MIB + 1)),
    *forbidden("wan-video", f"{V}/reference-video-seconds", clip(0.9), clip(15.1)),
    *forbidden("wan-video", f"{V}/reference-video-total", *MANY_CLIPS),
    *forbidden("h3-image", f"{V}/reference-image-ratio", picture(400, 1000), picture(1000, 400)),
    *forbidden("h3-audio", f"{V}/reference-audio-seconds", *SHORT_SOUNDS, *LONG_SOUNDS),
    *forbidden("h3-audio", f"{V}/reference-audio-total", *MANY_SOUNDS),
    *forbidden("h3-video", f"{V}/reference-video-seconds", *SHORT_CLIPS, *LONG_CLIPS),
    *forbidden("h3-video", f"{V}/reference-video-total", *MANY_CLIPS),
    *forbidden("october-upscale", f"{V}/upscale-seconds", clip(300.1), clip(400, form="webm")),
)
async def test_what_a_limit_forbids_is_refused(client, place, files, way, rule):
    urls = [await link(client, one, way) for one in files]
    answer = await send(client, place, urls)
    assert_refused(answer, rule, place.field.partition("[")[0])


@pytest.mark.parametrize("place", ["2.0-audio-url"], indirect=True)
@pytest.mark.parametrize(("first", "second", "fits"), [(8, 7, True), (8, 7.1, False)])
async def test_audio_url_counts_towards_all_sounds(client, place, first, second, fits):
    body = place.body([await link(client, sound(first), "served")])
    body["reference_audio_urls"] = [await link(client, sound(second), "data")]
    answer = await client.post(place.path, json=body)
    wanted = (200, None) if fits else (400, "venice/reference-audio-total")
    assert verdict(answer) == wanted


@pytest.mark.parametrize("place", ["2.5-source"], indirect=True)
@pytest.mark.parametrize("seconds", [2, 3.9])
async def test_a_source_to_be_followed_lasts_at_least_4_s(client, place, seconds):
    answer = await send(client, place, [await link(client, clip(seconds), "served")])
    assert answer.status_code == 400
    assert place.field in answer.text


@pytest.mark.parametrize(
    ("place", "side"), [("h3-image", 255), ("horse-image", 399)], indirect=["place"]
)
async def test_venice_enlarges_what_is_too_small_for_models_other_than_seedance(
    client, place, side
):
    answer = await send(client, place, [await link(client, picture(side, side), "data")])
    assert verdict(answer) == (200, None)


# Files that are not what they should be


BY_KIND = {
    "image": [picture(400, 400, form) for form in ("png", "jpeg", "gif", "webp", "bmp", "tiff")],
    "audio": [sound(3), sound(3, "mp3")],
    "video": [clip(), clip(form="mov")],
}
READERS = [
    "sense-image",
    "sense-audio",
    "sense-video",
    "ace-image",
    "ace-2.0-image",
    "ace-2.0-audio",
    "ace-2.0-video",
    "relay-image",
    "relay-audio",
    "relay-video",
    "relay-gateway-video",
    "june-image",
    "june-audio",
    "june-video",
    "june-audio-url",
    "june-upscale",
    "2.0-image",
    "2.0-audio",
    "2.0-video",
    "october-upscale",
]


def in_every_way(names: Sequence[str]) -> pytest.MarkDecorator:
    both = [(name, way) for name in names for way in ways(name, ())]
    return pytest.mark.parametrize(("place", "way"), both, indirect=["place"])


async def url_of(client: httpx.AsyncClient, place: Place, content: bytes, way: Way) -> str:
    """Give bytes as a link that claims to be of the kind that its field is for."""
    forms = {"image": "png", "audio": "wav", "video": "mp4"}
    form = forms[place.kind]
    if way == "served":
        return await served(client, f"a.{form}", content)
    return specimens.as_data_url(place.kind, form, content)


@in_every_way(READERS)
@pytest.mark.parametrize(
    "content",
    [b"\0", b"not a picture", b"<html></html>", bytes(1000), b"\xff" * 1000, b"RIFF", b"GIF89a"],
    ids=repr,
)
async def test_what_is_no_media_is_refused(client, place, way, content):
    answer = await send(client, place, [await url_of(client, place, content, way)])
    assert_refused(answer, place.rule, place.field)


@in_every_way(READERS)
async def test_a_file_of_another_kind_is_refused(client, place, way):
    others = [one for kind, files in BY_KIND.items() if kind != place.kind for one in files[:1]]
    for one in others:
        answer = await send(client, place, [await url_of(client, place, one.made(), way)])
        assert_refused(answer, place.rule, place.field)


CUTS = (0.02, 0.25, 0.5, 0.75, 0.95)
VISIBLE = ("sense-image", "sense-video", "ace-image", "ace-2.0-video", "relay-image")
VISIBLE += ("relay-video", "june-image", "june-video", "2.0-image", "2.0-video")
AUDIBLE = ("sense-audio", "ace-2.0-audio", "relay-audio", "june-audio", "2.0-audio")
CUT = [(name, file) for name in VISIBLE for file in BY_KIND[PLACES[name].kind]]
CUT += [(name, sound(3)) for name in AUDIBLE]
CUT = [(*one, part, way) for one in CUT for part in CUTS for way in ways(one[0], ())]


@pytest.mark.parametrize(("place", "file", "part", "way"), CUT, indirect=["place"], ids=str)
async def test_a_file_that_was_cut_off_is_refused(client, place, file, part, way):
    content = file.made()
    cut = content[: max(1, int(len(content) * part))]
    answer = await send(client, place, [await url_of(client, place, cut, way)])
    assert_refused(answer, place.rule, place.field)


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that declares so many pixels."""
    parts = (
        (b"IHDR", pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)),
        (b"IDAT", b"x\xda\x03\0\0\0\0\1"),
        (b"IEND", b""),
    )
    chunks = (
        pack(">I", len(one)) + name + one + pack(">I", crc32(name + one)) for name, one in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


IMAGE_READERS = [name for name in READERS if PLACES[name].kind == "image"]


@in_every_way(IMAGE_READERS)
@pytest.mark.parametrize("size", [(60_000, 60_000), (2**31 - 1, 2**31 - 1), (0, 400)], ids=str)
async def test_an_image_that_declares_too_much_or_nothing_is_refused(client, place, way, size):
    answer = await send(client, place, [await url_of(client, place, bomb(*size), way)])
    assert_refused(answer, place.rule, place.field)


@pytest.mark.parametrize("place", [name for name in READERS if PLACES[name].data], indirect=True)
@pytest.mark.parametrize(
    "payload", ["!!!!", "AAAAA", "=", "====", "AA=A", "\u00e9\u00e9\u00e9\u00e9"]
)
async def test_a_data_url_that_is_not_base64_is_refused(client, place, payload):
    url = f"data:{specimens.media_type(place.kind, 'png')};base64,{payload}"
    answer = await send(client, place, [url])
    assert_refused(answer, place.rule, place.field)


@in_every_way([name for name in READERS if name.endswith(("image", "video", "audio"))])
async def test_the_bad_one_among_good_ones_is_named(client, place, way):
    good = await link(client, BY_KIND[place.kind][0], "served")
    answer = await send(client, place, [good, await url_of(client, place, b"?", way)])
    assert verdict(answer) == (400, place.rule)
    first = place.field.partition("[")[2].partition("]")[0] or "0"
    assert f'"{place.field}",1]' in answer.text or f"content[{int(first) + 1}]" in answer.text


# Links


@pytest.mark.parametrize("place", list(PLACES), indirect=True)
@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/nothing-here",
        "https://example.com/program.exe",
        "http://192.0.2.1:81/a?b=c#d",
        "https://example.com/_screentest/media/of-somebody-else.png",
        "http://127.0.0.1:8600/_screentest/media/never-was.png",
        "http://127.0.0.1:8600/_screentest/media/",
    ],
)
async def test_a_link_that_leads_elsewhere_or_nowhere_is_not_followed(client, place, url):
    assert verdict(await send(client, place, [url])) == (200, None)


TASK = {
    "model": "doubao-seedance-2-0-260128",
    "content": [{"type": "text", "text": "a cat"}],
    "duration": 4,
    "resolution": "480p",
    "ratio": "3:4",
}


async def task_url(client, clock, **fields):
    """Make a video at SenseAudio, and give its link."""
    task = (await client.post("/v1/video/create", json=TASK | fields)).json()["task_id"]
    clock.turn(1000)
    answer = await client.get("/v1/video/status", params={"id": task})
    return answer.json()["video_url"]


VIDEO_PLACES = [
    "sense-video",
    "ace-2.0-video",
    "relay-video",
    "relay-gateway-video",
    "june-video",
    "june-upscale",
    "2.0-video",
    "2.5-source",
    "wan-video",
    "october-upscale",
]


@pytest.mark.parametrize("place", VIDEO_PLACES, indirect=True)
async def test_the_video_of_a_finished_task_can_be_the_next_ones_reference(client, clock, place):
    assert verdict(await send(client, place, [await task_url(client, clock)])) == (200, None)


@pytest.mark.parametrize(
    ("place", "rule"),
    [
        ("sense-video", "senseaudio/video-total"),
        ("june-video", "venice/reference-video-total"),
        ("2.0-video", "venice/reference-video-total"),
    ],
    indirect=["place"],
)
async def test_videos_of_tasks_are_measured_as_uploads_are(client, clock, place, rule):
    url = await task_url(client, clock, duration=8)
    assert_refused(await send(client, place, [url, url]), rule, place.field.partition("[")[0])


@pytest.mark.parametrize(
    "place", ["sense-image", "ace-image", "relay-image", "2.0-image"], indirect=True
)
async def test_the_video_of_a_task_is_no_image(client, clock, place):
    answer = await send(client, place, [await task_url(client, clock)])
    assert_refused(answer, place.rule, place.field)


@pytest.mark.parametrize(
    "place",
    ["ace-image", "ace-2.0-image", "sense-image", "relay-image", "2.0-image"],
    indirect=True,
)
async def test_the_last_frame_of_a_task_can_be_the_next_ones_image(client, clock, place):
    task = {
        "model": "doubao-seedance-1-0-pro-250528",
        "content": [{"type": "text", "text": "a cat"}],
        "return_last_frame": True,
        "async": True,
    }
    id_ = (await client.post("/seedance/videos", json=task)).json()["task_id"]
    clock.turn(1000)
    record = (await client.post("/seedance/tasks", json={"id": id_})).json()
    answer = await send(client, place, [record["response"]["data"]["last_frame_url"]])
    assert verdict(answer) == (200, None)


@pytest.mark.parametrize("place", ["sense-image", "ace-image", "2.0-image"], indirect=True)
async def test_the_video_of_an_unfinished_task_is_a_link_like_any_other(client, world, place):
    await client.post("/v1/video/create", json=TASK)
    (known,) = world.store.links.ids("")
    url = f"http://127.0.0.1:8600/_screentest/media/{known}.mp4"
    assert verdict(await send(client, place, [url])) == (200, None)


@pytest.mark.parametrize(
    "place", ["sense-image", "ace-image", "relay-image", "2.0-image"], indirect=True
)
async def test_an_upload_is_looked_at_whoever_made_it(client, place):
    url = await served(client, "a.png", b"not a picture")
    client.headers["authorization"] = "Bearer other"
    assert_refused(await send(client, place, [url]), place.rule, place.field)


ESCAPED = [
    ("data", "data:", r"\u0064ata:"),
    ("data", "data:", r"dat\u0061:"),
    ("data", "data:", r"data\u003A"),
    ("served", "_screentest", r"\u005fscreentest"),
    ("served", "_screentest", r"_screen\u0074est"),
    ("served", "/", r"\/"),
]


@pytest.mark.parametrize("place", ["sense-image", "ace-image", "2.0-image"], indirect=True)
@pytest.mark.parametrize(("way", "plain", "escaped"), ESCAPED)
async def test_a_link_is_looked_at_however_its_json_spells_it(client, place, way, plain, escaped):
    url = await url_of(client, place, b"not a picture", way)
    content = json.dumps(place.body([url])).replace(plain, escaped)
    headers = {"content-type": "application/json"}
    answer = await client.post(place.path, content=content, headers=headers)
    assert_refused(answer, place.rule, place.field)

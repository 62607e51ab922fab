"""What shows a face: what says so, what was registered, all, none, or what is detected."""

import sys
from base64 import b64encode
from io import BytesIO

import httpx
import pytest
from PIL import Image, ImageDraw, ImageFilter
from PIL.PngImagePlugin import PngInfo

from contracts.kernel.media import people_in, people_shown
from contracts.kernel.probing.specimens import as_data_url, film, image
from contracts.kernel.registry import chosen
from mockserver import detecting
from mockserver.app import create_app
from mockserver.cli import main
from mockserver.detecting import MISSING, Detector
from mockserver.faces import Faces, Medium, digest
from mockserver.settings import Settings
from mockserver.store.memory import MemoryTable
from mockserver.world import World

WISH = {"model": "seedance-2-0-image-to-video", "prompt": "p", "duration": "5s"}
BASIC = WISH | {"model": "seedance-2-0-image-to-video-basic"}
FILMS = WISH | {"model": "seedance-2-0-reference-to-video", "aspect_ratio": "16:9"}
PLAIN, FACE = "https://example.com/a.png", "https://example.com/screentest-face.png"
FILM = as_data_url("video", "mp4", film("mp4", 640, 360, 5, 24))


def drawn(form="PNG", size=512, side=1.0):
    """Draw a face: shadows under brows, a nose, a mouth; `side` is the share of the picture."""
    scale, middle = side * size / 256, size / 2
    picture = Image.new("RGB", (size, size), (90, 120, 150))
    brush = ImageDraw.Draw(picture)

    def place(*numbers):
        return [middle + scale * one for one in numbers]

    brush.ellipse(place(-60, -80, 60, 80), fill=(225, 185, 160))
    for x in (-26, 26):
        brush.ellipse(place(x - 14, -26, x + 14, -12), fill=(250, 250, 250))
        brush.ellipse(place(x - 7, -25, x + 7, -12), fill=(40, 25, 20))
        brush.rectangle(place(x - 16, -38, x + 16, -33), fill=(60, 40, 30))
    brush.polygon(place(0, -15, -11, 20, 11, 20), fill=(195, 150, 125))
    brush.ellipse(place(-26, 36, 26, 50), fill=(150, 60, 60))
    file = BytesIO()
    picture.filter(ImageFilter.GaussianBlur(1.5 * scale)).save(file, form)
    return file.getvalue()


def blank(comment=""):
    file, notes = BytesIO(), PngInfo()
    notes.add_text("Comment", comment)
    Image.new("RGB", (512, 512), (90, 120, 150)).save(file, "PNG", pnginfo=notes)
    return file.getvalue()


def data(content, kind="png"):
    return f"data:image/{kind};base64,{b64encode(content).decode()}"


# markers


@pytest.mark.parametrize(
    ("name", "people"),
    [
        ("screentest-face", set()),
        ("screentest-face.png", set()),
        ("screentest-face-1.png", set()),
        ("screentest-face-minor.png", {"minor"}),
        ("my-screentest-face-minor-2.png", {"minor"}),
        ("screentest-face-public-figure.png", {"public-figure"}),
        ("screentest-face-minor-public-figure", {"minor", "public-figure"}),
        ("screentest-face-public-figure-minor", {"minor", "public-figure"}),
        ("screentest-face,screentest-face-minor", {"minor"}),
        ("screentest-face-minor,screentest-face-public-figure", {"minor", "public-figure"}),
        ("screentest-face-minority", set()),
        ("screentest-face-public", set()),
        ("screentest-face.minor", set()),
        ("screentest-face-tall-minor", set()),
        ("screentest-fac", None),
        ("minor", None),
        ("", None),
    ],
)
def test_a_marker_tells_who_is_shown(name, people):
    assert people_in(name.encode()) == people
    assert people_shown(f"https://example.com/{name}?screentest-face") == people
    assert people_shown(f"data:image/svg+xml,{name}") == people


@pytest.mark.parametrize("before", range(4))
@pytest.mark.parametrize("after", range(4))
def test_a_marker_is_found_in_base64_wherever_it_stands(before, after):
    content = b"\xff" * before + b"screentest-face-minor" + b"\xff" * after
    padded = data(content)
    assert people_shown(padded) == people_shown(padded.rstrip("=")) == {"minor"}


def test_what_only_looks_like_a_marker_in_base64_is_none():
    near = bytes([ord("s") ^ 0x80]) + b"creentest-face"
    assert people_shown(data(b"\0" + near)) is None


def test_data_that_cannot_be_read_shows_no_one():
    readable = data(b"screentest-face")
    assert people_shown(readable) == set()
    assert people_shown(readable + "=!") is None


# what is registered, and policies


class Detected:
    """A detector that finds a face in everything, and remembers what it was shown."""

    def __init__(self):
        self.seen = []

    def finds(self, name, content):
        self.seen.append((name, content))
        return True


def faces(policy="marker", registered=None, serves=lambda _: None):
    table = MemoryTable()
    for one, people in (registered or {}).items():
        table.put("k", one, frozenset(people))
    return Faces(policy, table, serves)


def who(seer, url, tenant="k"):
    return seer.people(tenant, seer.medium(url))


@pytest.mark.parametrize("url", [PLAIN, data(b"x"), "data:image/svg+xml,x"])
@pytest.mark.parametrize("policy", ["marker", "always", "detect"])
def test_what_is_registered_shows_a_face_to_its_tenant(policy, url):
    seer = faces(policy, {faces().medium(url).digest: {"minor"}})
    assert who(seer, url) == {"minor"}
    assert who(seer, url, "other") == (set() if policy == "always" else None)
    assert who(seer, "https://example.com/b.png") == (set() if policy == "always" else None)


def test_what_is_known_adds_up():
    url = data(b"screentest-face-minor")
    seer = faces(registered={digest(b"screentest-face-minor"): {"public-figure"}})
    assert who(seer, url) == {"minor", "public-figure"}


@pytest.mark.parametrize("url", [FACE, PLAIN, data(b"screentest-face"), data(b"x")])
def test_never_means_never(url):
    assert who(faces("never", {faces().medium(url).digest: {"minor"}}), url) is None


def test_a_detector_is_not_asked_about_what_says_enough(monkeypatch):
    detected = Detected()
    monkeypatch.setattr(detecting, "Detector", lambda: detected)
    seer = faces("detect", {digest(b"known"): set()})
    told = [who(seer, url) for url in (FACE, data(b"screentest-face"), data(b"known"))]
    assert (told, detected.seen) == ([set(), set(), set()], [])
    assert who(seer, data(b"x")) == set()
    assert detected.seen == [(digest(b"x"), b"x")]


@pytest.mark.parametrize("url", [PLAIN, "data:image/png;base64,A", "data:image/png;base64,????"])
def test_a_medium_that_cannot_be_seen_is_known_by_its_link(url):
    medium = Medium(url, lambda _: None)
    assert (medium.content, medium.ratio) == (None, None)
    assert medium.digest == digest(url.encode())
    assert who(faces("detect"), url) is None
    assert who(faces("always"), url) == set()


def test_a_medium_that_is_no_picture_has_no_ratio():
    assert Medium(data(b"text"), lambda _: None).ratio is None
    assert Medium(data(image("png", 300, 200)), lambda _: None).ratio == 1.5


# through HTTP


@pytest.fixture
def policy():
    return "marker"


@pytest.fixture
def world(clock, policy):
    return World(Settings(seed=1, faces=policy), clock)


async def queue(client, body):
    return await client.post("/api/v1/video/queue", json=body)


async def uploaded(client, name, content):
    files = {"file": (name, content, "application/octet-stream")}
    return (await client.post("/v1/files", files=files)).json()["url"]


@pytest.mark.parametrize(
    ("policy", "marked", "plain", "portrait"),
    [
        ("marker", 409, 200, 200),
        ("always", 409, 409, 409),
        ("never", 200, 200, 200),
        ("detect", 409, 200, 409),
    ],
)
async def test_a_policy_says_what_is_asked_about(client, marked, plain, portrait):
    for url, status in (
        (FACE, marked),
        (PLAIN, plain),
        (data(blank()), plain),
        (data(drawn()), portrait),
        (data(blank("screentest-face")), marked),
        (await uploaded(client, "a.png", blank()), plain),
        (await uploaded(client, "a.png", blank("screentest-face")), marked),
        (await uploaded(client, "a.png", drawn()), portrait),
    ):
        assert (await queue(client, WISH | {"image_url": url})).status_code == status


@pytest.mark.parametrize(
    ("policy", "asked"), [("marker", 200), ("always", 409), ("never", 200), ("detect", 200)]
)
async def test_a_video_is_not_decoded(client, asked):
    assert (await queue(client, FILMS | {"reference_video_urls": [FILM]})).status_code == asked


@pytest.mark.parametrize("policy", ["always"])
async def test_without_media_there_is_no_face(client):
    text = WISH | {"model": "seedance-2-0-text-to-video"}
    assert (await queue(client, text)).status_code == 200


@pytest.mark.parametrize(
    ("policy", "marked", "plain", "portrait"),
    [
        ("marker", 422, 200, 200),
        ("always", 422, 422, 422),
        ("never", 200, 200, 200),
        ("detect", 422, 200, 422),
    ],
)
async def test_a_policy_says_what_fails_later(world, clock, marked, plain, portrait):
    app = create_app(world=world, providers=chosen(("venice@2026-10",)))
    transport = httpx.ASGITransport(app)
    headers = {"authorization": "Bearer k"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1:8600", headers=headers
    ) as client:
        for url, status in ((FACE, marked), (PLAIN, plain), (data(drawn()), portrait)):
            queued = (await queue(client, BASIC | {"image_url": url})).json()
            clock.turn(1000)
            body = {"model": queued["model"], "queue_id": queued["queue_id"]}
            assert (await client.post("/api/v1/video/retrieve", json=body)).status_code == status


async def test_a_face_can_be_registered_for_a_tenant(client, world):
    world.store.faces.put("k", digest(blank()), frozenset({"public-figure"}))
    refused = await queue(client, WISH | {"image_url": data(blank())})
    assert refused.status_code == 422
    client.headers["authorization"] = "Bearer other"
    assert (await queue(client, WISH | {"image_url": data(blank())})).status_code == 200


# pixels


@pytest.fixture(scope="module")
def detector():
    return Detector()


def sees(detector, content):
    return detector.finds(digest(content), content)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_a_drawn_face_is_found_in_every_format(detector, form):
    assert sees(detector, drawn(form)) is True


@pytest.mark.parametrize(("size", "side"), [(256, 1.0), (1024, 0.5), (3000, 1.0), (3000, 0.4)])
def test_a_drawn_face_is_found_at_every_size(detector, size, side):
    assert sees(detector, drawn(size=size, side=side)) is True


def test_a_face_is_looked_at_as_it_is_shown(detector):
    turned = Image.open(BytesIO(drawn())).transpose(Image.Transpose.ROTATE_90)
    lying, upright = BytesIO(), BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # shown turned by a quarter, clockwise
    turned.save(lying, "JPEG")
    turned.save(upright, "JPEG", exif=exif)
    assert sees(detector, lying.getvalue()) is False
    assert sees(detector, upright.getvalue()) is True


@pytest.mark.parametrize(
    "content",
    [blank(), drawn()[:1000], b"", b"text", image("heic", 500, 500), film("mp4", 640, 360, 2, 24)],
    ids=["blank", "cut", "nothing", "text", "undecodable", "film"],
)
def test_nothing_else_shows_a_face(detector, content):
    assert sees(detector, content) is False


def test_an_image_of_too_many_pixels_is_not_decoded(detector, monkeypatch):
    content = drawn(size=256)
    monkeypatch.setattr(detecting, "MOST_PIXELS", 256 * 256 - 1)
    assert detector.finds("large", content) is False
    monkeypatch.setattr(detecting, "MOST_PIXELS", 256 * 256)
    assert detector.finds("right", content) is True


def test_a_header_that_promises_a_huge_image_is_enough_to_refuse_it(detector):
    assert sees(detector, image("png", 60_000, 60_000)) is False


def test_an_image_is_looked_at_once(monkeypatch):
    looks = []
    monkeypatch.setattr(detecting, "load", lambda: lambda one: looks.append(one) or one == b"a")
    monkeypatch.setattr(detecting, "MOST_REMEMBERED", 2)
    detector = Detector()
    found = [detector.finds(name, name.encode()) for name in ("a", "b", "a", "c", "a", "b")]
    assert found == [True, False, True, False, True, False]
    assert looks == [b"a", b"b", b"c", b"b"]


# without the extra


@pytest.mark.parametrize("library", ["dlib", "numpy", "PIL"])
def test_without_its_libraries_detection_does_not_start(monkeypatch, library):
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(ValueError, match="pip install") as refused:
        World(Settings(faces="detect"))
    assert str(refused.value) == MISSING


def test_without_the_extra_the_command_says_how_to_get_it(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "dlib", None)
    with pytest.raises(SystemExit) as ended:
        main(["serve", "--port", "0", "--faces", "detect"])
    assert ended.value.code == 2
    assert capsys.readouterr().err == f"screentest: {MISSING}\n"


def test_no_other_policy_needs_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "dlib", None)
    assert [World(Settings(faces=one)).faces.policy for one in ("marker", "always", "never")]

"""What a server does on the wire, the bridge does without one: any application, any answer."""

import asyncio
import atexit
import threading
from concurrent.futures import ThreadPoolExecutor

import anyio
import httpcore
import pytest
import trio
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from mockserver.clock import pause
from mockserver.intercept import bridge_call
from mockserver.intercept.bridge_loops import Spare
from mockserver.intercept.router import httpx_door
from mockserver.intercept.target import Target
from mockserver.trouble import CONNECTION

HOST = "api.acme.example"
ORIGIN = f"https://{HOST}"
PIECE = {"type": "http.response.body", "body": b"first", "more_body": True}
END = {"type": "http.response.body", "body": b"last"}


def start(status=200, *headers):
    return {"type": "http.response.start", "status": status, "headers": list(headers)}


@pytest.fixture
def at_acme(home):
    """Have an application answer at a host until the test ends."""
    opened = []

    def opening(app):
        door = httpx_door(Target(app=app, hosts=[HOST], tenant="test-it", home=home))
        door.__enter__()
        opened.append(door)

    yield opening
    for door in opened:
        door.__exit__(None, None, None)


class Told:
    """An application that begins an answer, waits, and remembers what it is told meanwhile."""

    def __init__(self, *messages, heeds=True):
        self.messages = messages
        self.heeds = heeds
        self.heard = []
        self.ended = threading.Event()

    async def __call__(self, _scope, receive, send):
        self.heard.append((await receive())["type"])
        try:
            for message in self.messages:
                await send(message)
            self.heard.append((await receive())["type"])
            if not self.heeds:
                await pause(60)
        except asyncio.CancelledError:
            self.heard.append("cancelled")
            raise
        finally:
            self.ended.set()


async def echo(request):
    body = await request.body()
    parts = [request.method, request.url.path, request.url.query, str(len(body))]
    return PlainTextResponse("\n".join(parts))


async def nothing(_request):
    return Response(status_code=204)


async def elsewhere(_request):
    return RedirectResponse("/echo")


async def pieces(_request):
    async def two():
        yield b"first"
        yield b"last"

    return StreamingResponse(two())


APP = Starlette(
    routes=[
        Route("/echo/{rest:path}", echo, methods=["GET", "POST"]),
        Route("/nothing", nothing),
        Route("/elsewhere", elsewhere),
        Route("/pieces", pieces),
    ]
)
ONLY_ON_THE_WIRE = {"date", "transfer-encoding"}


REQUESTS = [
    ("GET", "/echo/a%20b/%C3%A9?q=%20&r"),
    ("HEAD", "/echo/x"),
    ("HEAD", "/pieces"),
    ("GET", "/nothing"),
    ("GET", "/elsewhere"),
    ("GET", "/pieces"),
    ("DELETE", "/pieces"),
    ("GET", "/nowhere"),
]


def test_answers_look_as_they_do_over_a_socket(caller, at_acme, serve):
    def ask(origin, method, path):
        status, headers, body = caller.send(method, f"{origin}{path}")
        known = {name: headers[name] for name in headers if name not in ONLY_ON_THE_WIRE}
        return method, path, status, known, body

    at_acme(APP)
    socket = serve(APP)
    on_the_wire = [ask(socket, *one) for one in REQUESTS]
    assert [ask(ORIGIN, *one) for one in REQUESTS] == on_the_wire


def test_an_upload_of_ten_megabytes_arrives(caller, at_acme):
    at_acme(APP)
    _, _, body = caller.send("POST", f"{ORIGIN}/echo/", content=bytes(10_000_000))
    assert body.endswith(b"\n10000000")


def test_an_application_is_told_what_a_server_would_tell_it_and_whose_request_it_is(
    lib, at_acme, tls
):
    async def app(scope, _receive, send):
        seen.update(scope)
        await send(start())
        await send(END)

    seen = {}
    at_acme(app)
    with lib.Client(verify=tls) as client:
        client.get(f"http://{HOST}:8080/a%20b?q=%20", headers={"X-Two": "2"})
    assert seen["state"][CONNECTION]
    assert [seen[name] for name in ("path", "raw_path", "query_string")] == [
        "/a b",
        b"/a%20b",
        b"q=%20",
    ]
    assert [seen[name] for name in ("scheme", "server")] == ["http", (HOST, 8080)]
    assert (b"x-two", b"2") in seen["headers"]
    assert seen["screentest.tenant"] == "test-it"


def test_the_first_piece_of_a_body_comes_before_the_last_is_made(caller, at_acme):
    async def app(_scope, _receive, send):
        await send(start())
        await send(PIECE)
        while not read.is_set():
            await pause(0.001)
        await send(END)

    read = threading.Event()
    at_acme(app)
    _, _, body = caller.send("GET", ORIGIN, on_piece=lambda _: read.set())
    assert body == b"firstlast"


def test_a_timeout_holds_for_each_piece(caller, at_acme):
    app, pieces = Told(start(), PIECE), []
    at_acme(app)
    with pytest.raises(caller.lib.ReadTimeout):
        caller.send("GET", ORIGIN, on_piece=pieces.append, timeout=0.05)
    assert pieces == [b"first"]
    assert app.ended.wait(5)
    assert app.heard == ["http.request", "http.disconnect"]


@pytest.mark.parametrize(
    ("messages", "words"),
    [
        ([], "^Server disconnected without sending a response.$"),
        ([start(), PIECE], r"message body \(incomplete chunked read\)$"),
        ([start(200, (b"content-length", b"9")), PIECE], r"\(received 5 bytes, expected 9\)$"),
        ([start(200, (b"content-length", b"9")), END], r"\(received 4 bytes, expected 9\)$"),
    ],
)
def test_an_application_that_ends_too_early_has_the_connection_closed(
    caller, at_acme, messages, words
):
    async def app(_scope, _receive, send):
        for message in messages:
            await send(message)

    at_acme(app)
    with pytest.raises(caller.lib.RemoteProtocolError, match=words):
        caller.send("GET", ORIGIN)


def test_a_connection_that_is_closed_after_all_was_sent_does_no_harm(caller, at_acme):
    async def app(scope, receive, send):
        await send(start(200, (b"content-length", b"5")))
        await send(PIECE)
        scope["state"][CONNECTION].close()
        scope["state"][CONNECTION].reset()
        await send(END)
        heard.append(await receive())
        heard.append(await receive())

    heard = []
    at_acme(app)
    assert caller.send("GET", ORIGIN)[2] == b"first"
    assert [one["type"] for one in heard] == ["http.request", "http.disconnect"]


def test_an_application_that_fails_is_named_by_the_error_of_the_client(caller, at_acme):
    async def app(_scope, _receive, _send):
        raise KeyError("lost")

    at_acme(app)
    with pytest.raises(caller.lib.RemoteProtocolError, match=r"KeyError\('lost'\)"):
        caller.send("GET", ORIGIN)


@pytest.mark.parametrize("run", [asyncio.run, trio.run], ids=["asyncio", "trio"])
def test_an_application_hears_of_it_when_its_client_is_cancelled(lib, at_acme, run, tls):
    async def impatient():
        async with lib.AsyncClient(timeout=None, verify=tls) as client:
            with anyio.move_on_after(0.05):
                await client.get(ORIGIN)
        await anyio.to_thread.run_sync(app.ended.wait, 5)

    app = Told()
    at_acme(app)
    run(impatient) if run is trio.run else run(impatient())
    assert app.heard == ["http.request", "http.disconnect"]


class EnoughError(Exception):
    """A client has read enough."""


@pytest.mark.parametrize("heeds", [True, False])
def test_an_application_hears_of_it_when_its_client_reads_no_further(
    caller, at_acme, monkeypatch, heeds
):
    def stop(_piece):
        raise EnoughError

    monkeypatch.setattr(bridge_call, "GRACE", 0.01)
    app = Told(start(), PIECE, heeds=heeds)
    at_acme(app)
    with pytest.raises(EnoughError):
        caller.send("GET", ORIGIN, on_piece=stop)
    assert app.ended.wait(5)
    assert app.heard == ["http.request", "http.disconnect", *["cancelled"] * (not heeds)]


def test_an_application_hears_of_it_when_the_door_closes_before_its_client(lib, home, tls):
    app, client = Told(start(), PIECE), lib.Client(verify=tls)
    with httpx_door(Target(app=app, hosts=[HOST], tenant="test-it", home=home)):
        answer = client.send(client.build_request("GET", ORIGIN), stream=True)
    assert app.ended.is_set()
    assert app.heard == ["http.request", "http.disconnect"]
    answer.close()


def test_a_client_that_leaves_before_its_turn_disturbs_nobody():
    app = Told()
    call = bridge_call.Call(app, {"method": "GET"}, b"", httpcore)
    call.leave()
    asyncio.run(call.begin(None))
    assert app.heard == []


def test_clients_in_other_threads_are_answered_while_one_waits(lib, at_acme, tls):
    async def app(scope, _receive, send):
        while scope["path"] == "/wait" and not others_are_done.is_set():
            began.set()
            await pause(0.001)
        await send(start(204))
        await send(END)

    def ask(path):
        with lib.Client(verify=tls) as client:
            return client.get(f"{ORIGIN}{path}").status_code

    began, others_are_done = threading.Event(), threading.Event()
    at_acme(app)
    with ThreadPoolExecutor() as threads:
        first = threads.submit(ask, "/wait")
        assert began.wait(5)
        assert list(threads.map(ask, ["/two", "/three"])) == [204, 204]
        others_are_done.set()
        assert first.result() == 204


def test_a_body_can_be_read_in_the_midst_of_a_loop(lib, at_acme, tls):
    async def reading():
        return answer.read()

    async def app(_scope, _receive, send):
        await send(start())
        await pause(0.001)
        await send(END)

    at_acme(app)
    with lib.Client(verify=tls) as client:
        answer = client.send(client.build_request("GET", ORIGIN), stream=True)
        assert asyncio.run(reading()) == b"last"


def test_a_request_after_the_background_loop_began_anew_is_answered(lib, at_acme, home, tls):
    async def careless():
        with lib.Client(verify=tls) as client:
            return client.get(f"{ORIGIN}/nothing").status_code

    at_acme(APP)
    assert asyncio.run(careless()) == 204
    home.close()
    assert asyncio.run(careless()) == 204


def test_an_interrupted_request_leaves_nothing_behind_for_the_next(lib, at_acme, tls):
    async def app(scope, _receive, send):
        if scope["path"] == "/interrupted":
            raise KeyboardInterrupt
        await pause(0.001)
        await send(start(204))
        await send(END)

    at_acme(app)
    with lib.Client(verify=tls) as client:
        with pytest.raises(KeyboardInterrupt):
            client.get(f"{ORIGIN}/interrupted")
        assert client.get(ORIGIN).status_code == 204


def test_what_a_request_left_unfinished_ends_with_the_process():
    async def forever():
        await asyncio.Event().wait()

    async def app(_scope, _receive, send):
        left.append(asyncio.ensure_future(forever()))
        await send(start(204))
        await send(END)
        left[0].cancel()

    spare, left = Spare(), []
    assert spare.begin(bridge_call.Call(app, {"method": "GET"}, b"", httpcore), None)
    spare.close()
    assert left[0].cancelled()
    assert spare.loop.is_closed()
    atexit.unregister(spare.close)

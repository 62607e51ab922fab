"""What a server does on the wire, the bridge does without one: any application, any answer."""

import asyncio
import threading
from contextlib import nullcontext
from email.utils import parsedate_to_datetime

import pytest
import respx
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from mockserver.clock import pause
from mockserver.intercept.router import HTTPCore2Mocker
from mockserver.intercept.target import NotMocked
from mockserver.trouble import CONNECTION

HOST = "api.acme.example"
ORIGIN = f"https://{HOST}"
PIECE = {"type": "http.response.body", "body": b"first", "more_body": True}
END = {"type": "http.response.body", "body": b"last"}


def start(status=200, *headers):
    return {"type": "http.response.start", "status": status, "headers": list(headers)}


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
        client.get(f"http://{HOST}/a%20b?q=%20", headers={"X-Two": "2"})
    assert seen["state"][CONNECTION]
    assert [seen[name] for name in ("path", "raw_path", "query_string")] == [
        "/a b",
        b"/a%20b",
        b"q=%20",
    ]
    assert [seen[name] for name in ("scheme", "server")] == ["http", (HOST, 80)]
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


def test_an_empty_piece_is_not_the_end_of_a_body(caller, at_acme):
    async def app(_scope, _receive, send):
        await send(start())
        for body in (b"first", b"", b""):
            await pause(0.001)
            await send(PIECE | {"body": body})
        await pause(0.001)
        await send(END)

    at_acme(app)
    assert caller.send("GET", ORIGIN)[2] == b"firstlast"


@pytest.mark.parametrize("stubs", [False, True])
def test_an_answer_has_a_date_and_a_version_as_every_answer_over_a_socket(lib, at_acme, tls, stubs):
    at_acme(APP)
    using = "httpcore" if lib.__name__ == "httpx" else HTTPCore2Mocker.name
    others = respx.mock(using=using) if stubs else nullcontext()
    with others, lib.Client(verify=tls) as client:
        answer = client.get(f"{ORIGIN}/nothing")
    assert answer.http_version == "HTTP/1.1"
    assert answer.extensions["http_version"] == b"HTTP/1.1"
    assert parsedate_to_datetime(answer.headers["date"]).tzinfo


def test_a_refusal_tells_no_secrets(caller, at_acme):
    at_acme(APP)
    with pytest.raises(NotMocked) as refusal:
        caller.send("GET", "https://me:pw@elsewhere.example/v1?api_key=s3cret&q=1")
    assert "elsewhere.example/v1?" in str(refusal.value)
    assert "&q=1" in str(refusal.value)
    assert not {one for one in ("pw@", "s3cret") if one in str(refusal.value)}


def test_another_port_of_a_host_is_not_answered(caller, at_acme):
    at_acme(APP)
    with pytest.raises(NotMocked, match="port 443 alone"):
        caller.send("GET", f"{ORIGIN}:8443/nothing")

"""The proxy, spoken to byte by byte, in both kinds of event loops."""

import asyncio
import json
import socket
import ssl
import struct
import sys
from contextlib import suppress
from types import SimpleNamespace

import httpx
import pytest

from mockserver.proxy import caller, certificates, door
from mockserver.proxy.caller import Caller, Waiting
from mockserver.proxy.door import ProxyDoor, Refusal, reachable
from mockserver.proxy.head import MOST, Head
from mockserver.serving import bind

HOST = "api.acme.example"
OPEN = f"CONNECT {HOST}:443 HTTP/1.1\r\nHost: {HOST}:443\r\n\r\n".encode()
GET = f"GET / HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()


@pytest.fixture(params=[False, True], ids=["asyncio", "uvloop"])
def anyio_backend(request):
    return "asyncio", {"use_uvloop": request.param}


async def told(scope, receive, send):
    """Answer with what is known of a request."""
    await receive()
    text = f"{scope['scheme']} {scope.get('screentest.tenant', 'nobody')}".encode()
    length = (b"content-length", str(len(text)).encode())
    await send({"type": "http.response.start", "status": 200, "headers": [length]})
    await send({"type": "http.response.body", "body": text})


@pytest.fixture
async def proxy():
    it = ProxyDoor(told, [HOST])
    await it.start()
    yield it
    async with asyncio.timeout(5):
        await it.close()
    assert not it.ca_file.parent.exists()


async def call(proxy, text):
    """Connect, and send something."""
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    writer.write(text)
    return reader, writer


async def until(is_so):
    while not is_so():  # noqa: ASYNC110 - what it waits for knows of no events
        await asyncio.sleep(0.002)


async def hang_up(writer):
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


async def said(proxy, text):
    """Send something, and give the whole answer."""
    reader, writer = await call(proxy, text)
    answer = await reader.read()
    await hang_up(writer)
    return answer.decode()


def trusting(proxy):
    return ssl.create_default_context(cafile=proxy.ca_file)


def client(proxy, tenant=""):
    origin = proxy.environment(tenant)["HTTPS_PROXY"]
    return httpx.AsyncClient(proxy=origin, verify=trusting(proxy), trust_env=False)


@pytest.mark.parametrize(("tenant", "expected"), [("", "nobody"), ("anna & co", "anna & co")])
async def test_a_request_to_the_real_address_is_answered_for_the_tenant(proxy, tenant, expected):
    async with client(proxy, tenant) as it:
        answers = [await it.get(f"https://{HOST}/") for _ in range(2)]
    assert [one.text for one in answers] == [f"https {expected}"] * 2
    assert answers[0].headers["date"]


async def handshake(proxy, last):
    """Agree on a key; what `last` makes goes out in one piece with the end of the handshake."""
    reader, writer = await call(proxy, OPEN)
    await reader.readuntil(b"\r\n\r\n")
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    line = trusting(proxy).wrap_bio(incoming, outgoing, server_hostname=HOST)
    with suppress(ssl.SSLWantReadError):
        line.do_handshake()
    while True:
        writer.write(outgoing.read())
        incoming.write(await reader.readexactly(1))
        with suppress(ssl.SSLWantReadError):
            line.do_handshake()
            break
    last(line)
    writer.write(outgoing.read())
    return reader, writer, line, incoming


async def test_a_request_in_one_piece_with_the_end_of_the_handshake_is_answered(proxy):
    reader, writer, line, incoming = await handshake(proxy, lambda line: line.write(GET))
    answer = b""
    while not answer.endswith(b"https nobody"):
        incoming.write(await reader.read(1 << 16))
        with suppress(ssl.SSLWantReadError):
            answer += line.read()
    await hang_up(writer)


def goodbye(line):
    with suppress(ssl.SSLWantReadError):
        line.unwrap()


async def test_a_goodbye_in_one_piece_with_the_end_of_the_handshake_does_no_harm(proxy):
    reader, writer, _, _ = await handshake(proxy, goodbye)
    await reader.read()
    await hang_up(writer)


@pytest.mark.parametrize(
    ("target", "host", "why"),
    [
        ("other.example:443", "other.example", "nothing here answers for other.example"),
        (f"{HOST}:80", HOST, f"{HOST} is answered at port 443 alone"),
        ("localhost:443", "localhost", "nothing here answers for localhost"),
    ],
)
async def test_a_tunnel_to_anywhere_else_is_refused_and_remembered(
    proxy, target, host, why, caplog
):
    answer = await said(proxy, f"CONNECT {target} HTTP/1.1\r\n\r\n".encode())
    status, text = answer.split("\r\n")[0], answer.partition("\r\n\r\n")[2]
    assert status == f"HTTP/1.1 403 screentest refused {target}"
    assert text.startswith(f"screentest refused {target}: {why}")
    assert text.endswith(f"connects to nothing else:\n  https://{HOST}\n")
    assert proxy.refused == [Refusal(what=target, host=host, tenant="")]
    assert f"refused by the proxy: {target}: {why}" in caplog.text


async def test_plain_http_is_refused_without_a_word_about_its_query(proxy):
    answer = await said(proxy, f"POST http://{HOST}/v1?key=secret HTTP/1.1\r\n\r\n{{}}".encode())
    assert "only tunnels are opened here, to https" in answer
    assert [one.what for one in proxy.refused] == [f"POST http://{HOST}/v1"]
    assert "secret" not in answer


async def test_not_every_refusal_is_remembered_for_ever(proxy, monkeypatch):
    monkeypatch.setattr(door, "MOST", 2)
    for name in "abc":
        proxy.refuse(Head(method="CONNECT", target=f"{name}:443"), name, "it is")
    assert [one.host for one in proxy.refused] == ["b", "c"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"\x16\x03\x01", "400 Bad Request"),
        (b"hello\r\n\r\n", "400 Bad Request"),
        (b"CONNECT here HTTP/1.1\r\n\r\n", "400 Bad Request"),
        (b"GET http://[ HTTP/1.1\r\n\r\n", "400 Bad Request"),
        (b"GET /environment?tenant=a:b HTTP/1.1\r\n\r\n", "400 Bad Request"),
        (OPEN + b"\x16", "400 Bad Request"),
        (b"C" * (MOST + 1), "431 Request Header Fields Too Large"),
        (b"C" * (MOST + 1) + b"\r\n\r\n", "431 Request Header Fields Too Large"),
        (b"PUT /environment HTTP/1.1\r\n\r\n", "404 Not Found"),
        (b"GET /else HTTP/1.1\r\n\r\n", "404 Not Found"),
    ],
)
async def test_what_makes_no_sense_is_answered_in_a_line(proxy, text, expected):
    head, _, body = (await said(proxy, text)).partition("\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {expected}\r\n")
    assert body.startswith("screentest: ")
    assert proxy.refused == []


async def test_a_head_may_come_in_pieces(proxy):
    reader, writer = await call(proxy, OPEN[:20])
    await asyncio.sleep(0.01)
    writer.write(OPEN[20:])
    assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 200 Connection established\r\n\r\n"
    await hang_up(writer)


async def test_what_follows_a_refusal_is_not_read(proxy):
    reader, writer = await call(proxy, b"GET /else HTTP/1.1\r\n\r\n")
    await reader.readuntil(b"\r\n\r\n")
    writer.write(OPEN)
    assert b"200" not in await reader.read()
    await hang_up(writer)


async def test_who_says_nothing_is_hung_up_on(proxy, monkeypatch):
    monkeypatch.setattr(caller, "PATIENCE", 0.02)
    assert await said_nothing(proxy, b"CONN") == b""


async def said_nothing(proxy, text):
    reader, writer = await call(proxy, text)
    try:
        return await reader.read()
    except ConnectionResetError:
        return b""
    finally:
        await hang_up(writer)


async def test_who_does_not_hang_up_after_a_refusal_is_hung_up_on(proxy, monkeypatch):
    monkeypatch.setattr(caller, "LINGER", 0.02)
    _, writer = await call(proxy, b"GET /else HTTP/1.1\r\n\r\n")
    await until(lambda: proxy.callers)
    await until(lambda: not proxy.callers)
    await hang_up(writer)


async def test_who_never_begins_tls_is_hung_up_on(proxy, monkeypatch):
    monkeypatch.setattr(door, "PATIENCE", 0.02)
    assert await said_nothing(proxy, OPEN) == b"HTTP/1.1 200 Connection established\r\n\r\n"


async def test_a_client_that_does_not_trust_us_is_explained_in_the_log(proxy, caplog):
    async with httpx.AsyncClient(proxy=proxy.origin, trust_env=False) as it:
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            await it.get(f"https://{HOST}/")
    await until(lambda: caplog.messages)
    assert caplog.messages[0].startswith(f"no TLS for {HOST}:443: ")
    assert caplog.messages[0].endswith(f"does it trust {proxy.ca_file}?")


async def test_plain_text_in_a_tunnel_ends_it(proxy, caplog):
    reader, writer = await call(proxy, OPEN)
    await reader.readuntil(b"\r\n\r\n")
    writer.write(GET)
    await reader.read()
    await hang_up(writer)
    assert "no TLS for" in caplog.text


def reset(writer):
    """Hang up as a program does that is killed."""
    line = writer.get_extra_info("socket")
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@pytest.mark.parametrize("text", [b"", b"CONN", OPEN, OPEN + b"\x16", b"GET / HTTP/1.1\r\n\r\n"])
@pytest.mark.parametrize("leave", [hang_up, reset])
async def test_who_leaves_in_the_middle_does_no_harm(proxy, text, leave):
    _, writer = await call(proxy, text)
    await asyncio.sleep(0.005)
    if left := leave(writer):
        await left
    assert (await said(proxy, b"GET / HTTP/1.1\r\n\r\n")).startswith("HTTP/1.1 200 OK\r\n")


async def test_it_closes_at_once_whatever_goes_on(proxy):
    lines = [
        await call(proxy, text) for text in (b"", b"CONN", OPEN, b"GET /else HTTP/1.1\r\n\r\n")
    ]
    lines.append((await handshake(proxy, lambda line: line.write(GET)))[:2])
    await asyncio.sleep(0.01)
    await proxy.close()
    for reader, writer in lines:
        with suppress(ConnectionResetError):
            await reader.read()
        await hang_up(writer)


async def test_whoever_is_still_let_in_when_it_closes_is_shown_out(proxy):
    _, writer = await call(proxy, b"")
    await until(lambda: proxy.callers)
    done = []
    transport = SimpleNamespace(abort=lambda: done.append("out"))
    await proxy.close()
    late = Caller(proxy)
    late.connection_made(transport)
    late.connection_lost(None)
    await hang_up(writer)
    assert done == ["out"]
    assert proxy.callers == set()


async def test_a_connection_that_is_lost_before_tls_begins_is_let_go(proxy):
    transport = SimpleNamespace(is_closing=lambda: True)
    proxy.encrypt(transport, Head(method="CONNECT", target=HOST))
    await asyncio.sleep(0)


@pytest.mark.parametrize("lost", [None, SimpleNamespace(is_closing=lambda: True)])
def test_a_connection_that_is_lost_while_tls_begins_is_let_go(lost):
    class Losing(asyncio.SelectorEventLoop):
        async def start_tls(self, *_, **__):
            return lost

    async def lose():
        it = ProxyDoor(told, [HOST])
        await it.start()
        transport = SimpleNamespace(is_closing=lambda: False, abort=lambda: None)
        it.encrypt(transport, Head(method="CONNECT", target=HOST))
        await asyncio.sleep(0)
        await it.close()

    with asyncio.Runner(loop_factory=Losing) as runner:
        runner.run(lose())


def test_what_came_early_is_read_by_whoever_takes_over():
    seen = []
    protocol = SimpleNamespace(connection_made=seen.append, data_received=seen.append)
    transport = SimpleNamespace(set_protocol=seen.append)
    waiting = Waiting()
    waiting.data_received(b"early")
    waiting.hand_over(transport, protocol)
    assert seen == [protocol, transport, b"early"]


# What it says of itself


async def test_it_gives_the_certificate_to_whoever_asks(proxy):
    answer = await said(proxy, b"GET /ca.pem HTTP/1.1\r\n\r\n")
    assert answer.partition("\r\n\r\n")[2] == proxy.ca_file.read_text()


async def test_it_tells_what_it_is(proxy):
    answer = await said(proxy, b"GET / HTTP/1.1\r\nHost: mock:8601\r\n\r\n")
    assert f"  https://{HOST}\n" in answer
    assert "screentest env --proxy http://mock:8601\n" in answer


async def test_it_tells_the_variables_as_whoever_asks_calls_it(proxy):
    head = b"GET /environment?tenant=anna HTTP/1.1\r\nHost: mock:8601\r\n\r\n"
    told = json.loads((await said(proxy, head)).partition("\r\n\r\n")[2])
    assert told["variables"]["HTTPS_PROXY"] == "http://anna:x@mock:8601"
    assert told["variables"]["SSL_CERT_FILE"] == str(proxy.ca_file)
    assert told["hosts"] == [HOST]


async def test_java_gets_a_store_that_is_the_same_from_disk_and_by_http(proxy):
    options = proxy.environment(java=True)["JAVA_TOOL_OPTIONS"]
    store = proxy.ca_file.with_name("ca.p12")
    assert f"-Djavax.net.ssl.trustStore={store} " in options
    assert proxy.environment(java=True)["JAVA_TOOL_OPTIONS"] == options
    answer = await asyncio.to_thread(httpx.get, f"{proxy.origin}/ca.p12", trust_env=False)
    assert abs(len(answer.content) - store.stat().st_size) < 16


# Where it is


async def test_a_directory_that_is_given_is_left_alone(tmp_path):
    it = ProxyDoor(told, [HOST], directory=tmp_path, listener=bind("127.0.0.1", 0))
    await it.start()
    await it.close()
    assert [one.name for one in tmp_path.iterdir()] == ["ca.pem"]
    assert b"PRIVATE" not in it.ca_file.read_bytes()


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("http://0.0.0.0:1", "http://127.0.0.1:1"),
        ("http://[::]:1", "http://[::1]:1"),
        ("http://127.0.0.1:1", "http://127.0.0.1:1"),
    ],
)
def test_a_proxy_that_listens_everywhere_is_reached_nearby(origin, expected):
    assert reachable(origin) == expected


def test_without_the_library_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "trustme", None)
    monkeypatch.setattr(certificates, "authority", certificates.authority.__wrapped__)
    with pytest.raises(ValueError, match=r"pip install '\.\[proxy\]'"):
        certificates.certificate()

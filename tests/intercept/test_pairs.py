"""An app can be served on any connection, and left at once."""

import asyncio
import gc
import logging
import socket
import ssl
from email.utils import parsedate_to_datetime

import pytest
import trustme
import uvloop

from mockserver.intercept import pairs
from mockserver.intercept.pairs import Serving

REQUEST = b"GET / HTTP/1.1\r\nHost: api.acme.example\r\n\r\n"


class App:
    """Says whose a request is; or begins, and goes on until it is told of the end, or longer."""

    def __init__(self):
        self.scopes = []
        self.began = asyncio.Event()
        self.may_end = asyncio.Event()
        self.may_end.set()

    async def __call__(self, scope, receive, send):
        self.scopes.append(scope)
        if scope["path"] == "/wait":
            self.began.set()
            while (await receive())["type"] != "http.disconnect":
                pass
            await self.may_end.wait()
            return
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def app():
    return App()


async def connect(serving, **whose):
    """Open a connection to what is served; gives the client's side."""
    client, end = socket.socketpair()
    for one in (client, end):
        one.setblocking(False)  # noqa: FBT003 - the signature is Python's
    await serving.accept(end, client, **{"tenant": "", "scheme": "http"} | whose)
    return await asyncio.open_connection(sock=client)


async def ask(reader, writer, request=REQUEST):
    writer.write(request)
    return await reader.readuntil(b"\r\n\r\n")


async def hang_up(writer):
    writer.close()
    await writer.wait_closed()


async def test_each_connection_has_its_tenant_and_scheme(app):
    serving = Serving(app)
    for tenant, scheme in [("", "http"), ("anna", "https"), ("anna", "https")]:
        reader, writer = await connect(serving, tenant=tenant, scheme=scheme)
        await ask(reader, writer)
        await ask(reader, writer)
        await hang_up(writer)
    await serving.close()

    seen = [(one.get("screentest.tenant"), one["scheme"]) for one in app.scopes]
    assert seen == [(None, "http")] * 2 + [("anna", "https")] * 4
    assert {one["client"] for one in app.scopes} == {("127.0.0.1", 0)}


async def test_a_server_may_speak_tls(app):
    authority, serving = trustme.CA(), Serving(app)
    ours, theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("localhost").configure_cert(ours)
    authority.configure_trust(theirs)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(serving.protocol, "127.0.0.1", 0, ssl=ours)
    port = server.sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", port, ssl=theirs, server_hostname="localhost"
    )
    await ask(reader, writer)
    server.close()
    await serving.close()

    assert await reader.read() == b""
    writer.transport.abort()
    assert app.scopes[0]["scheme"] == "https"
    assert app.scopes[0]["client"][1] > 0


async def test_answers_have_the_date_at_which_they_are_given(app, monkeypatch):
    now = 1_780_000_000.4
    monkeypatch.setattr(pairs, "real_now", lambda: now)
    serving, dates = Serving(app), []
    reader, writer = await connect(serving)
    for _ in range(2):
        head = await ask(reader, writer)
        dates.append(parsedate_to_datetime(head.split(b"date: ")[1].split(b"\r\n")[0].decode()))
        now += 60
    await hang_up(writer)
    await serving.close()

    assert [one.timestamp() for one in dates] == [1_780_000_000, 1_780_000_060]


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def test_closing_ends_what_waits_and_leaves_nothing_open(run):
    async def main():
        app = App()
        serving = Serving(app)
        idle, idle_writer = await connect(serving)
        busy, busy_writer = await connect(serving)
        busy_writer.write(REQUEST.replace(b"/ ", b"/wait "))
        await app.began.wait()
        await serving.close()
        assert serving.state.tasks == set()
        ends = [await idle.read(), await busy.read()]
        for writer in (idle_writer, busy_writer):
            await hang_up(writer)
        return ends

    assert run(main()) == [b"", b""]
    gc.collect()  # a transport that is left open would say so


async def test_a_connection_that_comes_too_late_is_closed(app):
    serving = Serving(app)
    await serving.close()
    reader, writer = await connect(serving)

    assert await reader.read() == b""
    await hang_up(writer)


async def test_closing_does_not_wait_for_ever(app, monkeypatch):
    monkeypatch.setattr(pairs, "PATIENCE", 0.01)
    app.may_end.clear()
    serving = Serving(app)
    _, writer = await connect(serving)
    writer.write(REQUEST.replace(b"/ ", b"/wait "))
    await app.began.wait()
    await serving.close()

    assert len(serving.state.tasks) == 1
    app.may_end.set()
    await asyncio.wait(serving.state.tasks)
    await hang_up(writer)


@pytest.mark.parametrize("is_read", [True, False], ids=["all-read", "some-unread"])
async def test_a_reset_is_told_whether_all_was_read_or_not(app, is_read):
    serving = Serving(app)
    reader, writer = await connect(serving)
    await ask(reader, writer)
    line = app.scopes[0]["state"]["screentest.connection"]
    if not is_read:
        writer.write(REQUEST)
    line.reset()

    with pytest.raises(ConnectionResetError):
        await reader.read()
    writer.close()
    await serving.close()


async def test_a_reset_after_the_client_left_is_no_trouble(app):
    serving = Serving(app)
    reader, writer = await connect(serving)
    await ask(reader, writer)
    line = app.scopes[0]["state"]["screentest.connection"]
    await hang_up(writer)
    line.reset()
    await serving.close()

    assert reader.at_eof()


def test_a_client_that_is_no_more_is_not_written_to():
    end, client = socket.socketpair()
    end.setblocking(False)  # noqa: FBT003 - the signature is Python's
    with end, client:
        pairs.leave_unread(end, None)
        with pytest.raises(BlockingIOError):
            end.recv(1)


def test_the_log_of_the_process_is_left_as_it_was(app, monkeypatch):
    log = logging.getLogger("uvicorn.access")
    monkeypatch.setattr(log, "propagate", True)
    Serving(app)

    assert log.propagate

"""Connections within a loop carry bytes as those over sockets do."""

import asyncio

import pytest

from mockserver.intercept.wire import HIGH, join

ADDRESS = ("api.acme.example", 443)


class Notes(asyncio.Protocol):
    """Writes down what happens to it."""

    def __init__(self):
        self.seen = []
        self.read = b""

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.read += data
        self.seen.append("data")

    def eof_received(self):
        self.seen.append("eof")

    def connection_lost(self, exc):
        self.seen.append(repr(exc) if exc else "lost")

    def pause_writing(self):
        self.seen.append("pause")

    def resume_writing(self):
        self.seen.append("resume")


async def turns(count=5):
    for _ in range(count):
        await asyncio.sleep(0)


@pytest.fixture
async def ends():
    client, server = Notes(), Notes()
    join(client, lambda _: server, ADDRESS)
    return client, server


async def test_each_side_knows_the_address_of_the_other(ends):
    client, server = ends

    assert client.transport.get_extra_info("peername") == ADDRESS
    assert server.transport.get_extra_info("sockname") == ADDRESS


async def test_what_is_written_in_one_turn_is_read_in_one_piece(ends):
    client, server = ends

    client.transport.write(b"a")
    client.transport.write(bytearray(b"b"))
    assert client.transport.get_write_buffer_size() == 2
    await turns()

    assert (server.read, server.seen) == (b"ab", ["data"])
    assert client.transport.get_write_buffer_size() == 0


async def test_a_close_comes_after_what_was_written(ends):
    client, server = ends

    client.transport.write(b"last words")
    client.transport.close()
    client.transport.close()
    client.transport.write(b"lost")
    await turns()

    assert server.read == b"last words"
    assert server.seen == ["data", "eof", "lost"]
    assert client.seen == ["lost"]


async def test_a_reset_takes_what_was_not_read(ends):
    client, server = ends

    server.transport.write(b"never read")
    server.transport.reset()
    client.transport.write(b"lost")
    client.transport.reset()
    await turns()

    assert client.seen == ["ConnectionResetError(104, 'Connection reset by peer')"]
    assert server.seen == ["lost"]


async def test_a_reader_may_pause_and_finds_the_end_afterwards(ends):
    client, server = ends
    server.transport.pause_reading()

    client.transport.write(b"waits")
    client.transport.close()
    await turns()
    before = server.seen.copy()
    server.transport.resume_reading()
    server.transport.resume_reading()
    await turns()

    assert (before, server.seen) == ([], ["data", "eof", "lost"])


async def test_a_reader_that_pauses_while_something_comes_gets_it_later(ends):
    client, server = ends
    client.transport.write(b"waits")
    server.transport.pause_reading()
    await turns()

    assert server.seen == []


async def test_a_reader_that_pauses_at_the_last_piece_finds_the_end_later(ends):
    client, server = ends
    server.data_received = lambda _: server.transport.pause_reading()

    client.transport.write(b"last words")
    client.transport.close()
    await turns()

    assert server.seen == []


async def test_a_writer_pauses_until_enough_is_read(ends):
    client, server = ends
    server.transport.pause_reading()

    client.transport.write(b"x" * HIGH)
    assert client.seen == []
    client.transport.write(b"x")
    client.transport.write(b"x")
    assert client.seen == ["pause"]
    server.transport.resume_reading()
    await turns()

    assert client.seen == ["pause", "resume"]


async def test_a_writer_that_left_is_not_asked_to_go_on(ends):
    client, server = ends

    client.transport.write(b"x" * (HIGH + 1))
    client.transport.close()
    await turns()

    assert client.seen == ["pause", "lost"]
    assert server.seen == ["data", "eof", "lost"]


def test_the_end_of_a_loop_is_the_end_of_its_connections():
    client, server = Notes(), Notes()

    async def main():
        join(client, lambda _: server, ADDRESS)

    asyncio.run(main())
    client.transport.close()

    assert client.transport.is_closing()
    assert client.seen == []

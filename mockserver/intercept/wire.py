"""A connection within one event loop: what is written at one end is read at the other.

No socket is involved, so a loop that ends before its connections leaves nothing open, and what
happens in which turn of the loop is always the same.
"""

import asyncio
import errno
import os
from collections.abc import Callable
from typing import Any

HIGH, LOW = 64 * 1024, 16 * 1024
"""A writer is asked to pause while more bytes than that are unread, and to go on below that."""


class End(asyncio.Transport):
    """One end of a connection: what its protocol writes arrives at the other end."""

    other: "End"
    protocol: asyncio.Protocol

    def __init__(self, loop: asyncio.AbstractEventLoop, extra: dict[str, Any]) -> None:
        super().__init__(extra)
        self.loop = loop
        self._unread: list[bytes] = []
        self.size = 0
        self.is_over = False
        self._is_paused = self._is_closing = self._is_due = False
        self._pauses_writer = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send data; what is sent to a closed connection is lost."""
        if not (self._is_closing or self.other.is_closing()):
            self.other.take(bytes(data))

    def get_write_buffer_size(self) -> int:
        """Tell how much was not read yet."""
        return self.other.size

    def take(self, data: bytes) -> None:
        """Let data arrive in the next turn of the loop."""
        self._unread.append(data)
        self.size += len(data)
        self.wake()
        if self.size > HIGH and not self._pauses_writer:
            self._pauses_writer = True
            self.other.protocol.pause_writing()

    def wake(self) -> None:
        """See to it that what there is to read is read."""
        if not (self._is_due or self._is_paused):
            self._is_due = True
            self.loop.call_soon(self._deliver)

    def _deliver(self) -> None:
        self._is_due = False
        if self._is_closing or self._is_paused:
            return
        if self._unread:
            data, self._unread, self.size = b"".join(self._unread), [], 0
            self.protocol.data_received(data)
            self._release_writer()
        if self.is_over and not self._is_paused:
            self.protocol.eof_received()
            self.close()

    def _release_writer(self) -> None:
        if self._pauses_writer and self.size <= LOW:
            self._pauses_writer = False
            if not self.other.is_closing():
                self.other.protocol.resume_writing()

    def pause_reading(self) -> None:
        """Let nothing arrive for a while."""
        self._is_paused = True

    def resume_reading(self) -> None:
        """Let arrive what was sent meanwhile."""
        if self._is_paused:
            self._is_paused = False
            self.wake()

    def is_closing(self) -> bool:
        """Tell whether the connection ends."""
        return self._is_closing

    def close(self) -> None:
        """End the connection; the other side reads what was sent, and then the end."""
        if self.stop(None):
            self.other.is_over = True
            self.other.wake()

    abort = close

    def reset(self) -> None:
        """End the connection at once; the other side is told of an error."""
        self.stop(None)
        reason = os.strerror(errno.ECONNRESET)
        self.other.stop(ConnectionResetError(errno.ECONNRESET, reason))

    def stop(self, error: Exception | None) -> bool:
        """Stop, unless that is done already; in a loop that is closed, nothing more happens."""
        if self._is_closing:
            return False
        self._is_closing = True
        self._unread.clear()
        is_alive = not self.loop.is_closed()
        if is_alive:
            self.loop.call_soon(self.protocol.connection_lost, error)
        return is_alive


def join(
    client: asyncio.Protocol,
    make_server: Callable[[End], asyncio.Protocol],
    address: tuple[str, int],
) -> End:
    """Connect two protocols in the loop that runs; gives the client's end."""
    loop = asyncio.get_running_loop()
    here = ("127.0.0.1", 0)
    near = End(loop, {"peername": address, "sockname": here})
    far = End(loop, {"peername": here, "sockname": address})
    near.other, far.other = far, near
    near.protocol, far.protocol = client, make_server(far)
    far.protocol.connection_made(far)
    client.connection_made(near)
    return near

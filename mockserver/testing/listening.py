"""A server on a loopback socket that starts in a millisecond and stops as fast."""

import asyncio
from contextlib import suppress
from socket import socket

from starlette.applications import Starlette

from mockserver.intercept.home import Home
from mockserver.intercept.pairs import Serving
from mockserver.serving import address, bind

HERE = "127.0.0.1"


class Listening:
    """An application on a loopback port, a free one unless it is said, served in the background.

    `uvicorn.Server` looks ten times a second whether it is to stop, so it is left out.
    """

    def __init__(self, app: Starlette, home: Home, port: int = 0) -> None:
        self._home = home
        self._serving = Serving(app)
        listener = bind(HERE, port)
        listener.set_inheritable(False)  # or a child would keep it open when we are closed
        self.origin = address(listener)
        """Scheme, address and port."""
        self._server = home.run(self._listen(listener))

    async def _listen(self, listener: socket) -> asyncio.Server:
        return await asyncio.get_running_loop().create_server(self._serving.protocol, sock=listener)

    def close(self) -> None:
        """Stop, and end every connection."""
        self._home.run(self._close())

    async def _close(self) -> None:
        self._server.close()
        await self._serving.close()
        with suppress(asyncio.CancelledError):
            await self._server.wait_closed()

"""The baseline: a Starlette application that reads the body and answers a constant.

It runs on uvicorn with the fast parts and without a line for each request, as the mock does.
What the mock adds to that is the mock's, and nothing of it is imported here.
"""

import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route


async def answer(request: Request) -> JSONResponse:
    """Read the body and answer what a submit is answered."""
    await request.body()
    return JSONResponse({"task_id": "task_0123456789abcdef0123456789abcdef", "status": "submitted"})


def download(size: int) -> Route:
    """Give the route of a constant file."""
    content = bytes(size)

    async def send_file(_request: Request) -> Response:
        return Response(content, media_type="video/mp4")

    return Route("/file", send_file)


def main(port: str, size: str) -> None:
    """Serve until interrupted; `/file` is that many bytes."""
    app = Starlette(routes=[Route("/", answer, methods=["GET", "POST"]), download(int(size))])
    uvicorn.run(
        app,
        port=int(port),
        loop="uvloop",
        http="httptools",
        ws="none",
        access_log=False,
        log_level="warning",
        server_header=False,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])

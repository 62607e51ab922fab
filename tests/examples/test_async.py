"""An asynchronous client, unchanged: `venice-py`, which uses aiohttp."""

import pytest
from venice_ai import VeniceClient

# it says at its start that it will not read its settings from variables
pytestmark = [pytest.mark.anyio, pytest.mark.filterwarnings("ignore:pydantic-settings is not")]
WISH = {"model": "seedance-2-0-text-to-video", "prompt": "a cat", "duration_seconds": 5}


@pytest.fixture
def anyio_backend():
    """Name the event loop, as anyio would try trio, too."""
    return "asyncio"


async def test_a_film_is_made_and_saved(screentest, tmp_path):
    with screentest.time_travel() as travel:
        async with VeniceClient(api_key="k") as client, await client.video.run(**WISH) as job:
            film = await job.download(tmp_path / "cat.mp4", await job.wait())

    assert film.read_bytes()[4:8] == b"ftyp"
    assert travel.slept > 60


@pytest.mark.screentest(clock="manual")
async def test_a_task_moves_when_the_test_says_so(screentest):
    async with VeniceClient(api_key="k") as client:
        job = await client.video.run(**WISH)
        assert (await job.poll()).status == "PROCESSING"

        await screentest.aadvance(600)

        assert (await job.poll()).status == "COMPLETED"

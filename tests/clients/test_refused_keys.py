"""Keys that are refused, and what each client makes of the refusal."""

import openai
import pytest
import venice_ai.exceptions
import veniceresch
from acedatacloud import AceDataCloud, AuthenticationError, InsufficientBalanceError
from openai import OpenAI
from venice_ai import VeniceClient

WRONG = "screentest-invalid-key"
EMPTY = "screentest-no-balance"


@pytest.mark.parametrize(
    ("key", "error", "status", "code"),
    [
        (WRONG, AuthenticationError, 401, "invalid_token"),
        (EMPTY, InsufficientBalanceError, 403, "used_up"),
    ],
)
def test_acedatacloud_goes_by_the_code(origin, key, error, status, code):
    with AceDataCloud(key, base_url=origin) as client, pytest.raises(error) as refused:
        client.seedance.generate(model="doubao-seedance-1-0-pro-250528", content=[])

    assert (refused.value.status_code, refused.value.code) == (status, code)
    assert refused.value.trace_id


@pytest.mark.parametrize(
    ("key", "sentence"),
    [(WRONG, "Invalid API token"), (EMPTY, "Access denied. Check your API permissions.")],
)
def test_seedance_has_a_sentence_of_its_own_for_each_status(seedance, key, sentence):
    refused = seedance("generate", "a cat", "-m", "doubao-seedance-1-0-pro-250528", key=key)

    assert refused.returncode == 1
    assert refused.stdout.strip() == f"Error: {sentence}"


@pytest.mark.filterwarnings("ignore:pydantic-settings is not installed:UserWarning")
@pytest.mark.parametrize(
    ("key", "error", "sentence"),
    [
        (WRONG, venice_ai.exceptions.AuthenticationError, "Authentication failed"),
        (EMPTY, venice_ai.exceptions.PaymentRequiredError, "Insufficient USD or Diem balance"),
    ],
)
async def test_venice_py_goes_by_the_status(origin, key, error, sentence):
    async with VeniceClient(api_key=key, base_url=f"{origin}/api/v1") as client:
        with pytest.raises(error, match=sentence):
            await client.video.submit(
                model="seedance-2-0-text-to-video", prompt="a cat", duration_seconds=5
            )


@pytest.mark.parametrize(
    ("key", "error"),
    [
        (WRONG, veniceresch.VeniceAuthError),
        (EMPTY, veniceresch.VeniceInsufficientBalanceError),
    ],
)
def test_veniceresch_goes_by_the_status(origin, key, error):
    client = veniceresch.VeniceClient(api_key=key, base_url=f"{origin}/api/v1")

    with client, pytest.raises(error):
        client.video.queue(model="seedance-2-0-text-to-video", prompt="a cat", duration="5s")


RELAY = ("/video/generations", {"model": "doubao-seedance-2-0-1080p", "prompt": "a cat"})
SENSE = (
    "/video/create",
    {
        "model": "doubao-seedance-2-0-260128",
        "content": [{"type": "text", "text": "a cat"}],
        "duration": 5,
        "resolution": "720p",
        "ratio": "16:9",
    },
)


@pytest.mark.parametrize(
    ("call", "key", "error", "kind", "code"),
    [
        (RELAY, WRONG, openai.AuthenticationError, "authentication_error", None),
        (RELAY, EMPTY, openai.PermissionDeniedError, "insufficient_quota", None),
        (SENSE, WRONG, openai.AuthenticationError, None, "authentication_error"),
        (SENSE, EMPTY, openai.BadRequestError, None, "insufficient_balance"),
    ],
)
def test_openai_goes_by_the_status_and_finds_the_providers_word(
    origin, call, key, error, kind, code
):
    path, body = call

    with OpenAI(api_key=key, base_url=f"{origin}/v1") as client, pytest.raises(error) as refused:
        client.post(path, cast_to=object, body=body)

    assert (refused.value.type, refused.value.code) == (kind, code)

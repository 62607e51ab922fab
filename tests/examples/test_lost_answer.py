"""The costliest bug: a task is opened and charged, its answer is lost, and a client asks again."""

import pytest
from openai import APIConnectionError, OpenAI

WISH = {"model": "doubao-seedance-2-0-480p", "prompt": "storm clouds"}
PRICE = pytest.approx(1.017188)


def client(**options):
    """Stand for your client, which calls RelayDance with the SDK of OpenAI."""
    return OpenAI(api_key="k", base_url="https://relaydance.com/v1", **options)


def submit(client):
    return client.post("/video/generations", cast_to=object, body=WISH)["task_id"]


def finish_all(screentest):
    for task in screentest.tasks:
        task.finish()


@pytest.mark.screentest(scenario="lose-reset")
def test_no_film_is_paid_for_twice(screentest):
    with client(max_retries=0) as careful, pytest.raises(APIConnectionError):
        submit(careful)

    finish_all(screentest)
    screentest.expect("relaydance/generate", times=1)
    assert screentest.would_have_cost == {"USD": PRICE}


@pytest.mark.screentest(scenario="lose-reset")
def test_with_the_defaults_of_the_sdk_three_are(screentest):
    with screentest.time_travel(), client() as hasty, pytest.raises(APIConnectionError):
        submit(hasty)

    finish_all(screentest)
    assert len(screentest.tasks) == 3
    assert screentest.would_have_cost["USD"] / 3 == PRICE

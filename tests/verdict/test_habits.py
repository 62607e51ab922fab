"""Each rule about behaviour: a client that breaks it is found out, one that keeps it is not."""

from inspect import signature

import pytest

from contracts.kernel.habits import Severity
from contracts.kernel.manners import CATALOGUE
from contracts.kernel.probing.specimens import as_data_url, image
from contracts.kernel.registry import every_revision
from mockserver.verdict import judging

from .clients import KEY, Serving

BREAKS, KEEPS = {}, {}
FACE = "https://example.com/screentest-face.png"
GIVEN = {
    "confirmed_terms_and_privacy": True,
    "confirmed_legal_right": True,
    "confirmed_screening_acknowledged": True,
}
PORTRAIT = {
    "model": "seedance-2-0-image-to-video",
    "prompt": "p",
    "duration": "5s",
    "image_url": FACE,
}
CONSENTS = {"consents": {"seedance": GIVEN}}
SINK = "/_screentest/sink/mine"


def case(cases, rule):
    """Make a client a case of a rule."""

    def keep(client):
        cases[rule] = client
        return client

    return keep


def breaks(rule):
    return case(BREAKS, rule)


def keeps(rule):
    return case(KEEPS, rule)


# Money


@breaks("screentest/submit-once")
async def asks_again_after_a_lost_answer(relaydance):
    relaydance.order(lose="reset")
    assert await relaydance.post() is None
    await relaydance.journey()


@keeps("screentest/submit-once")
async def asks_again_where_nothing_was_done(relaydance):
    relaydance.order(drop="before")
    assert await relaydance.post() is None
    await relaydance.journey()


@breaks("screentest/look-again")
async def asks_and_forgets(relaydance):
    await relaydance.submit()


@keeps("screentest/look-again")
async def asks_and_is_called_back(relaydance):
    url = f"https://relaydance.com{SINK}"
    task = await relaydance.submit(metadata={"callback_url": url})
    await relaydance.clock.advance(300)
    await relaydance.fetch(task)


@breaks("screentest/see-it-through")
async def gives_up_before_the_end(relaydance):
    task = await relaydance.submit()
    await relaydance.look(task)


@keeps("screentest/see-it-through")
async def comes_back_later(relaydance):
    task = await relaydance.submit()
    await relaydance.look(task)
    relaydance.clock.turn(300)
    await relaydance.look(task)
    await relaydance.fetch(task)


@breaks("screentest/retry-nothing-final")
async def repeats_what_was_refused(relaydance):
    for _ in range(2):
        await relaydance.post(seconds="99")


@keeps("screentest/retry-nothing-final")
async def mends_what_was_refused(relaydance):
    await relaydance.post(seconds="99")
    await relaydance.post(seconds="98")


# Results


@breaks("screentest/fetch-in-time")
async def never_fetches(relaydance):
    await relaydance.finish(await relaydance.submit())


@keeps("screentest/fetch-in-time")
async def fetches(senseaudio):
    await senseaudio.journey()


@breaks("screentest/fetch-once")
async def fetches_for_every_viewer(relaydance):
    task = await relaydance.journey()
    for _ in range(3):
        await relaydance.fetch(task)


@keeps("screentest/fetch-once")
async def fetches_in_ranges(relaydance):
    task = await relaydance.submit()
    await relaydance.finish(task)
    relaydance.plain.headers["range"] = "bytes=0-9"
    for _ in range(6):
        assert (await relaydance.fetch(task)).status_code == 206


# Consent


@breaks("screentest/consent-same-body")
async def consents_to_something_else(venice):
    assert (await venice.post_only(PORTRAIT)).status_code == 409
    answer = await venice.post_only(PORTRAIT | CONSENTS | {"prompt": "q"})
    await venice.finish(answer.json()["queue_id"])


@keeps("screentest/consent-same-body")
async def consents_to_what_it_asked_for(venice):
    assert (await venice.post_only(PORTRAIT)).status_code == 409
    answer = await venice.post_only(PORTRAIT | CONSENTS)
    await venice.finish(answer.json()["queue_id"])


# Keys


@breaks("screentest/key-stays-home")
async def sends_the_key_along(relaydance):
    relaydance.plain = relaydance.api
    await relaydance.journey()


@keeps("screentest/key-stays-home")
async def fetches_without_the_key(relaydance):
    await relaydance.journey()


@breaks("screentest/key-in-query")
async def puts_the_key_into_the_url(relaydance):
    await relaydance.api.get("/v1/models", params={"api_key": KEY})


@keeps("screentest/key-in-query")
async def asks_with_a_plain_query(relaydance):
    await relaydance.api.get("/v1/models", params={"page": "1"})


@breaks("screentest/key-over-plain-http")
async def speaks_in_the_open(relaydance):
    await relaydance.api.get("http://relaydance.com/v1/models")


@keeps("screentest/key-over-plain-http")
async def speaks_to_the_mock_in_the_open(relaydance):
    await relaydance.api.get("http://127.0.0.1:8600/v1/models")


# Looks


@breaks("screentest/heed-retry-after")
async def does_not_wait(venice):
    task = await _told_to_wait(venice)
    venice.clock.turn(6)
    await venice.look(task)
    await venice.finish(task)


@keeps("screentest/heed-retry-after")
async def waits(venice):
    task = await _told_to_wait(venice)
    venice.clock.turn(30)
    await venice.look(task)
    await venice.finish(task)


async def _told_to_wait(venice):
    task = await venice.submit()
    venice.order(error="model-overloaded", when={"operation": "look", "nth": 1})
    answer = await venice.look(task)
    assert answer.headers["retry-after"] == "30"
    venice.world.scenarios.clear(KEY)
    return task


@breaks("screentest/poll-pace")
async def looks_every_second(senseaudio):
    task = await senseaudio.submit()
    for _ in range(4):
        senseaudio.clock.turn(1)
        await senseaudio.look(task)
    await senseaudio.finish(task)
    await senseaudio.fetch(task)


@keeps("screentest/poll-pace")
async def looks_every_five_seconds(senseaudio):
    task = await senseaudio.submit()
    await senseaudio.finish(task, pause=5 * 2)
    await senseaudio.fetch(task)


@breaks("screentest/poll-backoff")
async def looks_in_a_loop(relaydance):
    await _loops(relaydance, [0.1] * 12)


@keeps("screentest/poll-backoff")
async def looks_ever_more_slowly(relaydance):
    await _loops(relaydance, [0.1 * 1.2**n for n in range(12)])


async def _loops(client, pauses):
    task = await client.submit()
    for pause in pauses:
        client.clock.turn(pause)
        await client.look(task)
    await client.finish(task)
    await client.fetch(task)


@breaks("screentest/poll-no-more")
async def looks_on(relaydance):
    task = await relaydance.journey()
    for _ in range(3):
        relaydance.clock.turn(5)
        await relaydance.look(task)


@keeps("screentest/poll-no-more")
async def looks_once_more(relaydance):
    task = await relaydance.journey()
    relaydance.clock.turn(5)
    await relaydance.look(task)


# Callbacks


async def _is_called_back(relaydance, query="", **do):
    if do:
        relaydance.order(**do)
    url = f"https://relaydance.com{SINK}{query}"
    task = await relaydance.submit(metadata={"callback_url": url})
    await relaydance.clock.advance(300)
    await relaydance.fetch(task)
    await relaydance.clock.advance(4000)
    return task


@breaks("screentest/callback-fails")
async def refuses_callbacks(relaydance):
    await _is_called_back(relaydance, "?statuses=500")


@keeps("screentest/callback-fails")
async def takes_the_second_try(relaydance):
    await _is_called_back(relaydance, "?statuses=500,204")


@breaks("screentest/callback-slow")
async def takes_callbacks_slowly(relaydance):
    _took(relaydance, await _is_called_back(relaydance), 6.0)


@keeps("screentest/callback-slow")
async def takes_callbacks_in_time(relaydance):
    _took(relaydance, await _is_called_back(relaydance), 4.0)


def _took(client, task, seconds):
    """Have a receiver taken so long, as no test has the time."""
    row = client.world.store.callbacks.get(KEY, (client.provider.id, task))
    row.attempts[:] = [one._replace(seconds=seconds) for one in row.attempts]


@breaks("screentest/callback-twice-harmless")
async def fails_on_the_copy(relaydance):
    await _is_called_back(relaydance, "?statuses=204,500", callback="twice")


@keeps("screentest/callback-twice-harmless")
async def takes_the_copy(relaydance):
    await _is_called_back(relaydance, callback="twice")


# What single providers want


def metadata(**more):
    images = [
        {"type": "image_url", "image_url": {"url": URL}, "role": "reference_image"} for _ in "ab"
    ]
    return {"metadata": {"content": images} | more}


URL = "https://example.com/a.png"


@breaks("relaydance/cited-image")
async def cites_what_is_not_there(relaydance):
    await relaydance.journey(prompt="@image1 meets @image2 and @image3", **metadata())


@keeps("relaydance/cited-image")
async def cites_what_is_there(relaydance):
    await relaydance.journey(prompt="@image1 meets @Image2, and mail@image3x.example", **metadata())


@breaks("relaydance/uncited-image")
async def leaves_an_image_out(relaydance):
    await relaydance.journey(prompt="@image1 alone", **metadata())


@keeps("relaydance/uncited-image")
async def cites_none(relaydance):
    await relaydance.journey(prompt="both together", **metadata())


SILENT = "seedance-1-5-pro-no-audio"


@breaks("relaydance/sound-by-model")
async def wants_sound_of_a_silent_model(relaydance):
    await relaydance.journey(model=SILENT, metadata={"generate_audio": True})


@keeps("relaydance/sound-by-model")
async def wants_no_sound_of_a_silent_model(relaydance):
    await relaydance.journey(model=SILENT, metadata={"generate_audio": False})


def _picture(size):
    return as_data_url("image", "gif", image("gif", 400, 400)[:-1] + b"\0" * size + b";")


@breaks("senseaudio/large-data-url")
async def sends_a_large_file_inline(senseaudio):
    content = [{"type": "image", "url": _picture(2**20), "role": "reference"}]
    await senseaudio.journey(content=content)


@keeps("senseaudio/large-data-url")
async def sends_a_small_file_inline(senseaudio):
    content = [{"type": "image", "url": _picture(2**10), "role": "reference"}]
    await senseaudio.journey(content=content)


def text(prompt):
    return {"content": [{"type": "text", "text": prompt}]}


@breaks("acedata/flag-legal")
async def writes_flags_that_do_not_count(acedata):
    await acedata.journey(**text("a cat --dur 99 --fps 30"))


@keeps("acedata/flag-legal")
async def writes_flags_that_count(acedata):
    await acedata.journey(**text("a cat --dur 12 --frames 361 --whatever 3"))


@breaks("acedata/flag-agrees")
async def says_two_things(acedata):
    await acedata.journey(ratio="16:9", **text("a cat --rt 9:16"))


@keeps("acedata/flag-agrees")
async def says_one_thing_twice(acedata):
    await acedata.journey(ratio="9:16", watermark=True, **text("a cat --rt 9:16 --wm true"))


@breaks("acedata/wish-heard")
async def wants_sound_of_a_model_that_makes_none(acedata):
    await acedata.journey(generate_audio=True)


@keeps("acedata/wish-heard")
async def wants_sound_of_a_model_that_makes_it(acedata):
    await acedata.journey(model="doubao-seedance-1-5-pro-251215", generate_audio=True)


KLING = {
    "model": "kling-o3-pro-reference-to-video",
    "elements": [{"frontal_image_url": URL}],
    "scene_image_urls": [URL, URL],
}


@breaks("venice/cited-reference")
async def cites_an_element_too_many(venice):
    await venice.journey(prompt="@Element1 walks to @Element2", **KLING)


@keeps("venice/cited-reference")
async def cites_what_it_sends(venice):
    await venice.journey(prompt="@Element1 walks in @Image1 and @Image2", **KLING)


@breaks("venice/uncited-reference")
async def leaves_a_scene_out(venice):
    await venice.journey(prompt="@Element1 walks in @Image2", **KLING)


@keeps("venice/uncited-reference")
async def cites_no_scene(venice):
    await venice.journey(prompt="someone walks", **KLING)


@breaks("venice/header-names")
async def signs_in_as_long_ago(venice):
    await venice.api.get("/api/v1/models", headers={"x-sign-in-with-x": "e30="})


@keeps("venice/header-names")
async def signs_in_as_today(venice):
    await venice.api.get("/api/v1/models", headers={"sign-in-with-x": "e30="})


@breaks("venice/model-stays")
async def asks_for_a_model_that_goes(venice):
    await venice.journey(model="sora-2-text-to-video", duration="4s")


@keeps("venice/model-stays")
async def asks_for_a_model_that_stays(venice):
    await venice.journey()


BESIDES = {"screentest/retry-nothing-final": {"relaydance/generate-seconds"}}
"""What such clients do wrong whether they repeat it or not."""

# The tests

IDS = [
    *(f"screentest/{one.id}" for one in CATALOGUE),
    *dict.fromkeys(one.id for provider in every_revision() for one in provider.habits),
]


@pytest.fixture
async def serving(world, clock):
    serving = Serving(world, clock)
    yield serving
    await serving.close()


async def rules_found(drive, serving):
    """Drive a client of the provider that its function names; gives the rules that it broke."""
    await drive(serving.client(next(iter(signature(drive).parameters))))
    (chapter,) = [one for one in judging.chapters(serving.world) if one.exchanges]
    return {one.rule for one in chapter.findings}


@pytest.mark.parametrize("rule", IDS)
async def test_a_client_that_breaks_a_rule_is_found_out_for_this_alone(rule, serving):
    assert await rules_found(BREAKS[rule], serving) == {rule} | BESIDES.get(rule, set())


@pytest.mark.parametrize("rule", IDS)
async def test_a_client_that_keeps_a_rule_is_not_accused_of_anything(rule, serving):
    assert await rules_found(KEEPS[rule], serving) == BESIDES.get(rule, set())


def test_every_rule_has_a_client_that_breaks_it_and_one_that_keeps_it():
    assert sorted(BREAKS) == sorted(KEEPS) == sorted(IDS)


def test_a_rule_says_what_it_wants_why_and_how_to_mend_it():
    every = [*CATALOGUE, *(one for each in every_revision() for one in each.habits)]
    assert all(one.sentence.endswith(".") and one.why and one.mend for one in every)
    assert {one.severity for one in every} == set(Severity)

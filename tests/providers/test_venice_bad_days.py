"""Venice on a bad day: consent, refusals, failed tasks and what they cost, limits, lifetimes."""

import pytest
from pydantic import TypeAdapter
from pydantic_core import to_json

from contracts.kernel.clip import Clip
from contracts.kernel.consent import Portrait
from contracts.kernel.errors import Cause, Refusal, Refused
from contracts.kernel.money import Shortfall, micros, moves, net
from contracts.kernel.provider import EXPIRED
from contracts.kernel.quotas import Concurrency, ErrorBudget, Rate
from contracts.kernel.registry import revision
from contracts.kernel.task import Failure, Names, Plan, Task
from mockserver.app import create_app

JUNE, OCTOBER = revision("venice@2026-06"), revision("venice@2026-10")
BOTH = (JUNE, OCTOBER)
ROWS = [pytest.param(one, name, id=f"{one.revision}-{name}") for one in BOTH for name in one.errors]
FAILURES = [pytest.param(one, x, id=f"{one.revision}-{x}") for one in BOTH for x in one.failures]
PLAIN = "https://example.com/a.png"
ASKING = "seedance-2-0-image-to-video"
FROM_IMAGE = {"model": ASKING, "prompt": "a cat", "duration": "5s", "image_url": PLAIN}
TEXT = {
    "model": "seedance-2-0-text-to-video",
    "prompt": "a cat",
    "duration": "5s",
    "aspect_ratio": "16:9",
}
RUNWAY = TEXT | {"model": "runway-gen4-5-text", "duration": "5s"}
GROK = TEXT | {"model": "grok-imagine-text-to-video-private"}
NOW = 1_780_000_000.0
DAY = 24 * 60 * 60


@pytest.fixture
def app(world):
    return create_app(world=world, providers={"venice": OCTOBER})


def refusal(cause="", **details):
    return Refusal(cause, None, (), details, lambda: "an-id", lambda: "https://x.example", NOW)


def wire(provider, name, **details):
    """What a row puts on the wire: status, body, headers."""
    row, made = provider.errors[name], refusal(name, **details)
    return row.status, row.body(made), row.headers(made) if row.headers else {}


def body_of(provider, fields):
    return TypeAdapter(provider.submit.body).validate_python(fields)


def accepted(provider, fields, failure=None):
    """A task as the server makes one, which took a minute."""
    parse = TypeAdapter(provider.submit.body).validate_json
    request = body_of(provider, fields)
    plan = Plan(clip=Clip(16, 16, 5), failure=failure)
    return Task(
        names=Names("q", "link"),
        provider=provider.id,
        key="k",
        tenant="k",
        text=to_json(fields),
        parse=parse,
        plan=plan,
        origin="http://127.0.0.1",
        created=NOW,
        started=NOW + 6,
        finishes=NOW + 60,
        cost=provider.tariff.price(request, plan),
    )


def look(provider, task, now):
    operation = provider.operation("retrieve")
    asked = {"model": task.request.model, "queue_id": "q"}
    request = TypeAdapter(operation.body).validate_python(asked)
    return operation.effect.reply(request, [task], now)


def refused(provider, task, now):
    """The refusal that a look at a task comes to, as it is on the wire."""
    with pytest.raises(Refused) as raised:
        look(provider, task, now)
    return wire(provider, raised.value.cause, **raised.value.details)


# the catalogue


@pytest.mark.parametrize(("provider", "name"), ROWS)
def test_every_row_can_be_provoked_without_details(provider, name):
    status, body, headers = wire(provider, name)
    assert 400 <= status <= 504
    assert body
    assert all(isinstance(value, str) and value for value in headers.values())


@pytest.mark.parametrize("provider", BOTH, ids=lambda one: one.revision)
def test_every_row_that_something_names_is_there(provider):
    consent = provider.submit.effect.consent
    named = {
        consent.cause,
        *(one.cause for one in provider.failures.values()),
        *(one.cause for one in provider.quotas),
        *(cause for one in provider.operations for cause in one.refuses),
        *provider.auth.causes,
    }
    assert named - set(provider.errors) == set()


def test_what_only_a_scenario_leads_to_is_refused_by_no_operation():
    demanded = {name for name, row in OCTOBER.errors.items() if row.on_demand}
    assert {"model-overloaded", "region", "diem-spend-limit", "media-not-fetched"} <= demanded
    assert demanded & {cause for one in OCTOBER.operations for cause in one.refuses} == set()


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("inactive-subscription", 401),
        ("pro-only-model", 401),
        ("admin-key-required", 401),
        ("diem-spend-limit", 402),
        ("usd-spend-limit", 402),
        ("region", 403),
        ("api-access-disabled", 403),
        ("provider-policy", 422),
        ("prompt-policy", 422),
        ("model-overloaded", 429),
        ("inference-failed", 500),
        ("unknown-error", 500),
        ("media-not-fetched", 502),
        ("model-offline", 503),
        ("model-at-capacity", 503),
        ("request-timeout", 504),
    ],
)
def test_a_row_has_the_status_of_the_documents(name, status):
    assert (status, status) == tuple(one.errors[name].status for one in BOTH)


def test_only_an_overloaded_model_says_when_to_come_again():
    with_advice = {name for name in OCTOBER.errors if "Retry-After" in wire(OCTOBER, name)[2]}
    assert with_advice == {"model-overloaded"}


def test_a_rate_limit_tells_what_is_known_of_it():
    details = {"limit": 40, "remaining": 0, "reset": NOW + 1.5, "type": "user"}
    status, body, headers = wire(JUNE, Cause.RATE_LIMITED, **details)
    assert (status, body) == (429, {"error": "Rate limit exceeded"})
    assert headers == {
        "x-ratelimit-limit-requests": "40",
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-requests": "1780000001500",
        "x-ratelimit-type": "user",
    }
    assert wire(JUNE, Cause.RATE_LIMITED)[2] == {}


def test_the_error_budget_is_worded_as_its_revision_words_it():
    june, october = (wire(one, "error-budget", remaining=0, reset=NOW) for one in BOTH)
    assert june[1]["error"] == (
        "Too many failed attempts (> 20) resulting in a non-success status code."
        " Please wait 30s and try again."
    )
    assert october[1]["error"].startswith("Too many failed attempts (> 50) resulting in a non-")
    assert "Please wait 30 seconds and try again. See https://" in october[1]["error"]
    left = {"x-ratelimit-remaining": "0", "x-ratelimit-resets": "1780000000000"}
    assert (june[2], october[2]) == (left, left)
    assert wire(JUNE, "error-budget")[2] == {}


@pytest.mark.parametrize(
    ("name", "field"),
    [("prompt-policy", "suggested_prompt"), ("moderation", "hint")],
)
def test_a_field_that_may_be_missing_is_there_when_it_is_known(name, field):
    assert wire(OCTOBER, name, **{field: "f"})[1][field] == "f"
    assert field not in wire(OCTOBER, name)[1]


def test_another_model_is_recommended_inside_the_error():
    error = wire(OCTOBER, "provider-policy", recommended_model="wan")[1]["error"]
    assert error["recommended_model"] == "wan"
    assert "recommended_model" not in wire(OCTOBER, "provider-policy")[1]["error"]


def test_a_refusal_from_upstream_carries_an_id():
    assert set(wire(OCTOBER, "upstream-refusal")[1]) == {"error", "request_id"}


def test_consent_without_any_role_lists_none():
    assert wire(JUNE, "needs-consent")[1]["face_media_roles"] == []


# consent


def portrait(role="image", *people, ratio=None):
    return Portrait(role, PLAIN, frozenset(people), ratio)


@pytest.mark.parametrize(
    ("prompt", "portraits", "cause"),
    [
        ("a cat", [portrait()], ""),
        ("a cat", [portrait("image", "minor")], ""),
        ("something NSFW", [portrait()], ""),
        ("something NSFW", [portrait("image", "minor")], "content-policy-violation"),
        ("a suggestive pose", [portrait("reference_video", "minor")], "content-policy-violation"),
        ("unsuggestively", [portrait("image", "minor")], ""),
        ("a cat", [portrait("image", "public-figure")], "content-policy-violation"),
        ("a cat", [portrait(), portrait("video", "public-figure")], "content-policy-violation"),
        ("a cat", [portrait(ratio=1.0)], ""),
        ("a cat", [portrait(ratio=0.4)], "image-aspect-ratio-out-of-bounds"),
        ("a cat", [portrait(ratio=0.41)], ""),
        ("a cat", [portrait(ratio=2.49)], ""),
        ("a cat", [portrait(ratio=2.5)], "image-aspect-ratio-out-of-bounds"),
        ("a cat", [portrait("end_image", ratio=9.0)], "image-aspect-ratio-out-of-bounds"),
        ("a cat", [portrait("reference_image", ratio=0.1)], "image-aspect-ratio-out-of-bounds"),
        ("a cat", [portrait("reference_video", ratio=9.0), portrait("video", ratio=9.0)], ""),
        ("a cat", [portrait("image", "public-figure", ratio=9.0)], "content-policy-violation"),
    ],
)
def test_no_consent_helps_against_some_media(prompt, portraits, cause):
    body = body_of(JUNE, FROM_IMAGE | {"prompt": prompt})
    assert JUNE.submit.effect.consent.objects(body, portraits) == cause


@pytest.mark.parametrize("name", ["content-policy-violation", "image-aspect-ratio-out-of-bounds"])
def test_what_no_consent_helps_against_is_named_by_its_code(name):
    code = name.upper().replace("-", "_")
    assert wire(JUNE, name) == (422, {"error": code}, {})


def test_a_prompt_that_is_missing_is_not_suggestive():
    body = body_of(
        OCTOBER,
        {
            "model": "minimax-h3-max-multi-angle",
            "duration": "5s",
            "image_url": PLAIN,
            "camera_trajectory": [
                {"time": 0, "azimuth": 0, "elevation": 0, "distance": 1},
                {"time": 1, "azimuth": 90, "elevation": 0, "distance": 1},
            ],
        },
    )
    effect = OCTOBER.submit.effect
    assert effect.prompt(body) == ""
    assert effect.consent.objects(body, [portrait("image", "minor")]) == ""


@pytest.mark.parametrize(
    ("provider", "model", "failure"),
    [
        (OCTOBER, "seedance-2-0-image-to-video-basic", OCTOBER.failures["people"]),
        (OCTOBER, "wan-2.6-image-to-video", None),
        (OCTOBER, ASKING, None),
        (JUNE, ASKING, None),
    ],
)
def test_people_fail_later_only_on_basic_models_since_october(provider, model, failure):
    effect = provider.submit.effect
    body = body_of(provider, FROM_IMAGE | {"model": model})
    assert effect.consent.later(body) == failure
    assert effect.plan(body).failure is None


# failures


@pytest.mark.parametrize(("provider", "name"), FAILURES)
def test_a_failure_is_replayed_for_ever(provider, name):
    task = accepted(provider, TEXT if provider is JUNE else FROM_IMAGE, provider.failures[name])
    assert look(provider, task, NOW + 59).body["status"] == "PROCESSING"
    first = refused(provider, task, NOW + 60)
    assert first == refused(provider, task, NOW + DAY)
    assert first[0] == provider.errors[provider.failures[name].cause].status
    assert first[0] in {422, 500}


@pytest.mark.parametrize(("provider", "name"), FAILURES)
def test_a_failure_says_where_it_is_from(provider, name):
    assert provider.failures[name].source


def test_there_is_a_failure_for_a_task_that_takes_too_long():
    failure = JUNE.failures[EXPIRED]
    answer = refused(JUNE, accepted(JUNE, TEXT, failure), NOW + 60)
    assert answer[0] == 422
    assert answer[1]["error"].startswith(failure.message)


def test_a_failure_that_names_no_row_is_a_refusal_of_the_provider():
    status, body, _ = refused(JUNE, accepted(JUNE, TEXT, Failure("late", "Too loud.")), NOW + 60)
    assert status == 422
    assert body == {
        "error": {
            "message": "Too loud.",
            "type": "provider_content_policy",
            "credits_refunded": True,
        }
    }


@pytest.mark.parametrize(
    ("name", "fields", "back"),
    [
        ("provider-policy", TEXT, True),
        ("provider-policy", RUNWAY, False),
        ("provider-policy", GROK, True),
        ("provider-policy-kept", TEXT, False),
        ("provider-policy-kept", RUNWAY, False),
        ("provider-policy-kept", GROK, True),
        ("moderation", TEXT, True),
        ("moderation", RUNWAY, False),
        ("provider-failure", RUNWAY, True),
        ("inference-failed", RUNWAY, True),
        ("inference-failed-kept", GROK, False),
        (EXPIRED, RUNWAY, True),
    ],
)
def test_a_charge_comes_back_unless_model_or_failure_keep_it(name, fields, back):
    task = accepted(JUNE, fields, JUNE.failures[name])
    lines = [(one.kind, one.amount) for one in moves(task, JUNE.tariff, NOW + 60)]
    charge, refund = ("charge", -task.cost), ("refund", task.cost)
    assert task.cost > 0
    assert lines == ([charge, refund] if back else [charge])
    assert net(task, JUNE.tariff, NOW + 60) == (0 if back else -task.cost)


@pytest.mark.parametrize("fields", [TEXT, RUNWAY])
def test_what_an_answer_says_of_the_charge_is_what_the_ledger_shows(fields):
    policy = accepted(JUNE, fields, JUNE.failures["provider-policy"])
    simple = accepted(JUNE, fields, JUNE.failures["moderation"])
    back = net(policy, JUNE.tariff, NOW + 60) == 0
    assert refused(JUNE, policy, NOW + 60)[1]["error"]["credits_refunded"] is back
    body = refused(JUNE, simple, NOW + 60)[1]
    assert body["credits_refunded"] is back
    assert body["error"].endswith("Credits have been refunded.") is back


def test_a_video_that_succeeds_is_paid_for():
    task = accepted(JUNE, RUNWAY)
    assert not JUNE.tariff.keeps(task)
    assert net(task, JUNE.tariff, NOW + 60) == -task.cost


# money


@pytest.mark.parametrize("provider", BOTH, ids=lambda one: one.revision)
@pytest.mark.parametrize(
    "fields",
    [
        {"model": "veo3-full-text-to-video", "duration": "8s", "aspect_ratio": "16:9"},
        {"model": "runway-gen4-5-text", "duration": "10s", "aspect_ratio": "16:9"},
        {
            "model": "grok-imagine-text-to-video-private",
            "duration": "5s",
            "aspect_ratio": "16:9",
            "resolution": "480p",
        },
    ],
)
def test_a_charge_is_what_was_quoted(provider, fields):
    operation = provider.operation("quote")
    quote = operation.effect.reply(TypeAdapter(operation.body).validate_python(fields)).body
    assert accepted(provider, fields | {"prompt": "p"}).cost == micros(quote["quote"]) > 0


def test_sound_that_is_turned_off_is_not_charged():
    fields = TEXT | {"model": "kling-v3-pro-text-to-video"}
    silent = accepted(JUNE, fields | {"audio": False})
    assert silent.cost < accepted(JUNE, fields).cost


@pytest.mark.parametrize(
    ("lack", "row"),
    [
        (Shortfall("key", 950_000, 20_000, over_limit=False), Cause.NO_BALANCE),
        (Shortfall("key", 950_000, 9_000_000, over_limit=True), "usd-spend-limit"),
        (Shortfall("wallet:0xabc", 950_000, 99_999, over_limit=False), "wallet-short"),
        (Shortfall("wallet:0xabc", 950_000, 100_000, over_limit=False), Cause.NO_BALANCE),
        (Shortfall("wallet:0xabc", 0, 0, over_limit=True), "usd-spend-limit"),
    ],
)
def test_who_cannot_pay_hears_why(lack, row):
    assert JUNE.tariff.short(lack) == row
    assert JUNE.errors[row].status == 402


# limits and lifetimes


def quotas(provider, kind):
    return {one.id: one for one in provider.quotas if isinstance(one, kind)}


@pytest.mark.parametrize("provider", BOTH, ids=lambda one: one.revision)
def test_requests_are_counted_by_operation(provider):
    rates = quotas(provider, Rate).values()
    counted = {(one.operations, one.requests, one.seconds) for one in rates}
    assert [one.headers({"limit": one.requests}) for one in rates] == [
        {"x-ratelimit-limit-requests": "40"},
        {"x-ratelimit-limit-requests": "120"},
    ]
    assert counted == {(("queue",), 40, 60), (("retrieve",), 120, 60)}


@pytest.mark.parametrize(("key", "limited"), [("wallet:0xabc", True), ("some-key", False)])
def test_only_wallets_are_limited_in_what_they_ask_at_once(key, limited):
    (one,) = quotas(JUNE, Concurrency).values()
    assert (one.tasks, one.applies(key)) == (5, limited)
    assert wire(JUNE, one.cause)[1]["code"] == "X402_CONCURRENCY_LIMIT"


@pytest.mark.parametrize(("provider", "failures"), [(JUNE, 20), (OCTOBER, 50)])
def test_the_error_budget_is_that_of_its_revision(provider, failures):
    (one,) = quotas(provider, ErrorBudget).values()
    assert (one.failures, one.seconds, one.blocks) == (failures, 30, 30)


@pytest.mark.parametrize(
    ("status", "cause", "counted"),
    [
        (400, Cause.INVALID, True),
        (401, Cause.BAD_KEY, True),
        (409, "needs-consent", True),
        (429, Cause.RATE_LIMITED, False),
        (400, Cause.WRONG_CONTENT_TYPE, False),
        (400, Cause.BAD_JSON, False),
        (402, Cause.NO_KEY, False),
        (413, Cause.TOO_LARGE, False),
        (500, "inference-failed", False),
        (200, "", False),
    ],
)
def test_some_refusals_are_taken_off_the_error_budget(status, cause, counted):
    (one,) = quotas(OCTOBER, ErrorBudget).values()
    assert one.counts(status, cause) is counted


@pytest.mark.parametrize("provider", BOTH, ids=lambda one: one.revision)
def test_a_task_and_its_media_live_a_day(provider):
    life = provider.lifecycle
    assert (life.task_seconds, life.media_seconds) == (DAY, DAY)
    assert life.task_source
    assert life.media_source


def test_a_link_is_gone_after_a_day():
    task = accepted(JUNE, GROK)
    follow = JUNE.operation("download").effect.reply
    assert follow(None, [task], NOW + 60 + DAY - 1).body
    with pytest.raises(Refused, match="link-revoked"):
        follow(None, [task], NOW + 60 + DAY)


def test_the_link_of_a_failed_task_leads_nowhere():
    task = accepted(JUNE, GROK, JUNE.failures["moderation"])
    with pytest.raises(Refused, match="no-link"):
        JUNE.operation("download").effect.reply(None, [task], NOW + 60)


def test_transcriptions_were_retired_after_june():
    assert "transcriptions" not in {one.id for one in JUNE.operations}
    operation = OCTOBER.operation("transcriptions")
    with pytest.raises(Refused, match="retired"):
        operation.effect.reply(None)
    status, _, headers = wire(OCTOBER, "retired")
    assert status == 410
    assert headers == {
        "Deprecation": "true",
        "Link": '</api/v1/chat/completions>; rel="successor-version",'
        ' </api/v1/models>; rel="describedby"',
    }


@pytest.mark.parametrize("sent", [b"", b"no JSON", b'{"url": "https://example.com/a.mp4"}'])
async def test_a_retired_route_looks_at_nothing_that_is_sent(client, sent):
    del client.headers["authorization"]
    answer = await client.post("/api/v1/video/transcriptions", content=sent)
    assert (answer.status_code, answer.headers["deprecation"]) == (410, "true")
    assert (answer.headers["x-screentest-rule"], set(answer.json())) == (
        "venice/retired",
        {"error"},
    )

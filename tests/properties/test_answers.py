"""Answers for people who test what reads them: of a documented form, and as the state has it."""

from types import NoneType
from typing import Any

import pytest
from hypothesis import given, settings
from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from contracts.kernel.operation import Finds, Operation
from contracts.kernel.provider import Provider
from contracts.kernel.registry import every_revision
from contracts.kernel.reply import Video
from contracts.kernel.task import Phase
from contracts.strategies import Answer, State, answers, bodies_breaking, valid_bodies

FEW = settings(max_examples=max(5, settings.default.max_examples // 8))
OPERATIONS = [(one, operation) for one in every_revision() for operation in one.operations]
IDS = [f"{provider.name}/{operation.id}" for provider, operation in OPERATIONS]


def is_of_a_form(answer: Answer, provider: Provider, operation: Operation) -> bool:
    """Tell whether an answer has a status and a form that the operation declares."""
    forms = [one.form for one in operation.answers if one.status == answer.status]
    if answer.content_type == "video/mp4":
        return Video in forms
    if answer.body is None:
        return NoneType in forms
    if answer.status in {provider.errors[cause].status for cause in operation.refuses}:
        return True
    return any(fits(form, answer.body) for form in forms if form not in {Video, NoneType})


def fits(form: Any, body: Any) -> bool:
    try:
        TypeAdapter(form).validate_json(to_json(body))
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize(("provider", "operation"), OPERATIONS, ids=IDS)
def test_every_answer_has_a_form_that_is_declared(
    provider: Provider, operation: Operation, state: State
):
    @FEW
    @given(answers(f"{provider.name}/{operation.id}", state))
    def formed(answer):
        assert is_of_a_form(answer, provider, operation), answer

    formed()


POLLS = [
    (provider, operation, state)
    for provider, operation in OPERATIONS
    if isinstance(operation.effect, Finds) and operation.method == "GET"
    for state in (State.WAITING, State.WORKING, State.SUCCEEDED, State.FAILED)
]


@pytest.mark.parametrize(("provider", "operation", "state"), POLLS)
def test_a_poll_has_the_word_of_the_state(provider: Provider, operation: Operation, state: State):
    word = provider.lifecycle.words[Phase(state.value)]

    @FEW
    @given(answers(f"{provider.name}/{operation.id}", state))
    def worded(answer):
        data = answer.body.get("data", answer.body)
        assert data["status"] == word

    worded()


def test_an_unknown_task_is_refused_as_the_catalogue_says():
    @FEW
    @given(answers("venice@2026-10/retrieve", State.UNKNOWN))
    def refused(answer):
        assert answer.body == {"error": "Request ID is invalid."}

    refused()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: valid_bodies("venise/queue"), "did you mean venice"),
        (lambda: valid_bodies("venice@2026-09/queue"), "did you mean venice@2026-1"),
        (lambda: valid_bodies("venice/quue"), "has no operation 'quue'"),
        (lambda: valid_bodies("venice/queue", mode="song"), "it has text, first-frame"),
        (lambda: valid_bodies("venice/retrieve", mode="song"), "it has none"),
        (lambda: valid_bodies("venice/queue", model="m"), "knows no model 'm'"),
        (lambda: bodies_breaking("venice/queue", "venice/nonsense"), "has no rule"),
        (lambda: bodies_breaking("venice/download", "venice/download"), "breaks 'venice/download'"),
        (
            lambda: bodies_breaking("senseaudio/create", "senseaudio/video-fps"),
            "say how to `serve`",
        ),
        (lambda: answers("venice/retrieve", "lost"), "there are waiting, working"),
    ],
)
def test_what_does_not_exist_is_said_at_once(call: Any, words: str):
    with pytest.raises(ValueError, match=words):
        call()


def test_a_model_can_be_asked_for():
    model = "seedance-2-0-reference-to-video"

    @FEW
    @given(valid_bodies("venice/queue", model=model))
    def kept(body):
        assert body["model"] == model

    kept()

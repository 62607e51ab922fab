"""The whole page of one provider."""

from collections.abc import Iterator, Sequence
from itertools import chain
from json import dumps

from pydantic_core import to_jsonable_python

from contracts.kernel.errors import ErrorCase
from contracts.kernel.lifecycle import Lifecycle
from contracts.kernel.openapi_refusals import samples
from contracts.kernel.provider import Provider
from contracts.kernel.webhooks import Webhook
from pages.doubts import disagreements, weak
from pages.models import models
from pages.operations import operation
from pages.revisions import distinct, overview, revision
from pages.sources import sources
from pages.world import failures, lifetimes, limits_on_use, money
from pages.writing import cited, code, contents, prose, table

NOTICE = "<!-- Written by `make docs` from the contracts. Do not edit. -->"
LONGEST_BODY = 200
"""How much of the body of an error is shown, in characters."""


def page(revisions: Sequence[Provider]) -> str:
    """Write the page of a provider; its first revision is the default."""
    default, *others = revisions
    sections = [
        *chain.from_iterable(operation(default, one) for one in default.operations),
        *chain.from_iterable(revision(default, one) for one in others),
        *life(revisions),
        *lifetimes(revisions),
        *failures(revisions),
        *callbacks(revisions),
        *money(revisions),
        *limits_on_use(revisions),
        *models(revisions),
        *errors(default),
        *disagreements(revisions),
        *weak(revisions),
        *sources(default),
    ]
    head = [NOTICE, f"# {default.title}", "", *_head(default), *overview(revisions)]
    return "\n".join([*head, *contents(sections), *sections])


def _head(one: Provider) -> Iterator[str]:
    headers = "; ".join(f"`{name}: {value}`" for name, value in one.headers.items())
    keys = (_scheme(scheme) for scheme in one.auth.schemes().values())
    hosts = code(one.other_hosts)
    yield from prose(
        f"The real base URL is `{one.base_url}`.",
        f"It answers at {hosts}, too." if hosts else "",
        f"A key is given as {' or '.join(keys)}.",
        f"A request body may have {one.body_limit:,} bytes.",
        f"Every answer has {headers}." if headers else "",
        f"What follows is about `{one.name}`, unless another revision is named.",
    )


def _scheme(scheme: dict[str, str]) -> str:
    return f"`{scheme['name']}`" if "name" in scheme else "`Authorization: Bearer`"


def life(revisions: Sequence[Provider]) -> Iterator[str]:
    """Write the status words by phase, and where they are from."""
    found = distinct(revisions, lambda one: one.lifecycle)
    yield from ("## Life of a task", "")
    phases = dict.fromkeys(phase for one, _ in found for phase in one.words)
    rows = (
        (phase.value, *(code([one.words[phase]] if phase in one.words else []) for one, _ in found))
        for phase in phases
    )
    heads = [f"word{where}" for _, where in found]
    yield from table(("phase", *heads), rows)
    for one, where in found:
        yield from prose(*_time(one, where))


def _time(life_: Lifecycle, where: str) -> Iterator[str]:
    share = f"{life_.waiting_share:.0%}"
    yield f"A typical task takes {life_.seconds:g} s{where}, {share} of it waiting (assumed)."
    yield f"Source: {cited(life_.source)}"


def callbacks(revisions: Sequence[Provider]) -> Iterator[str]:
    """Write whether a client is told that its task is over, and how often it is tried."""
    yield from ("## Callbacks", "")
    for one, where in distinct(revisions, lambda provider: provider.webhook):
        yield from prose(*_callback(one, where)) if one else prose(f"There are none{where}.")


def _callback(webhook: Webhook, where: str) -> Iterator[str]:
    pauses = ", ".join(f"{pause:g} s" for pause in webhook.retry_after)
    yield f"A task with a callback URL ends with one POST to it{where}."
    yield f"If that fails, it is tried again after {pauses}." if pauses else "It is tried once."
    yield f"Source: {cited(webhook.source)}"


def errors(provider: Provider) -> Iterator[str]:
    """Write the error catalogue."""
    yield from ("## Errors", "")
    yield from prose("A row that comes `on demand` is one that only a scenario leads to.")
    rows = (
        (
            str(case.status),
            case.when,
            "on demand" if case.on_demand else "by itself",
            f"`{provider.id}/{cause}`",
            body,
            cited(case.source),
        )
        for cause, case in provider.errors.items()
        for body in (_body(provider, cause, case),)
    )
    yield from table(("status", "when", "comes", "id", "body, for example", "source"), rows)


def _body(provider: Provider, cause: str, case: ErrorCase) -> str:
    body = case.body(samples(provider, provider.submit, cause)[0])
    text = dumps(to_jsonable_python(body), ensure_ascii=False)
    return f"`{text}`" if len(text) <= LONGEST_BODY else f"`{text[:LONGEST_BODY]}...`"

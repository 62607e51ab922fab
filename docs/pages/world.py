"""What is true beside messages: failures, money, limits on use, and how long things last."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import isinf

from contracts.kernel.lifecycle import Lifecycle
from contracts.kernel.money import MICRO, Charged, Tariff
from contracts.kernel.operation import Opens
from contracts.kernel.provider import EXPIRED, Provider
from contracts.kernel.quotas import Concurrency, Quota, Rate
from contracts.kernel.source import Source
from contracts.kernel.task import Failure
from pages.revisions import distinct
from pages.writing import cited, code, prose, table

UNITS = (("day", 86_400), ("hour", 3600), ("minute", 60))
Lasting = Callable[[Lifecycle], tuple[float, Source | None]]
CHARGED = {
    Charged.ACCEPTED: "A request is charged when it is accepted, and paid back if its task fails",
    Charged.SUCCEEDED: "A request is charged when its task succeeds, and costs nothing if it fails",
}


def failures(revisions: Sequence[Provider]) -> Iterator[str]:
    """Write why a task may fail, by the names that scenarios use."""
    yield from ("## Failures after acceptance", "")
    yield from prose(
        "A task never fails by itself, unless a rule says so.",
        "A scenario makes it fail, by one of these names.",
        f"`{EXPIRED}` is also the end of a task that takes longer than it may.",
    )
    rows = (
        (
            f"`{name}`",
            "all" if len(where) == len(revisions) else code(where),
            f"`{one.code}`",
            one.message,
            f"`{revisions[0].id}/{one.cause}`" if one.cause else "",
            _cited(one.source),
        )
        for (name, one), where in _reasons(revisions).items()
    )
    heads = ("name", "revisions", "code", "message", "a look is refused with", "source")
    yield from table(heads, rows)


def _reasons(revisions: Sequence[Provider]) -> Mapping[tuple[str, Failure], Sequence[str]]:
    """Give each failure under its name, and the revisions that have it so."""
    found = defaultdict(list)
    for one in revisions:
        for named in one.failures.items():
            found[named].append(one.revision)
    return found


def _cited(source: Source | None) -> str:
    return cited(source) if source else ""


def money(revisions: Sequence[Provider]) -> Iterator[str]:
    """Write what things cost, when they are paid for, and where the prices are from."""
    yield from ("## Money", "")
    for tariff, where in distinct(revisions, lambda one: one.tariff):
        first = next(one for one in revisions if one.tariff == tariff)
        free = (f"Nothing costs anything{where}.",)
        yield from prose(*(_charged(tariff, first, where) if tariff else free))


def _charged(tariff: Tariff, one: Provider, where: str) -> Iterator[str]:
    yield f"Prices are in {tariff.currency}{where}."
    yield f"{CHARGED[tariff.charged]}."
    kept = [name for name, failure in one.failures.items() if not failure.refunded]
    if kept and tariff.charged is Charged.ACCEPTED:
        yield f"The charge is kept after {code(kept)}."
    yield _example(tariff, one)
    yield f"Source: {cited(tariff.source)}"


def _example(tariff: Tariff, one: Provider) -> str:
    """Tell the price of the request that is shown as an example."""
    submit = one.submit
    if submit.example is None or not isinstance(submit.effect, Opens):
        return ""
    body = submit.body.model_validate(submit.example)
    price = tariff.price(body, submit.effect.plan(body)) / MICRO
    return f"The request that stands as an example costs {price:.4g}."


def limits_on_use(revisions: Sequence[Provider]) -> Iterator[str]:
    """Write how much a key may ask for."""
    yield from ("## Limits on use", "")
    for quotas, where in distinct(revisions, lambda one: one.quotas):
        if not quotas:
            yield from prose(f"No figures are documented{where}, so there are no limits.")
            continue
        yield from prose(f"A key may ask for so much{where}:")
        rows = (
            (_said(one), f"`{one.id}`", f"`{revisions[0].id}/{one.cause}`", cited(one.source))
            for one in quotas
        )
        yield from table(("limit", "id", "refused with", "source"), rows)


def _said(quota: Quota) -> str:
    if isinstance(quota, Rate):
        operations = code(quota.operations)
        return f"{quota.requests} requests to {operations} within {span(quota.seconds)}"
    if isinstance(quota, Concurrency):
        return f"{quota.tasks} unfinished tasks"
    return (
        f"more than {quota.failures} refusals within {span(quota.seconds)}, and everything is"
        f" refused for {span(quota.blocks)}"
    )


def lifetimes(revisions: Sequence[Provider]) -> Iterator[str]:
    """Write how long results can be fetched, and tasks be asked about."""
    yield from ("## Lifetimes", "")
    kinds: tuple[tuple[str, Lasting], ...] = (
        ("a result can be fetched", lambda one: (one.media_seconds, one.media_source)),
        ("a task can be asked about", lambda one: (one.task_seconds, one.task_source)),
    )
    for what, lasting in kinds:
        for (seconds, source), where in distinct(revisions, lambda one: lasting(one.lifecycle)):  # noqa: B023 - called at once
            yield from prose(*_lasting(what, seconds, source, where))


def _lasting(what: str, seconds: float, source: Source | None, where: str) -> Iterator[str]:
    if isinf(seconds):
        yield f"No document says how long {what}{where}; the mock keeps it while it has room."
    else:
        yield f"{what.capitalize()} for {span(seconds)}{where}."
        yield f"Source: {_cited(source)}"


def span(seconds: float) -> str:
    """Write a length of time in the largest unit that it is a whole number of."""
    for unit, length in UNITS:
        count, rest = divmod(seconds, length)
        if count and not rest:
            return f"{count:g} {unit}{'' if count == 1 else 's'}"
    return f"{seconds:g} s"

"""Which refusals an operation may come to, and samples of their bodies to read schemas off.

The body of a refusal is whatever a provider's catalogue makes; no declaration states its form.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import NoneType
from typing import Any
from urllib.parse import urljoin

from contracts.kernel.errors import Cause, Refusal
from contracts.kernel.inspecting import MediaRule
from contracts.kernel.operation import Carried, Gate, Opens, Operation
from contracts.kernel.provider import Provider
from contracts.kernel.quotas import Concurrency, Quota, Rate
from contracts.kernel.rules import Rule
from contracts.kernel.violations import Contract, Violation, complaint

Schema = dict[str, Any]

SAMPLE_ID = "00000000-0000-4000-8000-000000000000"


def causes(provider: Provider, operation: Operation) -> list[str]:
    """Give the rows of the error catalogue that may refuse a request, in the order of the gates."""
    found = [cause for gate in operation.gates for cause in _CAUSES[gate](provider, operation)]
    limits = [quota.cause for quota in provider.quotas if _counts(quota, operation)]
    return list(dict.fromkeys([*found, *limits, *operation.refuses, Cause.NO_METHOD]))


def _counts(quota: Quota, operation: Operation) -> bool:
    """Tell whether a limit on use may refuse this operation."""
    if isinstance(quota, Rate):
        return operation.id in quota.operations
    if isinstance(quota, Concurrency):
        return isinstance(operation.effect, Opens)
    return Gate.KEY in operation.gates


def _of_contract(_provider: Provider, operation: Operation) -> Iterator[str]:
    if operation.carried is Carried.JSON:
        yield Cause.BAD_JSON
    if operation.carried is not Carried.URL or operation.body.model_fields:
        yield Cause.INVALID
    yield from (rule.cause for _, rule in _rules(operation) if rule.cause)


def _rules(operation: Operation) -> Iterator[tuple[str, Rule | MediaRule]]:
    """Give all rules by full id: those that take the body to see, and those that take its media."""
    contract = Contract(operation.body, operation.id)
    yield from contract.rules.items()
    yield from contract.media.items()


def _of_consent(_provider: Provider, operation: Operation) -> Iterator[str]:
    if isinstance(operation.effect, Opens) and operation.effect.consent:
        yield operation.effect.consent.cause


_CAUSES: Mapping[Gate, Callable[[Provider, Operation], Iterable[str]]] = {
    Gate.SIZE: lambda *_: (Cause.TOO_LARGE,),
    Gate.KEY: lambda provider, _: (Cause.NO_KEY, Cause.BAD_KEY, *provider.auth.causes),
    Gate.BALANCE: lambda *_: (Cause.NO_BALANCE,),
    Gate.TYPE: lambda *_: (Cause.WRONG_CONTENT_TYPE,),
    Gate.CONTRACT: _of_contract,
    Gate.CONSENT: _of_consent,
}


def samples(provider: Provider, operation: Operation, cause: str) -> list[Refusal]:
    """Give refusals with this cause, the plainest first; broken contracts are broken anywhere."""
    blamed: list[tuple[Violation, ...]] = [()]
    broken = _broken(operation, cause)
    if broken:
        paths = (broken.path, (), (*broken.path, 0))
        blamed = [(broken._replace(path=path),) for path in paths]
    details: Mapping[str, Any] = defaultdict(
        lambda: "in the words of the provider", {"roles": ["image"]}
    )
    url = urljoin(provider.base_url, operation.path)
    return [
        Refusal(cause, next(iter(those), None), those, details, lambda: SAMPLE_ID, lambda: url)
        for those in blamed
    ]


def _broken(operation: Operation, cause: str) -> Violation | None:
    """Give a violation that leads to this cause, where one does; it blames the first field."""
    value = operation.example or {}
    if cause == Cause.INVALID:
        place = Contract(operation.body, operation.id).limits
        limit = next(iter(place.fields.values()), place).limit
        kind = "missing" if limit.required else "value_error"
        message = complaint(kind, limit)
        return Violation(limit.id, limit.sentence, (limit.path,), message, kind, value, {})
    name = next(iter(operation.body.model_fields), "")
    for id_, rule in _rules(operation):
        if rule.cause == cause:
            message = rule.message or rule.sentence
            return Violation(id_, rule.sentence, (name,), message, id_, value, {})
    return None


def read_off(values: Sequence[Any]) -> Schema:
    """Read a schema off samples of one JSON value: their types, and the fields that all have."""
    objects = [one for one in values if isinstance(one, dict)]
    lists = [one for one in values if isinstance(one, list)]
    found: list[Schema] = [{"type": _TYPES[type(one)]} for one in values if type(one) in _TYPES]
    if objects:
        found.append(_object(objects))
    if lists:
        items = [item for one in lists for item in one]
        found.append({"type": "array"} | ({"items": read_off(items)} if items else {}))
    return either(found)


_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string", NoneType: "null"}


def _object(values: Sequence[Schema]) -> Schema:
    names = list(dict.fromkeys(name for one in values for name in one))
    return {
        "type": "object",
        "properties": {
            name: read_off([one[name] for one in values if name in one]) for name in names
        },
        "required": [name for name in names if all(name in one for one in values)],
    }


def either(schemas: Sequence[Schema]) -> Schema:
    """Give the schema of what has one of several forms."""
    distinct = [one for place, one in enumerate(schemas) if one not in schemas[:place]]
    return distinct[0] if len(distinct) == 1 else {"anyOf": distinct}

"""The checks before anything happens: size, key, content type, contract, consent, balance."""

from collections.abc import Callable
from functools import partial
from json import dumps, loads

from pydantic import ValidationError

from contracts.kernel.auth import SANDBOX_KEYS, Signed
from contracts.kernel.errors import Cause, Refused
from contracts.kernel.operation import Carried, Gate, Operation
from contracts.kernel.provider import Provider
from contracts.kernel.task import OURS, Failure
from contracts.kernel.violations import Contract
from mockserver.exchange import Exchange
from mockserver.steps import Step
from mockserver.steps.consenting import consent_gate
from mockserver.steps.limiting import limit_step
from mockserver.world import World

INVALID_KEYS = {key for key, cause in SANDBOX_KEYS.items() if cause is Cause.BAD_KEY}
EMPTY_KEYS = set(SANDBOX_KEYS) - INVALID_KEYS
MINE, HIDDEN = OURS.encode(), b"\\u00"
"""What a text has that links to what is served here, or that spells ASCII so as to hide it."""
MEDIA_TYPES = {Carried.JSON: b"application/json", Carried.FORM: b"multipart/form-data"}


def gate_steps(provider: Provider, operation: Operation, world: World) -> tuple[Step, ...]:
    """Give the gates of an operation, in the order it declares."""
    return tuple(MAKERS[gate](provider, operation, world) for gate in operation.gates)


def size_gate(_provider: Provider, _operation: Operation, _world: World) -> Step:
    """Refuse what was too large to be read."""
    return check_size


def check_size(exchange: Exchange) -> None:
    """Refuse a body that was not kept."""
    if exchange.body is None:
        raise Refused(Cause.TOO_LARGE)


def key_gate(provider: Provider, operation: Operation, world: World) -> Step:
    """Tell whose request it is; any key will do but those that stand for a refusal."""
    refused = world.store.keys
    limits = limit_step(provider, operation, world)

    def check_key(exchange: Exchange) -> None:
        found = provider.auth.key(exchange.headers)
        if not found:
            raise Refused(Cause.NO_KEY)
        key = found if isinstance(found, str) else found.key
        if key in INVALID_KEYS:
            raise Refused(Cause.BAD_KEY)
        exchange.key = key
        name = exchange.tenant = exchange.tenant or key
        if (tenant := world.tenants.get(name)) and tenant.clock is not exchange.clock:
            exchange.enter(name, tenant.clock)
        if cause := refused.get(name, key):
            raise Refused(cause)
        if not isinstance(found, str):
            use_once(found, provider, exchange, world)
        if world.is_metered:
            limits(exchange)

    return check_key


def use_once(signed: Signed, provider: Provider, exchange: Exchange, world: World) -> None:
    """Hold a signature to its moment, and its nonce to being new."""
    now = exchange.clock.now()
    signed.check(now)
    id_, nonces = (provider.id, signed.key), world.store.nonces
    used = nonces.get(exchange.tenant, id_) or {}
    if used.get(signed.nonce, now) > now:
        raise Refused(signed.reused)
    known = {nonce: until for nonce, until in used.items() if until > now}
    nonces.put(exchange.tenant, id_, known | {signed.nonce: now + signed.remembered})


def balance_gate(provider: Provider, _operation: Operation, world: World) -> Step:
    """Refuse the keys that have nothing left; whether it is enough is asked with the price."""

    def check_balance(exchange: Exchange) -> None:
        if exchange.key in EMPTY_KEYS:
            raise Refused(Cause.NO_BALANCE)
        now = exchange.clock.now()
        world.books.check(exchange.tenant, provider, exchange.key, 0, now)

    return check_balance


def type_gate(_provider: Provider, operation: Operation, _world: World) -> Step:
    """Refuse a body of another content type than the operation reads."""
    wanted = MEDIA_TYPES[operation.carried]

    def check_type(exchange: Exchange) -> None:
        given = exchange.headers.get(b"content-type", b"")
        if given != wanted and given.partition(b";")[0].strip().lower() != wanted:
            raise Refused(Cause.WRONG_CONTENT_TYPE)

    return check_type


def contract_gate(_provider: Provider, operation: Operation, world: World) -> Step:
    """Hold the request to its contract, and its media to theirs."""
    contract = Contract(operation.body, operation.id)
    read = partial(READERS[operation.carried], contract)
    if not contract.media:
        return read

    def check(exchange: Exchange) -> None:
        read(exchange)
        text = exchange.body or b""
        if b"data:" in text or MINE in text or HIDDEN in text:
            look_into_media(contract, world, exchange)

    return check


def look_into_media(contract: Contract, world: World, exchange: Exchange) -> None:
    """Refuse media that is not as documented, or remember what it will come to."""
    found = list(contract.objections(exchange.request, world.view))
    early = [one for one in found if not one.context["late"]]
    if early:
        raise Refused(contract.cause(early[0]) or Cause.INVALID, violations=early)
    if found:
        exchange.failure = Failure(found[0].context["late"], found[0].context["says"])


def read_json(contract: Contract, exchange: Exchange) -> None:
    """Parse and check a JSON body in one go."""
    body = exchange.body or b""
    if (b"NaN" in body or b"Infinity" in body) and not is_json(body):
        raise Refused(Cause.BAD_JSON)
    try:
        exchange.request = contract.adapter.validate_json(body)
    except ValidationError as error:
        raise refusal(contract, error) from None


def is_json(body: bytes) -> bool:
    """Tell whether a body is JSON to the letter: pydantic's parser takes `NaN` for a number."""

    def refuse(constant: str) -> None:
        raise ValueError(constant)

    try:
        loads(body, parse_constant=refuse)
    except (ValueError, RecursionError):
        return False
    return True


def read_url(contract: Contract, exchange: Exchange) -> None:
    """Check path and query parameters."""
    try:
        exchange.request = contract.adapter.validate_python(exchange.query())
    except ValidationError as error:
        raise refusal(contract, error) from None


def read_form(contract: Contract, exchange: Exchange) -> None:
    """Check the fields of a form; a file counts as its name."""
    try:
        exchange.request = contract.adapter.validate_json(dumps(dict(exchange.form)))
    except ValidationError as error:
        raise refusal(contract, error) from None


def refusal(contract: Contract, error: ValidationError) -> Refused:
    """Name what pydantic found."""
    violations = contract.violations(error)
    if violations[0].kind == "json_invalid":
        return Refused(Cause.BAD_JSON)
    return Refused(contract.cause(violations[0]) or Cause.INVALID, violations=violations)


READERS = {Carried.JSON: read_json, Carried.URL: read_url, Carried.FORM: read_form}
MAKERS: dict[Gate, Callable[[Provider, Operation, World], Step]] = {
    Gate.SIZE: size_gate,
    Gate.KEY: key_gate,
    Gate.BALANCE: balance_gate,
    Gate.TYPE: type_gate,
    Gate.CONTRACT: contract_gate,
    Gate.CONSENT: consent_gate,
}

"""`screentest scenarios`: the faults that come with the server, and all that one can provoke."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from mockserver.commands.options import (
    contract_option,
    counted,
    json_option,
    misuse,
    models_option,
    print_json,
)
from mockserver.settings import Models

if TYPE_CHECKING:
    from contracts.kernel.provider import Provider
    from mockserver.scenarios.magic import Builtin


@click.group(invoke_without_command=True, short_help="Print what can be made to go wrong.")
@click.option("--provider", metavar="NAME", help="Only what this provider can be made to say.")
@contract_option
@json_option
@click.pass_context
def scenarios(
    context: click.Context, provider: str | None, contracts: Sequence[str], *, as_json: bool
) -> None:
    """Print the scenarios that are built in, and every error and failure of the catalogues.

    For one provider, its models, too.
    """
    if context.invoked_subcommand:
        return
    from mockserver.scenarios.magic import builtins  # noqa: PLC0415 - keeps --help quick

    with misuse():
        meant = chosen(provider, contracts)
    if as_json:
        listed = {one.id: catalogue(one) for one in meant.values()}
        print_json({"scenarios": [plain(one) for one in builtins().values()], "providers": listed})
    else:
        click.echo("\n".join([*told_builtins(), *told_keys(), *told_catalogues(meant)]))
        if provider:
            click.echo("\n".join(told_models(meant[provider])))


@scenarios.command(short_help="Check a file of scenarios.")
@click.argument("file")
@contract_option
@models_option
def check(file: str, contracts: Sequence[str], models: Models) -> None:
    """Check a FILE of scenarios against the contracts that are served by default."""
    from mockserver.revisions import meant  # noqa: PLC0415 - keeps --help quick
    from mockserver.scenarios.places import armed_file  # noqa: PLC0415

    with misuse():
        served = meant(contracts, models)
        found = armed_file(file, served, lenient=models == "lenient")
    for one in found:
        where = ", ".join(sorted("/".join(place) for place in one.places))
        click.echo(f"{one.scenario.name}: {where}")
    click.echo(f"{counted(len(found), 'scenario')}, nothing wrong")


def chosen(provider: str | None, contracts: Sequence[str]) -> "Mapping[str, Provider]":
    """Give the providers that are asked about; `ValueError` names the nearest one."""
    from mockserver.naming import unknown  # noqa: PLC0415 - keeps --help quick
    from mockserver.revisions import meant  # noqa: PLC0415

    served = meant(contracts)
    if provider and provider not in served:
        raise ValueError(unknown("provider", provider, served))
    return {provider: served[provider]} if provider else served


def ways(one: "Builtin") -> tuple[str, str]:
    """Give the directive and the key that ask for a scenario."""
    from mockserver.trouble import DIRECTIVE  # noqa: PLC0415 - keeps --help quick

    slot = f"-<{one.slot[1]}>" if one.slot else ""
    key = f"screentest-{one.name}"
    return f"{DIRECTIVE} {one.form}]", key + (
        slot if one.needs_argument else f"[{slot}]" * bool(slot)
    )


def told_builtins() -> Iterator[str]:
    """Tell what is built in, and how to ask for it."""
    from mockserver.scenarios.magic import builtins  # noqa: PLC0415 - keeps --help quick

    yield click.style("Built in: a directive in the prompt, or an API key", bold=True)
    for one in builtins().values():
        directive, key = ways(one)
        yield f"  {directive:<40} {key}"
        yield f"      {one.about}"


def told_keys() -> Iterator[str]:
    """Tell which keys are refused at once."""
    from contracts.kernel.auth import SANDBOX_KEYS  # noqa: PLC0415 - keeps --help quick

    yield click.style("\nKeys that are refused as such", bold=True)
    for key, cause in SANDBOX_KEYS.items():
        yield f"  {key}: {cause}"


def told_catalogues(meant: "Mapping[str, Provider]") -> Iterator[str]:
    """Tell the causes and the reasons that each provider has."""
    for one in meant.values():
        yield click.style(f"\n{one.name}: causes of an error", bold=True)
        for cause, case in one.errors.items():
            yield f"  {cause}: {case.status}, {case.when}"
        yield click.style(f"{one.name}: reasons to fail", bold=True)
        for name, failure in one.failures.items():
            yield f"  {name}: {failure.message}"


def told_models(one: "Provider") -> Iterator[str]:
    """Tell which models a scenario may select."""
    yield click.style(f"{one.name}: models", bold=True)
    yield from (f"  {id_}" for id_ in one.models())


def plain(one: "Builtin") -> dict[str, Any]:
    """Give a built-in scenario as plain values."""
    directive, key = ways(one)
    return {"name": one.name, "about": one.about, "directive": directive, "key": key}


def catalogue(one: "Provider") -> dict[str, Any]:
    """Give what a provider can be made to say as plain values."""
    errors = {
        cause: {"status": case.status, "when": case.when} for cause, case in one.errors.items()
    }
    failures = {name: failure.message for name, failure in one.failures.items()}
    return {"errors": errors, "failures": failures, "models": [*one.models()]}

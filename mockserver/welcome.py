"""What a user is told first: where each provider is, and a line to paste."""

from collections.abc import Mapping
from json import dumps

from contracts.kernel.provider import Provider

CONTROL_PATH = "/_screentest"
"""Where a test sees and changes the world behind the API."""
OPENAPI_PATH = f"{CONTROL_PATH}/openapi"
"""Where the contracts that are served can be read; beside the results of tasks."""


def welcome(providers: Mapping[str, Provider], origin: str) -> str:
    """Give each provider its base URL and a curl line that works as it is; then where to read."""
    lines = "".join(f"{line(provider, origin)}\n" for provider in providers.values())
    return (
        f"{lines}OpenAPI: {origin}{OPENAPI_PATH}/<provider>.json ({', '.join(providers)})\n"
        f"Control: {origin}{CONTROL_PATH}/health, described in {OPENAPI_PATH}.json\n"
    )


def line(provider: Provider, origin: str) -> str:
    """Give the base URL of a provider, and the first thing to try."""
    submit = provider.submit
    body = dumps(submit.example, ensure_ascii=False)
    name = f"{provider.title} ({provider.revision})"
    return (
        f"{name:<26} {origin}{provider.base_path}\n"
        f"  curl -s {origin}{submit.path} -H 'Authorization: Bearer any-key'"
        f" -H 'Content-Type: application/json' -d '{body}'"
    )

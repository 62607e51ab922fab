"""What a request said, wherever it carried its fields."""

from typing import Any

from contracts.kernel.checking.messages import Target
from contracts.kernel.operation import Carried
from mockserver.testing.request import Request


def fields_of(target: Target, request: Request) -> Any:  # noqa: ANN401 - JSON
    """Give the fields of a request; `Unreadable` where they are no JSON, or were not kept."""
    if target.operation.carried is not Carried.URL:
        return request.json
    match = target.path.fullmatch(request.path)
    assert match is not None  # noqa: S101 - that is how the operation was found
    return {**request.query, **match.groupdict()}

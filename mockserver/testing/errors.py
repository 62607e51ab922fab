"""What a test is told when something is not as it should be: assertions, so no retry hides them."""
# ruff: noqa: N818 - their names say what is the case

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


class ScreentestError(AssertionError):
    """Something is not as a test wants it; the message says what, and what to do."""


class Violated(ScreentestError):
    """A client broke the contract of a provider."""


class Unmet(ScreentestError):
    """The requests that a test expects were not made, or not so often."""


class Unreadable(ScreentestError):
    """A body is asked for that is not what it is read as, or of which the digest alone is kept."""


class NoTask(ScreentestError):
    """A task is asked for that is not there."""


class Untimely(ScreentestError):
    """Something is to be done to a task that cannot be done to it any more, or not yet."""


class Misused(ScreentestError, ValueError):
    """A test asks for what makes no sense: by the name of nothing, or in a way that says nothing.

    No assertion could hold or fail, so it is an error of the test itself.
    """


def hidden(caught: "pytest.ExceptionInfo[BaseException]") -> bool:
    """Tell pytest to leave our own code out of the traceback of such an error.

    It asks in modules whose `__tracebackhide__` this is.
    """
    return caught.errisinstance(ScreentestError)

"""The leak guard as a plugin of pytest: whatever turns to a real provider fails its test or run."""

from collections.abc import Iterator
from typing import Any

import pytest

from mockserver.intercept.leaks import Guard

OUTPUT = "screentest_leaks"
"""Under this name a worker of xdist tells what leaked outside of its tests."""


class Guarding:
    """Posts the guard for a whole run; what leaks in a test fails it, noticed or not."""

    def __init__(self, guard: Guard, failed: pytest.StashKey[bool]) -> None:
        self.guard = guard
        self.failed = failed
        """Where an item has whether it failed by itself."""
        self.outside: dict[str, None] = {}
        """What leaked where no test ran, in order."""

    def _put_aside(self) -> None:
        self.outside |= dict.fromkeys(map(str, self.guard.taken()))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self) -> Iterator[None]:
        """Tell what a test does from what was done before it."""
        self._put_aside()
        return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Iterator[None]:
        """Fail a test that did not notice."""
        try:
            yield
        finally:
            leaks = self.guard.taken()
        if leaks and not item.stash.get(self.failed, False):
            pytest.fail("\n".join(map(str, leaks)), pytrace=False)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail a run in which something leaked outside of its tests."""
        self._put_aside()
        if output := getattr(session.config, "workeroutput", None):
            output[OUTPUT] = [*self.outside]
        if self.outside:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:  # noqa: ANN401 - of xdist
        """Hear what leaked in a worker."""
        self.outside |= dict.fromkeys(getattr(node, "workeroutput", {}).get(OUTPUT, ()))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Tell what leaked outside of the tests."""
        if self.outside:
            terminalreporter.section("screentest: outside of any test", red=True)
            for one in self.outside:
                terminalreporter.line(one)

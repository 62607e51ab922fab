"""The pytest plugin: options, the marker, fixtures. What they need is loaded when one is used."""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from mockserver.testing.mock import Mock
    from mockserver.testing.options import Options
    from mockserver.testing.stage import Stage

MARKER = "screentest"
INI = {
    "contract": ("args", "revisions to go by, such as acme@2026-10, latest or seeds"),
    "clock": ("string", "what makes time pass: poll (the default), wall or manual"),
    "speed": ("string", "how many times faster than the provider tasks finish, by the wall"),
    "scenario": ("linelist", "faults on demand for every test: names or files"),
    "faces": ("string", "what shows a face: marker (the default), always, never or detect"),
    "limits": ("string", "whether documented limits hold: off (the default) or documented"),
    "models": ("string", "what becomes of unknown models: strict (the default) or lenient"),
    "balance": ("string", "what each key has, in the provider's currency"),
    "seed": ("string", "makes ids reproducible"),
    "allow_hosts": ("args", "hosts that requests may really go to, beside this machine"),
}
"""Settings for all tests: `screentest_<name>`. The marker has the last word."""
GUARD = "screentest_leak_guard"
CHAPTERS = "SCREENTEST_CHAPTERS"
"""Names the folder in which a `screentest run` wants to be told what each test did."""

failed_key = pytest.StashKey[bool]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    group = parser.getgroup("screentest", "Screentest, the mock of video-generation APIs")
    group.addoption(
        "--screentest-contract",
        action="append",
        default=[],
        metavar="NAME",
        help="a revision to go by, such as acme@2026-10, latest or seeds; may be repeated",
    )
    group.addoption(
        "--screentest-report",
        action="store_true",
        help="tell at the end what each test asked of the mock, and would have cost",
    )
    group.addoption(
        "--screentest-report-json", metavar="FILE", help="write the same to a file, as JSON"
    )
    group.addoption(
        "--screentest-leak-guard",
        action="store_true",
        help="fail whatever tries to reach a real provider, in any test",
    )
    for name, (kind, about) in INI.items():
        parser.addini(f"{MARKER}_{name}", about, type=kind, default=None)  # type: ignore[arg-type]
    parser.addini(GUARD, "fail whatever tries to reach a real provider", type="bool", default=False)


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker, and post the guard if there is to be one."""
    marker = f"{MARKER}({', '.join(f'{name}=...' for name in INI)}): how the mock is to be"
    config.addinivalue_line("markers", marker)
    if config.getoption("--screentest-leak-guard") or config.getini(GUARD):
        from mockserver.intercept.leaks import Guard
        from mockserver.testing.guarding import Guarding
        from mockserver.testing.stage import every_host

        guard = Guard(every_host())
        guard.start()
        config.add_cleanup(guard.stop)
        config.pluginmanager.register(Guarding(guard, failed_key), "screentest-leak-guard")
    if is_told(config) and not hasattr(config, "workerinput"):  # a worker of xdist tells it
        from mockserver.testing.report import Report

        file = config.getoption("--screentest-report-json")
        report = Report(file, shown=config.getoption("--screentest-report"))
        config.pluginmanager.register(report, "screentest-report")


def is_told(config: pytest.Config) -> bool:
    """Tell whether anyone wants the report."""
    asked = ("--screentest-report", "--screentest-report-json")
    return any(config.getoption(name) for name in asked)


# What a test wants


def options_of(config: pytest.Config, node: pytest.Item | None = None) -> Options:
    """Give the options of a test: configuration, command line, markers, the closest one last."""
    from mockserver.testing.options import Options

    given = {name: config.getini(f"{MARKER}_{name}") for name in INI}
    given = {name: value for name, value in given.items() if value}
    if contracts := config.getoption("--screentest-contract"):
        given["contract"] = contracts
    options = Options.of(**given)
    for marker in reversed([*node.iter_markers(MARKER)] if node else []):
        if marker.args:
            raise ValueError(f"@pytest.mark.{MARKER} takes keywords only, not {marker.args[0]!r}")
        options = options.but(**marker.kwargs)
    return options


def check_environment() -> None:
    """Refuse to go on where another package has taken the name of one of ours."""
    import mockserver

    try:
        import contracts.kernel as ours
    except ImportError:
        ours = None  # type: ignore[assignment]
    here = mockserver.__path__[0].rpartition("mockserver")[0]
    if ours is None or not ours.__path__[0].startswith(here):
        import contracts

        raise ValueError(
            f"another package called `contracts` stands before the one of Screentest:"
            f" {list(contracts.__path__)}. Rename it, or take its folder off sys.path"
        )


@pytest.fixture(scope="session")
def _screentest_stage() -> Iterator[Stage]:
    """Keep what all tests share."""
    with telling():
        check_environment()
    from mockserver.testing.stage import Stage

    stage = Stage()
    yield stage
    stage.close()


@pytest.fixture
def _screentest_mock(request: pytest.FixtureRequest, _screentest_stage: Stage) -> Iterator[Mock]:
    """Give the test its part of the mock; the fixtures below are ways into it."""
    node: pytest.Item = request.node
    with ExitStack() as stack:
        with telling():
            options = options_of(request.config, node)
            mock = stack.enter_context(_screentest_stage.mock(node.nodeid, options))
        yield mock
        tell_run(mock, node.nodeid)
        if is_told(request.config):
            from mockserver.testing.report import PROPERTY, told_of

            others = [one for one in node.user_properties if one[0] != PROPERTY]  # of reruns
            node.user_properties[:] = [*others, (PROPERTY, told_of(mock, node.nodeid))]


# Fixtures


@pytest.fixture
def screentest(
    request: pytest.FixtureRequest, _screentest_mock: Mock, _screentest_stage: Stage
) -> Iterator[Mock]:
    """The mock, answering in this process at the real hosts of the providers.

    Clients that use httpx, httpx2, aiohttp, requests, urllib3 or urllib are answered as they are;
    requests to other hosts are refused. It has the time, scenarios, requests, tasks and money of
    this test alone, and assertions about them.
    """
    mock = _screentest_mock
    with ExitStack() as stack:
        with telling():
            stack.enter_context(_screentest_stage.doors(mock))
        yield mock
    fail_refused(request.node, mock, "screentest")


@pytest.fixture
def screentest_server(_screentest_mock: Mock, _screentest_stage: Stage) -> Mock:
    """The mock, answering on a loopback port: `base_url(provider)` is what a client is given.

    The server is shared by all tests, and started by the first; each has a world of its own in it.
    """
    mock = _screentest_mock
    mock.origin = _screentest_stage.origin(mock.options)
    return mock


@pytest.fixture(scope="session")
def screentest_server_factory(
    request: pytest.FixtureRequest, _screentest_stage: Stage
) -> Callable[..., AbstractContextManager[Mock]]:
    """Makes servers that share nothing: `with screentest_server_factory(speed=300) as server`.

    Options are those of the marker. In a fixture of your own, such a server may live as long as
    you like.
    """
    with telling():
        options = options_of(request.config)
    serials = count(1)

    @contextmanager
    def make(**given: Any) -> Iterator[Mock]:  # noqa: ANN401 - as in `Options`
        name = f"server-{next(serials)}"
        with _screentest_stage.server(name, options.but(**given)) as mock:
            try:
                yield mock
            finally:
                tell_run(mock, name, is_test=False)

    return make


@pytest.fixture
def screentest_env(
    request: pytest.FixtureRequest, _screentest_mock: Mock, _screentest_stage: Stage
) -> Iterator[dict[str, str]]:
    """Environment for a client in another process, in any language: it meets the mock by proxy.

    All of this process's environment, with the variables that lead to the providers changed; what
    the client asks for is seen by this test alone. `SCREENTEST_URL` and `SCREENTEST_API_KEY` are
    there for clients that can be told where to go.
    """
    mock = _screentest_mock
    mock.origin = _screentest_stage.origin(mock.options)
    with telling():
        proxy = _screentest_stage.proxy(mock.options)
    given = proxy.environment(mock.key, shims=True)
    for name in ("NO_PROXY", "no_proxy"):
        given[name] = ",".join([given[name], *mock.options.allow_hosts])
    own = {"SCREENTEST_URL": mock.url, "SCREENTEST_API_KEY": mock.key}
    yield {**os.environ, **given, **own}
    mock.refused += [one for one in proxy.refused if one.tenant == mock.key]
    fail_refused(request.node, mock, "screentest_server")


# Failing, and telling


@contextmanager
def telling() -> Iterator[None]:
    """Say in a line what makes no sense, or is missing."""
    try:
        yield
    except (ValueError, RuntimeError) as error:
        said = f"screentest: {error}"
    else:
        return
    pytest.fail(said, pytrace=False)


def tell_run(mock: Mock, name: str, *, is_test: bool = True) -> None:
    """Tell what was done to the run that this is a part of, if it is."""
    if folder := os.environ.get(CHAPTERS):
        from mockserver.testing.telling import tell

        tell(folder, mock, name, is_test=is_test)


def fail_refused(node: pytest.Item, mock: Mock, fixture: str) -> None:
    """Fail a test whose client did not tell that it was refused."""
    if mock.refused and not node.stash.get(failed_key, False):
        calls = "".join(f"\n  {one.what}" for one in mock.refused)
        mock.refused.clear()
        pytest.fail(
            f"screentest refused requests to hosts that nothing here answers for:{calls}\n"
            "What is meant to go out: @pytest.mark.screentest(allow_hosts=[...]); what is meant to"
            f" be refused: {fixture}.refused.clear()",
            pytrace=False,
        )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Remember whether a test failed by itself, even if that was expected."""
    report: pytest.TestReport = yield  # type: ignore[assignment]  # that of the other hooks
    if report.when == "call":
        item.stash[failed_key] = call.excinfo is not None
    return report  # type: ignore[return-value]

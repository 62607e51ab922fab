"""Running a command against the mock, and judging what its clients did."""

import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from math import inf
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TextIO

from starlette.applications import Starlette

from contracts.kernel.provider import Provider
from mockserver import __version__
from mockserver.app import create_app
from mockserver.clock import real_now
from mockserver.control.whose import names
from mockserver.intercept.home import Home
from mockserver.journal import label
from mockserver.proxy import certificates
from mockserver.proxy.door import ProxyDoor
from mockserver.settings import Settings
from mockserver.testing.listening import HERE, Listening
from mockserver.testing.stage import hosts_of
from mockserver.testing.telling import Told
from mockserver.verdict import coverage, judging
from mockserver.verdict.child import TIMED_OUT, Child, running
from mockserver.verdict.environment import environment
from mockserver.verdict.progress import Counts, Progress
from mockserver.verdict.reports.writing import telling
from mockserver.verdict.verdict import Chapter, Verdict
from mockserver.world import World

KEPT = 100_000
"""How many requests, and finished tasks, are remembered for the verdict."""
TICK = 0.1
"""Seconds between two looks at the time; the end of the command is noticed at once."""


class Unable(Exception):  # noqa: N818 - what is the case
    """The command cannot be run; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """The mock behind its doors."""

    world: World
    providers: Mapping[str, Provider]
    origin: str
    proxy: ProxyDoor | None


def run(  # noqa: PLR0913 - all there is to say about a run
    command: Sequence[str],
    settings: Settings,
    *,
    port: int = 0,
    with_proxy: bool = True,
    timeout: float | None = None,
    record: Path | None = None,
    accepted: Sequence[str] = (),
    progress: TextIO | None = None,
    say: Callable[[str], None] = print,
) -> Verdict:
    """Run a command with the mock in place of the providers, and give the verdict.

    Its standard streams are ours, and signals are passed on to it. `Unable` where it cannot be run.
    `accepted` are fingerprints of known findings; `say` is told what a user should know.
    """
    kept = replace(settings, journal_size=KEPT, tasks_kept=KEPT)
    with TemporaryDirectory(prefix="screentest-") as folder:
        told = Told(Path(folder))
        with staged(kept, port, say, with_proxy=with_proxy) as stage:
            began = real_now()
            look = partial(so_far, stage.world, told, accepted)
            with started(command, stage, folder) as child, showing(progress, look) as show:
                exit_code = attended(child, timeout, show, say)
            seconds = real_now() - began
        chapters = (*told.look(), *judging.chapters(stage.world))
    if record:
        keep(stage.world, record, say)
    return verdict_of(stage, command, exit_code, seconds, chapters, accepted)


# The mock


@contextmanager
def staged(
    settings: Settings, port: int, say: Callable[[str], None], *, with_proxy: bool
) -> Iterator[Staged]:
    """Open the doors until the block ends; nothing happens in the world after that."""
    try:
        app = create_app(settings)
    except ValueError as error:
        raise Unable(str(error)) from None
    world: World = app.state.world
    with closing(Home()) as home, ExitStack() as doors:
        world.outbox.home = lambda: home.loop
        origin = doors.enter_context(listening(app, home, port))
        proxy = doors.enter_context(proxying(app, home, say)) if with_proxy else None
        doors.callback(lambda: home.run(world.close()))
        yield Staged(world=world, providers=app.state.providers, origin=origin, proxy=proxy)


@contextmanager
def listening(app: Starlette, home: Home, port: int) -> Iterator[str]:
    """Answer on a socket until the block ends; gives its origin."""
    try:
        server = Listening(app, home, port)
    except OSError as error:
        raise Unable(f"cannot listen on {HERE}:{port}: {error.strerror or error}") from None
    with closing(server):
        yield server.origin


@contextmanager
def proxying(app: Starlette, home: Home, say: Callable[[str], None]) -> Iterator[ProxyDoor | None]:
    """Open the proxy until the block ends; say so where that cannot be."""
    try:
        certificates.authority()
    except ValueError as error:
        say(f"clients are not led here from the real hosts, as {error}")
        yield None
        return
    door = ProxyDoor(app, hosts_of(app.state.providers))
    home.run(door.start())
    try:
        yield door
    finally:
        home.run(door.close())


# The command


@contextmanager
def started(command: Sequence[str], stage: Staged, folder: str) -> Iterator[Child]:
    """Run the command until the block ends, in an environment that leads it to the mock."""
    variables = environment(
        stage.providers.values(),
        stage.origin,
        f"run-{stage.world.settings.seed}",
        proxy=stage.proxy,
        chapters=folder,
    )
    with ExitStack() as stack:
        try:
            child = stack.enter_context(running(command, variables))
        except OSError as error:
            raise Unable(f"cannot run {command[0]}: {error.strerror}") from None
        yield child


def attended(
    child: Child, timeout: float | None, show: Callable[[], None], say: Callable[[str], None]
) -> int:
    """Wait for the end of the command, or bring it about; gives its exit status."""
    until, is_late = real_now() + (timeout or inf), False
    while not child.wait(TICK) and not child.is_overdue:
        show()
        if real_now() > until:
            until, is_late = inf, True
            child.tell(signal.SIGTERM)
    status = child.end()
    if is_late:
        say(f"the command was still running after {timeout:g} s, and was ended")
    return TIMED_OUT if is_late else status


@contextmanager
def showing(
    stream: TextIO | None, look: Callable[[], Counts | None]
) -> Iterator[Callable[[], None]]:
    """Show progress where there is someone to see it; gives what is to be called for that."""
    if stream is None:
        yield lambda: None
        return
    progress = Progress(stream, look, in_title=sys.stdout.isatty())

    def show() -> None:
        with telling():
            progress.show()

    try:
        yield show
    finally:
        with telling():
            progress.close()


def so_far(world: World, told: Told, accepted: Sequence[str]) -> Counts | None:
    """Count what there is so far; nothing where the world changed under our eyes."""
    try:
        judged = judging.chapters(world)
    except RuntimeError:  # it is used by its loop meanwhile, which has precedence
        return None
    chapters = (*judged, *told.look())
    findings = (one for each in chapters for one in each.findings)
    return Counts(
        requests=sum(len(one.exchanges) for one in chapters),
        tasks=sum(len(one.tasks) for one in chapters),
        findings=sum(one.fingerprint not in accepted for one in findings),
    )


# The verdict


def keep(world: World, directory: Path, say: Callable[[str], None]) -> None:
    """Save the requests that came over a socket or the proxy; say what could not be saved."""
    from mockserver.verdict.recording import record  # noqa: PLC0415 - few runs are recorded

    tally = record(world, directory)
    for reason, times in tally.left_out.items():
        say(f"note: not recorded: {times} times {reason}")
    if tally.problem:
        say(f"recording ended early: {tally.problem}")


def verdict_of(  # noqa: PLR0913, PLR0917 - what it is made of
    stage: Staged,
    command: Sequence[str],
    exit_code: int,
    seconds: float,
    chapters: tuple[Chapter, ...],
    accepted: Sequence[str],
) -> Verdict:
    """Put a verdict together."""
    refused = stage.proxy.refused if stage.proxy else ()
    told = {one for chapter in chapters for one in chapter.covered}
    hit = told.union(*(coverage.covered(stage.world, one) for one in tenants_of(stage.world)))
    return Verdict(
        command=tuple(command),
        exit_code=exit_code,
        seconds=round(seconds, 3),
        version=__version__,
        seed=stage.world.settings.seed,
        contracts=tuple(one.name for one in stage.providers.values()),
        chapters=chapters,
        refused=tuple(dict.fromkeys(one.what for one in refused)),
        accepted=tuple(accepted),
        coverage=coverage.summary(stage.providers, hit),
    )


def tenants_of(world: World) -> Iterable[str]:
    """Give everyone who asked for anything, by name where it is still known."""
    known = {label(name): name for name in names(world)}
    return dict.fromkeys(known.get(one.tenant, one.tenant) for one in world.journal)

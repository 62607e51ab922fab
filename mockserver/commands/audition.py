"""`screentest audition`: a command on one bad day after another, and how it bears them."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from mockserver.commands.options import FOUND, WORLD, misuse
from mockserver.commands.run import MISUSE, NEVER, REPORTS, Finite, say, with_streams
from mockserver.commands.serve import settings_of

if TYPE_CHECKING:
    from mockserver.audition.acts import Act
    from mockserver.audition.playing import Audition
    from mockserver.audition.rating import Rated

T = TypeVar("T", bound=Callable[..., Any])
CLOCK = click.option(
    "--clock",
    type=click.Choice(["poll", "wall"]),
    default="poll",
    show_default=True,
    help="What makes time pass: each look at a task, or the wall, for clients that never look.",
)
FAIL_ON = {
    "paid-twice": 1,
    "false-success": 2,
    "lost": 3,
    "hung": 4,
    NEVER: 0,
}
"""How many of the bad ratings, worst first, are a failure."""


def shared_options(command: T) -> T:
    """Add the files of reports, and what a user may choose about the worlds."""
    about = {name: f"Write the scorecard as {form}." for name, form in REPORTS.items()}
    files = [
        click.option(f"--{name}", default="", metavar="FILE", help=text)
        for name, text in about.items()
    ]
    for option in reversed([*files, CLOCK, *WORLD[1:]]):
        command = option(command)
    return command


@click.command(
    short_help="Run a command on one bad day after another, and rate it.",
    context_settings={"allow_interspersed_args": False},
)
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
@click.option("--only", metavar="GLOB", multiple=True, help="Only these acts; may be repeated.")
@click.option(
    "--list", "is_list", is_flag=True, help="Print the acts, and what a good client does."
)
@click.option(
    "--timeout",
    type=Finite(0, min_open=True),
    default=60,
    show_default=True,
    metavar="SECONDS",
    help="How long each run may take; what takes longer hangs.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1),
    metavar="N",
    help="How many acts are played at once; 1 for clients that listen at a fixed port."
    "  [default: one for each processor]",
)
@click.option(
    "--haste",
    type=Finite(1),
    default=20,
    show_default=True,
    help="Divides what Python programs sleep; their clocks go on as if they had slept it all.",
)
@click.option(
    "--fail-on",
    type=click.Choice([*FAIL_ON]),
    default="hung",
    show_default=True,
    help="The best rating that is a failure; each one is worse than the next.",
)
@shared_options
def audition(  # noqa: PLR0913 - one for each option
    command: Sequence[str],
    *,
    only: Sequence[str],
    is_list: bool,
    timeout: float,
    jobs: int | None,
    haste: float,
    fail_on: str,
    **chosen: Any,  # noqa: ANN401 - files of reports, and options of the world
) -> None:
    """Run COMMAND again and again, each time on another bad day, and rate what it makes of it.

    It has to ask for a video and get it; a rehearsal without a bad day is the measure. Exit status:
    1 where a rating is worse than a clean failure, 2 for misuse, and for a command that does not
    get its video even in the rehearsal.
    """
    from mockserver.audition.acts import chosen as acts_of  # noqa: PLC0415 - keeps --help quick

    with misuse():
        acts = acts_of(only)
    if is_list:
        from mockserver.audition.scorecard import listed  # noqa: PLC0415 - as above

        click.echo("\n".join(listed(acts)))
        return
    if not command:
        raise click.ClickException("what is to be auditioned? screentest audition -- COMMAND...")
    files = {name: chosen.pop(name) for name in REPORTS}
    with_streams()
    with misuse():
        played = rate(command, acts, files, chosen, timeout, jobs, haste)
    is_told = tell(played, files)
    sys.exit(status_of(played, fail_on) if is_told else MISUSE)


def rate(  # noqa: PLR0913, PLR0917 - what there is to choose
    command: Sequence[str],
    acts: "Sequence[Act]",
    files: Mapping[str, str],
    chosen: Mapping[str, Any],
    timeout: float,
    jobs: int | None,
    haste: float,
) -> "Audition":
    """Hold the audition."""
    from logging import NullHandler  # noqa: PLC0415 - keeps --help quick
    from threading import Event  # noqa: PLC0415

    from mockserver.audition.performing import Casting  # noqa: PLC0415
    from mockserver.audition.playing import Unfit  # noqa: PLC0415
    from mockserver.audition.playing import audition as hold  # noqa: PLC0415
    from mockserver.logs import log  # noqa: PLC0415
    from mockserver.verdict.reports import check_places  # noqa: PLC0415
    from mockserver.verdict.running import Unable  # noqa: PLC0415

    if chosen["limits"] != "off":
        raise ValueError("--limits go by real time, and sleeps are cut short in an audition")
    check_places(files.values())
    log.addHandler(NullHandler())  # refusals are what it is about, and not worth a line each
    casting = Casting(
        command=tuple(command),
        settings=settings_of(dict(chosen)),
        timeout=timeout,
        haste=haste,
        stop=Event(),
        say=say,
    )
    try:
        with interruptible():
            return hold(casting, acts, jobs or os.cpu_count() or 1, heard)
    except (Unable, Unfit) as error:
        raise click.ClickException(str(error)) from None


@contextmanager
def interruptible() -> Iterator[None]:
    """Take a request to end for an interruption, so that no run of the command is left behind."""
    import signal  # noqa: PLC0415 - keeps --help quick

    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def heard(rated: "Rated") -> None:
    """Say on a terminal that an act is over; in CI the scorecard is enough."""
    from mockserver.verdict.reports.writing import telling  # noqa: PLC0415 - keeps --help quick

    if sys.stderr.isatty() and not os.environ.get("CI"):
        with telling():
            click.echo(f"{rated.act.id}: {rated.rating}", err=True)


def tell(played: "Audition", files: Mapping[str, str]) -> bool:
    """Print the scorecard, and write the other reports; tell whether that could be done."""
    from mockserver.audition.scorecard import lines, verdict_of  # noqa: PLC0415 - as above
    from mockserver.verdict.reports import Unwritten, write  # noqa: PLC0415
    from mockserver.verdict.reports.writing import telling  # noqa: PLC0415

    colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 100
    with telling("stdout"):
        for line in lines(played, colour=colour, width=width):
            click.echo(line, color=colour)
    try:
        write(verdict_of(played, played.casting.command), terminal=False, **dict[str, Any](files))
    except Unwritten as error:
        say(str(error))
        return False
    return True


def status_of(played: "Audition", fail_on: str) -> int:
    """Give the exit status that the ratings come to."""
    from mockserver.audition.rating import BAD  # noqa: PLC0415 - as above

    failures = BAD[: FAIL_ON[fail_on]]
    return FOUND if any(one.rating in failures for one in played.rated) else 0

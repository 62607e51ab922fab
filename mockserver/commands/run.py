"""`screentest run`: a command whose clients meet the mock, and a verdict on what they did."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from io import StringIO
from logging import NullHandler
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import click

from mockserver.commands.options import FOUND, counted, misuse, world_options
from mockserver.commands.serve import settings_of

if TYPE_CHECKING:
    from contracts.kernel.habits import Severity
    from mockserver.verdict.baseline import Baseline
    from mockserver.verdict.verdict import Verdict

REPORTS = {
    "junit": "JUnit XML",
    "sarif": "SARIF 2.1.0",
    "markdown": "Markdown",
    "json": "JSON",
    "html": "one HTML page",
}
NEVER = "never"
MISUSE = 2
"""Exit status where a report cannot be written, too."""
SEVERITIES = ("error", "warning", "note", NEVER)
T = TypeVar("T", bound=Callable[..., Any])


class Finite(click.FloatRange):
    """A number in a range: `nan` is in none, and `inf` is no number to count with."""

    def convert(
        self,
        value: Any,  # noqa: ANN401 - as click has it
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> float:
        """Refuse what is not finite, too."""
        number = float(super().convert(value, param, ctx))
        if not isfinite(number):
            self.fail(f"{value} is no finite number.", param, ctx)
        return number


def verdict_options(command: T) -> T:
    """Add what is asked of a verdict: where it is told, and when it is a failure."""
    for option in reversed(VERDICT):
        command = option(command)
    return command


VERDICT: tuple[Callable[[Any], Any], ...] = (
    click.option(
        "--fail-on",
        type=click.Choice(SEVERITIES),
        default="error",
        show_default=True,
        help="Findings that matter at least so much are a failure.",
    ),
    click.option(
        "--fail-under",
        type=Finite(0, 100),
        metavar="PERCENT",
        help="Less coverage of the contracts is a failure.",
    ),
    click.option(
        "--baseline",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Findings that are known, and no failure.",
    ),
    click.option("--write-baseline", is_flag=True, help="Make all that is found now known there."),
    *(
        click.option(f"--{name}", default="", metavar="FILE", help=f"Write the verdict as {about}.")
        for name, about in REPORTS.items()
    ),
)
"""What is shared by all commands that give a verdict."""


@click.command(
    short_help="Run a command against the mock, and judge what it did.",
    context_settings={"allow_interspersed_args": False},
)
@click.argument("command", nargs=-1, type=click.UNPROCESSED, required=True)
@verdict_options
@click.option(
    "--timeout",
    type=Finite(0, min_open=True),
    metavar="SECONDS",
    help="End the command after so long; its exit status is 124 then.",
)
@click.option(
    "--port",
    default=0,
    type=click.IntRange(0, 65535),
    help="Port of the mock.  [default: a free one]",
)
@click.option("--no-proxy", is_flag=True, help="Leave the real hosts alone; see SCREENTEST_URL.")
@click.option(
    "--record",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Save every request as a fixture; see screentest replay.",
)
@click.option("--quiet", is_flag=True, help="Print no verdict, unless it fails the run.")
@world_options
def run(  # noqa: PLR0913 - one for each option
    command: Sequence[str],
    *,
    fail_on: str,
    fail_under: float | None,
    baseline: Path | None,
    write_baseline: bool,
    timeout: float | None,
    port: int,
    no_proxy: bool,
    record: Path | None,
    quiet: bool,
    **chosen: Any,  # noqa: ANN401 - files of reports, and options of the world
) -> None:
    """Run COMMAND with the mock in place of the providers, and judge what its clients did.

    They are led there by the variables of a proxy, at the real hosts; SCREENTEST_URL is the mock's
    own address. Exit status: that of the command if it failed; else 1 where there are findings to
    fail on; 2 for misuse.
    """
    from mockserver.logs import log  # noqa: PLC0415 - as below
    from mockserver.verdict.recorded import prepare  # noqa: PLC0415
    from mockserver.verdict.reports import check_places  # noqa: PLC0415 - keeps --help quick
    from mockserver.verdict.running import Unable  # noqa: PLC0415
    from mockserver.verdict.running import run as judge  # noqa: PLC0415

    if write_baseline and not baseline:
        raise click.ClickException("--write-baseline needs the --baseline to write")
    with_streams()
    known = known_findings(baseline, is_needed=not write_baseline)
    files = {name: chosen.pop(name) for name in REPORTS}
    log.addHandler(NullHandler())  # or Python would print warnings, in the midst of the command's
    with misuse():
        check_places([*files.values(), *([str(baseline)] if write_baseline else [])])
        settings = settings_of(chosen)
        if record:
            prepare(record)
    try:
        verdict = judge(
            command,
            settings,
            port=port,
            with_proxy=not no_proxy,
            timeout=timeout,
            record=record,
            accepted=known.fingerprints,
            progress=progress_stream(quiet=quiet),
            say=say,
        )
    except Unable as error:
        raise click.ClickException(str(error)) from None
    if baseline:
        verdict = settle(verdict, known, baseline, is_written=write_baseline)
    is_told = tell(verdict, files, fail_on, is_quiet=quiet)
    sys.exit(verdict.exit_code or (status_of(verdict, fail_on, fail_under) if is_told else MISUSE))


def known_findings(file: Path | None, *, is_needed: bool) -> "Baseline":
    """Read what is known; a file that is to be written need not be there yet."""
    from mockserver.verdict.baseline import Baseline, read  # noqa: PLC0415 - as above

    if file is None or not (is_needed or file.exists()):
        return Baseline()
    with misuse():
        return read(file)


def settle(verdict: "Verdict", known: "Baseline", file: Path, *, is_written: bool) -> "Verdict":
    """Write the baseline if that is wanted, or else say what of it is out of date."""
    from mockserver.verdict.reports.saving import save  # noqa: PLC0415 - as above

    found = [one for chapter in verdict.chapters for one in chapter.findings]
    if is_written and (why := tells_too_little(verdict)):
        say(f"{file} is left as it is: {why}")
        return verdict
    if is_written:
        renewed = known.renewed(found)
        with misuse():
            save(str(file), renewed.text())
        say(f"{file} accepts {counted(len(renewed.rows), 'finding')} now")
        return replace(verdict, accepted=renewed.fingerprints)
    if stale := known.stale(found):
        rules = ", ".join(sorted({one.rule for one in stale}))
        what = counted(len(stale), "finding")
        say(f"note: {file} accepts {what} that did not occur: {rules}; --write-baseline drops them")
    return verdict


def tells_too_little(verdict: "Verdict") -> str:
    """Say why not all that a command does wrong is sure to be found; empty where it is."""
    from mockserver.verdict.reports.wording import was_asked  # noqa: PLC0415 - as above

    if verdict.exit_code:
        return f"the command failed, with exit status {verdict.exit_code}"
    if not was_asked(verdict):
        return "no request reached the mock"
    return ""


def with_streams() -> None:
    """Put something in the place of streams that were closed before we came."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, StringIO())


def progress_stream(*, quiet: bool) -> TextIO | None:
    """Give where progress is shown: on a terminal, in front of a person."""
    is_watched = sys.stderr.isatty() and not quiet and not os.environ.get("CI")
    return sys.stderr if is_watched else None


def say(line: str) -> None:
    """Say something beside the reports, if anybody listens."""
    from mockserver.verdict.reports.writing import telling  # noqa: PLC0415 - as above

    with telling():
        click.echo(f"screentest: {line}", err=True)


def tell(verdict: "Verdict", files: Mapping[str, str], fail_on: str, *, is_quiet: bool) -> bool:
    """Write every report; tell whether that could be done."""
    from mockserver.verdict.reports import Unwritten, write  # noqa: PLC0415 - as above

    least = severity(fail_on)
    is_told = not is_quiet or (least is not None and is_found(verdict, least))
    try:
        write(verdict, terminal=is_told, fail_on=least, **files)
    except Unwritten as error:
        say(str(error))
        return False
    return True


def status_of(verdict: "Verdict", fail_on: str, fail_under: float | None) -> int:
    """Give the exit status that the findings, and the coverage, come to."""
    percent = verdict.coverage.get("percent", 0)
    is_under = fail_under is not None and percent < fail_under
    if is_under:
        say(f"coverage of the contracts is {percent:.1f} %, which is under {fail_under:g} %")
    least = severity(fail_on)
    return FOUND if is_under or (least is not None and is_found(verdict, least)) else 0


def is_found(verdict: "Verdict", least: "Severity") -> bool:
    """Tell whether there is a finding that matters at least so much."""
    return any(one.is_at_least(least) for _, one in verdict.findings())


def severity(name: str) -> "Severity | None":
    """Give the severity of that name; none matters where it is `never`."""
    from contracts.kernel.habits import Severity  # noqa: PLC0415 - as above

    return None if name == NEVER else Severity(name)

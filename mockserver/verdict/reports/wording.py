"""What every report says in the same words: the headline, the sums, and texts made harmless."""

import re
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from shlex import join

from contracts.kernel.habits import Severity
from mockserver.commands.options import counted
from mockserver.verdict.reports.grouping import accepted
from mockserver.verdict.verdict import Chapter, Exchange, Verdict

CENT = 0.01
MANY_SECONDS = 120
"""So many are told as minutes."""
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]"
)
"""What does something to a terminal or to the direction of text, or may stand in no XML."""


def visible(text: str) -> str:
    """Give a text with its control characters as escapes, so that it does nothing but be read."""
    return _UNSEEN.sub(_escape, text.replace("\r\n", "\n"))


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}"  # noqa: PLR2004 - one byte


def one_line(text: str, longest: int = 0) -> str:
    """Give a text on one line; if it is longer than this, its beginning."""
    line = " ".join(visible(text).split())
    return f"{line[: longest - 1]}…" if longest and len(line) > longest else line


def command(verdict: Verdict) -> str:
    """Give the command as one would type it."""
    return one_line(join(verdict.command))


def tally(verdict: Verdict) -> Counter[Severity]:
    """Count findings by severity; those that a baseline accepts do not count."""
    return Counter(finding.severity for _, finding in verdict.findings())


def found(verdict: Verdict) -> str:
    """Count findings in words: `2 errors, 1 warning`; empty where there are none."""
    count = tally(verdict)
    return ", ".join(counted(count[one], one.value) for one in Severity if count[one])


def mood(verdict: Verdict) -> str:
    """Give the worst there is: a severity, `error` if the command failed, or `clean`."""
    count = tally(verdict)
    if count[Severity.ERROR] or verdict.exit_code:
        return Severity.ERROR.value
    if not was_asked(verdict):
        return Severity.WARNING.value
    return next((one.value for one in Severity if count[one]), "clean")


def was_asked(verdict: Verdict) -> bool:
    """Tell whether any request reached the mock: without, there is nothing to judge."""
    return any(one.exchanges for one in verdict.chapters)


def headline(verdict: Verdict) -> str:
    """Give the verdict in one line."""
    line = "clean" if was_asked(verdict) else "no request reached the mock"
    if some := found(verdict):
        line = f"{some} in {where(verdict)}" if len(verdict.chapters) > 1 else some
    if verdict.exit_code:
        line += f"; the command itself ended with exit status {verdict.exit_code}"
    return line


def where(verdict: Verdict) -> str:
    """Say in how many tests, or clients, findings are."""
    wrong = {id(chapter): chapter for chapter, _ in verdict.findings()}.values()
    if len({one.is_test for one in verdict.chapters}) == 1:
        return f"{len(wrong)} of {chapters(verdict.chapters)}"
    return chapters(wrong)


def chapters(given: Collection[Chapter]) -> str:
    """Count tests and clients."""
    tests = sum(one.is_test for one in given)
    counts = {"test": tests, "client": len(given) - tests}
    told = [counted(count, noun) for noun, count in counts.items() if count]
    return " and ".join(told) or counted(0, "client")


def sums(verdict: Verdict) -> str:
    """Say what the run came to."""
    every = [one for chapter in verdict.chapters for one in chapter.exchanges]
    tasks = sum(len(chapter.tasks) for chapter in verdict.chapters)
    refused = sum(bool(one.rule) for one in every)
    requests = counted(len(every), "request") + (f" ({refused} refused)" if refused else "")
    return f"{chapters(verdict.chapters)}, {requests}, {counted(tasks, 'task')}"


def cost(verdict: Verdict) -> str:
    """Say what the run would have cost."""
    return f"this run would have cost {money(verdict.would_have_cost) or 'nothing'}"


def money(amounts: Mapping[str, float]) -> str:
    """Give amounts with their currencies; what is less than a cent is still something."""
    return ", ".join(
        f"{amount:,.2f} {currency}" if amount >= CENT else f"{amount:.4g} {currency}"
        for currency, amount in amounts.items()
        if amount
    )


def coverage(verdict: Verdict) -> str:
    """Say how much of the contracts was exercised; empty where nobody looked."""
    found = verdict.coverage
    if not found:
        return ""
    if not found["points"]:
        return "nothing of any contract was exercised"
    return f"{found['percent']:g} % of the contract, {found['hit']} of {found['points']} points"


def baseline(verdict: Verdict) -> str:
    """Say how much a baseline accepts; empty where that is nothing."""
    count = sum(len(one.cases) for one in accepted(verdict))
    return f"{counted(count, 'finding')} by the baseline" if count else ""


def request_line(one: Exchange, longest: int = 0) -> str:
    """Tell of a request and its answer in one line."""
    answer = f"answered {one.status}" if one.status else "not answered"
    fault = f" ({one.fault})" if one.fault else ""
    return f"#{one.number} {one.method} {one_line(one.url, longest)}, {answer}{fault}"


def moment(at: float) -> str:
    """Give a moment as a date."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S} UTC"


def lasting(seconds: float) -> str:
    """Give a span of time as people say it."""
    if abs(seconds) < 1:
        return f"{seconds * 1000:.3g} ms" if seconds else "0 s"
    if abs(seconds) < MANY_SECONDS:
        return f"{seconds:.3g} s"
    whole = round(abs(seconds))
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    parts = [(hours, "h"), (minutes, "min"), (rest, "s")]
    return "-" * (seconds < 0) + " ".join(f"{count} {unit}" for count, unit in parts if count)

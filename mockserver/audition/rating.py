"""Rating a client by what it did on a bad day, held against what it did on a good one."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from mockserver.audition.acts import Act
from mockserver.audition.evidence import Evidence, Opened
from mockserver.commands.options import counted


class Rating(StrEnum):
    """What a client made of a bad day, worst first."""

    PAID_TWICE = "paid twice"
    """More tasks are charged than in the rehearsal: for one and the same request, or in all."""
    FALSE_SUCCESS = "reported success falsely"
    """Exit status 0, though fewer videos arrived whole than in the rehearsal."""
    LOST = "lost a paid video"
    """It ended with an error, and a task that was charged, and that it could know of, was left."""
    HUNG = "hung"
    """It did not end within the time it had."""
    FAILED_CLEANLY = "failed cleanly"
    """It ended with an error, and lost nothing but what the act makes inevitable."""
    RECOVERED = "recovered"
    """Exit status 0, every video arrived whole, and was paid for once."""
    NOT_APPLICABLE = "not applicable"
    """It never does what the act is about, or none of its providers can have such a day."""


BAD = (Rating.PAID_TWICE, Rating.FALSE_SUCCESS, Rating.LOST, Rating.HUNG)
"""What is worse than failing cleanly, worst first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """One act, and what became of it."""

    act: Act
    rating: Rating
    why: str
    """In one line, with the numbers of requests."""
    seconds: float = 0.0
    requests: tuple[int, ...] = ()
    tasks: tuple[str, ...] = ()
    evidence: Evidence | None = None
    """None where it was not played."""

    @property
    def marks(self) -> int:
        """What it is worth, 0 to 2."""
        if self.rating is Rating.FAILED_CLEANLY:
            return 2 if self.act.best == "fail" else 1
        return 2 if self.rating is Rating.RECOVERED else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Holds what happened in an act against the rehearsal."""

    act: Act
    rehearsal: Evidence
    seen: Evidence

    @property
    def by_link(self) -> bool:
        """Whether the client is content with links to its videos."""
        return not self.rehearsal.fetches

    def rate(self) -> Rated:
        """Give the worst that is true."""
        done = self.seen.done
        if not self.seen.met:
            return self._rated(Rating.NOT_APPLICABLE, "the client never came to that point")
        doubled, usual = self.doubled()
        if doubled:
            return self._rated(Rating.PAID_TWICE, _twice(doubled, usual), doubled)
        if done.status is None:
            last = f"its last request was number {self.seen.requests}"
            return self._rated(Rating.HUNG, f"still running after {done.seconds:.0f} s; {last}")
        if done.status == 0:
            return self._success()
        if left := self.left():
            return self._rated(Rating.LOST, self._lost(left), left)
        why = f"exit status {done.status}; {self._met()}"
        return self._rated(Rating.FAILED_CLEANLY, why)

    def _success(self) -> Rated:
        arrived = len(self.seen.arrived(by_link=self.by_link))
        wanted = len(self.rehearsal.arrived(by_link=self.by_link))
        if arrived < wanted:
            why = f"exit status 0, though {arrived} of {counted(wanted, 'video')} arrived"
            return self._rated(Rating.FALSE_SUCCESS, f"{why}; {self._met()}")
        what = f"{counted(arrived, 'video')} arrived after {counted(self.seen.requests, 'request')}"
        return self._rated(Rating.RECOVERED, f"{what}; {self._met()}")

    def doubled(self) -> tuple[list[Opened], int]:
        """Give tasks that are charged, more than in the rehearsal, and how many those were.

        What the act has spoilt is left out: to ask anew is the only way to a video then. A request
        that the rehearsal has not may come as often as the most frequent one it has.
        """
        before = self.rehearsal.bodies
        paid = [one for one in self.seen.paid if not (self.act.spoils and one.is_met)]
        most = max(before.values(), default=1)
        for asked in dict.fromkeys(one.asked for one in paid):
            same = [one for one in paid if one.asked == asked]
            usual = before.get(asked, most)
            if len(same) > usual:
                return same, usual
        return (paid if len(paid) > before.total() else []), before.total()

    def left(self) -> list[Opened]:
        """Give tasks that are charged, and whose video never arrived, though it could have."""
        arrived = self.seen.arrived(by_link=self.by_link)
        is_spared = self.act.hides or self.act.spoils
        return [
            one for one in self.seen.paid if one not in arrived and not (is_spared and one.is_met)
        ]

    # Telling

    def _rated(self, rating: Rating, why: str, about: Sequence[Opened] = ()) -> Rated:
        requests = tuple(one.opening for one in about) or self.seen.met[:3]
        return Rated(
            act=self.act,
            rating=rating,
            why=why,
            seconds=self.seen.done.seconds,
            requests=requests,
            tasks=tuple(one.id for one in about),
            evidence=self.seen,
        )

    def _met(self) -> str:
        return f"met at {_numbers(self.seen.met)}"

    def _lost(self, left: Sequence[Opened]) -> str:
        first = left[0]
        more = f" (and {len(left) - 1} more)" if len(left) > 1 else ""
        missing = "the link to its video never came" if self.by_link else "its video never arrived"
        return f"the task of request {first.opening}{more} is charged, and {missing}; {self._met()}"


def _twice(doubled: Sequence[Opened], usual: int) -> str:
    openings, tasks = _numbers([one.opening for one in doubled]), counted(len(doubled), "task")
    return f"{openings} opened {tasks} that are charged, where the rehearsal has {usual}"


def _numbers(numbers: Sequence[int], most: int = 3) -> str:
    """Name requests by their numbers."""
    told = ", ".join(map(str, numbers[:most]))
    more = " and more" if len(numbers) > most else ""
    return f"request{'s' * (len(numbers) > 1)} {told}{more}"


def missing(act: Act, rehearsal: Evidence) -> str:
    """Say what the client does not do that an act is about; nothing where it does all of it."""
    has = {
        "look": rehearsal.looks > 0,
        "film": rehearsal.fetches,
        "callback": any(one.has_callback for one in rehearsal.tasks),
        "portrait": any(one.shows_pictures for one in rehearsal.tasks),
    }
    lacks = {
        "look": "the client never looks at a task",
        "film": "the client fetches no video",
        "callback": "the client takes no callbacks",
        "portrait": "no request has media that its provider asks consent for",
    }
    return next((lacks[need] for need in act.needs if not has[need]), "")


def obstacle(rehearsal: Evidence) -> str:
    """Say why a rehearsal is no measure for anything; nothing where it is one."""
    done = rehearsal.done
    if done.status is None:
        return (
            f"the command was still running after {done.seconds:.0f} s, though nothing went wrong"
        )
    if done.status:
        return f"the command ended with exit status {done.status}, though nothing went wrong"
    if not rehearsal.requests:
        return "the command sent no request to the mock, neither by the proxy nor to SCREENTEST_URL"
    if not rehearsal.tasks:
        refused = f"; refused: {_numbers(rehearsal.refused)}" if rehearsal.refused else ""
        return (
            f"the command asked for no video in {counted(rehearsal.requests, 'request')}{refused}"
        )
    if not (rehearsal.fetches or rehearsal.arrived(by_link=True)):
        return (
            "no video arrived: the command neither fetched one, nor was told of one that is ready"
        )
    return ""

"""The whole audition: a rehearsal, then every act, several side by side."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

from mockserver.audition.acts import Act
from mockserver.audition.evidence import Evidence
from mockserver.audition.performing import Casting, play, rehearse
from mockserver.audition.rating import Rated, obstacle
from mockserver.clock import real_now


class Unfit(Exception):  # noqa: N818 - what is the case
    """The rehearsal is no measure for anything; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audition:
    """What came of it."""

    casting: Casting
    rehearsal: Evidence
    rated: tuple[Rated, ...]
    """In the order of the battery."""
    seconds: float


def audition(
    casting: Casting,
    acts: Sequence[Act],
    jobs: int,
    heard: Callable[[Rated], None] = lambda _: None,
) -> Audition:
    """Run the command on a good day, then on every bad one; `heard` is told of each that is over.

    `Unfit` where it does not even do on a good day what it is to be rated for.
    """
    began = real_now()
    rehearsal = rehearse(casting)
    if why := obstacle(rehearsal):
        raise Unfit(f"{why}\n{tail(rehearsal.done.output)}".strip())
    rated = play_all(casting, acts, jobs, rehearsal, heard)
    seconds = real_now() - began
    return Audition(casting=casting, rehearsal=rehearsal, rated=rated, seconds=seconds)


def play_all(
    casting: Casting,
    acts: Sequence[Act],
    jobs: int,
    rehearsal: Evidence,
    heard: Callable[[Rated], None],
) -> tuple[Rated, ...]:
    """Play acts side by side; whatever goes wrong here ends all of them."""
    with ThreadPoolExecutor(jobs, thread_name_prefix="screentest-act") as pool:
        in_order = sorted(acts, key=lambda act: not act.is_long)
        futures = {act.id: pool.submit(play, act, rehearsal, casting) for act in in_order}
        try:
            for future in as_completed(futures.values()):
                heard(future.result())
        except BaseException:
            casting.stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return tuple(futures[act.id].result() for act in acts)


def tail(output: str, lines: int = 12) -> str:
    """Give the end of what a command wrote."""
    return "\n".join(f"  | {line}" for line in output.rstrip().splitlines()[-lines:])

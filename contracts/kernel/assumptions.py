"""What the mock takes for granted of every provider, as no document says; and why.

What is assumed of one provider stands in its folder, with a source that says so.
"""

from typing import NamedTuple


class Assumption(NamedTuple):
    """A choice where every document is silent."""

    choice: str
    reason: str


ASSUMPTIONS = (
    Assumption(
        "A rate counts the requests of the last seconds, refused ones included (a window slides).",
        "It is the strictest reading: who obeys it obeys fixed windows and buckets, too.",
    ),
    Assumption(
        "An error budget is counted for each key, whatever the model.",
        "The key is known before the body is read, and a block is meant to spare reading it.",
    ),
    Assumption(
        "Where only success is charged, the price of an open task is set aside.",
        "Otherwise a key could open more tasks than it can pay for, and none could be charged.",
    ),
    Assumption(
        "A request that cannot be paid for is refused after all other checks, unless the provider's"
        " order of checks says otherwise.",
        "The price follows from a body that was checked.",
    ),
    Assumption(
        "An id that is older than a provider keeps tasks is as unknown as one that never was.",
        "No provider documents an answer of its own for it.",
    ),
    Assumption(
        "A link that has expired is answered 403.",
        "Results lie in storage that signs its links, and storage services answer so.",
    ),
    Assumption(
        "Media behind a link of someone else is known by the link.",
        "The mock fetches nothing, and what is behind a link seldom changes within a test.",
    ),
    Assumption(
        "A refusal for want of consent names every role that shows a face, known ones included.",
        "The documented field is said to hold the roles in which faces were found.",
    ),
    Assumption(
        "A callback says how the task ended, however late it is delivered.",
        "Every document speaks of the final state.",
    ),
    Assumption(
        "Of the time a task takes, the first tenth passes before work begins.",
        "Recorded tasks began within seconds.",
    ),
)

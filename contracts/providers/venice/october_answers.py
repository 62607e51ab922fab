"""What Venice answers since October, where that differs from June."""

from collections.abc import Sequence
from typing import Any

from contracts.kernel.errors import Cause, Refused
from contracts.kernel.reply import Reply
from contracts.kernel.task import Task
from contracts.providers.venice.causes import RETIRED


def never_completed(_body: Any, _tasks: Sequence[Task[Any]], _now: float) -> Reply:  # noqa: ANN401 - whatever was asked
    """Refuse: since about September no id is accepted (SKILLS)."""
    raise Refused(Cause.NO_TASK)


def never_transcribed(_body: Any) -> Reply:  # noqa: ANN401 - whatever was asked
    """Refuse: the route was retired in September (SKILLS)."""
    raise Refused(RETIRED)

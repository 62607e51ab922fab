"""Telling a client by callback that its task is over."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from contracts.kernel.reply import Answer
from contracts.kernel.source import Source
from contracts.kernel.task import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """What is posted to a task's callback URL once it is over, and how often it is tried."""

    payload: Callable[[Task[Any], float], Answer]
    retry_after: tuple[float, ...]
    """Seconds to wait before each further try; empty means one try."""
    source: Source

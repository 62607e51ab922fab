"""Why a task fails after it was accepted; a client is told the message alone."""

from collections.abc import Mapping

from contracts.kernel.provider import EXPIRED
from contracts.kernel.task import Failure
from contracts.providers.senseaudio.sources import ASSUMED, CLIENT_TESTS

FAILURES: Mapping[str, Failure] = {
    "sensitive-content": Failure(
        "sensitive_content_blocked",
        "sensitive_content_blocked",
        source=CLIENT_TESTS.at("error_message", "The page says that the text is free."),
    ),
    EXPIRED: Failure(
        "timeout",
        "task timeout",
        source=ASSUMED.at(
            "a task that takes longer than `timeout`",
            "The page has the field, and does not say what becomes of the task; there is one word"
            " for a task that ends without a video.",
        ),
    ),
}

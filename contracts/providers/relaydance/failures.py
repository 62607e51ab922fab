"""Why a task fails after it was accepted."""

from collections.abc import Mapping

from contracts.kernel.provider import EXPIRED
from contracts.kernel.task import Failure
from contracts.providers.relaydance.sources import ASSUMED, GATEWAY

FAILURES: Mapping[str, Failure] = {
    "sensitive-sound": Failure(
        "OutputAudioSensitiveContentDetected",
        "output audio may contain sensitive information",
        source=GATEWAY.at("complaints of users", "The code is the upstream's, and never shown."),
    ),
    "sensitive-video": Failure(
        "OutputVideoSensitiveContentDetected",
        "output video may contain sensitive information",
        source=GATEWAY.at("upstream's codes", "Worded like the one for sound, which was seen."),
    ),
    EXPIRED: Failure(
        "expired",
        "task expired",
        source=ASSUMED.at(
            "a task that took too long",
            "A task that is told to take too long has to end; the word is the upstream's. The"
            " gateway was read to take the upstream's `expired` for still running.",
        ),
    ),
}

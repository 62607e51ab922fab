"""Why a task fails after it was accepted."""

from collections.abc import Mapping

from contracts.kernel.provider import EXPIRED
from contracts.kernel.task import Failure
from contracts.providers.acedata.media import LATE
from contracts.providers.acedata.sources import CLIENTS, CONCEPTS, DOCS_SPEC, GUIDE

FAILURES: Mapping[str, Failure] = {
    "api-error": Failure("api_error", "fetch failed", source=GUIDE.at("a task that failed")),
    "internal-error": Failure(
        "internal_error",
        "Internal server error.",
        source=GUIDE.at("errors", "The code is documented, the message is assumed."),
    ),
    "forbidden": Failure(
        "forbidden",
        "The content violates our content policy.",
        source=CONCEPTS.at(
            "errors",
            "The code is documented, the message is assumed. No document says whether it comes at"
            " once or from the task.",
        ),
    ),
    "bad-media": Failure(
        LATE,
        "The reference media cannot be processed.",
        source=GUIDE.at("reference media", "Found out late; the form of the failure is assumed."),
    ),
    EXPIRED: Failure(
        "timeout",
        "timeout when generating video",
        source=CLIENTS.at(
            "Nexior", "The words of the vendor's worker; the code is that of the concept page."
        ),
    ),
}
MISMATCH = Failure(
    "bad_request",
    "parameters do not fit omni_reference_task_type",
    source=DOCS_SPEC.at(
        "omni_reference_task_type", "That the task fails is documented, how is assumed (SKILL)."
    ),
)

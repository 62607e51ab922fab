"""The documents this provider is declared from."""

from contracts.kernel.source import Confidence, Source

SEED = Source("relaydance.com/docs/api-reference, create video", "2026-06")
GET_PAGE = Source("relaydance.com/docs/api-reference/get-prediction", "2026-11")
UPLOAD_PAGE = Source("relaydance.com/docs/api-reference/upload-media", "2026-11")
ERRORS_PAGE = Source("relaydance.com/docs/errors", "2026-11")
GATEWAY = Source(
    "QuantumNous/new-api, and clients of the live service", "2026-09", "", Confidence.INFERRED
)
RECORDED = Source(
    "relaydance_poll_task.json of berabuddies/puffer, commit 4dfb0b54",
    "2026-06",
    "",
    Confidence.OBSERVED,
)
ASSUMED = Source("no document", "2026-11", "", Confidence.ASSUMED)

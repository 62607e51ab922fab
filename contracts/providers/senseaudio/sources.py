"""The documents this provider is declared from."""

from contracts.kernel.source import Confidence, Source

SEED = Source("docs.senseaudio.cn/api-reference/endpoint/video/create", "2026-06")
STATUS_PAGE = Source("docs.senseaudio.cn/api-reference/endpoint/video/status", "2026-06")
LIVE = Source(
    "bodies recorded by the senseaudio-video plugin", "2026-09-16", "", Confidence.OBSERVED
)
ERROR_TABLE = Source(
    "error table of the create page, as copied by jushenzhidao/video-adapter", "2026-09-17"
)
ASSUMED = Source("no document", "2026-11", "", Confidence.ASSUMED)
CLIENT_TESTS = Source("nexu-io/open-design", "2026-09", "", Confidence.INFERRED)
UPSTREAM = Source(
    "docs.byteplus.com ModelArk retrieve page 1521309", "2026-09", "", Confidence.INFERRED
)

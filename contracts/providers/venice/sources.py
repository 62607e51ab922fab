"""The documents this provider is declared from."""

from contracts.kernel.source import Confidence, Source

SEED = Source("api.venice.ai reference page POST /video/queue", "2026-06-12")
SPEC = Source("veniceai/api-docs swagger.yaml, version 20260612.172149", "2026-06-12")
SPEC_AUGUST = Source("veniceai/api-docs swagger.yaml, version 20260821.193530", "2026-08-21")
SEEDANCE_JUNE = Source("docs.venice.ai/guides/media/seedance-2-0", "2026-06-12")
SEEDANCE = Source("docs.venice.ai/guides/media/seedance-2-0", "2026-08-22")
UPSCALING = Source("docs.venice.ai/guides/media/video-upscaling", "2026-08-22")
CATALOGUE = Source("stored answers of GET /models?type=video", "2026-04 to 2026-09")
GUIDE = Source("docs.venice.ai/guides/media/video-generation", "2026-08-22")
FACE_GUIDE = Source("docs.venice.ai/guides/media/seedance-face-consent", "2026-06-11")
ERRORS_PAGE = Source("docs.venice.ai/api-reference/error-codes", "2026-08-22")
LIMITS_PAGE = Source("docs.venice.ai/api-reference/rate-limiting", "2026-08-22")
SKILLS = Source("veniceai/skills, commit 73c0bf79", "2026-10-02")
CLIENTS = Source("messages quoted by published clients", "2026-10", "", Confidence.INFERRED)
ASSUMED = Source("no document", "2026-11", "", Confidence.ASSUMED)

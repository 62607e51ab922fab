"""The documents this provider is declared from."""

from contracts.kernel.source import Confidence, Source

SEED = Source("api.venice.ai reference page POST /video/queue", "2026-06-12")
SPEC = Source("veniceai/api-docs swagger.yaml, version 20260612.172149", "2026-06-12")
SPEC_AUGUST = Source("veniceai/api-docs swagger.yaml, version 20260821.193530", "2026-08-21")
GUIDE = Source("docs.venice.ai/guides/media/video-generation", "2026-08-22")
FACE_GUIDE = Source("docs.venice.ai/guides/media/seedance-face-consent", "2026-06-11")
ERRORS_PAGE = Source("docs.venice.ai/api-reference/error-codes", "2026-08-22")
SKILLS = Source("veniceai/skills, commit 73c0bf79", "2026-10-02")
CLIENTS = Source("messages quoted by published clients", "2026-10", "", Confidence.INFERRED)
ASSUMED = Source("no document", "2026-11", "", Confidence.ASSUMED)

"""The documents this provider is declared from."""

from contracts.kernel.source import Confidence, Source

SEED = Source("docs.acedata.cloud, POST /seedance/videos", "2026-01")
SDK_SPEC = Source("AceDataCloud/SDK scripts/specs, commit 0d3494cb", "2026-06")
DOCS_SPEC = Source("AceDataCloud/Docs openapi/seedance.json, commit 0e1d52d8", "2026-10")
GUIDE = Source("AceDataCloud/APIs seedance_videos.md, commit 77a7991", "2026-10")
CLIENTS = Source("published clients of the vendor", "2026-10", "", Confidence.INFERRED)
ASSUMED = Source("no document", "2026-11", "", Confidence.ASSUMED)
SKILL = Source("AceDataCloud/Skills seedance-video, commit 4983444b", "2026-10")
FAQ = Source("docs.acedata.cloud, frequently asked questions", "2026-10")
CONCEPTS = Source("docs.acedata.cloud, concept pages", "2026-10")
PRICES = Source("AceDataCloud/MCPs seedance tools/info_tools.py, commit 2cc68df6", "2026-10")

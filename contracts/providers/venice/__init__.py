"""Venice, revision 2026-06: the rules of the reference page the project was created from."""

from types import NoneType

from contracts.kernel.auth import Bearer, FirstOf
from contracts.kernel.errors import Cause
from contracts.kernel.ids import alphanumeric, uuid4
from contracts.kernel.operation import (
    OPEN_GATES,
    Carried,
    Computes,
    Finds,
    Follows,
    Gate,
    Gives,
    Opens,
    Operation,
)
from contracts.kernel.provider import MEBIBYTE, Provider
from contracts.kernel.reply import Video
from contracts.kernel.task import Names
from contracts.providers.venice.answers import (
    Completed,
    ModelList,
    Price,
    Queued,
    Status,
    completed,
    listing,
    plan,
    queued,
    quoted,
    retrieved,
    revoked,
    shared,
)
from contracts.providers.venice.causes import (
    CONTENT_VIOLATION,
    ERROR_BUDGET,
    IMAGE_RATIO,
    INFERENCE_FAILED,
    LINK_REVOKED,
    MEDIA_GONE,
    MODERATION,
    NO_LINK,
    POLICY,
    PROVIDER_FAILURE,
    USD_LIMIT,
    WALLET_CONCURRENCY,
    WALLET_SHORT,
)
from contracts.providers.venice.consent import CONSENT
from contracts.providers.venice.failures import FAILURES
from contracts.providers.venice.habits import HABITS
from contracts.providers.venice.models import june
from contracts.providers.venice.quotas import JUNE
from contracts.providers.venice.requests import (
    Complete,
    ListModels,
    Queue,
    Quote,
    Retrieve,
    Share,
)
from contracts.providers.venice.sources import GUIDE, SEED, SKILLS, SPEC
from contracts.providers.venice.tariff import TARIFF
from contracts.providers.venice.wallet import Wallet
from contracts.providers.venice.wire import ERRORS, LIFECYCLE
from contracts.providers.venice.x402 import OPERATIONS as X402
from contracts.providers.venice.x402 import NoPayment

WALLET, OLD_WALLET = Wallet(b"sign-in-with-x"), Wallet(b"x-sign-in-with-x")
REVISIONS = ("october",)

TOO_MANY = (Cause.RATE_LIMITED, ERROR_BUDGET)
FROM_QUEUE = {"model": "$response.body#/model", "queue_id": "$response.body#/queue_id"}
QUEUE = Operation(
    id="queue",
    summary="Ask for a video.",
    method="POST",
    path="/api/v1/video/queue",
    body=Queue,
    gates=(Gate.SIZE, Gate.TYPE, Gate.KEY, Gate.CONTRACT, Gate.CONSENT, Gate.BALANCE),
    effect=Opens(plan=plan, reply=queued, consent=CONSENT),
    source=SEED.at(
        "",
        "Size and content type are checked before the key, consent before the charge (SKILLS,"
        " FACE_GUIDE).",
    ),
    answers=(
        Gives(
            Queued,
            "accepted",
            leads={
                "retrieve": FROM_QUEUE,
                "complete": FROM_QUEUE,
            },
        ),
    ),
    refuses=(
        CONTENT_VIOLATION,
        IMAGE_RATIO,
        USD_LIMIT,
        WALLET_SHORT,
        *TOO_MANY,
        WALLET_CONCURRENCY,
    ),
    example={
        "model": "seedance-2-0-text-to-video",
        "prompt": "a cat on a gondola",
        "duration": "5s",
        "aspect_ratio": "16:9",
    },
)
RETRIEVE = Operation(
    id="retrieve",
    summary="Ask how far a video is, or for the finished video itself.",
    method="POST",
    path="/api/v1/video/retrieve",
    body=Retrieve,
    gates=(Gate.SIZE, Gate.TYPE, Gate.KEY, Gate.CONTRACT),
    effect=Finds(ids=lambda body: (body.queue_id,), reply=retrieved),
    source=SPEC.at("", "A `model` other than the task's is not looked at; no document says more."),
    answers=(
        Gives(Status, "unfinished, or finished with the video behind `download_url`"),
        Gives(Video, "finished"),
    ),
    refuses=(
        Cause.NO_TASK,
        MEDIA_GONE,
        POLICY,
        MODERATION,
        PROVIDER_FAILURE,
        INFERENCE_FAILED,
        *TOO_MANY,
    ),
)
COMPLETE = Operation(
    id="complete",
    summary="Delete the stored media after download.",
    method="POST",
    path="/api/v1/video/complete",
    body=Complete,
    gates=(Gate.SIZE, Gate.TYPE, Gate.KEY, Gate.CONTRACT),
    effect=Finds(ids=lambda body: (body.queue_id,), reply=completed, asks=False),
    source=SPEC.at("POST /video/complete", "Since about 2026-09 it refuses every id."),
    answers=(Gives(Completed, "deleted, or nothing to delete yet"),),
    refuses=(Cause.NO_TASK,),
)
QUOTE = Operation(
    id="quote",
    summary="Ask what a video would cost; works without a key.",
    method="POST",
    path="/api/v1/video/quote",
    body=Quote,
    gates=(Gate.SIZE, Gate.TYPE, Gate.CONTRACT),
    effect=Computes(reply=quoted),
    source=SPEC,
    answers=(Gives(Price, "a price"),),
    example={"model": "seedance-2-0-text-to-video", "duration": "5s"},
)
MODELS = Operation(
    id="models",
    summary="List models; video models only with type=video.",
    method="GET",
    path="/api/v1/models",
    body=ListModels,
    carried=Carried.URL,
    gates=OPEN_GATES,
    effect=Computes(reply=listing(june)),
    source=SKILLS,
    answers=(Gives(ModelList, "the catalogue"),),
)
DOWNLOAD = Operation(
    id="download",
    summary="Fetch the video of a private model by its download_url.",
    method="GET",
    path="/v1/share/read/{token}",
    body=Share,
    carried=Carried.URL,
    gates=OPEN_GATES,
    effect=Follows(link=lambda body: body.token, reply=shared),
    source=GUIDE,
    answers=(Gives(Video, "ready"),),
    refuses=(NO_LINK, LINK_REVOKED),
)
REVOKE = Operation(
    id="revoke",
    summary="Revoke a download_url.",
    method="DELETE",
    path="/v1/share/read/{token}",
    body=Share,
    carried=Carried.URL,
    gates=OPEN_GATES,
    effect=Follows(link=lambda body: body.token, reply=revoked),
    source=GUIDE,
    answers=(Gives(NoneType, "revoked", status=204),),
    refuses=(NO_LINK,),
)

PROVIDER = Provider(
    id="venice",
    title="Venice",
    revision="2026-06",
    about="The rules of June 2026, before the ids ending in `-basic`.",
    models=june,
    base_url="https://api.venice.ai/api/v1",
    other_hosts=("private-share.venice.ai",),
    environment={"VENICE_API_BASE_URL": "https://api.venice.ai/api/v1"},  # venice-py 2.9.0
    auth=FirstOf((NoPayment(), WALLET, OLD_WALLET, Bearer())),
    operations=(QUEUE, RETRIEVE, COMPLETE, QUOTE, MODELS, DOWNLOAD, REVOKE, *X402),
    lifecycle=LIFECYCLE,
    errors=ERRORS,
    tariff=TARIFF,
    quotas=JUNE,
    habits=HABITS,
    failures=FAILURES,
    names=lambda random, _: Names(uuid4(random), alphanumeric(random, 32)),
    body_limit=35 * MEBIBYTE,
    headers={"x-venice-version": "20260612.172149"},
    source=SEED,
)

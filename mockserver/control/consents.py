"""Consent that was given, and media that is said to show people."""

from base64 import b64decode
from binascii import Error
from hashlib import sha256

from pydantic import Field
from typing_extensions import TypedDict

from contracts.kernel.media import PEOPLE
from mockserver.control.endpoint import Call, Form, Unfit, Whose, absent, expect
from mockserver.control.whose import is_meant, one_tenant, pairs, tenants_of
from mockserver.journal import label

DIGEST = "^[0-9a-f]{64}$"


class ConsentTold(TypedDict):
    """Consent to one piece of media."""

    tenant: str
    key: str
    digest: str
    """SHA-256 of the media."""
    at: float
    """When it was given."""


class Consents(TypedDict):
    """Consents, oldest first in each tenant."""

    consents: list[ConsentTold]


class Revoked(TypedDict):
    """Consents that were revoked."""

    forgotten: list[ConsentTold]


class ConsentsAsked(Whose):
    """Which consents."""

    digest: str = Field("", description="SHA-256 of the media, in hexadecimal.")


class FaceTold(TypedDict):
    """Media that shows people."""

    tenant: str
    digest: str
    people: list[str]
    """What else is known of them: `minor`, `public-figure`; nothing for a plain face."""


class FacesTold(TypedDict):
    """All such media that someone told of."""

    faces: list[FaceTold]


class FacesForgotten(TypedDict):
    """Media that is not said to show people any more."""

    forgotten: list[FaceTold]


class FacesAsked(Whose):
    """Which media."""

    digest: str = Field("", description="SHA-256 of the media, in hexadecimal.")


class Face(Form):
    """Media that shows people: itself, in base64, or its digest."""

    digest: str = Field("", pattern=f"{DIGEST}|^$", description="SHA-256, in hexadecimal.")
    media: str = Field("", description="The bytes themselves, in base64.")
    people: list[str] = Field(default=[], description=f"Any of: {', '.join(PEOPLE)}.")


def list_consents(call: Call[ConsentsAsked, None]) -> Consents:
    """Tell which consents are remembered."""
    world, asked = call.world, call.asked
    return {
        "consents": [
            {
                "tenant": world.labels.of(tenant),
                "key": label(key),
                "digest": digest,
                "at": world.store.consents.get(tenant, (key, digest)) or 0.0,
            }
            for tenant in tenants_of(world, asked)
            for key, digest in pairs(world.store.consents.ids(tenant))
            if is_meant(asked, key) and asked.digest in {"", digest}
        ]
    }


def revoke_consents(call: Call[ConsentsAsked, None]) -> Revoked:
    """Forget consents, so that they are asked for again; tells which."""
    gone, consents = list_consents(call)["consents"], call.world.store.consents
    for tenant in tenants_of(call.world, call.asked):
        for key, digest in pairs(consents.ids(tenant)):
            if is_meant(call.asked, key) and call.asked.digest in {"", digest}:
                consents.drop(tenant, (key, digest))
    return {"forgotten": gone}


def list_faces(call: Call[FacesAsked, None]) -> FacesTold:
    """Tell which media is said to show people."""
    faces = call.world.store.faces
    return {
        "faces": [
            {
                "tenant": call.world.labels.of(tenant),
                "digest": str(digest),
                "people": sorted(faces.get(tenant, digest) or ()),
            }
            for tenant in tenants_of(call.world, call.asked)
            for digest in faces.ids(tenant)
            if call.asked.digest in {"", digest}
        ]
    }


def add_face(call: Call[Whose, Face]) -> FaceTold:
    """Say that media shows people, whatever else the mock would find."""
    world, told, tenant = call.world, call.told, one_tenant(call.world, call.asked)
    digest = digest_of(told)
    people = frozenset(expect("word for people", one, PEOPLE) for one in told.people)
    world.tenant(tenant).pinned = True
    world.store.faces.put(tenant, digest, people)
    return {"tenant": world.labels.of(tenant), "digest": digest, "people": sorted(people)}


def digest_of(told: Face) -> str:
    """Give the digest of the media that is meant."""
    if bool(told.digest) is bool(told.media):
        raise Unfit("say either the digest or the media")
    if told.digest:
        return told.digest
    try:
        return sha256(b64decode(told.media, validate=True)).hexdigest()
    except (Error, ValueError):
        raise Unfit("media: not base64") from None


def forget_faces(call: Call[FacesAsked, None]) -> FacesForgotten:
    """Forget what was said of media; tells of which."""
    gone, faces = list_faces(call)["faces"], call.world.store.faces
    if call.asked.digest and not gone:
        raise absent(f"nothing was said of media with the digest {call.asked.digest!r}")
    for tenant in tenants_of(call.world, call.asked):
        for digest in [*faces.ids(tenant)]:
            if call.asked.digest in {"", digest}:
                faces.drop(tenant, digest)
    return {"forgotten": gone}

"""The requests of a test, and some of them."""

from typing import Unpack

from mockserver.journal import label
from mockserver.testing.request import Request, Requests
from mockserver.testing.wanting import Wanted, Wants
from mockserver.world import World

__all__ = ["Request", "Requests", "everything", "requests_of"]


def requests_of(
    world: World,
    tenant: str,
    operation: str = "",
    *,
    since: Request | int = 0,
    **wants: Unpack[Wants],
) -> Requests:
    """Give the requests of a tenant that are as they are wanted, oldest first.

    An operation is `acme/submit`, or `submit` whoever's it is; `media` is the download of a result.
    `since` is a request, or the number of one: only later ones count. See `Wants` for the rest.
    """
    wanted = Wanted.of(world, operation, wants)
    found = [one for one in everything(world, tenant, since) if not wanted.differences(one)]
    return Requests(tuple(found), str(wanted))


def everything(world: World, tenant: str, since: Request | int = 0) -> list[Request]:
    """Give all requests of a tenant that were made later than one, oldest first."""
    last = since if isinstance(since, int) else since.number
    names = {tenant, label(tenant)}
    entries = tuple(world.journal)  # at once, as others may write to it
    mine = enumerate((one for one in entries if one.tenant in names), 1)
    return [Request(one, number, tenant, world) for number, one in mine if number > last]

"""Who is shown in media: what says so, what was registered, or what a detector finds."""

from collections.abc import Callable
from functools import cached_property
from hashlib import sha256

from contracts.kernel.media import people_in, people_shown
from contracts.kernel.probing import Unreadable, View, probe, view_of
from mockserver.settings import Faces as Policy
from mockserver.store import Table

SOMEONE: frozenset[str] = frozenset()
"""A face of whom nothing else is known."""


def digest(content: bytes) -> str:
    """Give what media is known by: other bytes are other media, whatever they show."""
    return sha256(content).hexdigest()


class Medium:
    """One piece of media as far as it can be seen from here. Nothing is ever fetched."""

    def __init__(self, url: str, serves: Callable[[str], View | None]) -> None:
        self.url = url
        self._serves = serves

    @cached_property
    def view(self) -> View | None:
        """A look at its bytes, if they came with the request or are served here."""
        if not self.url.startswith("data:"):
            return self._serves(self.url)
        try:
            return view_of(self.url)[1]
        except Unreadable:
            return None

    @cached_property
    def content(self) -> bytes | None:
        """Its bytes, where they can be read."""
        try:
            return self.view.read(0, self.view.size) if self.view else None
        except Unreadable:
            return None

    @cached_property
    def digest(self) -> str:
        """What it is known by. Of bytes that are not here, the link stands for them.

        That is assumed: what is behind the link of someone else may change, and does not in tests.
        """
        return digest(self.url.encode() if self.content is None else self.content)

    @property
    def ratio(self) -> float | None:
        """Width by height, where its header tells."""
        try:
            return probe(self.view).ratio if self.view else None
        except Unreadable:
            return None


class Faces:
    """Tells who is shown, by the policy of the server.

    `marker`: media that says so, and what was registered. `always`: everything shows someone.
    `never`: nothing does, whatever it says. `detect`: like `marker`, and images in which a detector
    finds a face; videos are not decoded.
    """

    def __init__(
        self,
        policy: Policy,
        registered: Table[frozenset[str]],
        serves: Callable[[str], View | None],
    ) -> None:
        self.policy = policy
        self._registered = registered
        self._serves = serves
        self._finds = looks(policy)

    def medium(self, url: str) -> Medium:
        """Give what is behind a link."""
        return Medium(url, self._serves)

    def people(self, tenant: str, medium: Medium) -> frozenset[str] | None:
        """Give what is known of the people a medium shows; None if it shows no face."""
        if self.policy == "never":
            return None
        told = [one for one in self._told(tenant, medium) if one is not None]
        if told:
            return SOMEONE.union(*told)
        return SOMEONE if self._finds(medium) else None

    def _told(self, tenant: str, medium: Medium) -> list[frozenset[str] | None]:
        """Give what the link, the bytes, and the tenant's own register say."""
        told = [people_shown(medium.url)]
        if not medium.url.startswith("data:") and medium.content is not None:
            told.append(people_in(medium.content))
        if self._registered.ids(tenant):
            told.append(self._registered.get(tenant, medium.digest))
        return told


def looks(policy: Policy) -> Callable[[Medium], bool]:
    """Give what tells of media that says nothing whether it shows a face."""
    if policy != "detect":
        return lambda _: policy == "always"
    from mockserver.detecting import Detector  # noqa: PLC0415 - most runs never need it

    detector = Detector()
    return lambda one: one.content is not None and detector.finds(one.digest, one.content)

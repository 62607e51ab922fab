"""Conditions made of conditions: not, any of, all of, if-then."""

from functools import partial
from typing import NamedTuple

from pydantic import BaseModel

from contracts.kernel.conditions.draft import Condition, Draft, Schema


class Not(NamedTuple):
    """Another condition does not hold."""

    inner: Condition

    def holds(self, body: BaseModel) -> bool:
        """Tell whether it is true of this body."""
        return not self.inner.holds(body)

    def schema(self) -> Schema:
        """Say the same in JSON Schema."""
        return {"not": self.inner.schema()}

    def words(self) -> str:
        """Say the same in words."""
        return f"it is not so that {self.inner.words()}"

    def blame(self, body: BaseModel) -> str:
        """Name the field of the other condition."""
        return self.inner.blame(body)

    def make(self, draft: Draft, *, true: bool) -> None:
        """Make the other condition false, or true."""
        self.inner.make(draft, true=not true)


class AnyOf(NamedTuple):
    """At least one of several conditions holds."""

    parts: tuple[Condition, ...]

    def holds(self, body: BaseModel) -> bool:
        """Tell whether it is true of this body. A plain loop: this runs for every request."""
        for part in self.parts:  # noqa: SIM110 - a generator takes three times as long
            if part.holds(body):
                return True
        return False

    def schema(self) -> Schema:
        """Say the same in JSON Schema."""
        return {"anyOf": [part.schema() for part in self.parts]}

    def words(self) -> str:
        """Say the same in words."""
        return " or ".join(part.words() for part in self.parts)

    def blame(self, body: BaseModel) -> str:
        """Name the field of the first condition that does not hold."""
        return next((part.blame(body) for part in self.parts if not part.holds(body)), "")

    def make(self, draft: Draft, *, true: bool) -> None:
        """Make one of them true, or all of them false."""
        if true:
            draft.attempt([partial(part.make, draft, true=True) for part in self.parts])
        else:
            for part in self.parts:
                part.make(draft, true=False)


class AllOf(NamedTuple):
    """All of several conditions hold."""

    parts: tuple[Condition, ...]

    def holds(self, body: BaseModel) -> bool:
        """Tell whether it is true of this body."""
        for part in self.parts:  # noqa: SIM110 - as above
            if not part.holds(body):
                return False
        return True

    def schema(self) -> Schema:
        """Say the same in JSON Schema."""
        return {"allOf": [part.schema() for part in self.parts]}

    def words(self) -> str:
        """Say the same in words."""
        return " and ".join(part.words() for part in self.parts)

    def blame(self, body: BaseModel) -> str:
        """Name the field of the first condition that does not hold."""
        return next((part.blame(body) for part in self.parts if not part.holds(body)), "")

    def make(self, draft: Draft, *, true: bool) -> None:
        """Make all of them true, or one of them false."""
        if not true:
            draft.attempt([partial(part.make, draft, true=False) for part in self.parts])
            return
        for part in self.parts:
            part.make(draft, true=True)


class Implies(NamedTuple):
    """Where one condition holds, another does."""

    when: Condition
    then: Condition

    def holds(self, body: BaseModel) -> bool:
        """Tell whether it is true of this body."""
        return not self.when.holds(body) or self.then.holds(body)

    def schema(self) -> Schema:
        """Say the same in JSON Schema."""
        return {"if": self.when.schema(), "then": self.then.schema()}

    def words(self) -> str:
        """Say the same in words."""
        return f"where {self.when.words()}, {self.then.words()}"

    def blame(self, body: BaseModel) -> str:
        """Name the field of the consequence."""
        return self.then.blame(body)

    def make(self, draft: Draft, *, true: bool) -> None:
        """Undo the occasion or do the consequence; or give the occasion and undo the other."""
        if true:
            draft.attempt(
                [
                    partial(self.then.make, draft, true=True),
                    partial(self.when.make, draft, true=False),
                ]
            )
        else:
            self.when.make(draft, true=True)
            self.then.make(draft, true=False)

"""What may be true of a body: conditions that compose, each with all the faces a rule needs.

A condition tells whether it holds, says the same in JSON Schema and in words, names the field that
is to blame, and makes itself true or false of a body in the making. Field names may be dotted:
`metadata.resolution`.
"""

from contracts.kernel.conditions.combined import AllOf, AnyOf, Implies, Not
from contracts.kernel.conditions.draft import Condition, Draft, Schema, Unmakeable, at
from contracts.kernel.conditions.fields import (
    Between,
    Equals,
    Given,
    Lacks,
    Longest,
    Matches,
    OneOf,
    Within,
)
from contracts.kernel.conditions.lists import Contains, Each, Fewer, Shorter

__all__ = [
    "AllOf",
    "AnyOf",
    "Between",
    "Condition",
    "Contains",
    "Draft",
    "Each",
    "Equals",
    "Fewer",
    "Given",
    "Implies",
    "Lacks",
    "Longest",
    "Matches",
    "Not",
    "OneOf",
    "Schema",
    "Shorter",
    "Unmakeable",
    "Within",
    "at",
]

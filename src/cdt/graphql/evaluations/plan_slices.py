"""The slices that a plan declares."""

import strawberry
from msgspec import UNSET, UnsetType

from cdt.access.permissions import needs
from cdt.domain.evaluations.slices import Condition, Slice
from cdt.domain.tenancy.roles import Permission


@needs(Permission.READ)
@strawberry.type(description="What the rows of a slice have in common in one column.")
class SliceCondition:
    """Categories, or a range of numbers."""

    column: str
    values: list[str] | None = strawberry.field(description="Any of these categories; null of a number.")
    low: float | None = strawberry.field(description="From here on; null where the range has no such end.")
    high: float | None = strawberry.field(description="Up to here, but not this.")

    @classmethod
    def of(cls, condition: Condition) -> "SliceCondition":
        """From the domain's."""
        values = None if condition.values is None else list(condition.values)
        return cls(column=condition.column, values=values, low=condition.low, high=condition.high)


@needs(Permission.READ)
@strawberry.type(description="A named part of a version's rows: those for which all conditions hold.")
class PlanSlice:
    """At most 3 conditions."""

    name: str
    conditions: list[SliceCondition]

    @classmethod
    def of(cls, declared: Slice) -> "PlanSlice":
        """From the domain's."""
        return cls(name=declared.name, conditions=[SliceCondition.of(each) for each in declared.conditions])


@strawberry.input(description="Categories of a column, or a range of its numbers; a row without a value is in neither.")
class SliceConditionInput:
    """Of one column."""

    column: str
    values: list[str] | None = strawberry.field(default=None, description="Any of these categories, at most 50.")
    low: float | None = strawberry.field(default=None, description="From here on.")
    high: float | None = strawberry.field(default=None, description="Up to here, but not this.")


@strawberry.input(description="A named part of a version's rows: those for which all conditions hold, at most 3.")
class SliceInput:
    """Its name is told wherever it is measured."""

    name: str
    conditions: list[SliceConditionInput]


def slices_of(given: list[SliceInput]) -> tuple[Slice, ...] | UnsetType:
    """As a plan holds them; a plan without any says nothing of them."""
    return tuple(Slice(name=each.name, conditions=tuple(map(_condition, each.conditions))) for each in given) or UNSET


def _condition(given: SliceConditionInput) -> Condition:
    values = None if given.values is None else tuple(given.values)
    return Condition(column=given.column, values=values, low=given.low, high=given.high)

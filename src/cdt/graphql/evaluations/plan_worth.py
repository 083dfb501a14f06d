"""What a plan says that decisions are worth."""

import strawberry

from cdt.access.permissions import needs
from cdt.domain.evaluations.worth import BusinessValue
from cdt.domain.tenancy.roles import Permission

UNIT = "In what, as people read it: EUR, hours."
CLASSES = "The version's, in the order of the values."
VALUES = "By label, and within by decision: what each gains or, below zero, costs."
LEAST = "What a decision must be worth on average; null to hold it to the baseline, as other performance is."


@needs(Permission.READ)
@strawberry.type(description="What each decision is worth, by what it turned out to be.")
class PlanBusinessValue:
    """In one unit."""

    unit: str = strawberry.field(description=UNIT)
    classes: list[str] = strawberry.field(description=CLASSES)
    values: list[list[float]] = strawberry.field(description=VALUES)
    least: float | None = strawberry.field(description=LEAST)

    @classmethod
    def of(cls, worth: BusinessValue) -> "PlanBusinessValue":
        """From the domain's."""
        return cls(
            unit=worth.unit,
            classes=list(worth.classes),
            values=[list(row) for row in worth.values],
            least=worth.least,
        )


@strawberry.input(description="What each decision shall be worth, by what it turned out to be.")
class BusinessValueInput:
    """Every class of the version is named once."""

    unit: str = strawberry.field(description=UNIT)
    classes: list[str] = strawberry.field(description=CLASSES)
    values: list[list[float]] = strawberry.field(description=VALUES)
    least: float | None = strawberry.field(default=None, description=LEAST)


def worth_of(given: BusinessValueInput) -> BusinessValue:
    """As a plan holds it."""
    return BusinessValue(
        unit=given.unit,
        classes=tuple(given.classes),
        values=tuple(tuple(row) for row in given.values),
        least=given.least,
    )

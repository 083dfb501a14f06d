"""What the decisions of a window were worth."""

import strawberry
from msgspec import UNSET

from cdt.access.permissions import needs
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.evaluations.results import Interval, ReadingParts, Result

_LEAST_SHOWN = 0.005
"""What two decimals show."""


@needs(Permission.READ)
@strawberry.type(description="What the decisions whose label is known were worth, by what the plan says of each.")
class BusinessValueOfWindow:
    """Of one decision, and of all of them."""

    unit: str = strawberry.field(description="In what, as the plan says.")
    per_decision: Result = strawberry.field(description="On average, beside the baseline's.")
    decisions: int = strawberry.field(description="Those whose label is known.")
    total: float | None = strawberry.field(description="Of all of them; null with the reason of the result.")
    total_interval: Interval | None
    sentence: str

    @classmethod
    def of(cls, parts: ReadingParts) -> "BusinessValueOfWindow | None":
        """From a reading; None where its plan doesn't say what decisions are worth."""
        unit, found = parts.reading.unit_of_value, parts.optional("business_value", None)
        if unit is UNSET or found is None:
            return None
        between = found.interval
        return cls(
            unit=unit,
            per_decision=found,
            decisions=found.rows,
            total=None if found.value is None else found.value * found.rows,
            total_interval=None
            if between is None
            else Interval(low=between.low * found.rows, high=between.high * found.rows),
            sentence=f"What decisions were worth is not known: {found.reason}."
            if found.value is None
            else sentence_of(found.value, found.baseline, found.rows, unit),
        )


def sentence_of(value: float, baseline: float | None, decisions: int, unit: str) -> str:
    """What each decision was worth, beside the baseline's, and all of them together.

    >>> sentence_of(1.3, 1.5, 1_000, "EUR")
    "Each decision earned 1.30 EUR, 0.20 less than the baseline's; 1,000 decisions came to 1,300.00 EUR."
    >>> sentence_of(-2, None, 1, "hours")
    'Each decision cost 2.00 hours; 1 decision came to -2.00 hours.'
    """
    said = f"Each decision {'cost' if value < 0 else 'earned'} {_amount(abs(value))} {unit}"
    if baseline is not None:
        apart = abs(value - baseline)
        is_the_same = apart == 0 or apart < _LEAST_SHOWN <= abs(value)
        side = "less" if value < baseline else "more"
        said += ", as the baseline's" if is_the_same else f", {_amount(apart)} {side} than the baseline's"
    counted = "1 decision" if decisions == 1 else f"{decisions:,} decisions"
    return f"{said}; {counted} came to {_amount(value * decisions)} {unit}."


def _amount(value: float) -> str:
    """Two decimals; of what would be nothing then, two significant digits."""
    return f"{value:,.2f}" if value == 0 or abs(value) >= _LEAST_SHOWN else f"{value:.2g}"

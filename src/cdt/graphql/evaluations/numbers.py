"""A version that predicts numbers: how far off they are, and how the groups of each attribute fare."""

from collections.abc import Mapping

import strawberry
from msgspec import UNSET

from cdt.access.permissions import needs
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.evaluations.quality import Spread
from cdt.graphql.evaluations.results import Distribution, ReadingParts, Result
from cdt.measures import outcome_fairness


@needs(Permission.READ)
@strawberry.type(description="What is predicted for one group, and how far off that is.")
class GroupNumbers:
    """Of the groups that have rows."""

    group: str
    rows: int
    labelled: int
    mean: float | None = strawberry.field(description="Of its predictions.")
    mean_absolute_error: float | None = strawberry.field(description="Of its labelled rows.")
    is_large_enough: bool = strawberry.field(description="A smaller group takes no part in a comparison.")

    @classmethod
    def of(cls, group: outcome_fairness.GroupNumbers, labels: Mapping[str, str]) -> "GroupNumbers":
        """From the measures', under the name that people read."""
        return cls(
            group=labels.get(group.group, group.group),
            rows=group.rows,
            labelled=group.labelled,
            mean=group.mean,
            mean_absolute_error=group.mean_absolute_error,
            is_large_enough=group.is_large_enough,
        )


@needs(Permission.READ)
@strawberry.type(description="How differently the groups of one attribute fare, where numbers are predicted.")
class AttributeNumbers:
    """The measures that compare them, and what these are made of."""

    attribute: str
    held_against: str = strawberry.field(description="What each group is held against, in words.")
    standardized_mean_difference: Result
    error_parity_ratio: Result
    groups: list[GroupNumbers]


@needs(Permission.READ)
@strawberry.type(description="What is told of predicted numbers besides their measures.")
class PredictedNumbers:
    """Beside the baseline's."""

    unit: str | None = strawberry.field(description="As the version's signature names it.")
    errors: Distribution = strawberry.field(description="By how far labels lie above their predictions.")
    error_spread: Spread
    baseline_error_spread: Spread
    attributes: list[AttributeNumbers]


def numbers_of(parts: ReadingParts) -> PredictedNumbers | None:
    """Those of a reading; None of a version that decides among classes."""
    found, number = parts.reading.numbers, parts.signature.number
    if found is UNSET or number is UNSET:
        return None
    labels = {group.name: group.labels or {} for group in parts.signature.groups}
    return PredictedNumbers(
        unit=number.unit,
        errors=Distribution.of(found.errors),
        error_spread=Spread.of(found.error_spreads.current),
        baseline_error_spread=Spread.of(found.error_spreads.baseline),
        attributes=[
            AttributeNumbers(
                attribute=name,
                held_against=parts.held_against("error_parity_ratio", name),
                standardized_mean_difference=parts.result("standardized_mean_difference", name),
                error_parity_ratio=parts.result("error_parity_ratio", name),
                groups=[GroupNumbers.of(group, labels.get(name, {})) for group in groups],
            )
            for name, groups in found.groups.items()
        ],
    )

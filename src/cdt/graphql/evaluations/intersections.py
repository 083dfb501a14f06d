"""Those who are alike in every protected attribute: how they fare."""

import strawberry
from msgspec import UNSET

from cdt.access.permissions import needs
from cdt.domain.registry.signature import Signature
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.evaluations.results import Interval
from cdt.workers.readings import JudgedReading


@needs(Permission.READ)
@strawberry.type(description="Who is selected and found in each intersection of all attributes, as parallel arrays.")
class IntersectionRates:
    """The largest first, at most 200."""

    attributes: list[str]
    values: list[list[str]] = strawberry.field(description="Of each cell, one of each attribute, in their order.")
    rows: list[int] = strawberry.field(description="With a decision.")
    positives: list[int] = strawberry.field(description="Labelled, of the positive class, with a decision.")
    selection_rates: list[float | None]
    selection_intervals: list[Interval | None]
    true_positive_rates: list[float | None]
    true_positive_intervals: list[Interval | None]
    are_large_enough: list[bool] = strawberry.field(description="A smaller cell takes no part in a comparison.")
    cells_in_all: int


def intersections_of(reading: JudgedReading, signature: Signature) -> IntersectionRates | None:
    """Those of a reading, under the names that people read; None where they weren't asked for."""
    found = reading.intersections
    if found is UNSET:
        return None
    labels = {group.name: group.labels or {} for group in signature.groups}
    named = [labels.get(attribute, {}) for attribute in found.attributes]
    cells = found.cells
    return IntersectionRates(
        attributes=list(found.attributes),
        values=[[names.get(value, value) for names, value in zip(named, each.values, strict=True)] for each in cells],
        rows=[each.rows for each in cells],
        positives=[each.positives for each in cells],
        selection_rates=[each.selection.value for each in cells],
        selection_intervals=[Interval.of(each.selection.low, each.selection.high) for each in cells],
        true_positive_rates=[each.true_positive.value for each in cells],
        true_positive_intervals=[Interval.of(each.true_positive.low, each.true_positive.high) for each in cells],
        are_large_enough=[each.is_large_enough for each in cells],
        cells_in_all=found.cells_in_all,
    )

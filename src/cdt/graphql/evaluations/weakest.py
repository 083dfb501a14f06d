"""Where a version decides worst: segments of labelled rows, found and ranked."""

import strawberry
from msgspec import UNSET

from cdt.access.permissions import needs
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.evaluations.results import Interval
from cdt.measures.performance.weakest_arrays import Condition, WeakSegment
from cdt.workers.readings import JudgedReading


@needs(Permission.READ)
@strawberry.type(description="What the rows of a segment have in common in one column.")
class SegmentCondition:
    """A category, or a range of numbers."""

    column: str
    label: str | None = strawberry.field(description="The category; of a number, only that it is missing.")
    low: float | None = strawberry.field(description="From here on; null where the range has no such end.")
    high: float | None = strawberry.field(description="Up to here, but not this.")


@needs(Permission.READ)
@strawberry.type(name="WeakSegment", description="Rows that are decided wrongly surely more often than the rest.")
class WeakSegmentOfEvaluation:
    """Of one or two conditions."""

    conditions: list[SegmentCondition]
    rows: int
    errors: int = strawberry.field(description="Rows whose decision isn't their label.")
    error_rate: float
    rest_error_rate: float = strawberry.field(description="Of all other labelled rows.")
    gap: float = strawberry.field(description="The segment's error rate less the rest's.")
    interval: Interval | None = strawberry.field(
        description="Of the gap, at a confidence that holds for all segments that were searched together."
    )


@needs(Permission.READ)
@strawberry.type(name="WeakestSegments", description="The segments where the version decides worst, the gravest first.")
class WeakestSegmentsOfEvaluation:
    """By the wrong decisions that are surely too many."""

    segments: list[WeakSegmentOfEvaluation] = strawberry.field(description="At most 10.")
    searched: int = strawberry.field(description="Segments with rows enough, of one column or of two.")
    rows: int = strawberry.field(description="Labelled rows that were searched.")
    labelled_rows: int = strawberry.field(description="Of so many; of very many an even part is searched.")
    minimum_rows: int = strawberry.field(description="Fewer are no segment.")
    confidence: float
    far_off: float | None = strawberry.field(
        description="Of a version that predicts numbers: a prediction counts as wrong that lies farther from its label"
        " than nine tenths of all do, which is this far. Null of one that decides."
    )


def weakest_of(reading: JudgedReading) -> WeakestSegmentsOfEvaluation | None:
    """Those of a reading; None where none were looked for."""
    found = reading.weakest_segments
    if found is UNSET:
        return None
    return WeakestSegmentsOfEvaluation(
        segments=[_segment(each) for each in found.segments],
        searched=found.searched,
        rows=found.rows,
        labelled_rows=found.labelled_rows,
        minimum_rows=found.minimum_rows,
        confidence=found.confidence,
        far_off=None if found.far_off is UNSET else found.far_off,
    )


def _segment(found: WeakSegment) -> WeakSegmentOfEvaluation:
    return WeakSegmentOfEvaluation(
        conditions=[_condition(each) for each in found.conditions],
        rows=found.rows,
        errors=found.errors,
        error_rate=found.error_rate,
        rest_error_rate=found.rest_error_rate,
        gap=found.gap,
        interval=Interval.of(found.low, found.high),
    )


def _condition(each: Condition) -> SegmentCondition:
    return SegmentCondition(column=each.column, label=each.label, low=each.low, high=each.high)

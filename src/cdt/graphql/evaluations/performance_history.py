"""How well a model decided, window by window, beside what was expected of it before labels were known."""

from collections.abc import Sequence
from datetime import datetime

import strawberry
from msgspec import UNSET
from strawberry import relay

from cdt.access.permissions import needs
from cdt.domain.evaluations.families import ERRORS
from cdt.domain.evaluations.results import (
    ACCURACY,
    ESTIMATED_ACCURACY,
    ESTIMATED_MEAN_ABSOLUTE_ERROR,
    ESTIMATED_ROC_AUC,
    ESTIMATED_ROOT_MEAN_SQUARED_ERROR,
    MEAN_ABSOLUTE_ERROR,
    ROC_AUC,
    ROOT_MEAN_SQUARED_ERROR,
    MeasureResult,
)
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.evaluations.results import Interval
from cdt.readmodels import evaluations
from cdt.workers.readings import JudgedReading

ESTIMATED_OF = {
    ACCURACY: ESTIMATED_ACCURACY,
    ROC_AUC: ESTIMATED_ROC_AUC,
    MEAN_ABSOLUTE_ERROR: ESTIMATED_MEAN_ABSOLUTE_ERROR,
    ROOT_MEAN_SQUARED_ERROR: ESTIMATED_ROOT_MEAN_SQUARED_ERROR,
}


@needs(Permission.READ)
@strawberry.type(description="One measure, realised and estimated; parallel to the windows, null where there is none.")
class RealisedAndEstimated:
    """An estimate is there only where the plan of its window asked for it."""

    measure: str
    realised: list[float | None] = strawberry.field(description="From labels.")
    realised_intervals: list[Interval | None]
    estimated: list[float | None] = strawberry.field(description="From scores, by what they meant in the baseline.")
    estimated_intervals: list[Interval | None]
    baselines: list[float | None] = strawberry.field(description="The realised measure of what each was held against.")

    @classmethod
    def of(cls, measure: str, readings: Sequence[JudgedReading]) -> "RealisedAndEstimated":
        """From readings, oldest first."""
        realised = [_found(reading, measure) for reading in readings]
        estimated = [_found(reading, ESTIMATED_OF[measure]) for reading in readings]
        return cls(
            measure=measure,
            realised=[None if each is None else each.value for each in realised],
            realised_intervals=[None if each is None else Interval.of(each.low, each.high) for each in realised],
            estimated=[None if each is None else each.value for each in estimated],
            estimated_intervals=[None if each is None else Interval.of(each.low, each.high) for each in estimated],
            baselines=[None if each is None else each.baseline for each in realised],
        )


@needs(Permission.READ)
@strawberry.type(description="Realised beside estimated performance in the newest recorded windows.")
class PerformanceHistory:
    """Parallel arrays: an evaluation for each window, oldest first."""

    evaluation_ids: list[strawberry.ID]
    window_starts: list[datetime]
    window_ends: list[datetime]
    rows: list[int]
    label_coverages: list[float | None] = strawberry.field(
        description="The share of each window's predictions whose label was known when it was recorded."
    )
    measures: list[RealisedAndEstimated] = strawberry.field(
        description="Accuracy, then the area under the ROC curve; where numbers are predicted, the mean absolute error,"
        " then the root of the mean squared one."
    )

    @classmethod
    def of(cls, found: Sequence[tuple[evaluations.Evaluation, JudgedReading]]) -> "PerformanceHistory":
        """From evaluations with their results, oldest first."""
        readings = [reading for _, reading in found]
        return cls(
            evaluation_ids=[
                strawberry.ID(str(relay.GlobalID(type_name="Evaluation", node_id=str(row.id)))) for row, _ in found
            ],
            window_starts=[row.window_start for row, _ in found],
            window_ends=[row.window_end for row, _ in found],
            rows=[row.rows or 0 for row, _ in found],
            label_coverages=[
                row.labels / row.rows if row.rows and row.labels is not None else None for row, _ in found
            ],
            measures=[
                RealisedAndEstimated.of(measure, readings)
                for measure in ESTIMATED_OF
                if (measure in ERRORS) == any(each.numbers is not UNSET for each in readings)
            ],
        )


def _found(reading: JudgedReading, measure: str) -> MeasureResult | None:
    return next((each for each in reading.results if each.measure == measure and each.subject is None), None)

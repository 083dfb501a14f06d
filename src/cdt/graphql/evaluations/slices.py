"""What an evaluation says of the slices that its plan declared."""

import strawberry

from cdt.access.permissions import needs
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.evaluations.plan_slices import SliceCondition
from cdt.graphql.evaluations.results import Interval, Result, Verdict
from cdt.workers.readings import JudgedReading, SliceReading

_GRAVEST_FIRST = ("fail", "inconclusive", "pass")


@needs(Permission.READ)
@strawberry.type(name="SliceResults", description="What was measured of one of the plan's slices.")
class SliceOfEvaluation:
    """Its rows are those of the window for which all its conditions hold."""

    name: str
    conditions: list[SliceCondition]
    rows: int = strawberry.field(description="Its predictions.")
    labelled_rows: int
    row_share: float | None = strawberry.field(description="Of the window's predictions; null of a window without any.")
    selection_rate: float | None = strawberry.field(
        description="The share of its predictions that were decided positively; null with none."
    )
    selection_interval: Interval | None
    verdict: Verdict | None = strawberry.field(
        description="The gravest of its results: fail before inconclusive before pass; null of a slice without rows."
    )
    results: list[Result] = strawberry.field(
        description="Its volume and its performance, each held to what the plan asks of the version as a whole. The"
        " intervals of a measure hold for all slices together."
    )


def slices_shown(reading: JudgedReading) -> list[SliceOfEvaluation]:
    """Those of a reading, in the plan's order."""
    return [_shown(each, reading) for each in reading.read_slices]


def _shown(found: SliceReading, reading: JudgedReading) -> SliceOfEvaluation:
    verdicts = {result.verdict for result in found.results}
    return SliceOfEvaluation(
        name=found.name,
        conditions=[SliceCondition.of(each) for each in found.conditions],
        rows=found.rows,
        labelled_rows=found.labelled,
        row_share=found.rows / reading.rows if reading.rows else None,
        selection_rate=found.selection.value,
        selection_interval=Interval.of(found.selection.low, found.selection.high),
        verdict=next((Verdict(each) for each in _GRAVEST_FIRST if each in verdicts), None) if found.rows else None,
        results=[Result.of(each, reading.definitions, reading.chosen_bands) for each in found.results],
    )

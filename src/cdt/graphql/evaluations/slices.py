"""What an evaluation says of the slices that its plan declared."""

from collections.abc import Mapping, Sequence

import strawberry
from msgspec import UNSET

from cdt.access.permissions import needs
from cdt.domain.evaluations.families import DRIFT_OF_SLICES, FAIRNESS_OF_SLICES
from cdt.domain.evaluations.severities import Bands
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.evaluations.plan_slices import SliceCondition
from cdt.graphql.evaluations.results import Interval, Result, Verdict
from cdt.graphql.evaluations.slice_contrasts import SliceContrasts
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
    labels_reason: str | None = strawberry.field(description="Why its labels aren't counted; null where they are.")
    row_share: float | None = strawberry.field(
        description="Of the window's predictions; null without any, and where these aren't counted with it."
    )
    selection_rate: float | None = strawberry.field(
        description="The share of its predictions that were decided positively; null with none."
    )
    selection_interval: Interval | None
    verdict: Verdict | None = strawberry.field(
        description="Fail where any of its results fails, drift and fairness included; else the gravest of its volume"
        " and its performance, inconclusive before pass. Null of a slice without rows."
    )
    results: list[Result] = strawberry.field(
        description="Its volume and its performance, each held to what the plan asks of the version as a whole. The"
        " intervals of a measure hold for all slices together."
    )
    baseline_rows: int | None = strawberry.field(
        description="The baseline's predictions that are in the slice; null where they aren't known."
    )
    baseline_reason: str | None = strawberry.field(description="Why the baseline's rows of the slice aren't known.")
    drift: SliceContrasts | None = strawberry.field(
        description="How far its features and outputs have moved from the baseline's rows of the same slice. Null where"
        " these aren't known, and of what was recorded before it was measured."
    )
    fairness: SliceContrasts | None = strawberry.field(
        description="How differently the groups of each attribute fare within it, but of those attributes that tell who"
        " is in it. Null where there is none, and of what was recorded before it was measured."
    )


def slices_shown(reading: JudgedReading) -> list[SliceOfEvaluation]:
    """Those of a reading, in the plan's order."""
    return [
        slice_shown(each, reading.definitions, reading.chosen_bands, of_rows=reading.rows)
        for each in reading.read_slices
    ]


def slice_shown(
    found: SliceReading,
    definitions: Mapping[str, object],
    bands: Sequence[Bands],
    *,
    of_rows: int | None,
    labels_reason: str | None = None,
) -> SliceOfEvaluation:
    """One slice; of_rows: all predictions of the window, where these are known."""
    drift = [each for each in found.results if each.measure in DRIFT_OF_SLICES]
    fairness = [each for each in found.results if each.measure in FAIRNESS_OF_SLICES]
    own = [each for each in found.results if each.measure not in DRIFT_OF_SLICES | FAIRNESS_OF_SLICES]
    verdicts = {each.verdict for each in own} | {each.verdict for each in found.results if each.verdict == "fail"}
    return SliceOfEvaluation(
        name=found.name,
        conditions=[SliceCondition.of(each) for each in found.conditions],
        rows=found.rows,
        labelled_rows=found.labelled,
        labels_reason=labels_reason,
        row_share=found.rows / of_rows if of_rows else None,
        selection_rate=found.selection.value,
        selection_interval=Interval.of(found.selection.low, found.selection.high),
        verdict=next((Verdict(each) for each in _GRAVEST_FIRST if each in verdicts), None) if found.rows else None,
        results=[Result.of(each, definitions, bands) for each in own],
        baseline_rows=None if found.baseline_rows is UNSET else found.baseline_rows,
        baseline_reason=None if found.baseline_reason is UNSET else found.baseline_reason,
        drift=SliceContrasts.of(drift, definitions, bands),
        fairness=SliceContrasts.of(fairness, definitions, bands),
    )

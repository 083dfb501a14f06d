"""The slices of a plan in any window of whole hours, told from what is counted of them; nothing is recorded."""

import asyncio
from collections.abc import Iterable
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from msgspec import UNSET, UnsetType
from msgspec.structs import replace
from psycopg import AsyncConnection

from cdt.domain.evaluations.families import FAIRNESS_OF_SLICES, OF_NUMBERS, ON_LABELS
from cdt.domain.evaluations.plan import PlanPolicy
from cdt.domain.evaluations.results import MeasureResult
from cdt.domain.evaluations.slices import Slice
from cdt.domain.registry.baselines import Span, reference_of
from cdt.measures import performance_answers, quality, worth_answers
from cdt.measures.answers import Answer
from cdt.measures.definitions import STANDARD, ReadingRules
from cdt.measures.drift_answers import OVER_BINS
from cdt.measures.grid import Grid
from cdt.measures.packing import decode as decode_profile
from cdt.measures.profile import Profile, empty
from cdt.measures.readings import Measured, measured_of
from cdt.measures.slice_contrasts import slice_contrasts
from cdt.measures.slice_counting import attributes_of
from cdt.measures.slice_readings import selection_of
from cdt.predictions import documents, slice_windows
from cdt.predictions.objects import Objects
from cdt.predictions.references import hour_from
from cdt.predictions.slice_counter import Counts, SliceCounter
from cdt.predictions.versions import NumberedVersion
from cdt.readmodels.registry import Version
from cdt.workers.readings import SliceReading, judged_results, rules_of
from cdt.workers.slice_baselines import UPLOADED
from cdt.workers.slices import rules_of_contrasts, rules_of_slices

OF_COUNTS = (
    frozenset({*OVER_BINS, "drift_score", "accuracy", "precision", "recall", "business_value"})
    | frozenset(performance_answers.OF_CONFUSION)
    | {name for name in FAIRNESS_OF_SLICES if not name.startswith("calibration_")}
)
"""What counts by bins tell, to the bit as rows would; where a baseline has none of it, the reason."""
BEING_COUNTED = "the rows are being counted by the slices; ask again in some seconds"
PAST_RETENTION = "rows of the baseline are past the project's retention"


class SlicesOfWindow(NamedTuple):
    """The slices in the plan's order, or the reason why they can't be told.

    rows: all predictions of the window aren't known here, only those of slices. units: from how many hours and days
    they were added up. sequence: up to where rows are counted.
    """

    slices: tuple[SliceReading, ...]
    reason: str | None = None
    units: int = 0
    sequence: int = 0


async def slices_of_window(
    connection: AsyncConnection[Any],
    objects: Objects,
    version: NumberedVersion,
    registered: Version,
    policy: PlanPolicy,
    window: Span,
    zone: ZoneInfo,
) -> SlicesOfWindow:
    """Of a version that has a grid and a baseline, by a plan that declares slices; window: of whole hours."""
    assert registered.grid_digest is not None
    assert registered.baseline_digest is not None
    project_id = version.project_id
    grid = Grid.from_json(await documents.get(connection, project_id, registered.grid_digest))
    counter = SliceCounter(grid, policy.declared_slices, version.signature)
    found = await slice_windows.count(connection, objects, version, counter, [window])
    before = await _before(connection, objects, version, registered, counter, window, zone)
    if found.counts is None or before is None:
        return SlicesOfWindow((), BEING_COUNTED)
    baseline = empty(grid)
    if registered.moving is None:
        baseline = decode_profile(grid, await documents.get(connection, project_id, registered.baseline_digest))
    told = await asyncio.to_thread(_told, counter, found.counts, before, baseline, policy)
    return SlicesOfWindow(told, None, found.units, found.sequence)


async def _before(
    connection: AsyncConnection[Any],
    objects: Objects,
    version: NumberedVersion,
    registered: Version,
    counter: SliceCounter,
    window: Span,
    zone: ZoneInfo,
) -> Counts | str | None:
    """The counts of the baseline's hours, each that begins in it; why there are none; None while they are counted."""
    if registered.moving is not None:
        spans = reference_of(registered.moving, window.start, window.end, zone).spans
    elif registered.baseline_source == "upload" or registered.baseline_from is None or registered.baseline_to is None:
        return UPLOADED
    else:
        spans = (Span(registered.baseline_from, registered.baseline_to),)
    spans = tuple(Span(hour_from(each.start), hour_from(each.end)) for each in spans)
    if version.kept_from is not None and spans and spans[0].start < version.kept_from:
        return PAST_RETENTION
    return (await slice_windows.count(connection, objects, version, counter, spans)).counts


def _told(
    counter: SliceCounter, counts: Counts, before: Counts | str, baseline: Profile, policy: PlanPolicy
) -> tuple[SliceReading, ...]:
    grid = counter.bins.grid
    rules = rules_of(policy, grid)
    taken = tuple(name for name in rules.measures or STANDARD if name in OF_COUNTS - OF_NUMBERS)
    told: list[SliceReading] = []
    for place, declared in enumerate(counter.slices):
        knows_labels = counter.tells_labels(declared)
        chosen = taken if knows_labels else tuple(name for name in taken if name not in ON_LABELS)
        same = None if isinstance(before, str) else counter.bins.profile(before[place])
        reason = before if isinstance(before, str) else UNSET
        current = counter.bins.profile(counts[place])
        told.append(_one(grid, declared, current, same, baseline, policy, replace(rules, measures=chosen), reason))
    return tuple(told)


def _one(
    grid: Grid,
    declared: Slice,
    current: Profile,
    before: Profile | None,
    baseline: Profile,
    policy: PlanPolicy,
    rules: ReadingRules,
    reason: str | UnsetType,
) -> SliceReading:
    own_rules = rules_of_slices(replace(rules, measures=(*(rules.measures or ()), "volume")), policy)
    answers = [Answer("volume", None, quality.volume(current))]
    if not grid.is_of_numbers:
        answers += performance_answers.performance(grid, baseline, current, own_rules)
        answers += worth_answers.worth(grid, baseline, current, own_rules)
    contrasts = slice_contrasts(
        grid,
        before,
        current,
        rules_of_contrasts(rules, policy, grid),
        without=attributes_of(grid, {condition.column for condition in declared.conditions}),
    )

    def judged(results: Iterable[Measured], held_to: Profile) -> tuple[MeasureResult, ...]:
        return judged_results(results, policy, rows=current.rows, labelled=current.labelled, baseline_rows=held_to.rows)

    return SliceReading(
        name=declared.name,
        conditions=declared.conditions,
        rows=current.rows,
        labelled=current.labelled,
        selection=selection_of(grid, current, own_rules),
        results=(
            *judged(measured_of(grid, own_rules, answers), baseline),
            *judged((*contrasts.drift, *contrasts.fairness), baseline if before is None else before),
        ),
        baseline_rows=UNSET if before is None else before.rows,
        baseline_reason=reason,
    )

"""The slices that a plan declares, measured of the rows of a window."""

import numpy as np
from msgspec import UNSET
from msgspec.structs import replace
from numpy.typing import NDArray

from cdt.domain.evaluations.plan import PlanPolicy
from cdt.domain.evaluations.results import MeasureResult
from cdt.domain.evaluations.slices import Slice
from cdt.domain.evaluations.verdicts import corrected_confidence
from cdt.measures.catalog import Definition
from cdt.measures.definitions import ReadingRules
from cdt.measures.grid import Grid
from cdt.measures.profile import Profile, merge
from cdt.measures.readings import Measured
from cdt.measures.samples import Sample
from cdt.measures.slice_contrasts import slice_contrasts
from cdt.measures.slice_counting import attributes_of, members_counted
from cdt.measures.slice_readings import SliceMeasured, slice_measured
from cdt.predictions.slice_members import members_of
from cdt.workers.readings import JudgedReading, SliceReading, judged_results
from cdt.workers.slice_baselines import SliceBaselines


def rules_of_slices(rules: ReadingRules, policy: PlanPolicy) -> ReadingRules:
    """How slices are read: the intervals of one measure over all slices hold together, at the plan's confidence."""
    tests = max(1, len(policy.declared_slices))
    return replace(rules, performance_confidence=corrected_confidence(policy.confidence, tests=tests))


def rules_of_contrasts(rules: ReadingRules, policy: PlanPolicy, grid: Grid) -> ReadingRules:
    """The same of drift and fairness: over all slices and, of each, all features and outputs, or all attributes.

    The labels of the baseline's slices are not known, so nothing is told of the drift of labels.
    """
    slices = max(1, len(policy.declared_slices))
    outputs = tuple(each for each in rules.outputs if each != "label")
    of_drift = slices * max(1, len(rules.watched_of(grid)) + len(outputs))
    of_fairness = slices * max(1, len(grid.groups))
    return replace(
        rules,
        drift_confidence=corrected_confidence(policy.confidence_of_drift, tests=of_drift),
        fairness_confidence=corrected_confidence(policy.confidence, tests=of_fairness),
        outputs=outputs,
    )


def with_slices(
    reading: JudgedReading,
    grid: Grid,
    baseline: Profile,
    window: Sample,
    policy: PlanPolicy,
    rules: ReadingRules,
    members: NDArray[np.bool_],
    baselines: SliceBaselines | None = None,
) -> JudgedReading:
    """The reading with the slices of its plan, in their order, each held to what the plan asks of the whole version.

    members: (slices, labelled rows) which of the window's labelled rows belong to each. baselines: what the drift of
    each is held against; without it neither drift nor fairness is told, as of what was asked for in former releases.
    """
    own_rules = rules_of_slices(rules, policy)
    rows = len(window.predictions.decision)
    slices: list[SliceReading] = []
    definitions = dict(reading.definitions)
    for place, (declared, is_labelled_member) in enumerate(zip(policy.declared_slices, members, strict=True)):
        is_member = members_of(declared, window.predictions.columns, rows)
        measured = slice_measured(
            grid,
            baseline,
            window,
            own_rules,
            is_member=is_member,
            is_labelled_member=is_labelled_member,
        )
        found = _judged(declared, measured, policy, baseline)
        definitions |= _definitions(measured.results)
        if baselines is not None:
            before = baselines.profiles[place] if baselines.profiles else None
            contrasts = _contrasted(grid, before, window, policy, rules, declared, is_member, is_labelled_member)
            definitions |= _definitions(contrasts)
            found = replace(
                found,
                results=(
                    *found.results,
                    *_judged_results(contrasts, measured, policy, baseline if before is None else before),
                ),
                baseline_rows=UNSET if before is None else before.rows,
                baseline_reason=baselines.reason or UNSET,
            )
        slices.append(found)
    return replace(reading, slices=tuple(slices), definitions=definitions)


def _contrasted(
    grid: Grid,
    baseline: Profile | None,
    window: Sample,
    policy: PlanPolicy,
    rules: ReadingRules,
    declared: Slice,
    is_member: NDArray[np.bool_],
    is_labelled_member: NDArray[np.bool_],
) -> tuple[Measured, ...]:
    """Drift, then fairness."""
    assert window.labels is not None
    labels = window.labels.where(is_labelled_member)
    current = merge(members_counted(grid, window.predictions, is_member), labels.profile(grid))
    found = slice_contrasts(
        grid,
        baseline,
        current,
        rules_of_contrasts(rules, policy, grid),
        labels_of=Sample(predictions=window.predictions, labels=labels),
        without=attributes_of(grid, {condition.column for condition in declared.conditions}),
    )
    return (*found.drift, *found.fairness)


def _judged(declared: Slice, measured: SliceMeasured, policy: PlanPolicy, baseline: Profile) -> SliceReading:
    return SliceReading(
        name=declared.name,
        conditions=declared.conditions,
        rows=measured.rows,
        labelled=measured.labelled,
        selection=measured.selection,
        results=_judged_results(measured.results, measured, policy, baseline),
    )


def _judged_results(
    results: tuple[Measured, ...], measured: SliceMeasured, policy: PlanPolicy, baseline: Profile
) -> tuple[MeasureResult, ...]:
    return judged_results(results, policy, rows=measured.rows, labelled=measured.labelled, baseline_rows=baseline.rows)


def _definitions(results: tuple[Measured, ...]) -> dict[str, Definition]:
    return {each.definition_digest: each.definition for each in results}

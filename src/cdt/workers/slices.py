"""The slices that a plan declares, measured of the rows of a window."""

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from cdt.domain.evaluations.plan import PlanPolicy
from cdt.domain.evaluations.slices import Condition, Slice
from cdt.domain.evaluations.verdicts import corrected_confidence
from cdt.measures.columns import CategoryColumn, Columns
from cdt.measures.definitions import ReadingRules
from cdt.measures.grid import Grid
from cdt.measures.members import among, between
from cdt.measures.profile import Profile
from cdt.measures.samples import Sample
from cdt.measures.slice_readings import SliceMeasured, slice_measured
from cdt.workers.readings import JudgedReading, SliceReading, judged_results


def members_of(declared: Slice, columns: Columns, rows: int) -> NDArray[np.bool_]:
    """(rows,) which of them belong to a slice; none where a column isn't there, as one that has no values."""
    chosen = np.ones(rows, dtype=np.bool_)
    for condition in declared.conditions:
        chosen &= _meeting(condition, columns, rows)
    return chosen


def rules_of_slices(rules: ReadingRules, policy: PlanPolicy) -> ReadingRules:
    """How slices are read: the intervals of one measure over all slices hold together, at the plan's confidence."""
    tests = max(1, len(policy.declared_slices))
    return replace(rules, performance_confidence=corrected_confidence(policy.confidence, tests=tests))


def with_slices(
    reading: JudgedReading,
    grid: Grid,
    baseline: Profile,
    window: Sample,
    policy: PlanPolicy,
    rules: ReadingRules,
    members: NDArray[np.bool_],
) -> JudgedReading:
    """The reading with the slices of its plan, in their order, each held to what the plan asks of the whole version.

    members: (slices, labelled rows) which of the window's labelled rows belong to each.
    """
    own_rules = rules_of_slices(rules, policy)
    rows = len(window.predictions.decision)
    slices: list[SliceReading] = []
    definitions = dict(reading.definitions)
    for declared, is_labelled_member in zip(policy.declared_slices, members, strict=True):
        measured = slice_measured(
            grid,
            baseline,
            window,
            own_rules,
            is_member=members_of(declared, window.predictions.columns, rows),
            is_labelled_member=is_labelled_member,
        )
        slices.append(_judged(declared, measured, policy, baseline))
        definitions |= {each.definition_digest: each.definition for each in measured.results}
    return replace(reading, slices=tuple(slices), definitions=definitions)


def _judged(declared: Slice, measured: SliceMeasured, policy: PlanPolicy, baseline: Profile) -> SliceReading:
    return SliceReading(
        name=declared.name,
        conditions=declared.conditions,
        rows=measured.rows,
        labelled=measured.labelled,
        selection=measured.selection,
        results=judged_results(
            measured.results, policy, rows=measured.rows, labelled=measured.labelled, baseline_rows=baseline.rows
        ),
    )


def _meeting(condition: Condition, columns: Columns, rows: int) -> NDArray[np.bool_]:
    column = columns.get(condition.column)
    if isinstance(column, CategoryColumn):
        return among(column, condition.values or ())
    if column is None or condition.values is not None:
        return np.zeros(rows, dtype=np.bool_)
    return between(column, condition.low, condition.high)

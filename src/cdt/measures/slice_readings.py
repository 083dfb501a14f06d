"""What the measures say of one slice of a window: how many rows it has, how they are decided, and how well."""

from dataclasses import replace

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from cdt.measures import outcome_answers, performance_answers, quality, worth_answers
from cdt.measures.answers import Answer
from cdt.measures.definitions import ReadingRules
from cdt.measures.estimates import Estimate, share_estimate
from cdt.measures.folding import profile_labels
from cdt.measures.grid import Grid
from cdt.measures.performance.ranking import roc_auc_of_cells
from cdt.measures.profile import Profile, merge, no_extremes
from cdt.measures.readings import Measured, measured_of
from cdt.measures.samples import PredictionRows, Sample

NOTHING_DECIDED = "the version predicts numbers, and decides nothing"


class SliceMeasured(Struct, frozen=True, kw_only=True):
    """One slice.

    selection: the share of its predictions that were decided positively.
    results: its volume, and every measure of performance that the rules ask for.
    """

    rows: int
    labelled: int
    selection: Estimate
    results: tuple[Measured, ...]


def slice_measured(
    grid: Grid,
    baseline: Profile,
    window: Sample,
    rules: ReadingRules,
    *,
    is_member: NDArray[np.bool_],
    is_labelled_member: NDArray[np.bool_],
) -> SliceMeasured:
    """The measures of the members among the rows of a window.

    baseline: that of the whole version, to which a slice is held as the version is. rules: their confidence of
        performance is that of each slice's interval. is_member: (predictions,). is_labelled_member: (labelled rows,).
    """
    sample = _members(window, is_member, is_labelled_member)
    if grid.is_of_numbers:
        return _of_numbers(grid, baseline, sample, rules)
    current = _counted(grid, sample)
    ranking = performance_answers.ranking_of_rows(grid, sample.labels, rules)
    answers = [
        Answer("volume", None, quality.volume(current)),
        *performance_answers.performance(grid, baseline, current, rules),
        performance_answers.ranked(ranking, roc_auc_of_cells(baseline.ranking), baseline, counted_from="rows"),
        *performance_answers.of_scores(grid, baseline, current, rules, current_rows=sample),
        *worth_answers.worth(grid, baseline, current, rules),
    ]
    return SliceMeasured(
        rows=current.rows,
        labelled=current.labelled,
        selection=selection_of(grid, current, rules),
        results=measured_of(grid, rules, answers),
    )


def selection_of(grid: Grid, current: Profile, rules: ReadingRules) -> Estimate:
    """The share of a slice's predictions that were decided positively."""
    if grid.is_of_numbers:
        return Estimate.missing(NOTHING_DECIDED)
    decided = current.decisions[:-1]
    return share_estimate(
        int(decided[grid.positive_code]),
        int(decided.sum()),
        confidence=rules.confidence_of("performance"),
        reason="no predictions with a decision",
    )


def _of_numbers(grid: Grid, baseline: Profile, sample: Sample, rules: ReadingRules) -> SliceMeasured:
    """Of a version that predicts numbers nothing is decided."""
    labels = sample.labels
    assert labels is not None
    assert labels.number is not None
    rows = len(sample.predictions.decision)
    answers = [
        Answer("volume", None, Estimate.of(rows, rows, rows, rows=rows)),
        *outcome_answers.performance(baseline, baseline, rules, current_rows=sample),
    ]
    return SliceMeasured(
        rows=rows,
        labelled=len(labels.number),
        selection=selection_of(grid, baseline, rules),
        results=measured_of(grid, rules, answers),
    )


def _members(window: Sample, is_member: NDArray[np.bool_], is_labelled_member: NDArray[np.bool_]) -> Sample:
    """Their decisions, scores and labels; what else is known of them isn't measured of a slice."""
    labels = window.labels
    assert labels is not None
    return Sample(
        predictions=PredictionRows(columns={}, decision=window.predictions.decision[is_member]),
        labels=replace(labels.where(is_labelled_member), groups={}),
    )


def _counted(grid: Grid, sample: Sample) -> Profile:
    """Decisions and labels alone: the columns of a slice's rows need not be gone through."""
    labels, classes = sample.labels, len(grid.classes)
    assert labels is not None
    counts = np.zeros(grid.layout.size, dtype=np.int64)
    decision = sample.predictions.decision
    grid.layout.decision.of(counts)[:] = np.bincount(np.where(decision < 0, classes, decision), minlength=classes + 1)
    decided = Profile(grid=grid, counts=counts, extremes=no_extremes(grid))
    return merge(decided, profile_labels(grid, labels.decision, labels.score, labels.label, {}))

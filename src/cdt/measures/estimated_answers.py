"""What is expected of a window before its labels are known, and whether its labels say that concepts have moved."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from cdt.measures.answers import Answer
from cdt.measures.cells import cells_of
from cdt.measures.definitions import CountedFrom, ReadingRules
from cdt.measures.estimates import Estimate
from cdt.measures.grid import Grid
from cdt.measures.performance.chances import Chances, learnt
from cdt.measures.performance.concept import calibration_drift_of, performance_drift_of
from cdt.measures.performance.confusion import accuracy_of, balanced_accuracy_of, f1_of, precision_of, recall_of
from cdt.measures.performance.estimated import FORMULAS, NO_DECISIONS, decided_by_block, estimate_of
from cdt.measures.performance.ranking import roc_auc_of_cells
from cdt.measures.profile import Profile
from cdt.measures.samples import PredictionRows, Sample

Counts = NDArray[np.int64]

TWO_CLASSES = "it is told of two classes alone"
NO_THRESHOLD = "counts don't tell which scores were decided positively; an evaluation of rows can"
NO_SCORES = "no rows with a score"


def estimated(
    grid: Grid, baseline: Profile, current: Profile, rules: ReadingRules, *, current_rows: Sample | None = None
) -> Iterator[Answer]:
    """Estimated performance beside that of the baseline's labels; then, from labels, what has moved."""
    wanted = [name for name in FORMULAS if rules.wants(f"estimated_{name}")]
    if not wanted and not rules.wants("performance_drift") and not rules.wants("calibration_drift"):
        return
    confidence = rules.confidence_of("performance")
    places = np.arange(len(baseline.ranking))
    chances = Estimate.missing(TWO_CLASSES) if len(grid.classes) > 2 else learnt(places, baseline.ranking)
    counted_from: CountedFrom = "profile" if current_rows is None else "rows"
    for name in wanted:
        now = _expected(name, grid, chances, baseline, current, rules, current_rows)
        before = _REALISED[name](baseline, grid.positive_code)
        rarer = int(baseline.ranking.sum(axis=0).min())
        yield Answer(f"estimated_{name}", None, now, before.value, before.rows, rarer, before.reason, counted_from)
    if rules.wants("performance_drift"):
        moved = performance_drift_of(baseline.confusion, current.confusion, confidence=confidence)
        yield Answer("performance_drift", None, moved, baseline_rows=accuracy_of(baseline.confusion).rows)
    if rules.wants("calibration_drift"):
        moved = calibration_drift_of(chances, places, current.ranking, confidence=confidence)
        yield Answer("calibration_drift", None, moved, baseline_rows=int(baseline.ranking.sum()))


_REALISED: dict[str, Callable[[Profile, int], Estimate]] = {
    "accuracy": lambda profile, _: accuracy_of(profile.confusion),
    "balanced_accuracy": lambda profile, _: balanced_accuracy_of(profile.confusion),
    "precision": lambda profile, positive: precision_of(profile.confusion, positive),
    "recall": lambda profile, positive: recall_of(profile.confusion, positive),
    "f1": lambda profile, positive: f1_of(profile.confusion, positive),
    "roc_auc": lambda profile, _: roc_auc_of_cells(profile.ranking),
}


def _expected(
    name: str,
    grid: Grid,
    chances: Chances | Estimate,
    baseline: Profile,
    current: Profile,
    rules: ReadingRules,
    rows: Sample | None,
) -> Estimate:
    if isinstance(chances, Estimate):
        return chances
    decided = _decided(name, grid, chances, baseline, current, rows)
    if isinstance(decided, Estimate):
        return decided
    confidence = rules.confidence_of("performance")
    return estimate_of(name, chances, decided, confidence=confidence, draws=rules.draws, seed=rules.seed)


def _decided(
    name: str, grid: Grid, chances: Chances, baseline: Profile, current: Profile, rows: Sample | None
) -> Counts | Estimate:
    """(blocks, 2) predictions of the window by the block of their score and by decision; or why that isn't known."""
    scored = current.score.cells
    if not scored.sum():
        return Estimate.missing(NO_SCORES)
    if name == "roc_auc":
        table = np.column_stack((scored, np.zeros_like(scored)))
    elif rows is not None:
        return _decided_rows(grid, chances, rows.predictions)
    else:
        positive = grid.positive_code
        is_whole = not current.decisions[-1] and not current.score.missing
        if not is_whole or not _is_by_threshold(baseline, positive):
            return Estimate.missing(NO_THRESHOLD)
        table = _highest(scored, int(current.decisions[positive]))
    decided = np.zeros((len(chances.rows), 2), dtype=np.int64)
    np.add.at(decided, chances.block_of(np.arange(len(scored))), table)
    return decided


def _decided_rows(grid: Grid, chances: Chances, rows: PredictionRows) -> Counts | Estimate:
    if rows.score is None:
        return Estimate.missing(NO_SCORES)
    counted = (rows.decision >= 0) & ~np.isnan(rows.score)
    if not counted.any():
        return Estimate.missing(NO_DECISIONS)
    cells = cells_of(grid.score.cells, rows.score[counted])
    return decided_by_block(chances, cells, rows.decision[counted] == grid.positive_code)


def _highest(scored: Counts, positives: int) -> Counts:
    """(cells, 2) rows by score cell, the given number with the highest scores decided positively."""
    above = scored.sum() - np.cumsum(scored)
    chosen = np.clip(positives - above, 0, scored)
    return np.column_stack((scored - chosen, chosen))


def _is_by_threshold(profile: Profile, positive: int) -> bool:
    """Whether the labelled rows decided positively may be those with the highest scores: they are positive as often."""
    confusion, ranking = profile.confusion, profile.ranking
    if confusion[-1].any() or confusion.sum() != ranking.sum():
        return False
    decided, found = int(confusion[positive].sum()), int(confusion[positive, positive])
    table = _highest(ranking.sum(axis=1), decided)
    is_chosen, is_cut = table[:, 0] == 0, (table > 0).all(axis=1)
    surely = int(ranking[is_chosen, 1].sum())
    others, positives = ranking[is_cut].sum(axis=0).tolist()
    rest = int(table[is_cut, 1].sum())
    return max(0, rest - others) <= found - surely <= min(positives, rest)

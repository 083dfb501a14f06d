"""What the decisions of a window are worth, beside those of the baseline, where the rules say what each is."""

from collections.abc import Iterator

import numpy as np
from msgspec import UNSET
from numpy.typing import NDArray

from cdt.measures.answers import Answer
from cdt.measures.definitions import ReadingRules, Worth
from cdt.measures.estimates import Estimate
from cdt.measures.grid import Grid
from cdt.measures.performance.confusion import Counts, decided_of
from cdt.measures.performance.worth import business_value_of
from cdt.measures.profile import Profile


def worth(grid: Grid, baseline: Profile, current: Profile, rules: ReadingRules) -> Iterator[Answer]:
    """Nothing, where the rules don't say what decisions are worth."""
    if rules.worth is UNSET:
        return
    values = _values(grid, rules.worth)
    confidence = rules.confidence_of("performance")
    now, before = (_worth(grid, side.confusion, values, confidence) for side in (current, baseline))
    yield Answer("business_value", None, now, before.value, before.rows, baseline_reason=before.reason)


def _values(grid: Grid, stated: Worth) -> NDArray[np.float64]:
    """(decisions, labels) in the order of the grid's classes; NaN of a class that isn't said anything of."""
    by_pair = {
        (decision, label): value
        for label, row in zip(stated.classes, stated.values, strict=True)
        for decision, value in zip(stated.classes, row, strict=True)
    }
    classes = grid.classes
    return np.array([[by_pair.get((decision, label), np.nan) for label in classes] for decision in classes])


def _worth(grid: Grid, confusion: Counts, values: NDArray[np.float64], confidence: float) -> Estimate:
    decided = decided_of(confusion)
    unsaid = np.argwhere((decided > 0) & ~np.isfinite(values))
    if len(unsaid):
        decision, label = unsaid[0].tolist()
        reason = f"it isn't said what {grid.classes[label]!r} decided as {grid.classes[decision]!r} is worth"
        return Estimate.missing(reason, rows=int(decided.sum()))
    return business_value_of(confusion, values, confidence=confidence)

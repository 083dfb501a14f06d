"""Rows of a window or of a baseline, predictions and labelled rows together."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cdt.measures.columns import Columns
from cdt.measures.folding import GroupCodes, profile_labels, profile_outcomes, profile_predictions
from cdt.measures.grid import Grid
from cdt.measures.profile import Profile, merge


@dataclass(frozen=True, slots=True, eq=False)
class PredictionRows:
    """Predictions as rows: columns by name; (rows,) class codes, -1 for missing; (rows,) scores, NaN for missing.

    is_ahead: (rows,) whether a row was predicted, by its own clock, after it was received.
    """

    columns: Columns
    decision: NDArray[np.int32]
    score: NDArray[np.float64] | None = None
    is_ahead: NDArray[np.bool_] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class LabelRows:
    """Labelled rows: each label with the decision, the score and the groups of its prediction; see `profile_labels`.

    label: (rows,) class codes; of a version that predicts numbers `number`, NaN for missing, and no label then.
    """

    decision: NDArray[np.int32]
    score: NDArray[np.float64] | None
    label: NDArray[np.int32]
    groups: Mapping[str, GroupCodes]
    number: NDArray[np.float64] | None = None

    def where(self, chosen: NDArray[np.bool_]) -> "LabelRows":
        """The rows that are chosen."""
        return LabelRows(
            decision=self.decision[chosen],
            score=None if self.score is None else self.score[chosen],
            label=self.label if self.number is not None else self.label[chosen],
            groups={name: codes[chosen] for name, codes in self.groups.items()},
            number=None if self.number is None else self.number[chosen],
        )

    def profile(self, grid: Grid) -> Profile:
        """Counted on the grid."""
        if self.number is not None:
            return profile_outcomes(grid, self.score, self.number, self.groups)
        return profile_labels(grid, self.decision, self.score, self.label, self.groups)


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """The rows of a window or of a baseline."""

    predictions: PredictionRows
    labels: LabelRows | None = None

    def profile(self, grid: Grid) -> Profile:
        """Predictions and labelled rows, counted on the grid."""
        predictions = self.predictions
        counted = profile_predictions(
            grid, predictions.columns, predictions.decision, predictions.score, predictions.is_ahead
        )
        return counted if self.labels is None else merge(counted, self.labels.profile(grid))

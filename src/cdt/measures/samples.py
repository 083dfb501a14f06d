"""Rows of a window or of a baseline, predictions and labelled rows together."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cdt.measures.columns import Columns
from cdt.measures.folding import GroupCodes, profile_labels, profile_predictions
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
    """Labelled rows: each label with the decision, the score and the groups of its prediction; see `profile_labels`."""

    decision: NDArray[np.int32]
    score: NDArray[np.float64] | None
    label: NDArray[np.int32]
    groups: Mapping[str, GroupCodes]


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
        if self.labels is None:
            return counted
        labels = self.labels
        return merge(counted, profile_labels(grid, labels.decision, labels.score, labels.label, labels.groups))

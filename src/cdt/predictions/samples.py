"""Rows of a version as the measures take them."""

import numpy as np

from cdt.measures.columns import CategoryColumn
from cdt.measures.folding import class_codes, group_codes
from cdt.measures.grid import Grid
from cdt.measures.samples import LabelRows, PredictionRows, Sample
from cdt.predictions.columns import Labels, Predictions


def prediction_rows(grid: Grid, predictions: Predictions) -> PredictionRows:
    """Predictions, their decisions as codes of the grid's classes."""
    return PredictionRows(
        columns=predictions.features,
        decision=class_codes(grid, predictions.decision),
        score=predictions.score,
        is_ahead=predictions.is_ahead,
    )


def label_rows(grid: Grid, labels: Labels) -> LabelRows:
    """Labels with what their predictions said; takes every row, whatever its sign."""
    label = labels.label
    return LabelRows(
        decision=class_codes(grid, labels.decision),
        score=labels.score,
        label=class_codes(grid, label) if isinstance(label, CategoryColumn) else np.empty(0, dtype=np.int32),
        groups=group_codes(grid, labels.features, len(labels)),
        number=label if isinstance(label, np.ndarray) else None,
    )


def sample_of(grid: Grid, predictions: Predictions, labels: Labels) -> Sample:
    """Predictions and the labels that hold for them."""
    return Sample(predictions=prediction_rows(grid, predictions), labels=label_rows(grid, in_force(labels)))


def in_force(labels: Labels) -> Labels:
    """Without the labels that a correction took back, and without the corrections' own negative rows."""
    if (labels.sign > 0).all():
        return labels
    last: dict[tuple[str, int], int] = {}
    for row, (prediction_id, predicted_at, sign) in enumerate(
        zip(labels.ids.to_pylist(), labels.predicted_at.tolist(), labels.sign.tolist(), strict=True)
    ):
        if sign > 0:
            last[prediction_id, predicted_at] = row
    chosen = np.zeros(len(labels), dtype=np.bool_)
    chosen[list(last.values())] = True
    return labels.where(chosen)

"""Fitting a version's grid to rows of it."""

import numpy as np

from cdt.domain.registry.signature import Signature
from cdt.measures.fitting import GroupRule, fit_grid
from cdt.measures.grid import Grid
from cdt.predictions.columns import Labels, Predictions


def grid_for(signature: Signature, predictions: Predictions, labels: Labels | None = None) -> Grid:
    """The grid of a version, fitted to these rows.

    labels: of a version that predicts numbers, by which errors are counted; they may be those of fewer rows.
    """
    labelled = None
    if signature.is_of_numbers and labels is not None and isinstance(labels.label, np.ndarray):
        labelled = labels.label, labels.score
    return fit_grid(
        predictions.features,
        features=[column.name for column in signature.columns],
        classes=signature.classes,
        positive_class=signature.positive_class,
        groups=[GroupRule(name=each.name, column=each.column, bands=each.bands or ()) for each in signature.groups],
        score=predictions.score[np.isfinite(predictions.score)],
        labelled=labelled,
    )

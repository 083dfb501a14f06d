"""Fitting a version's grid to rows of it."""

import numpy as np

from cdt.domain.registry.signature import Signature
from cdt.measures.fitting import GroupRule, fit_grid
from cdt.measures.grid import Grid
from cdt.predictions.columns import Predictions


def grid_for(signature: Signature, predictions: Predictions) -> Grid:
    """The grid of a version, fitted to these rows."""
    return fit_grid(
        predictions.features,
        features=[column.name for column in signature.columns],
        classes=signature.classes,
        positive_class=signature.positive_class,
        groups=[GroupRule(name=each.name, column=each.column, bands=each.bands or ()) for each in signature.groups],
        score=predictions.score[np.isfinite(predictions.score)],
    )

"""Chooses how what came is counted of a version that predicts numbers."""

import numpy as np
from numpy.typing import NDArray

from cdt.measures.binning import fit_number
from cdt.measures.cells import NumberCells
from cdt.measures.grid import Outcomes
from cdt.measures.layout import ABSOLUTE_ERROR, ERROR, LABEL, RELATIVE_ERROR, SQUARED_ERROR

CELLS_OF_MOMENTS = 64
"""Of what has a mean and a variance alone: these don't hang on cells, but on the range that they span."""

Numbers = NDArray[np.float64]


def errors_of(label: Numbers, predicted: Numbers) -> dict[str, Numbers]:
    """By the names of a grid's outcomes, each (rows,): the label, and how far off the prediction was; NaN is missing.

    >>> found = errors_of(np.array([2.0, 0.0]), np.array([3.0, 1.0]))
    >>> found["error"], found["relative error"]
    (array([-1., -1.]), array([0.5, nan]))
    """
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        error = label - predicted
        absolute = np.abs(error)
        return {
            LABEL: label,
            ERROR: error,
            ABSOLUTE_ERROR: absolute,
            SQUARED_ERROR: error**2,
            RELATIVE_ERROR: np.where(label == 0, np.nan, absolute / np.abs(label)),
        }


def fit_outcomes(predicted: Numbers, labelled: tuple[Numbers, Numbers] | None, *, cells: int) -> Outcomes:
    """The cells of labels and errors.

    predicted: (rows,) of the reference. labelled: (labelled rows,) what came, and what was predicted of it. Without any
    labels are expected where predictions are, and errors as far apart as those lie from their mean.
    """
    label, guess = labelled or (np.empty(0), np.empty(0))
    both = np.isfinite(label) & np.isfinite(guess)
    label, guess = label[both], guess[both]
    if not len(label):
        label = predicted[np.isfinite(predicted)]
        guess = np.full(len(label), label.mean() if len(label) else 0.0)
    found = errors_of(label, guess)

    def of(name: str) -> NumberCells:
        return fit_number(name, found[name], cells=CELLS_OF_MOMENTS).cells

    return Outcomes(
        label=fit_number(LABEL, found[LABEL], cells=cells),
        error=fit_number(ERROR, found[ERROR], cells=cells),
        absolute_error=of(ABSOLUTE_ERROR),
        squared_error=of(SQUARED_ERROR),
        relative_error=of(RELATIVE_ERROR),
    )

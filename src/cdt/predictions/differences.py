"""Whether two rows of one id and day say the same: a row that was sent again does, another one must not pass for it."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from cdt.measures.columns import CategoryColumn, Column
from cdt.predictions.columns import Predictions
from cdt.predictions.own_columns import DECISION, PREDICTION, SCORE

Places = Sequence[int] | NDArray[np.intp]


def first_differences(ours: Predictions, our_places: Places, theirs: Predictions, their_places: Places) -> list[str]:
    """For each pair of rows the first column in which they differ; '' where they are the same to the bit.

    Both are of one signature. A missing value is the same as a missing one.
    """
    one, other = np.asarray(our_places, dtype=np.intp), np.asarray(their_places, dtype=np.intp)
    found = [""] * len(one)
    is_same = np.ones(len(one), dtype=np.bool_)
    for name, differs in _each(ours, one, theirs, other):
        for pair in np.flatnonzero(differs & is_same).tolist():
            found[pair] = name
        is_same &= ~differs
    return found


def _each(
    ours: Predictions, one: NDArray[np.intp], theirs: Predictions, other: NDArray[np.intp]
) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    yield "predicted_at", ours.predicted_at[one] != theirs.predicted_at[other]
    if ours.is_of_numbers:
        yield PREDICTION, _differs(ours.score, one, theirs.score, other)
    else:
        yield DECISION, ours.decision.codes[one] != theirs.decision.codes[other]
        yield SCORE, _differs(ours.score, one, theirs.score, other)
    for name, column in ours.features.items():
        yield name, _differs(column, one, theirs.features[name], other)


def _differs(ours: Column, one: NDArray[np.intp], theirs: Column, other: NDArray[np.intp]) -> NDArray[np.bool_]:
    if isinstance(ours, CategoryColumn) and isinstance(theirs, CategoryColumn):
        code_by_text = {text: code for code, text in enumerate(ours.values)}
        in_ours = np.array([*(code_by_text.get(text, -2) for text in theirs.values), -1], dtype=np.int32)
        return ours.codes[one] != in_ours[theirs.codes[other]]
    assert isinstance(ours, np.ndarray)
    assert isinstance(theirs, np.ndarray)
    left, right = ours[one], theirs[other]
    return (left != right) & ~(np.isnan(left) & np.isnan(right))

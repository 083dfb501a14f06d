"""What a version made of each row, and what came: classes and scores, or numbers."""

from collections.abc import Mapping

import numpy as np
from msgspec import UNSET
from numpy.typing import NDArray

from cdt.domain.registry.signature import Column as SignatureColumn
from cdt.measures.columns import CategoryColumn, Column
from cdt.predictions.arrow import Array
from cdt.predictions.columns import Label, no_decisions, truths_of
from cdt.predictions.decoding.cells import encoded, read_numbers, require_bounds
from cdt.predictions.decoding.checking import Checking
from cdt.predictions.row_forms import RowFormat


def read_outputs(
    columns: Mapping[str, Array], form: RowFormat, checking: Checking, *, is_text: bool
) -> tuple[CategoryColumn, NDArray[np.float64]]:
    """Decisions and scores, or no decisions and numbers."""
    if not form.signature.is_of_numbers:
        decision = read_classes("decision", columns["decision"], form, checking)
        return decision, _scores(columns, checking, is_text=is_text)
    numbers = read_truths("prediction", columns["prediction"], form, checking, is_text=is_text)
    return no_decisions(len(numbers)), numbers


def read_truths(
    name: str, values: Array, form: RowFormat, checking: Checking, *, is_text: bool, is_required: bool = True
) -> NDArray[np.float64]:
    """Numbers that were predicted, or that came; NaN where there is none."""
    number = form.signature.number
    assert number is not UNSET
    found = read_numbers(name, values, checking, is_text=is_text)
    require_bounds(
        SignatureColumn(name, "number", minimum=number.minimum, maximum=number.maximum, is_required=is_required),
        found,
        checking,
    )
    return found


def read_labels(values: Array, form: RowFormat, checking: Checking, *, is_text: bool) -> list[Label]:
    """What came of each row."""
    if form.signature.is_of_numbers:
        return read_truths("label", values, form, checking, is_text=is_text).tolist()
    return read_classes("label", values, form, checking).codes.tolist()


def read_known_labels(columns: Mapping[str, Array], form: RowFormat, checking: Checking, *, is_text: bool) -> Column:
    """What came of each row, as far as it is known."""
    if "label" not in columns:
        return truths_of([None] * len(checking.is_good), form.signature)
    values = columns["label"]
    if form.signature.is_of_numbers:
        return read_truths("label", values, form, checking, is_text=is_text, is_required=False)
    return read_classes("label", values, form, checking, is_required=False)


def _scores(columns: Mapping[str, Array], checking: Checking, *, is_text: bool) -> NDArray[np.float64]:
    """The scores; NaN where there is none."""
    if "score" not in columns:
        return np.full(len(checking.is_good), np.nan)
    score = read_numbers("score", columns["score"], checking, is_text=is_text)
    checking.require(~(score < 0), "score", "must be at least 0")
    checking.require(~(score > 1), "score", "must be at most 1")
    return score


def read_classes(
    name: str, values: Array, form: RowFormat, checking: Checking, *, is_required: bool = True
) -> CategoryColumn:
    """Classes; -1 where there is none."""
    codes, texts = encoded(name, values)
    classes = np.array([*(form.code_by_class.get(text, -1) for text in texts), -1], dtype=np.int32)[codes]
    if is_required:
        checking.require(codes >= 0, name, "is required")
    is_class = (classes >= 0) | (codes < 0)
    checking.require(is_class, name, lambda place: form.class_problem(name, texts[int(codes[place])]).reason)
    return CategoryColumn(classes, form.signature.classes)

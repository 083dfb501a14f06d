"""Whole columns, as CSV and Arrow bring them, checked and turned into predictions or labels.

A column is named as the signature names it, or `features.<name>` where the name is one of CDT's own.
"""

from collections.abc import Mapping
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from cdt.domain.errors import Invalid
from cdt.domain.registry.signature import Signature
from cdt.measures.columns import Column
from cdt.predictions.arrow import Array, Texts, compute, is_printable_ascii, pa
from cdt.predictions.columns import Predictions, moment_of
from cdt.predictions.decoding.cells import read_categories, read_numbers, require_bounds
from cdt.predictions.decoding.checking import Checking
from cdt.predictions.decoding.outputs import read_labels, read_outputs
from cdt.predictions.decoding.times import NO_TIME, read_times, texts_in
from cdt.predictions.durations import MOST_MS
from cdt.predictions.own_columns import prediction_columns, required_columns
from cdt.predictions.rejections import Rejections
from cdt.predictions.row_forms import format_of
from cdt.predictions.rows import (
    HAS_NUL,
    MAXIMUM_ID_LENGTH,
    MAXIMUM_REASON_LENGTH,
    LabelRow,
    shown,
)

MAXIMUM_ROWS = 1_000_000
MAXIMUM_CELLS = 50_000_000
MAXIMUM_COLUMNS = 4_096
"""A signature has a thousand at the most, and a file some more that are left out; to read one takes some 4 kB."""
OWN_LABEL_COLUMNS = ("prediction_id", "label", "predicted_at", "reason")
PROCESSING_TIME = "processing_ms"
"""CDT's own, too, unless the version has a column of that name."""

_CONTROL = r"[\x00-\x1f\x7f\x{80}-\x{9f}]"


def predictions_of_columns(
    columns: Mapping[str, Array],
    signature: Signature,
    *,
    now: datetime,
    rejections: Rejections,
    numbers: NDArray[np.int64],
    is_text: bool,
) -> Predictions:
    """The good rows.

    numbers: (rows,) their places in the body. is_text: whether numbers come as texts too, as in CSV.

    Raises Invalid for columns that are missing, unknown or of a type that can't be meant.
    """
    form = format_of(signature)
    own = prediction_columns(signature)
    if _is_processing_time(PROCESSING_TIME, columns, signature):
        own = (*own, PROCESSING_TIME)
    name_of = names_of(columns, signature, own=own, required=required_columns(signature))
    require_size(numbers, columns)
    checking = Checking(numbers)
    ids = _ids(columns["prediction_id"], checking)
    predicted_at = read_times("predicted_at", columns["predicted_at"], checking, now=now, is_required=True)
    decision, score = read_outputs(columns, form, checking, is_text=is_text)
    features = read_features(columns, name_of, signature, checking, is_text=is_text)
    times = None
    if PROCESSING_TIME in own:
        times = read_numbers(PROCESSING_TIME, columns[PROCESSING_TIME], checking, is_text=is_text)
        checking.require(~(times < 0), PROCESSING_TIME, "must be at least 0")
        checking.require(~(times > MOST_MS), PROCESSING_TIME, f"must be at most {MOST_MS:g}")
    rows = Predictions(ids, predicted_at, decision, score, features, processing_ms=times)
    checking.report(rejections)
    return rows if checking.is_good.all() else rows.where(checking.is_good)


def labels_of_columns(
    columns: Mapping[str, Array],
    signature: Signature,
    *,
    now: datetime,
    rejections: Rejections,
    numbers: NDArray[np.int64],
    is_text: bool,
) -> list[LabelRow]:
    """The good labels; raises as `predictions_of_columns` does."""
    form = format_of(signature)
    _require_columns(columns, required=OWN_LABEL_COLUMNS[:2], known=OWN_LABEL_COLUMNS)
    require_size(numbers, columns)
    checking = Checking(numbers)
    ids: list[str] = _ids(columns["prediction_id"], checking).to_pylist()
    label = read_labels(columns["label"], form, checking, is_text=is_text)
    moments = [None] * len(ids)
    if "predicted_at" in columns:
        times = read_times("predicted_at", columns["predicted_at"], checking, now=now, is_required=False)
        moments = [None if time == NO_TIME else moment_of(time) for time in times.tolist()]
    reasons = _reasons(columns["reason"], checking) if "reason" in columns else [None] * len(ids)
    checking.report(rejections)
    good = np.flatnonzero(checking.is_good).tolist()
    return [LabelRow(ids[place], label[place], moments[place], reasons[place]) for place in good]


def read_features(
    columns: Mapping[str, Array],
    name_of: Mapping[str, str],
    signature: Signature,
    checking: Checking,
    *,
    is_text: bool,
) -> dict[str, Column]:
    """The signature's columns, each under the name that it came by."""
    features: dict[str, Column] = {}
    for column in signature.columns:
        values = columns[name_of[column.name]]
        if column.kind == "number":
            features[column.name] = found = read_numbers(column.name, values, checking, is_text=is_text)
            require_bounds(column, found, checking)
        else:
            features[column.name] = read_categories(column, values, checking)
    return features


def names_of(
    columns: Mapping[str, Array], signature: Signature, *, own: tuple[str, ...], required: tuple[str, ...]
) -> dict[str, str]:
    """Under which name each column of the signature came; `own` names mean something else. Raises as above."""
    plain = {column.name for column in signature.columns} - set(own)
    name_of = {
        column.name: column.name if column.name in plain and column.name in columns else f"features.{column.name}"
        for column in signature.columns
    }
    _require_columns(
        columns,
        required=(*required, *name_of.values()),
        known=(*own, *name_of.values()),
    )
    return name_of


def _is_processing_time(name: str, columns: Mapping[str, Array], signature: Signature) -> bool:
    return name in columns and all(column.name != name for column in signature.columns)


def _require_columns(columns: Mapping[str, Array], *, required: tuple[str, ...], known: tuple[str, ...]) -> None:
    if missing := [name for name in required if name not in columns]:
        raise Invalid("body", f"the column {missing[0].removeprefix('features.')!r} is missing")
    if unknown := sorted(set(columns) - set(known)):
        raise Invalid("body", f"the column {shown(unknown[0])} is not among the version's columns")


def require_size(numbers: NDArray[np.int64], columns: Mapping[str, Array]) -> None:
    """Raise Invalid for more than is decoded at once."""
    rows = len(numbers)
    if rows > MAXIMUM_ROWS or rows * len(columns) > MAXIMUM_CELLS:
        raise Invalid("body", f"send at most {MAXIMUM_ROWS:,} rows and {MAXIMUM_CELLS:,} values at once")


def check_width(columns: int) -> None:
    """Raise Invalid for more columns than are read, before they are."""
    if columns > MAXIMUM_COLUMNS:
        raise Invalid("body", f"send at most {MAXIMUM_COLUMNS:,} columns")


def _ids(values: Array, checking: Checking) -> Texts:
    texts = texts_in("prediction_id", values)
    present = texts.is_valid().to_numpy(zero_copy_only=False)
    checking.require(present, "prediction_id", "is required")
    texts = texts.fill_null("") if texts.null_count else texts
    is_plain = is_printable_ascii(texts)
    count = compute.binary_length if is_plain else compute.utf8_length
    lengths = count(texts).to_numpy(zero_copy_only=False)
    checking.require(lengths > 0, "prediction_id", "is empty")
    checking.require(lengths <= MAXIMUM_ID_LENGTH, "prediction_id", f"has more than {MAXIMUM_ID_LENGTH} characters")
    if not is_plain:
        has_control = compute.match_substring_regex(texts, _CONTROL).to_numpy(zero_copy_only=False)
        checking.require(~has_control, "prediction_id", "has control characters")
    return texts


def _reasons(values: Array, checking: Checking) -> list[str | None]:
    if pa.types.is_null(values.type):
        return [None] * len(values)
    texts = texts_in("reason", values)
    told = texts.fill_null("")
    is_short = compute.less_equal(compute.utf8_length(told), MAXIMUM_REASON_LENGTH)
    checking.require(
        is_short.to_numpy(zero_copy_only=False), "reason", f"has more than {MAXIMUM_REASON_LENGTH} characters"
    )
    has_nul = compute.match_substring(told, "\x00").to_numpy(zero_copy_only=False)
    checking.require(~has_nul, "reason", HAS_NUL)
    return texts.to_pylist()

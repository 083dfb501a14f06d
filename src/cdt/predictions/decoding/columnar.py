"""Whole columns, as CSV and Arrow bring them, checked and turned into predictions or labels.

A column is named as the signature names it, or `features.<name>` where the name is one of CDT's own.
"""

import math
from collections.abc import Mapping
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from cdt.domain.errors import Invalid
from cdt.domain.registry.signature import Column as SignatureColumn
from cdt.domain.registry.signature import Signature
from cdt.measures.columns import CategoryColumn, Column
from cdt.predictions.arrow import Array, Texts, compute, is_printable_ascii, pa
from cdt.predictions.columns import Predictions, moment_of
from cdt.predictions.decoding.checking import Checking
from cdt.predictions.decoding.times import NO_TIME, read_times, texts_in
from cdt.predictions.durations import MOST_MS
from cdt.predictions.rejections import Rejections
from cdt.predictions.rows import (
    HAS_NUL,
    MAXIMUM_CATEGORY_LENGTH,
    MAXIMUM_ID_LENGTH,
    MAXIMUM_REASON_LENGTH,
    LabelRow,
    RowFormat,
    format_of,
    is_not_listed,
    shown,
)

IS_REQUIRED = "is required"
MAXIMUM_ROWS = 1_000_000
MAXIMUM_CELLS = 50_000_000
MAXIMUM_COLUMNS = 4_096
"""A signature has a thousand at the most, and a file some more that are left out; to read one takes some 4 kB."""
OWN_PREDICTION_COLUMNS = ("prediction_id", "predicted_at", "decision", "score")
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
    own = OWN_PREDICTION_COLUMNS
    if _is_processing_time(PROCESSING_TIME, columns, signature):
        own = (*own, PROCESSING_TIME)
    name_of = names_of(columns, signature, own=own, required=OWN_PREDICTION_COLUMNS[:3])
    require_size(numbers, columns)
    checking = Checking(numbers)
    ids = _ids(columns["prediction_id"], checking)
    predicted_at = read_times("predicted_at", columns["predicted_at"], checking, now=now, is_required=True)
    decision = read_classes("decision", columns["decision"], form, checking)
    score = read_scores(columns, checking, is_text=is_text)
    features = read_features(columns, name_of, signature, checking, is_text=is_text)
    times = None
    if PROCESSING_TIME in own:
        times = _numbers(PROCESSING_TIME, columns[PROCESSING_TIME], checking, is_text=is_text)
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
) -> list[LabelRow]:
    """The good labels; raises as `predictions_of_columns` does."""
    form = format_of(signature)
    _require_columns(columns, required=OWN_LABEL_COLUMNS[:2], known=OWN_LABEL_COLUMNS)
    require_size(numbers, columns)
    checking = Checking(numbers)
    ids: list[str] = _ids(columns["prediction_id"], checking).to_pylist()
    label = read_classes("label", columns["label"], form, checking).codes.tolist()
    moments = [None] * len(ids)
    if "predicted_at" in columns:
        times = read_times("predicted_at", columns["predicted_at"], checking, now=now, is_required=False)
        moments = [None if time == NO_TIME else moment_of(time) for time in times.tolist()]
    reasons = _reasons(columns["reason"], checking) if "reason" in columns else [None] * len(ids)
    checking.report(rejections)
    good = np.flatnonzero(checking.is_good).tolist()
    return [LabelRow(ids[place], label[place], moments[place], reasons[place]) for place in good]


def read_scores(columns: Mapping[str, Array], checking: Checking, *, is_text: bool) -> NDArray[np.float64]:
    """The scores; NaN where there is none."""
    if "score" not in columns:
        return np.full(len(checking.is_good), np.nan)
    score = _numbers("score", columns["score"], checking, is_text=is_text)
    checking.require(~(score < 0), "score", "must be at least 0")
    checking.require(~(score > 1), "score", "must be at most 1")
    return score


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
            features[column.name] = found = _numbers(column.name, values, checking, is_text=is_text)
            _require_bounds(column, found, checking)
        else:
            features[column.name] = _categories(column, values, checking)
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


def _numbers(name: str, values: Array, checking: Checking, *, is_text: bool) -> NDArray[np.float64]:
    if pa.types.is_null(values.type):
        return np.full(len(values), np.nan)
    if pa.types.is_floating(values.type) or pa.types.is_integer(values.type):
        numbers = values.cast(pa.float64(), safe=False)
    elif is_text:
        numbers = _parsed_numbers(name, values, checking)
    else:
        raise Invalid("body", f"the column {name!r} must hold numbers, not {values.type}")
    found = (numbers.fill_null(math.nan) if numbers.null_count else numbers).to_numpy(zero_copy_only=False)
    checking.require(~np.isinf(found), name, "must be finite")
    return found


def _parsed_numbers(name: str, texts: Texts, checking: Checking) -> Array:
    try:
        return texts.cast(pa.float64())
    except pa.ArrowInvalid:
        pass
    numbers: list[float | None] = []
    for place, text in enumerate(texts.to_pylist()):
        try:
            numbers.append(None if text is None else pa.scalar(text).cast(pa.float64()).as_py())
        except pa.ArrowInvalid:
            numbers.append(None)
            checking.reject(place, name, f"must be a number, not {shown(text)}")
    return pa.array(numbers, type=pa.float64())


def read_classes(
    name: str, values: Array, form: RowFormat, checking: Checking, *, is_required: bool = True
) -> CategoryColumn:
    """Classes; -1 where there is none."""
    codes, texts = _encoded(name, values)
    classes = np.array([*(form.code_by_class.get(text, -1) for text in texts), -1], dtype=np.int32)[codes]
    if is_required:
        checking.require(codes >= 0, name, "is required")
    is_class = (classes >= 0) | (codes < 0)
    checking.require(is_class, name, lambda place: form.class_problem(name, texts[int(codes[place])]).reason)
    return CategoryColumn(classes, form.signature.classes)


def _require_bounds(column: SignatureColumn, found: NDArray[np.float64], checking: Checking) -> None:
    if column.is_required:
        checking.require(~np.isnan(found), column.name, IS_REQUIRED)
    if column.minimum is not None:
        checking.require(~(found < column.minimum), column.name, f"must be at least {column.minimum:g}")
    if column.maximum is not None:
        checking.require(~(found > column.maximum), column.name, f"must be at most {column.maximum:g}")


def _categories(column: SignatureColumn, values: Array, checking: Checking) -> CategoryColumn:
    name = column.name
    codes, texts = _encoded(name, values)
    if column.is_required:
        checking.require(codes >= 0, name, IS_REQUIRED)
    if column.categories is not None:
        is_listed = np.array([*(text in column.categories for text in texts), True])
        checking.require(is_listed[codes], name, lambda place: is_not_listed(texts[int(codes[place])]))
    is_short = np.array([*(len(text) <= MAXIMUM_CATEGORY_LENGTH for text in texts), True])
    if not is_short.all():
        checking.require(is_short[codes], name, f"has more than {MAXIMUM_CATEGORY_LENGTH} characters")
    is_whole = np.array([*("\x00" not in text for text in texts), True])
    if not is_whole.all():
        checking.require(is_whole[codes], name, HAS_NUL)
    return CategoryColumn(codes, tuple(texts))


def _encoded(name: str, values: Array) -> tuple[NDArray[np.int32], list[str]]:
    """Codes and their texts. A dictionary stays one: its texts, once for each row, may be a thousand times its size."""
    kind = values.type
    if pa.types.is_null(kind):
        return np.full(len(values), -1, dtype=np.int32), []
    held = kind.value_type if pa.types.is_dictionary(kind) else kind
    if not (pa.types.is_string(held) or pa.types.is_large_string(held) or pa.types.is_integer(held)):
        raise Invalid("body", f"the column {name!r} must hold text, not {kind}")
    encoded = values if pa.types.is_dictionary(kind) else values.dictionary_encode()
    codes = encoded.indices.cast(pa.int32()).fill_null(-1).to_numpy(zero_copy_only=False)
    texts: list[str | None] = encoded.dictionary.cast(pa.string()).to_pylist()
    if None in texts:
        is_none = np.array([*(text is None for text in texts), False])
        codes = np.where(is_none[codes], -1, codes).astype(np.int32)
    return codes, [text or "" for text in texts]

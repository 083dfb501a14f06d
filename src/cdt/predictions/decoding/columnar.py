"""Whole columns, as CSV and Arrow bring them, checked and turned into predictions or labels.

A column is named as the signature names it, or `features.<name>` where the name is one of CDT's own.
"""

import math
from collections.abc import Mapping
from datetime import datetime

import msgspec
import numpy as np
from numpy.typing import NDArray

from cdt.domain.errors import Invalid
from cdt.domain.registry.signature import Column as SignatureColumn
from cdt.domain.registry.signature import Signature
from cdt.measures.columns import CategoryColumn, Column
from cdt.predictions.arrow import Array, Texts, compute, pa
from cdt.predictions.columns import Predictions, microseconds, moment_of
from cdt.predictions.decoding.checking import Checking
from cdt.predictions.decoding.reasons import problem_of
from cdt.predictions.durations import MOST_MS
from cdt.predictions.rejections import Rejections
from cdt.predictions.rows import (
    HAS_NUL,
    MAXIMUM_AHEAD,
    MAXIMUM_CATEGORY_LENGTH,
    MAXIMUM_ID_LENGTH,
    MAXIMUM_REASON_LENGTH,
    LabelRow,
    Moment,
    RowFormat,
    format_of,
    is_not_listed,
    shown,
    time_problem,
)

IS_REQUIRED = "is required"
MAXIMUM_ROWS = 1_000_000
MAXIMUM_CELLS = 50_000_000
OWN_PREDICTION_COLUMNS = ("prediction_id", "predicted_at", "decision", "score")
OWN_LABEL_COLUMNS = ("prediction_id", "label", "predicted_at", "reason")
PROCESSING_TIME = "processing_ms"
"""CDT's own, too, unless the version has a column of that name."""

_CONTROL = r"[\x00-\x1f\x7f\x{80}-\x{9f}]"
_PLAIN_TIME = r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})$"
_NO_TIME = np.iinfo(np.int64).min


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
    name_of = _names(columns, signature)
    _require_size(numbers, columns)
    checking = Checking(numbers)
    ids = _ids(columns["prediction_id"], checking)
    predicted_at = _times("predicted_at", columns["predicted_at"], checking, now=now, is_required=True)
    decision = _classes("decision", columns["decision"], form, checking)
    score = (
        _numbers("score", columns["score"], checking, is_text=is_text)
        if "score" in columns
        else np.full(len(numbers), np.nan)
    )
    checking.require(~(score < 0), "score", "must be at least 0")
    checking.require(~(score > 1), "score", "must be at most 1")
    features: dict[str, Column] = {}
    for column in signature.columns:
        values = columns[name_of[column.name]]
        if column.kind == "number":
            features[column.name] = numbers_of_column = _numbers(column.name, values, checking, is_text=is_text)
            _require_bounds(column, numbers_of_column, checking)
        else:
            features[column.name] = _categories(column, values, checking)
    times = None
    if _is_processing_time(PROCESSING_TIME, columns, signature):
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
    _require_size(numbers, columns)
    checking = Checking(numbers)
    ids: list[str] = _ids(columns["prediction_id"], checking).to_pylist()
    label = _classes("label", columns["label"], form, checking).codes.tolist()
    moments = [None] * len(ids)
    if "predicted_at" in columns:
        times = _times("predicted_at", columns["predicted_at"], checking, now=now, is_required=False)
        moments = [None if time == _NO_TIME else moment_of(time) for time in times.tolist()]
    reasons = _reasons(columns["reason"], checking) if "reason" in columns else [None] * len(ids)
    checking.report(rejections)
    good = np.flatnonzero(checking.is_good).tolist()
    return [LabelRow(ids[place], label[place], moments[place], reasons[place]) for place in good]


def _names(columns: Mapping[str, Array], signature: Signature) -> dict[str, str]:
    """Under which name each column of the signature came."""
    plain = {column.name for column in signature.columns} - set(OWN_PREDICTION_COLUMNS)
    name_of = {
        column.name: column.name if column.name in plain and column.name in columns else f"features.{column.name}"
        for column in signature.columns
    }
    _require_columns(
        columns,
        required=(*OWN_PREDICTION_COLUMNS[:3], *name_of.values()),
        known=(
            *OWN_PREDICTION_COLUMNS,
            *name_of.values(),
            *(name for name in (PROCESSING_TIME,) if _is_processing_time(name, columns, signature)),
        ),
    )
    return name_of


def _is_processing_time(name: str, columns: Mapping[str, Array], signature: Signature) -> bool:
    return name in columns and all(column.name != name for column in signature.columns)


def _require_columns(columns: Mapping[str, Array], *, required: tuple[str, ...], known: tuple[str, ...]) -> None:
    if missing := [name for name in required if name not in columns]:
        raise Invalid("body", f"the column {missing[0].removeprefix('features.')!r} is missing")
    if unknown := sorted(set(columns) - set(known)):
        raise Invalid("body", f"the column {shown(unknown[0])} is not among the version's columns")


def _require_size(numbers: NDArray[np.int64], columns: Mapping[str, Array]) -> None:
    rows = len(numbers)
    if rows > MAXIMUM_ROWS or rows * len(columns) > MAXIMUM_CELLS:
        raise Invalid("body", f"send at most {MAXIMUM_ROWS:,} rows and {MAXIMUM_CELLS:,} values at once")


def _ids(values: Array, checking: Checking) -> Texts:
    texts = _texts("prediction_id", values)
    present = texts.is_valid().to_numpy(zero_copy_only=False)
    checking.require(present, "prediction_id", "is required")
    texts = texts.fill_null("")
    lengths = compute.utf8_length(texts).to_numpy(zero_copy_only=False)
    checking.require(lengths > 0, "prediction_id", "is empty")
    checking.require(lengths <= MAXIMUM_ID_LENGTH, "prediction_id", f"has more than {MAXIMUM_ID_LENGTH} characters")
    has_control = compute.match_substring_regex(texts, _CONTROL).to_numpy(zero_copy_only=False)
    checking.require(~has_control, "prediction_id", "has control characters")
    return texts


def _reasons(values: Array, checking: Checking) -> list[str | None]:
    if pa.types.is_null(values.type):
        return [None] * len(values)
    texts = _texts("reason", values)
    told = texts.fill_null("")
    is_short = compute.less_equal(compute.utf8_length(told), MAXIMUM_REASON_LENGTH)
    checking.require(
        is_short.to_numpy(zero_copy_only=False), "reason", f"has more than {MAXIMUM_REASON_LENGTH} characters"
    )
    has_nul = compute.match_substring(told, "\x00").to_numpy(zero_copy_only=False)
    checking.require(~has_nul, "reason", HAS_NUL)
    return texts.to_pylist()


def _times(name: str, values: Array, checking: Checking, *, now: datetime, is_required: bool) -> NDArray[np.int64]:
    """Microseconds since 1970; `_NO_TIME` where there is none."""
    if pa.types.is_timestamp(values.type):
        if values.type.tz is None:
            raise Invalid("body", f"the column {name!r} needs a time zone")
        times = _microseconds(values)
    elif pa.types.is_null(values.type):
        times = np.full(len(values), _NO_TIME, dtype=np.int64)
    else:
        times = _parsed_times(name, _texts(name, values), checking, now=now)
    is_missing = times == _NO_TIME
    if is_required:
        checking.require(~is_missing, name, "is required")
    in_bounds = (times >= 0) & (times <= microseconds(now + MAXIMUM_AHEAD))
    checking.require(in_bounds | is_missing, name, "lies before 1970 or more than a day ahead of now")
    return times


def _microseconds(values: Array) -> NDArray[np.int64]:
    """Of timestamps of any unit; nanoseconds are rounded as they are in text."""
    counts = values.cast(pa.int64()).fill_null(_NO_TIME).to_numpy(zero_copy_only=False)
    is_missing = counts == _NO_TIME
    factor = {"s": 1_000_000, "ms": 1_000, "us": 1, "ns": 1}[values.type.unit]
    limit = np.iinfo(np.int64).max // factor
    counts = np.clip(counts, -limit, limit) * factor  # what is cut lies far out of bounds
    if values.type.unit == "ns":
        counts = counts // 1_000 + (counts % 1_000 >= 500)
    return np.where(is_missing, _NO_TIME, counts)


def _parsed_times(name: str, texts: Texts, checking: Checking, *, now: datetime) -> NDArray[np.int64]:
    """Of texts: all at once where they are written as most programs do, else one by one, with what is wrong."""
    is_plain = compute.match_substring_regex(texts, _PLAIN_TIME)
    if compute.all(is_plain).as_py() is not False:  # missing ones are passed over
        try:
            return _microseconds(texts.cast(pa.timestamp("us", "UTC")))
        except pa.ArrowInvalid:
            pass
    times = np.full(len(texts), _NO_TIME, dtype=np.int64)
    for place, text in enumerate(texts.to_pylist()):
        if text is None:
            continue
        try:
            moment = msgspec.convert(text, Moment)
        except msgspec.ValidationError as error:
            checking.reject(place, name, problem_of(error).reason)
            continue
        if (problem := time_problem(moment, now=now)) is not None:
            checking.reject(place, name, problem.reason)
        else:
            times[place] = microseconds(moment)
    return times


def _numbers(name: str, values: Array, checking: Checking, *, is_text: bool) -> NDArray[np.float64]:
    if pa.types.is_null(values.type):
        return np.full(len(values), np.nan)
    if pa.types.is_floating(values.type) or pa.types.is_integer(values.type):
        numbers = values.cast(pa.float64(), safe=False)
    elif is_text:
        numbers = _parsed_numbers(name, values, checking)
    else:
        raise Invalid("body", f"the column {name!r} must hold numbers, not {values.type}")
    found = numbers.fill_null(math.nan).to_numpy(zero_copy_only=False)
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


def _classes(name: str, values: Array, form: RowFormat, checking: Checking) -> CategoryColumn:
    codes, texts = _encoded(name, values)
    classes = np.array([*(form.code_by_class.get(text, -1) for text in texts), -1], dtype=np.int32)[codes]
    checking.require(codes >= 0, name, "is required")
    checking.require(classes >= 0, name, lambda place: form.class_problem(name, texts[int(codes[place])]).reason)
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
    checking.require(is_short[codes], name, f"has more than {MAXIMUM_CATEGORY_LENGTH} characters")
    is_whole = np.array([*("\x00" not in text for text in texts), True])
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


def _texts(name: str, values: Array) -> Texts:
    if not (pa.types.is_string(values.type) or pa.types.is_large_string(values.type)):
        raise Invalid("body", f"the column {name!r} must hold text, not {values.type}")
    return values.cast(pa.string())

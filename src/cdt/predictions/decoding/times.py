"""Columns of times, as text or typed, and of texts."""

from datetime import datetime

import msgspec
import numpy as np
from numpy.typing import NDArray

from cdt.domain.errors import Invalid
from cdt.predictions.arrow import Array, Texts, compute, pa
from cdt.predictions.columns import microseconds
from cdt.predictions.decoding.checking import Checking
from cdt.predictions.decoding.reasons import problem_of
from cdt.predictions.rows import MAXIMUM_AHEAD, Moment, time_problem

_PLAIN_TIME = r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})$"
NO_TIME = np.iinfo(np.int64).min


def read_times(name: str, values: Array, checking: Checking, *, now: datetime, is_required: bool) -> NDArray[np.int64]:
    """Microseconds since 1970; `NO_TIME` where there is none."""
    if pa.types.is_timestamp(values.type):
        if values.type.tz is None:
            raise Invalid("body", f"the column {name!r} needs a time zone")
        times = _microseconds(values)
    elif pa.types.is_null(values.type):
        times = np.full(len(values), NO_TIME, dtype=np.int64)
    else:
        times = _parsed_times(name, texts_in(name, values), checking, now=now)
    is_missing = times == NO_TIME
    if is_required:
        checking.require(~is_missing, name, "is required")
    in_bounds = (times >= 0) & (times <= microseconds(now + MAXIMUM_AHEAD))
    checking.require(in_bounds | is_missing, name, "lies before 1970 or more than a day ahead of now")
    return times


def _microseconds(values: Array) -> NDArray[np.int64]:
    """Of timestamps of any unit; nanoseconds are rounded as they are in text."""
    counts = values.cast(pa.int64()).fill_null(NO_TIME).to_numpy(zero_copy_only=False)
    is_missing = counts == NO_TIME
    factor = {"s": 1_000_000, "ms": 1_000, "us": 1, "ns": 1}[values.type.unit]
    limit = np.iinfo(np.int64).max // factor
    counts = np.clip(counts, -limit, limit) * factor  # what is cut lies far out of bounds
    if values.type.unit == "ns":
        counts = counts // 1_000 + (counts % 1_000 >= 500)
    return np.where(is_missing, NO_TIME, counts)


def _parsed_times(name: str, texts: Texts, checking: Checking, *, now: datetime) -> NDArray[np.int64]:
    """Of texts: all at once where they are written as most programs do, else one by one, with what is wrong."""
    is_plain = compute.match_substring_regex(texts, _PLAIN_TIME)
    if compute.all(is_plain).as_py() is not False:  # missing ones are passed over
        try:
            return _microseconds(texts.cast(pa.timestamp("us", "UTC")))
        except pa.ArrowInvalid:
            pass
    times = np.full(len(texts), NO_TIME, dtype=np.int64)
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


def texts_in(name: str, values: Array) -> Texts:
    """A column of text; Invalid for one of another type."""
    if not (pa.types.is_string(values.type) or pa.types.is_large_string(values.type)):
        raise Invalid("body", f"the column {name!r} must hold text, not {values.type}")
    return values.cast(pa.string())

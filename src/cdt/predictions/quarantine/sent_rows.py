"""The rows of a body that was decoded, as they were sent: those that are to be looked at once more."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC
from typing import Any, cast

import msgspec
import numpy as np

from cdt.domain.registry.signature import Signature
from cdt.predictions.arrow import Array, pa
from cdt.predictions.columns import moment_of
from cdt.predictions.decoding import CSV, JSON, NDJSON
from cdt.predictions.decoding.arrow_bodies import read_arrow
from cdt.predictions.decoding.blocks import BYTE_ORDER_MARK
from cdt.predictions.decoding.columnar import OWN_LABEL_COLUMNS, PROCESSING_TIME
from cdt.predictions.decoding.csv_bodies import read_csv
from cdt.predictions.decoding.json_bodies import raw_blocks
from cdt.predictions.decoding.naming import AS_THEY_ARE, Naming
from cdt.predictions.own_columns import prediction_columns, score_name
from cdt.predictions.quarantine.held import Sent
from cdt.predictions.rejections import Rejections
from cdt.predictions.rows import Kind

_ROWS_AT_ONCE = 1_000

Numbered = Iterator[tuple[int, Sent]]


def sent_rows(
    body: bytes,
    content_type: str,
    kind: Kind,
    signature: Signature,
    wanted: Iterable[int],
    *,
    naming: Naming = AS_THEY_ARE,
) -> Numbered:
    """The rows of these numbers, which ascend, each as a line of NDJSON has it, or as text where it is none.

    What stood in the cells of a CSV file as a number is one, in columns of numbers; other cells are texts, and empty
    ones missing. naming: which of the columns of a file is which.
    """
    if content_type == NDJSON:
        return _of_ndjson(body, wanted)
    if content_type == JSON:
        return _of_json(body, wanted)
    if content_type == CSV:
        return _of_csv(body, kind, signature, wanted, naming)
    return _of_arrow(body, kind, signature, wanted, naming)


def _of_ndjson(body: bytes, wanted: Iterable[int]) -> Numbered:
    lines = (line for line in body.removeprefix(BYTE_ORDER_MARK).split(b"\n") if line and not line.isspace())
    return _chosen(lines, wanted)


def _of_json(body: bytes, wanted: Iterable[int]) -> Numbered:
    return _chosen((bytes(raw) for raws in raw_blocks(body) for raw in raws), wanted)


def _chosen(texts: Iterable[bytes], wanted: Iterable[int]) -> Numbered:
    left = iter(wanted)
    number = next(left, None)
    for place, text in enumerate(texts):
        if number is None:
            return
        if place == number:
            yield number, _parsed(text)
            number = next(left, None)


def _parsed(text: bytes) -> Sent:
    try:
        found = msgspec.json.decode(text)
    except (ValueError, RecursionError):
        found = None
    return strict(cast("dict[str, Any]", found)) if isinstance(found, dict) else text.decode(errors="replace")


def strict(found: dict[str, Any]) -> Sent:
    """A row; as text if it could not be written as JSON again."""
    try:
        msgspec.json.encode(found)
    except (ValueError, RecursionError, OverflowError):
        return str(found)
    return found


def _of_csv(body: bytes, kind: Kind, signature: Signature, wanted: Iterable[int], naming: Naming) -> Numbered:
    columns, numbers, ragged = read_csv(body, Rejections())
    place_of = _places(numbers.tolist(), wanted, ragged)
    numeric = {column.name for column in signature.columns if column.kind == "number"}

    def cell(column: str | None, value: Any) -> Any:
        return _number(value) if column is None or column in numeric else value

    yield from _of_columns(naming.applied(columns), place_of, ragged, kind, signature, cell)


def _of_arrow(body: bytes, kind: Kind, signature: Signature, wanted: Iterable[int], naming: Naming) -> Numbered:
    columns, numbers = read_arrow(body)
    place_of = _places(numbers.tolist(), wanted, {})
    yield from _of_columns(naming.applied(columns), place_of, {}, kind, signature, lambda _column, value: value)


def _places(numbers: list[int], wanted: Iterable[int], ragged: Mapping[int, str]) -> dict[int, int]:
    """By the number of each row that is wanted its place among the columns' rows; -1 for one of another width."""
    asked = list(wanted)
    found = np.searchsorted(np.array(numbers, dtype=np.int64), np.array(asked, dtype=np.int64)).tolist()
    return {number: -1 if number in ragged else place for number, place in zip(asked, found, strict=True)}


def _of_columns(
    columns: Mapping[str, Array],
    place_of: Mapping[int, int],
    ragged: Mapping[int, str],
    kind: Kind,
    signature: Signature,
    cell: Callable[[str | None, Any], Any],
) -> Numbered:
    """cell: what a cell says, of a feature's column, or of a number of the row's own, which has none."""
    asked = list(place_of.items())
    own = prediction_columns(signature) if kind == "predictions" else OWN_LABEL_COLUMNS
    features = {column.name for column in signature.columns} if kind == "predictions" else set[str]()
    if PROCESSING_TIME not in features:
        own = (*own, PROCESSING_TIME)
    numbers = {score_name(signature), PROCESSING_TIME}
    if signature.is_of_numbers:
        numbers.add("label")
    for start in range(0, len(asked), _ROWS_AT_ONCE):
        part = asked[start : start + _ROWS_AT_ONCE]
        places = pa.array([place for _, place in part if place >= 0], type=pa.int64())
        read = {name: iter(_plain(values.take(places))) for name, values in columns.items()}
        for number, place in part:
            if place < 0:
                yield number, ragged[number]
                continue
            row: dict[str, Any] = {}
            inner: dict[str, Any] = {}
            for name, values in read.items():
                value = next(values)
                if name in own:
                    row[name] = cell(None, value) if name in numbers else value
                else:
                    feature = name if name in features else name.removeprefix("features.")
                    inner[feature] = cell(feature, value)
            yield number, {**row, "features": inner} if kind == "predictions" else row


def _plain(values: Array) -> list[Any]:
    """As JSON can hold them: times as text, numbers that are none as missing."""
    if pa.types.is_timestamp(values.type):
        unit = {"s": 1e6, "ms": 1e3, "us": 1.0, "ns": 1e-3}[values.type.unit]
        return [None if each is None else _time(each, unit) for each in values.cast(pa.int64()).to_pylist()]
    return [_number_of_json(each) if isinstance(each, float) else each for each in values.to_pylist()]


def _number_of_json(number: float) -> float | str | None:
    if math.isfinite(number):
        return number
    return None if math.isnan(number) else str(number)


def _time(count: int, microseconds: float) -> str:
    try:
        return moment_of(round(count * microseconds)).astimezone(UTC).isoformat()
    except OverflowError:
        return str(count)


def _number(text: Any) -> Any:
    """The number that a cell of text holds; the text if it is none, or not finite."""
    if not isinstance(text, str) or "_" in text or text.strip() != text:  # which Python reads, and Arrow does not
        return text
    try:
        number = float(text)
    except ValueError:
        return text
    return number if math.isfinite(number) else text

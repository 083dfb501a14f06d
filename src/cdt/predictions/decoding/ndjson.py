"""Newline-delimited JSON, one object a line.

A prediction has `prediction_id`, `predicted_at`, `decision`, `score` (or none) and `features`, an object with every
column of the signature; a label has `prediction_id`, `label` and `predicted_at` (or none).
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, TypeAlias, TypeVar

import msgspec

from cdt.domain.registry.signature import Signature
from cdt.predictions.columns import Predictions, join_predictions
from cdt.predictions.decoding.reasons import problem_of
from cdt.predictions.rejections import Rejections
from cdt.predictions.rows import LabelRow, PredictionRow, Problem, columns_of, format_of

BLOCK_BYTES = 1 << 20
"""What is decoded at once: a block's rows as Python objects take about ten times as much memory as its bytes."""

Row = TypeVar("Row", PredictionRow, LabelRow)
Check: TypeAlias = Callable[[Any, datetime], Row | Problem]


def predictions_of_ndjson(
    body: bytes, signature: Signature, *, now: datetime, rejections: Rejections
) -> list[PredictionRow] | Predictions:
    """The good rows: as they are when they fit one block, else as columns."""
    form = format_of(signature)
    if len(body) <= BLOCK_BYTES:
        return _rows(body, form.decoder, form.prediction, 0, now, rejections)[0]
    parts: list[Predictions] = []
    seen = 0
    for block in _blocks(body):
        rows, lines = _rows(block, form.decoder, form.prediction, seen, now, rejections)
        seen += lines
        parts.append(columns_of(rows, signature))
    return join_predictions(parts, signature)


def labels_of_ndjson(body: bytes, signature: Signature, *, now: datetime, rejections: Rejections) -> list[LabelRow]:
    """The good labels."""
    form = format_of(signature)
    labels: list[LabelRow] = []
    seen = 0
    for block in _blocks(body):
        rows, lines = _rows(block, form.label_decoder, form.label, seen, now, rejections)
        seen += lines
        labels += rows
    return labels


def _rows(
    block: bytes,
    decoder: "msgspec.json.Decoder[Any]",
    check: "Check[Row]",
    first: int,
    now: datetime,
    rejections: Rejections,
) -> tuple[list[Row], int]:
    """The good rows of a block, and how many rows it holds. The whole block at once, or line by line if one is bad."""
    try:
        sent: list[Any] = decoder.decode_lines(block)
    except (ValueError, RecursionError):
        sent = [one_row(decoder, line) for line in block.split(b"\n") if line and not line.isspace()]
    return good_rows(sent, check, first, now, rejections), len(sent)


def good_rows(sent: list[Any], check: "Check[Row]", first: int, now: datetime, rejections: Rejections) -> list[Row]:
    """Those of a block that are good; its first row is the body's `first`."""
    rows: list[Row] = []
    for place, each in enumerate(sent):
        row = each if type(each) is Problem else check(each, now)
        if isinstance(row, Problem):
            rejections.add(first + place, *row)
        else:
            rows.append(row)
    return rows


def one_row(decoder: "msgspec.json.Decoder[Any]", text: bytes | msgspec.Raw) -> Any:
    """A row by itself, or what is wrong with it."""
    try:
        return decoder.decode(text)
    except (ValueError, RecursionError) as error:
        return problem_of(error)


def _blocks(body: bytes) -> Iterator[bytes]:
    """The body cut after line ends."""
    start = 0
    while start < len(body):
        end = len(body)
        if end - start > BLOCK_BYTES:
            end = body.find(b"\n", start + BLOCK_BYTES) + 1 or end
        yield body[start:end]
        start = end

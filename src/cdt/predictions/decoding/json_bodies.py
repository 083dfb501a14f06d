"""JSON: an array of rows as they stand on the lines of NDJSON, or an object whose only member `rows` is that array."""

import re
from collections import deque
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from cdt.domain.errors import Invalid
from cdt.domain.registry.signature import Signature
from cdt.predictions.columns import Predictions, join_predictions
from cdt.predictions.decoding.blocks import BLOCK_BYTES, BYTE_ORDER_MARK, columns_of_block, good_rows, one_row
from cdt.predictions.rejections import Rejections
from cdt.predictions.row_forms import format_of
from cdt.predictions.rows import LabelRow, PredictionRow

_BETWEEN = re.compile(rb"\}\s*,(?=\s*\{)")
"""What stands between two rows, and never between the members of one; within a text it may stand too."""
_TRIES = 3
_MOST_BLOCK_BYTES = 4 * BLOCK_BYTES
"""Rows in which such texts stand so often are read together, up to so much."""


class _Wrapped(msgspec.Struct, forbid_unknown_fields=True):
    rows: msgspec.Raw


def predictions_of_json(
    body: bytes, signature: Signature, *, now: datetime, rejections: Rejections
) -> list[PredictionRow] | Predictions:
    """The good rows: as they are when they fit one block, else as columns."""
    form = format_of(signature)
    blocks = blocks_of_array(body, form.decoder, form.list_decoder)
    if len(body) <= BLOCK_BYTES:
        return [row for sent in blocks for row in good_rows(sent, form.prediction, 0, now, rejections)]
    parts: list[Predictions] = []
    seen = 0
    for sent in blocks:
        parts.append(columns_of_block(sent, form, seen, now, rejections))
        seen += len(sent)
    return join_predictions(parts, signature)


def labels_of_json(body: bytes, signature: Signature, *, now: datetime, rejections: Rejections) -> list[LabelRow]:
    """The good labels."""
    form = format_of(signature)
    labels: list[LabelRow] = []
    seen = 0
    for sent in blocks_of_array(body, form.label_decoder, form.label_list_decoder):
        labels += good_rows(sent, form.label, seen, now, rejections)
        seen += len(sent)
    return labels


def blocks_of_array(
    body: bytes, decoder: "msgspec.json.Decoder[Any]", list_decoder: "msgspec.json.Decoder[list[Any]]"
) -> Iterator[list[Any]]:
    """The rows of each block as they were sent: all at once, or one by one if one is bad."""
    array = _array(body)
    start, end = 1, len(array) - 1
    if not array[start:end].strip():
        return
    while start < end:
        stop, raws = _cut(array, start, end)
        try:
            sent: list[Any] = list_decoder.decode(b"[" + array[start:stop] + b"]")
        except (ValueError, RecursionError):
            sent = [one_row(decoder, raw) for raw in raws or raws_of(array[start:stop])]
        start = stop + 1  # past the comma
        yield sent


def raw_blocks(body: bytes) -> Iterator[list[msgspec.Raw]]:
    """The rows of each block, unread."""
    array = _array(body)
    start, end = 1, len(array) - 1
    if not array[start:end].strip():
        return
    while start < end:
        stop, raws = _cut(array, start, end)
        yield raws or raws_of(array[start:stop])
        start = stop + 1


def _array(body: bytes) -> bytes:
    """The array's own bytes."""
    array = body.removeprefix(BYTE_ORDER_MARK).strip()
    if array.startswith(b"{"):
        try:
            array = bytes(msgspec.json.decode(array, type=_Wrapped).rows).strip()
        except (ValueError, RecursionError) as error:
            raise no_array() from error
    if not (array.startswith(b"[") and array.endswith(b"]")):
        raise no_array()
    return array


def _cut(array: bytes, start: int, end: int) -> tuple[int, list[msgspec.Raw] | None]:
    """Where a block ends that begins at `start`, at a place between two rows; its rows, if they were looked at."""
    size = BLOCK_BYTES
    while end - start > size and size <= _MOST_BLOCK_BYTES:
        for place in last_places(array, start, start + size):
            try:
                return place, raws_of(array[start:place])
            except Invalid:
                continue  # it stood within a text
        size *= 2
    if end - start > size:
        raise not_apart()
    return end, None


def last_places(rows: bytes, start: int, end: int) -> list[int]:
    """The last few places where rows may be apart, from the last on; a text may hold millions of them."""
    return [found.end() - 1 for found in deque(_BETWEEN.finditer(rows, start, end), _TRIES)][::-1]


def raws_of(rows: bytes) -> list[msgspec.Raw]:
    """The rows of a part of an array that begins and ends between rows, unread; Invalid if it is none."""
    try:
        return msgspec.json.decode(b"[" + rows + b"]", type=list[msgspec.Raw])
    except (ValueError, RecursionError) as error:
        raise Invalid("body", f"it is no JSON that can be read: {error}") from error


def no_array() -> Invalid:
    """The refusal of what has no array of rows."""
    return Invalid("body", "send an array of rows, or an object whose only member `rows` is one")


def not_apart() -> Invalid:
    """The refusal of rows so large, or so strange, that too much would have to be read at once."""
    return Invalid("body", "its rows can't be told apart; send them as NDJSON")

"""Newline-delimited JSON, one object a line.

A prediction has `prediction_id`, `predicted_at`, `decision`, `score` (or none) and `features`, an object with every
column of the signature; a label has `prediction_id`, `label` and `predicted_at` (or none).
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from cdt.domain.registry.signature import Signature
from cdt.predictions.columns import Predictions, join_predictions
from cdt.predictions.decoding.blocks import BLOCK_BYTES, BYTE_ORDER_MARK, columns_of_block, good_rows, one_row
from cdt.predictions.rejections import Rejections
from cdt.predictions.row_forms import format_of
from cdt.predictions.rows import LabelRow, PredictionRow


def predictions_of_ndjson(
    body: bytes, signature: Signature, *, now: datetime, rejections: Rejections
) -> list[PredictionRow] | Predictions:
    """The good rows: as they are when they fit one block, else as columns."""
    form, body = format_of(signature), body.removeprefix(BYTE_ORDER_MARK)
    if len(body) <= BLOCK_BYTES:
        return good_rows(sent_on_lines(body, form.decoder), form.prediction, 0, now, rejections)
    parts: list[Predictions] = []
    seen = 0
    for block in blocks_of(body):
        sent = sent_on_lines(block, form.decoder)
        parts.append(columns_of_block(sent, form, seen, now, rejections))
        seen += len(sent)
    return join_predictions(parts, signature)


def labels_of_ndjson(body: bytes, signature: Signature, *, now: datetime, rejections: Rejections) -> list[LabelRow]:
    """The good labels."""
    form, body = format_of(signature), body.removeprefix(BYTE_ORDER_MARK)
    labels: list[LabelRow] = []
    seen = 0
    for block in blocks_of(body):
        sent = sent_on_lines(block, form.label_decoder)
        labels += good_rows(sent, form.label, seen, now, rejections)
        seen += len(sent)
    return labels


def sent_on_lines(block: bytes, decoder: "msgspec.json.Decoder[Any]") -> list[Any]:
    """The rows of a block as they were sent: the whole block at once, or line by line if one is bad."""
    try:
        sent: list[Any] = decoder.decode_lines(block)
    except (ValueError, RecursionError):
        return [one_row(decoder, line) for line in block.split(b"\n") if line and not line.isspace()]
    return sent


def blocks_of(body: bytes) -> Iterator[bytes]:
    """The body cut after line ends."""
    start = 0
    while start < len(body):
        end = len(body)
        if end - start > BLOCK_BYTES:
            end = body.find(b"\n", start + BLOCK_BYTES) + 1 or end
        yield body[start:end]
        start = end

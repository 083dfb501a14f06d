"""Reading segments: which there are of a version, and their rows as columns."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal, TypeAlias

import msgspec
import numpy as np
from psycopg import AsyncConnection
from psycopg.rows import class_row

from cdt.domain.kernel import Digest
from cdt.domain.registry.signature import Signature
from cdt.predictions.columns import Labels, Predictions, join_labels, join_predictions, microseconds
from cdt.predictions.payloads import Format, labels_of, predictions_of

Kind: TypeAlias = Literal["predictions", "labels"]

PAGE = 32
"""Segments whose bytes are in memory at once: at most about 320,000 rows."""


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """An immutable batch. The bounds of `predicted_at` both belong to it."""

    segment_id: int
    version_number: int
    sequence: int
    kind: Kind
    rows: int
    predicted_from: datetime
    predicted_to: datetime
    digest: Digest
    format: Format
    object_key: str | None
    recorded_at: datetime


async def find_segments(
    connection: AsyncConnection[Any],
    version_number: int,
    *,
    kind: Kind | None = None,
    after: int = 0,
    to: int | None = None,
    predicted_from: datetime | None = None,
    predicted_to: datetime | None = None,
    limit: int | None = None,
) -> list[Segment]:
    """A version's segments in the order of their sequence.

    after, to: only sequences above the one and up to the other.
    predicted_from, predicted_to: only segments that may hold rows of this half-open window.
    """
    async with connection.cursor(row_factory=class_row(Segment)) as cursor:
        await cursor.execute(
            """
            SELECT
                segment_id, version_number, sequence, kind, rows, predicted_from, predicted_to, digest, format,
                object_key, recorded_at
            FROM predictions.segments
            WHERE version_number = %(number)s AND sequence > %(after)s
            AND (%(kind)s::text IS NULL OR kind = %(kind)s)
            AND (%(to)s::bigint IS NULL OR sequence <= %(to)s)
            AND (%(predicted_from)s::timestamptz IS NULL OR predicted_to >= %(predicted_from)s)
            AND (%(predicted_to)s::timestamptz IS NULL OR predicted_from < %(predicted_to)s)
            ORDER BY sequence LIMIT %(limit)s
            """,
            {
                "number": version_number,
                "kind": kind,
                "after": after,
                "to": to,
                "predicted_from": predicted_from,
                "predicted_to": predicted_to,
                "limit": limit,
            },
        )
        return await cursor.fetchall()


async def payloads_of(
    connection: AsyncConnection[Any], segments: Sequence[Segment]
) -> AsyncIterator[tuple[Segment, bytes]]:
    """The segments' bytes, page by page, in the order given."""
    for start in range(0, len(segments), PAGE):
        page = segments[start : start + PAGE]
        cursor = await connection.execute(
            "SELECT segment_id, payload FROM predictions.payloads WHERE segment_id = ANY(%s)",
            ([segment.segment_id for segment in page],),
            binary=True,
        )
        payload_by_id: dict[int, bytes] = dict(await cursor.fetchall())
        for segment in page:
            yield segment, payload_by_id[segment.segment_id]


async def each_predictions(
    connection: AsyncConnection[Any], segments: Sequence[Segment], signature: Signature
) -> AsyncIterator[tuple[Segment, Predictions]]:
    """The rows of each segment of predictions; others are passed over."""
    wanted = [segment for segment in segments if segment.kind == "predictions"]
    async for segment, payload in payloads_of(connection, wanted):
        rows = predictions_of(payload, segment.format, signature)
        received_at = np.full(len(rows), microseconds(segment.recorded_at), dtype=np.int64)
        yield segment, replace(rows, received_at=received_at)


async def each_labels(
    connection: AsyncConnection[Any], segments: Sequence[Segment], signature: Signature
) -> AsyncIterator[tuple[Segment, Labels]]:
    """The rows of each segment of labels; others are passed over."""
    wanted = [segment for segment in segments if segment.kind == "labels"]
    async for segment, payload in payloads_of(connection, wanted):
        yield segment, labels_of(payload, signature)


async def read_predictions(
    connection: AsyncConnection[Any],
    segments: Sequence[Segment],
    signature: Signature,
    *,
    predicted_from: datetime | None = None,
    predicted_to: datetime | None = None,
) -> Predictions:
    """The rows of many segments together, cut to the half-open window."""
    parts = [rows async for _, rows in each_predictions(connection, segments, signature)]
    joined = join_predictions(parts, signature)
    return _within(joined, predicted_from, predicted_to)


async def read_labels(
    connection: AsyncConnection[Any],
    segments: Sequence[Segment],
    signature: Signature,
    *,
    predicted_from: datetime | None = None,
    predicted_to: datetime | None = None,
) -> Labels:
    """The labels of many segments together, cut to the half-open window of their predictions' times."""
    parts = [rows async for _, rows in each_labels(connection, segments, signature)]
    joined = join_labels(parts, signature)
    return _within(joined, predicted_from, predicted_to)


def _within(rows: Any, predicted_from: datetime | None, predicted_to: datetime | None) -> Any:
    chosen = np.ones(len(rows), dtype=np.bool_)
    if predicted_from is not None:
        chosen &= rows.predicted_at >= microseconds(predicted_from)
    if predicted_to is not None:
        chosen &= rows.predicted_at < microseconds(predicted_to)
    return rows if chosen.all() else rows.where(chosen)

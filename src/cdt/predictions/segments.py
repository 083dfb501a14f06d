"""Which segments there are of a version, and where the rows of each lie."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, TypeAlias

import msgspec
from psycopg import AsyncConnection
from psycopg.rows import class_row

from cdt.domain.kernel import Digest
from cdt.predictions.payloads import Format

Kind: TypeAlias = Literal["predictions", "labels"]


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """An immutable batch. The bounds of `predicted_at` both belong to it.

    object_key, object_row: the object that holds its rows, and its first row there; without them, they lie in Postgres.
    """

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
    object_row: int | None
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
                object_key, object_row, recorded_at
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


async def find_segments_back(
    connection: AsyncConnection[Any],
    version_number: int,
    *,
    kind: Kind,
    to: int,
    predicted_from: datetime | None,
    predicted_to: datetime | None,
    among: Sequence[int] | None = None,
    limit: int,
) -> list[Segment]:
    """Segments up to a sequence, the newest first, as `find_segments` finds them.

    among: only these, by their ids.
    """
    async with connection.cursor(row_factory=class_row(Segment)) as cursor:
        await cursor.execute(
            """
            SELECT
                segment_id, version_number, sequence, kind, rows, predicted_from, predicted_to, digest, format,
                object_key, object_row, recorded_at
            FROM predictions.segments
            WHERE version_number = %(number)s AND sequence <= %(to)s AND kind = %(kind)s
            AND (%(predicted_from)s::timestamptz IS NULL OR predicted_to >= %(predicted_from)s)
            AND (%(predicted_to)s::timestamptz IS NULL OR predicted_from < %(predicted_to)s)
            AND (%(among)s::bigint[] IS NULL OR segment_id = ANY(%(among)s::bigint[]))
            ORDER BY sequence DESC LIMIT %(limit)s
            """,
            {
                "number": version_number,
                "to": to,
                "kind": kind,
                "predicted_from": predicted_from,
                "predicted_to": predicted_to,
                "among": None if among is None else list(among),
                "limit": limit,
            },
        )
        return await cursor.fetchall()


async def find_segments_now(
    connection: AsyncConnection[Any], version_number: int, sequences: Sequence[int]
) -> list[Segment]:
    """The segments that have these sequences now, in their order; of one that is thrown away there is none."""
    async with connection.cursor(row_factory=class_row(Segment)) as cursor:
        await cursor.execute(
            "SELECT segment_id, version_number, sequence, kind, rows, predicted_from, predicted_to, digest, format,"
            " object_key, object_row, recorded_at FROM predictions.segments"
            " WHERE version_number = %(number)s AND sequence = ANY(%(sequences)s) ORDER BY sequence",
            {"number": version_number, "sequences": list(sequences)},
        )
        return await cursor.fetchall()


async def newest_sequence(connection: AsyncConnection[Any], version_number: int) -> int:
    """The sequence of the version's newest segment; 0 without any."""
    cursor = await connection.execute(
        "SELECT coalesce(max(sequence), 0) FROM predictions.segments WHERE version_number = %(number)s",
        {"number": version_number},
    )
    row = await cursor.fetchone()
    assert row is not None
    return row[0]


async def find_segments_by_id(connection: AsyncConnection[Any], segment_ids: Sequence[int]) -> list[Segment]:
    """These segments, as they are stored now, in the order of their ids."""
    async with connection.cursor(row_factory=class_row(Segment)) as cursor:
        await cursor.execute(
            "SELECT segment_id, version_number, sequence, kind, rows, predicted_from, predicted_to, digest, format,"
            " object_key, object_row, recorded_at FROM predictions.segments"
            " WHERE segment_id = ANY(%(segment_ids)s) ORDER BY segment_id",
            {"segment_ids": list(segment_ids)},
        )
        return await cursor.fetchall()

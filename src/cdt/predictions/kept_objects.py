"""Which objects there are: named before they are written, kept by the transaction that points segments at them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from psycopg import AsyncConnection
from psycopg.rows import class_row

from cdt.predictions.segments import Kind, Segment
from cdt.storage.storage import NOT_MARKED, Storage, StorageIsAway


class KeptObject(msgspec.Struct, frozen=True, kw_only=True):
    """An object that segments point at: all of the kind from the one sequence to the other."""

    object_key: str
    first_sequence: int
    last_sequence: int
    segments: int
    rows: int


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """An object that is written, with the segments it holds, in order, as they were stored before."""

    object_key: str
    bytes: int
    segments: Sequence[Segment]


TRIM_AFTER_SECONDS = 86_400.0


class OthersWereFaster(Exception):
    """What the object was made of has moved meanwhile, or the object was swept: nothing is taken over."""


class Holed(msgspec.Struct, frozen=True):
    """An object with rows that no segment points at any more."""

    object_key: str
    kind: Kind
    first_sequence: int
    last_sequence: int


async def due(
    connection: AsyncConnection[Any],
    *,
    rows: int,
    segments: int,
    seconds: float,
    delete_after: float,
    trim_after: float = TRIM_AFTER_SECONDS,
) -> list[int]:
    """The numbers of the versions with so many fresh rows or segments, any of such an age, or objects to delete.

    Or with objects to be written anew, see `to_trim`.
    """
    cursor = await connection.execute(
        "SELECT version_number FROM predictions.segments WHERE format <> 'parquet' GROUP BY version_number"
        " HAVING sum(rows) >= %(rows)s OR count(*) >= %(segments)s"
        " OR min(recorded_at) < clock_timestamp() - make_interval(secs => %(seconds)s)"
        " UNION SELECT version_number FROM predictions.objects WHERE state <> 'kept'"
        " AND changed_at < clock_timestamp() - make_interval(secs => %(delete_after)s)"
        " UNION SELECT version_number FROM predictions.objects WHERE state = 'kept' AND removed_since IS NOT NULL"
        " AND (4 * removed_rows >= rows OR removed_since < clock_timestamp() - make_interval(secs => %(trim_after)s))"
        " ORDER BY version_number",
        {
            "rows": rows,
            "segments": segments,
            "seconds": seconds,
            "delete_after": delete_after,
            "trim_after": trim_after,
        },
    )
    return [row[0] for row in await cursor.fetchall()]


async def fresh_segments(
    connection: AsyncConnection[Any], version_number: int, kind: Kind, *, limit: int
) -> list[Segment]:
    """The segments of the kind whose rows lie in Postgres, in the order of their sequence."""
    async with connection.cursor(row_factory=class_row(Segment)) as cursor:
        await cursor.execute(
            "SELECT segment_id, version_number, sequence, kind, rows, predicted_from, predicted_to, digest, format,"
            " object_key, object_row, recorded_at FROM predictions.segments"
            " WHERE version_number = %(number)s AND kind = %(kind)s AND format <> 'parquet'"
            " ORDER BY sequence LIMIT %(limit)s",
            {"number": version_number, "kind": kind, "limit": limit},
        )
        return await cursor.fetchall()


async def newest_objects(
    connection: AsyncConnection[Any], version_number: int, kind: Kind, *, limit: int
) -> list[KeptObject]:
    """The version's objects of the kind, newest first."""
    async with connection.cursor(row_factory=class_row(KeptObject)) as cursor:
        await cursor.execute(
            "SELECT object_key, first_sequence, last_sequence, segments, rows FROM predictions.objects"
            " WHERE version_number = %(number)s AND kind = %(kind)s AND state = 'kept'"
            " ORDER BY last_sequence DESC LIMIT %(limit)s",
            {"number": version_number, "kind": kind, "limit": limit},
        )
        return await cursor.fetchall()


async def to_trim(connection: AsyncConnection[Any], version_number: int, *, seconds: float) -> list[Holed]:
    """Objects a quarter of which nothing points at any more, or any row of them for so long."""
    async with connection.cursor(row_factory=class_row(Holed)) as cursor:
        await cursor.execute(
            "SELECT object_key, kind, first_sequence, last_sequence FROM predictions.objects"
            " WHERE version_number = %(number)s AND state = 'kept' AND removed_since IS NOT NULL AND ("
            "4 * removed_rows >= rows OR removed_since < clock_timestamp() - make_interval(secs => %(seconds)s))"
            " ORDER BY first_sequence",
            {"number": version_number, "seconds": seconds},
        )
        return await cursor.fetchall()


async def range_of(connection: AsyncConnection[Any], object_key: str) -> tuple[int, int]:
    """The first and the last sequence of the segments that it was made of."""
    cursor = await connection.execute(
        "SELECT first_sequence, last_sequence FROM predictions.objects WHERE object_key = %(key)s", {"key": object_key}
    )
    row = await cursor.fetchone()
    assert row is not None
    return row


async def drop(connection: AsyncConnection[Any], object_keys: Sequence[str]) -> None:
    """Nothing points at these any more."""
    await connection.execute(
        "UPDATE predictions.objects SET state = 'dropped', changed_at = clock_timestamp()"
        " WHERE object_key = ANY(%(keys)s) AND state = 'kept'",
        {"keys": list(object_keys)},
    )


async def claim(connection: AsyncConnection[Any], storage: Storage) -> None:
    """Let the storage be known for the one that holds the objects, if it does or there are none yet; StorageIsAway."""
    if await storage.is_marked():
        return
    cursor = await connection.execute(
        "SELECT object_key FROM predictions.objects WHERE state = 'kept' ORDER BY changed_at DESC LIMIT 1"
    )
    newest = await cursor.fetchone()
    if newest is not None and not await storage.has(newest[0]):
        raise StorageIsAway(NOT_MARKED)
    await storage.mark()


async def begin(
    connection: AsyncConnection[Any], object_key: str, *, project_id: UUID, version_number: int, kind: Kind
) -> None:
    """Tell that an object will be written, so that it is found again whatever becomes of the writer."""
    await connection.execute(
        "INSERT INTO predictions.objects (object_key, project_id, version_number, kind, state)"
        " VALUES (%(key)s, %(project)s, %(number)s, %(kind)s, 'writing')",
        {"key": object_key, "project": project_id, "number": version_number, "kind": kind},
    )


async def take_over(connection: AsyncConnection[Any], taken: Taken) -> None:
    """Point the segments at the object, and forget what held their rows before: all of it or nothing.

    OthersWereFaster when a segment is not stored as it was when it was read.
    """
    segments, key = taken.segments, taken.object_key
    row = 0
    rows: list[int] = []
    for segment in segments:
        rows.append(row)
        row += segment.rows
    async with connection.transaction():
        kept = await connection.execute(
            "UPDATE predictions.objects SET state = 'kept', changed_at = clock_timestamp(), first_sequence = %(first)s,"
            " last_sequence = %(last)s, segments = %(segments)s, rows = %(rows)s, bytes = %(bytes)s"
            " WHERE object_key = %(key)s AND state = 'writing'",
            {
                "key": key,
                "first": segments[0].sequence,
                "last": segments[-1].sequence,
                "segments": len(segments),
                "rows": row,
                "bytes": taken.bytes,
            },
        )
        moved = await connection.execute(
            "UPDATE predictions.segments AS segment"
            " SET format = 'parquet', object_key = %(key)s, object_row = each.object_row"
            " FROM unnest(%(ids)s::bigint[], %(rows)s::bigint[], %(before)s::text[])"
            " AS each (segment_id, object_row, before)"
            " WHERE segment.segment_id = each.segment_id AND segment.object_key IS NOT DISTINCT FROM each.before",
            {
                "key": key,
                "ids": [each.segment_id for each in segments],
                "rows": rows,
                "before": [each.object_key for each in segments],
            },
        )
        if kept.rowcount != 1 or moved.rowcount != len(segments):
            raise OthersWereFaster
        await connection.execute(
            "DELETE FROM predictions.payloads WHERE segment_id = ANY(%(ids)s)",
            {"ids": [each.segment_id for each in segments if each.object_key is None]},
        )
        await drop(connection, sorted({each.object_key for each in segments if each.object_key is not None}))


async def to_delete(connection: AsyncConnection[Any], version_number: int, *, seconds: float) -> list[str]:
    """Objects of the version that nothing points at, and have not for so long."""
    cursor = await connection.execute(
        "SELECT object_key FROM predictions.objects WHERE version_number = %(number)s AND state <> 'kept'"
        " AND changed_at < clock_timestamp() - make_interval(secs => %(seconds)s) ORDER BY changed_at",
        {"number": version_number, "seconds": seconds},
    )
    return [row[0] for row in await cursor.fetchall()]


async def forget(connection: AsyncConnection[Any], object_key: str) -> None:
    """The object is deleted."""
    await connection.execute(
        "DELETE FROM predictions.objects WHERE object_key = %(key)s AND state <> 'kept'", {"key": object_key}
    )

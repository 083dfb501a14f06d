"""Files of the watched folder: which were found, and what became of each content of each name."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple, TypeAlias
from uuid import UUID

import msgspec
from psycopg import AsyncConnection
from psycopg.rows import args_row, class_row

from cdt.predictions.receipts import Receipt
from cdt.predictions.rows import Kind

State: TypeAlias = Literal["waiting", "taken", "refused"]
Connection: TypeAlias = AsyncConnection[Any]
LAST = (1 << 63) - 1
"""Before this number are all."""


class Found(NamedTuple):
    """A file as it was listed. stamp: another one when its content is another."""

    key: str
    stamp: str
    project_id: UUID
    version_id: UUID
    kind: Kind
    bytes: int


class File(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was found, and what became of it. The counts are there once it was taken in.

    seen_at: when it was last seen where it was found, or up to a day before that.
    """

    file_number: int
    file_key: str
    stamp: str
    kind: Kind
    bytes: int
    state: State
    tries: int
    found_at: datetime
    seen_at: datetime
    settled_at: datetime | None
    accepted: int | None
    duplicates: int | None
    rejected: int | None
    marked: int | None
    reason: str | None


class Noticed(NamedTuple):
    """Something to be done about one of several files: it is new, or waits, or is to be told as seen again.

    place: among those that were asked about. file_number, found_at: None of one that is new.
    """

    place: int
    file_number: int | None
    found_at: datetime | None
    is_waiting: bool
    is_seen_long_ago: bool


async def noticed(connection: Connection, found: Sequence[Found], *, seen_before: datetime) -> list[Noticed]:
    """What is to be done about files; nothing of most, since they were taken in, and seen since."""
    cursor = connection.cursor(row_factory=args_row(Noticed))
    await cursor.execute(
        "SELECT each.place - 1, kept.file_number, kept.found_at, coalesce(kept.state = 'waiting', false),"
        " coalesce(kept.seen_at < %(before)s, false)"
        " FROM unnest(%(keys)s::text[], %(stamps)s::text[]) WITH ORDINALITY AS each (file_key, stamp, place)"
        " LEFT JOIN predictions.files AS kept USING (file_key, stamp)"
        " WHERE kept.file_number IS NULL OR kept.state = 'waiting' OR kept.seen_at < %(before)s ORDER BY each.place",
        {
            "keys": [each.key for each in found],
            "stamps": [each.stamp for each in found],
            "before": seen_before,
        },
    )
    return await cursor.fetchall()


async def add(connection: Connection, found: Sequence[Found], *, at: datetime) -> None:
    """Files were found; what was found under their names and never taken in is gone."""
    await connection.execute(
        "WITH new AS ("
        "    SELECT file_key, stamp, project_id, version_id, kind, bytes FROM unnest(%(keys)s::text[],"
        "    %(stamps)s::text[], %(projects)s::uuid[], %(versions)s::uuid[], %(kinds)s::text[], %(bytes)s::bigint[])"
        "    AS each (file_key, stamp, project_id, version_id, kind, bytes)"
        "), former AS ("
        "    DELETE FROM predictions.files AS kept USING new"
        "    WHERE kept.file_key = new.file_key AND kept.stamp <> new.stamp AND kept.state = 'waiting'"
        ") INSERT INTO predictions.files (file_key, stamp, project_id, version_id, kind, bytes, found_at, seen_at)"
        " SELECT file_key, stamp, project_id, version_id, kind, bytes, %(at)s, %(at)s FROM new"
        " ON CONFLICT (file_key, stamp) DO NOTHING",
        {
            "keys": [each.key for each in found],
            "stamps": [each.stamp for each in found],
            "projects": [each.project_id for each in found],
            "versions": [each.version_id for each in found],
            "kinds": [each.kind for each in found],
            "bytes": [each.bytes for each in found],
            "at": at,
        },
    )


async def see(connection: Connection, numbers: Sequence[int | None], *, at: datetime) -> None:
    """Files that were found before are there still."""
    await connection.execute(
        "UPDATE predictions.files SET seen_at = %(at)s WHERE file_number = ANY(%(numbers)s)",
        {"numbers": list(numbers), "at": at},
    )


async def sweep(connection: Connection, version_ids: Iterable[UUID], *, before: datetime, most: int) -> int:
    """Forget files of these versions that were not seen since; how many, and that is so many at most."""
    cursor = await connection.execute(
        "DELETE FROM predictions.files WHERE (file_key, stamp) IN ("
        "    SELECT file_key, stamp FROM predictions.files"
        "    WHERE version_id = ANY(%(versions)s) AND seen_at < %(before)s LIMIT %(most)s)",
        {"versions": list(version_ids), "before": before, "most": most},
    )
    return cursor.rowcount


async def begin(connection: Connection, found: Found) -> int:
    """It is about to be taken in; how often that was begun, with this time."""
    cursor = await connection.execute(
        "UPDATE predictions.files SET tries = tries + 1 WHERE file_key = %(key)s AND stamp = %(stamp)s RETURNING tries",
        {"key": found.key, "stamp": found.stamp},
    )
    row = await cursor.fetchone()
    return 0 if row is None else int(row[0])


async def put_off(connection: Connection, found: Found) -> None:
    """What was begun could not be done now, for no fault of the file's."""
    await connection.execute(
        "UPDATE predictions.files SET tries = tries - 1 WHERE file_key = %(key)s AND stamp = %(stamp)s",
        {"key": found.key, "stamp": found.stamp},
    )


async def forget(connection: Connection, found: Found) -> None:
    """It was gone before it was taken in."""
    await connection.execute(
        "DELETE FROM predictions.files WHERE file_key = %(key)s AND stamp = %(stamp)s AND state = 'waiting'",
        {"key": found.key, "stamp": found.stamp},
    )


async def settle(connection: Connection, found: Found, receipt: Receipt, *, at: datetime) -> None:
    """Its good rows are stored; or, as the model's policy may have it, all were rejected for one."""
    await connection.execute(
        "UPDATE predictions.files SET state = %(state)s, settled_at = %(at)s, accepted = %(accepted)s,"
        " duplicates = %(duplicates)s, rejected = %(rejected)s, marked = %(marked)s, reason = %(reason)s"
        " WHERE file_key = %(key)s AND stamp = %(stamp)s",
        {
            "key": found.key,
            "stamp": found.stamp,
            "state": "refused" if receipt.batch_rejected is True else "taken",
            "at": at,
            "accepted": receipt.accepted,
            "duplicates": receipt.duplicates,
            "rejected": receipt.rejected_count,
            "marked": receipt.marked or 0,
            "reason": _first_of(receipt),
        },
    )


async def settle_refused(connection: Connection, found: Found, reason: str, *, at: datetime) -> None:
    """Nothing of it was kept, and it is not tried again."""
    await connection.execute(
        "UPDATE predictions.files SET state = 'refused', settled_at = %(at)s, reason = %(reason)s"
        " WHERE file_key = %(key)s AND stamp = %(stamp)s",
        {"key": found.key, "stamp": found.stamp, "at": at, "reason": reason.replace("\x00", "")[:2_000]},
    )


async def of_version(
    connection: Connection, version_id: UUID, *, states: Sequence[str], before: int, limit: int
) -> list[File]:
    """Those of a version in these states, newest first; the transaction must see its project."""
    async with connection.cursor(row_factory=class_row(File)) as cursor:
        await cursor.execute(
            "SELECT file_number, file_key, stamp, kind, bytes, state, tries, found_at, seen_at, settled_at,"
            " accepted, duplicates, rejected, marked, reason FROM predictions.files"
            " WHERE version_id = %(version)s AND file_number < %(before)s AND state = ANY(%(states)s)"
            " ORDER BY file_number DESC LIMIT %(limit)s",
            {"version": version_id, "before": before, "states": list(states), "limit": limit},
        )
        return await cursor.fetchall()


def _first_of(receipt: Receipt) -> str | None:
    """The first rejected row, and what became of the others for it; None where all are good."""
    if not receipt.rejected:
        return None
    first = receipt.rejected[0]
    reason = f"row {first.row}: {first.column or 'row'} {first.reason}"
    return f"{reason}; one such row rejects all of its batch" if receipt.batch_rejected is True else reason

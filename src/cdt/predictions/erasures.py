"""How far the erasures are, what they took, and which ids must not come in again."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from psycopg import AsyncConnection
from psycopg.rows import class_row

from cdt.domain.kernel import Digest
from cdt.predictions.segments import Kind, Segment
from cdt.predictions.versions import NumberedVersion

ERASED_SEGMENT = 0
"""Where the identity of an erased prediction points: no segment has this number."""

Phase = Literal["predictions", "labels", "waiting", "done"]


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far an erasure is in a version, and what is gone."""

    erasure_id: UUID
    version_number: int
    phase: Phase
    through: int
    reached: int
    predictions: int
    labels: int
    waiting_labels: int
    segments: int


class Tombstone(msgspec.Struct, frozen=True, kw_only=True):
    """That a segment lost rows: how many, and its digest before and after; None when none was left."""

    erasure_id: UUID
    sequence: int
    kind: Kind
    rows: int
    digest_before: Digest
    digest_after: Digest | None
    recorded_at: datetime


async def due(connection: AsyncConnection[Any]) -> list[int]:
    """The positions at which erasures were asked for that are not done and not held."""
    cursor = await connection.execute(
        "SELECT requested_position FROM compliance_erasures AS erasure WHERE completed_at IS NULL"
        " AND NOT EXISTS (SELECT FROM compliance_holds AS hold WHERE hold.project_id = erasure.project_id"
        " AND NOT hold.closed AND (hold.model_id IS NULL OR hold.model_id = erasure.model_id))"
        " ORDER BY requested_position"
    )
    return [row[0] for row in await cursor.fetchall()]


async def begin(connection: AsyncConnection[Any], version: NumberedVersion, erasure_id: UUID) -> Progress:
    """How far it is; from the beginning if nobody has begun."""
    await connection.execute(
        "INSERT INTO predictions.erasing (erasure_id, project_id, version_number, phase, through, reached)"
        " SELECT %(erasure)s, project_id, number, 'predictions', sequence, 0 FROM predictions.versions"
        " WHERE number = %(number)s ON CONFLICT (erasure_id, version_number) DO NOTHING",
        {"erasure": erasure_id, "number": version.number},
    )
    async with connection.cursor(row_factory=class_row(Progress)) as cursor:
        await cursor.execute(
            "SELECT erasure_id, version_number, phase, through, reached, predictions, labels, waiting_labels, segments"
            " FROM predictions.erasing WHERE erasure_id = %(erasure)s AND version_number = %(number)s",
            {"erasure": erasure_id, "number": version.number},
        )
        found = await cursor.fetchone()
    assert found is not None
    return found


async def enter(connection: AsyncConnection[Any], progress: Progress, phase: Phase) -> None:
    """Go on with another phase, of what has come in by now; labels are looked at from the newest on."""
    await connection.execute(
        "UPDATE predictions.erasing AS erasing SET phase = %(phase)s, through = version.sequence,"
        " reached = version.sequence + 1 FROM predictions.versions AS version"
        " WHERE version.number = erasing.version_number"
        " AND erasing.erasure_id = %(erasure)s AND erasing.version_number = %(number)s",
        {"phase": phase, "erasure": progress.erasure_id, "number": progress.version_number},
    )


async def advance(
    connection: AsyncConnection[Any],
    progress: Progress,
    *,
    reached: int,
    predictions: int = 0,
    labels: int = 0,
    waiting_labels: int = 0,
    segments: int = 0,
) -> None:
    """So far it is looked at; that much more is gone."""
    await connection.execute(
        "UPDATE predictions.erasing SET reached = %(reached)s, predictions = predictions + %(predictions)s,"
        " labels = labels + %(labels)s, waiting_labels = waiting_labels + %(waiting_labels)s,"
        " segments = segments + %(segments)s"
        " WHERE erasure_id = %(erasure)s AND version_number = %(number)s",
        {
            "reached": reached,
            "predictions": predictions,
            "labels": labels,
            "waiting_labels": waiting_labels,
            "segments": segments,
            "erasure": progress.erasure_id,
            "number": progress.version_number,
        },
    )


async def progress(connection: AsyncConnection[Any], erasure_id: UUID, *, versions: int) -> float:
    """The share of what is to be looked at that was, in [0, 1]."""
    cursor = await connection.execute(
        "SELECT coalesce(sum(CASE phase WHEN 'predictions' THEN 0.5 * reached / greatest(through, 1)"
        " WHEN 'labels' THEN 1 - 0.5 * (reached - 1) / greatest(through, 1) ELSE 1 END), 0)::float8"
        " FROM predictions.erasing WHERE erasure_id = %(erasure)s",
        {"erasure": erasure_id},
    )
    row = await cursor.fetchone()
    assert row is not None
    return min(1.0, row[0] / max(versions, 1))


async def keep_tombstone(
    connection: AsyncConnection[Any],
    version: NumberedVersion,
    erasure_id: UUID,
    before: Segment,
    *,
    rows: int,
    digest_after: Digest | None,
) -> None:
    """Write down that a segment lost rows."""
    await connection.execute(
        "INSERT INTO predictions.tombstones (erasure_id, project_id, sequence, predicted_from, predicted_to,"
        " version_number, rows, kind, digest_before, digest_after)"
        " VALUES (%(erasure)s, %(project)s, %(sequence)s, %(from)s, %(to)s, %(number)s, %(rows)s, %(kind)s,"
        " %(before)s, %(after)s)",
        {
            "erasure": erasure_id,
            "project": version.project_id,
            "sequence": before.sequence,
            "from": before.predicted_from,
            "to": before.predicted_to,
            "number": version.number,
            "rows": rows,
            "kind": before.kind,
            "before": before.digest,
            "after": digest_after,
        },
    )


async def tombstones_of(connection: AsyncConnection[Any], version_number: int, erasure_id: UUID) -> list[Tombstone]:
    """The segments of the version that lost rows by an erasure, in the order of their sequence."""
    async with connection.cursor(row_factory=class_row(Tombstone)) as cursor:
        await cursor.execute(
            "SELECT erasure_id, sequence, kind, rows, digest_before, digest_after, recorded_at"
            " FROM predictions.tombstones"
            " WHERE version_number = %(number)s AND erasure_id = %(erasure)s ORDER BY sequence",
            {"number": version_number, "erasure": erasure_id},
        )
        return await cursor.fetchall()


async def tombstones_of_window(
    connection: AsyncConnection[Any],
    version_number: int,
    *,
    predicted_from: datetime,
    predicted_to: datetime,
    through_sequence: int,
    after: tuple[int, datetime] | None,
    until: datetime | None,
    limit: int,
) -> list[Tombstone]:
    """Of segments up to a sequence that may have held rows of the half-open window, by sequence and time.

    after: only those behind this place. until: only those that were recorded by then.
    """
    sequence, moment = (0, None) if after is None else after
    async with connection.cursor(row_factory=class_row(Tombstone)) as cursor:
        await cursor.execute(
            "SELECT erasure_id, sequence, kind, rows, digest_before, digest_after, recorded_at"
            " FROM predictions.tombstones WHERE version_number = %(number)s"
            " AND sequence >= %(sequence)s AND sequence <= %(through)s"
            " AND (%(moment)s::timestamptz IS NULL OR (sequence, recorded_at) > (%(sequence)s, %(moment)s))"
            " AND predicted_from < %(to)s AND predicted_to >= %(from)s"
            " AND (%(until)s::timestamptz IS NULL OR recorded_at <= %(until)s)"
            " ORDER BY sequence, recorded_at LIMIT %(limit)s",
            {
                "number": version_number,
                "sequence": sequence,
                "through": through_sequence,
                "moment": moment,
                "from": predicted_from,
                "to": predicted_to,
                "until": until,
                "limit": limit,
            },
        )
        return await cursor.fetchall()


def digest_of_tombstones(tombstones: Sequence[Tombstone]) -> Digest:
    """The SHA-256 of their lines: sequence, kind, rows, digest before, digest after or a dash."""
    lines = (
        f"{each.sequence} {each.kind} {each.rows} {each.digest_before} {each.digest_after or '-'}\n"
        for each in tombstones
    )
    return Digest(hashlib.sha256("".join(lines).encode()).hexdigest())


async def keep_erased(
    connection: AsyncConnection[Any], version: NumberedVersion, erasure_id: UUID, ids: Sequence[tuple[date, str]]
) -> None:
    """Let these not come in again, each a day and the hash of an id."""
    await connection.execute(
        "INSERT INTO predictions.erased (erasure_id, project_id, version_number, day, hash)"
        " SELECT %(erasure)s, %(project)s, %(number)s, each.day, each.hash"
        " FROM unnest(%(days)s::date[], %(hashes)s::text[]) AS each (day, hash) ON CONFLICT DO NOTHING",
        {
            "erasure": erasure_id,
            "project": version.project_id,
            "number": version.number,
            "days": [day for day, _ in ids],
            "hashes": [code for _, code in ids],
        },
    )


async def erased_by(connection: AsyncConnection[Any], version_number: int, erasure_id: UUID) -> set[tuple[date, str]]:
    """What an erasure took of the version: day and hash of each prediction."""
    cursor = await connection.execute(
        "SELECT day, hash FROM predictions.erased WHERE version_number = %(number)s AND erasure_id = %(erasure)s",
        {"number": version_number, "erasure": erasure_id},
    )
    return set(await cursor.fetchall())


async def erased_among(
    connection: AsyncConnection[Any], version_number: int, hashes: Sequence[str]
) -> set[tuple[date, str]]:
    """Which of these ids were erased, and of which days."""
    cursor = await connection.execute(
        "SELECT day, hash FROM predictions.erased WHERE version_number = %(number)s AND hash = ANY(%(hashes)s::text[])",
        {"number": version_number, "hashes": list(hashes)},
    )
    return set(await cursor.fetchall())

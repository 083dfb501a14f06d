"""Bodies that are written unseen, part by part, until they are sealed as a whole or taken back.

Who writes one renews it every few seconds. One that nobody renewed for a while is taken back.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.errors import RaiseException
from psycopg.rows import scalar_row

from cdt.database.arrays import Bigints, Integers
from cdt.predictions.sealing import NewIdentities, NewSegment, Sealing, begin, claim, keep, write
from cdt.predictions.versions import NumberedVersion

RENEW_SECONDS = 5.0
ABANDONED_SECONDS = 20
"""Unrenewed for so long, its writer is taken for dead: it missed three renewals."""


class GivenUp(Exception):
    """The body was taken back meanwhile, as that of a process that seemed dead. Never leaves this package."""


Connection = AsyncConnection[Any]


async def begin_body(connection: Connection, body_id: UUID, *, project_id: UUID, version_number: int) -> None:
    """Begin a body; the transaction must see the project."""
    await connection.execute(
        "INSERT INTO predictions.unsealed_bodies (body_id, project_id, version_number)"
        " VALUES (%(body)s, %(project)s, %(number)s)",
        {"body": body_id, "project": project_id, "number": version_number},
    )


async def write_part(
    connection: Connection, body_id: UUID, version: NumberedVersion, sealing: Sealing, identities: NewIdentities
) -> None:
    """Write some of its segments in a transaction of their own.

    Raises UniqueViolation if one of their identities is taken, and GivenUp.
    """
    try:
        async with connection.pipeline():
            await begin(connection, [sealing.project_id])
            await claim(connection, version, identities)
            await write(connection, sealing)
            for segment in sealing.segments:
                await _add(connection, body_id, sealing, segment, identities.of(segment.segment_id))
            await connection.execute("COMMIT")
    except RaiseException as error:
        await connection.rollback()
        raise GivenUp from error


async def _add(
    connection: Connection, body_id: UUID, sealing: Sealing, segment: NewSegment, identities: NewIdentities
) -> None:
    await connection.execute(
        "SELECT predictions.add_unsealed("
        "%(body)s, %(id)s, %(project)s, %(number)s, %(rows)s, %(from)s, %(to)s, %(digest)s, %(format)s,"
        " %(days)s::int[], %(hashes)s::bigint[])",
        {
            "id": segment.segment_id,
            "body": body_id,
            "project": sealing.project_id,
            "number": sealing.version_number,
            "rows": segment.rows,
            "from": segment.predicted_from,
            "to": segment.predicted_to,
            "digest": segment.digest,
            "format": segment.format,
            "days": Integers(identities.days),
            "hashes": Bigints(identities.hashes),
        },
    )


async def seal_body(connection: Connection, body_id: UUID, *, segments: int, sealing: Sealing) -> int:
    """Make a body of so many segments visible; the version's sequence after that. GivenUp if it was taken back.

    sealing: all but the segments, which were written.
    """
    cursor: Any = connection.cursor(row_factory=scalar_row)
    await cursor.execute(
        "SELECT predictions.seal_body("
        "%(project)s, %(number)s, %(body)s, %(segments)s, %(keys)s::text[], %(receipt_ids)s::uuid[],"
        " %(body_digests)s::text[], %(answers)s::bytea[], %(predictions)s, %(rejected)s)",
        {
            "project": sealing.project_id,
            "number": sealing.version_number,
            "body": body_id,
            "segments": segments,
            "keys": [each.key for each in sealing.receipts],
            "receipt_ids": [each.receipt_id for each in sealing.receipts],
            "body_digests": [each.body_digest for each in sealing.receipts],
            "answers": [each.answer for each in sealing.receipts],
            "predictions": sealing.predictions,
            "rejected": sealing.rejected,
        },
    )
    sequence: int | None = await cursor.fetchone()
    if sequence is None:
        raise GivenUp
    await keep(connection, sealing)
    return sequence


async def renew(connection: Connection, body_ids: Sequence[UUID]) -> None:
    """Say that whoever writes these lives; the transaction must see their projects."""
    await connection.execute(
        "UPDATE predictions.unsealed_bodies SET renewed_at = clock_timestamp()"
        " WHERE body_id = ANY(%(bodies)s) AND NOT is_given_up",
        {"bodies": list(body_ids)},
    )


async def abandoned(connection: Connection) -> list[UUID]:
    """The bodies whose writer is taken for dead, of the projects that the transaction sees."""
    cursor: Any = connection.cursor(row_factory=scalar_row)
    await cursor.execute(
        "SELECT body_id FROM predictions.unsealed_bodies"
        " WHERE is_given_up OR renewed_at < clock_timestamp() - make_interval(secs => %(seconds)s)"
        " ORDER BY renewed_at LIMIT 100",
        {"seconds": ABANDONED_SECONDS},
    )
    return await cursor.fetchall()


async def give_up(connection: Connection, body_id: UUID) -> None:
    """Nothing more is written of it, nor is it sealed."""
    await connection.execute(
        "UPDATE predictions.unsealed_bodies SET is_given_up = true WHERE body_id = %(body)s", {"body": body_id}
    )


async def discard_segment(connection: Connection, body_id: UUID) -> bool:
    """Take back one segment of a body that was given up; whether more may be left."""
    cursor: Any = connection.cursor(row_factory=scalar_row)
    await cursor.execute("SELECT predictions.discard_segment(%(body)s)", {"body": body_id})
    return bool(await cursor.fetchone())

"""The present reading of each version: one row, overwritten; whoever follows is told its sequence."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from psycopg import AsyncConnection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from cdt.database.notifications import LIVE


class LiveRow(msgspec.Struct, frozen=True):
    """A version's present reading; of rows up to `sequence`, by policies as of `position`."""

    version_id: UUID
    project_id: UUID
    sequence: int
    position: int
    computed_at: datetime
    reading: dict[str, Any]


async def write(connection: AsyncConnection[Any], row: LiveRow) -> bool:
    """Overwrite, and tell; False when a newer reading is there already."""
    cursor = await connection.execute(
        "INSERT INTO predictions.live_readings (version_id, project_id, sequence, position, computed_at, reading)"
        " VALUES (%(version_id)s, %(project_id)s, %(sequence)s, %(position)s, %(computed_at)s, %(reading)s)"
        " ON CONFLICT (version_id) DO UPDATE SET sequence = excluded.sequence, position = excluded.position,"
        " computed_at = excluded.computed_at, reading = excluded.reading"
        " WHERE (live_readings.sequence, live_readings.position) <= (excluded.sequence, excluded.position)",
        {
            "version_id": row.version_id,
            "project_id": row.project_id,
            "sequence": row.sequence,
            "position": row.position,
            "computed_at": row.computed_at,
            "reading": Jsonb(row.reading, dumps=lambda value: msgspec.json.encode(value).decode()),
        },
    )
    if cursor.rowcount != 1:
        return False
    await connection.execute(
        "SELECT pg_notify(%(channel)s, %(payload)s)",
        {"channel": LIVE, "payload": f"{row.version_id} {row.sequence} {row.position}"},
    )
    return True


async def read(connection: AsyncConnection[Any], version_ids: list[UUID]) -> list[LiveRow]:
    """The present readings of those versions that have one."""
    async with connection.cursor(row_factory=class_row(LiveRow)) as cursor:
        await cursor.execute(
            "SELECT version_id, project_id, sequence, position, computed_at, reading FROM predictions.live_readings"
            " WHERE version_id = ANY(%(version_ids)s)",
            {"version_ids": version_ids},
        )
        return await cursor.fetchall()

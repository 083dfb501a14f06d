"""The profile of one hour, as it is kept."""

from collections.abc import Mapping
from typing import Any

from psycopg import AsyncConnection

from cdt.measures.grid import Grid
from cdt.measures.packing import decode, encode
from cdt.measures.profile import Profile, empty
from cdt.predictions.columns import moment_of
from cdt.predictions.versions import NumberedVersion


async def kept_hour(connection: AsyncConnection[Any], version: NumberedVersion, grid: Grid, hour: int) -> Profile:
    """What is counted of the hour that begins then, in microseconds since 1970."""
    cursor = await connection.execute(
        "SELECT payload FROM predictions.profiles WHERE version_number = %s AND hour = %s",
        (version.number, moment_of(hour)),
        binary=True,
    )
    row = await cursor.fetchone()
    return empty(grid) if row is None else decode(grid, row[0])


async def kept_slices(connection: AsyncConnection[Any], version: NumberedVersion, hour: int) -> bytes | None:
    """What is counted of slices beside it; None for nothing."""
    cursor = await connection.execute(
        "SELECT slices FROM predictions.profiles WHERE version_number = %s AND hour = %s",
        (version.number, moment_of(hour)),
        binary=True,
    )
    row = await cursor.fetchone()
    return None if row is None else row[0]


async def keep_hour(
    connection: AsyncConnection[Any],
    version: NumberedVersion,
    hour: int,
    profile: Profile,
    labelled_through: int = 0,
    slices: bytes | None = None,
) -> None:
    """Overwrite it. labelled_through: the newest sequence that holds labels of the hour, if it is newer.

    slices: what is counted of slices; None leaves that as it is.
    """
    values: Mapping[str, Any] = {
        "project": version.project_id,
        "number": version.number,
        "hour": moment_of(hour),
        "rows": profile.rows,
        "labels": profile.labelled,
        "labelled_through": labelled_through,
        "payload": encode(profile),
        "slices": slices,
    }
    await connection.execute(
        "INSERT INTO predictions.profiles (project_id, version_number, hour, rows, labels, labelled_through, payload,"
        " slices)"
        " VALUES (%(project)s, %(number)s, %(hour)s, %(rows)s, %(labels)s, %(labelled_through)s, %(payload)b,"
        " %(slices)b)"
        " ON CONFLICT (version_number, hour) DO UPDATE SET rows = excluded.rows, labels = excluded.labels,"
        " labelled_through = greatest(profiles.labelled_through, excluded.labelled_through),"
        " payload = excluded.payload, slices = coalesce(excluded.slices, profiles.slices)",
        values,
    )

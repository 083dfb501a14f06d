"""How far a version is folded and onto what: one row, locked by who folds."""

from datetime import datetime
from typing import Any

import msgspec
from psycopg import AsyncConnection

from cdt.predictions import days, slice_folds
from cdt.predictions.errors import Overtaken
from cdt.predictions.versions import NumberedVersion

NO_GRID = ""
"""Where the mark of a grid is kept: nothing was counted, the predictions only met the labels that waited."""


class Fold(msgspec.Struct, frozen=True):
    """How far a version is folded; the newest `predicted_at` up to there, of rows that may be gone."""

    sequence: int
    high_water: datetime | None


async def newest(connection: AsyncConnection[Any], version_number: int) -> tuple[int, datetime | None]:
    """The version's newest sequence, and from when on its rows are kept: that moves under the fold's lock alone."""
    cursor = await connection.execute(
        "SELECT sequence, kept_from FROM predictions.versions WHERE number = %(number)s", {"number": version_number}
    )
    row = await cursor.fetchone()
    assert row is not None
    return row


async def high_water(connection: AsyncConnection[Any], version_number: int, sequence: int) -> datetime:
    """The newest `predicted_at` up to a segment; Overtaken when that is gone."""
    cursor = await connection.execute(
        "SELECT high_water FROM predictions.segments WHERE version_number = %(number)s AND sequence = %(sequence)s",
        {"number": version_number, "sequence": sequence},
    )
    row = await cursor.fetchone()
    if row is None:
        raise Overtaken
    return row[0]


async def reach(
    connection: AsyncConnection[Any], version_number: int, sequence: int, high_water: datetime | None
) -> None:
    """It is folded up to there."""
    await connection.execute(
        "UPDATE predictions.folds SET sequence = %(sequence)s, high_water = %(high_water)s,"
        " folded_at = clock_timestamp() WHERE version_number = %(number)s",
        {"sequence": sequence, "high_water": high_water, "number": version_number},
    )


async def lock(connection: AsyncConnection[Any], version: NumberedVersion, mark: str) -> Fold | None:
    """Lock the version's fold; answer how far it is on this grid, in this format.

    None when it has got a grid since we saw none.
    """
    await connection.execute(
        "INSERT INTO predictions.folds (version_number, project_id, grid, sequence) VALUES (%s, %s, %s, 0)"
        " ON CONFLICT (version_number) DO NOTHING",
        (version.number, version.project_id, mark),
    )
    cursor = await connection.execute(
        "SELECT fold.grid, fold.sequence, coalesce(fold.high_water, segment.high_water) FROM predictions.folds AS fold"
        " LEFT JOIN predictions.segments AS segment"
        " ON segment.version_number = fold.version_number AND segment.sequence = fold.sequence"
        " WHERE fold.version_number = %s FOR UPDATE OF fold",
        (version.number,),
    )
    row = await cursor.fetchone()
    assert row is not None
    if row[0] == mark:
        return Fold(row[1], row[2])
    if mark == NO_GRID:
        return None
    await connection.execute("DELETE FROM predictions.profiles WHERE version_number = %s", (version.number,))
    await days.forget(connection, version.number)
    await slice_folds.forget(connection, version.number)
    await connection.execute(
        "UPDATE predictions.folds SET grid = %s, sequence = 0, high_water = NULL WHERE version_number = %s",
        (mark, version.number),
    )
    return Fold(0, None)

"""Which slices of a version are counted and how far; and filling in what was folded before they were declared.

All under the lock of the version's fold. While they are behind, the fold goes on without them and they follow page by
page; once they have reached it, each page counts both.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import msgspec
from psycopg import AsyncConnection

from cdt.domain.evaluations.slices import Slice
from cdt.predictions.columns import moment_of
from cdt.predictions.slice_counter import CountedByHour, SliceCounter, written


class CountedSlices(msgspec.Struct, frozen=True):
    """The slices that are counted beside the profiles, and the sequence that this has reached."""

    slices: tuple[Slice, ...]
    sequence: int


async def counted_slices(connection: AsyncConnection[Any], version_number: int) -> CountedSlices | None:
    """None where none are declared."""
    cursor = await connection.execute(
        "SELECT slices::text, slices_sequence FROM predictions.folds"
        " WHERE version_number = %(number)s AND slices IS NOT NULL",
        {"number": version_number},
    )
    row = await cursor.fetchone()
    if row is None:
        return None
    return CountedSlices(msgspec.json.decode(row[0], type=tuple[Slice, ...]), row[1])


async def declare(
    connection: AsyncConnection[Any], version_number: int, slices: Sequence[Slice]
) -> CountedSlices | None:
    """These are counted from now on: others than before from the first row on, and those before no more."""
    known = await counted_slices(connection, version_number)
    if (() if known is None else known.slices) == tuple(slices):
        return known
    number = {"number": version_number}
    await connection.execute(
        "UPDATE predictions.profiles SET slices = NULL WHERE version_number = %(number)s AND slices IS NOT NULL", number
    )
    await connection.execute(
        "UPDATE predictions.profile_days SET slices = NULL WHERE version_number = %(number)s AND slices IS NOT NULL",
        number,
    )
    await connection.execute(
        "UPDATE predictions.folds SET slices = %(slices)s::jsonb, slices_sequence = %(sequence)s"
        " WHERE version_number = %(number)s",
        {**number, "slices": written(slices).decode() if slices else None, "sequence": 0 if slices else None},
    )
    return CountedSlices(tuple(slices), 0) if slices else None


async def forget(connection: AsyncConnection[Any], version_number: int) -> None:
    """None are counted: the profiles beside which they were are gone."""
    await connection.execute(
        "UPDATE predictions.folds SET slices = NULL, slices_sequence = NULL WHERE version_number = %(number)s",
        {"number": version_number},
    )


async def reach(connection: AsyncConnection[Any], version_number: int, sequence: int) -> None:
    """They are counted up to there."""
    await connection.execute(
        "UPDATE predictions.folds SET slices_sequence = %(sequence)s WHERE version_number = %(number)s",
        {"sequence": sequence, "number": version_number},
    )


async def add(
    connection: AsyncConnection[Any],
    version_number: int,
    counter: SliceCounter,
    counted: CountedByHour,
    hours: Iterable[int],
    *,
    is_taken_out: bool = False,
) -> set[int]:
    """Add the counts of these hours to what is kept beside their profiles, or take them out; answer which there are.

    An hour whose profile is gone, as by retention, has none.
    """
    found: set[int] = set()
    for hour in hours:
        where = {"number": version_number, "hour": moment_of(hour)}
        cursor = await connection.execute(
            "SELECT slices FROM predictions.profiles WHERE version_number = %(number)s AND hour = %(hour)s",
            where,
            binary=True,
        )
        row = await cursor.fetchone()
        if row is None:
            continue
        kept = counter.decode([] if row[0] is None else [row[0]])
        counts = kept - counted.of(hour) if is_taken_out else kept + counted.of(hour)
        await connection.execute(
            "UPDATE predictions.profiles SET slices = %(slices)b WHERE version_number = %(number)s AND hour = %(hour)s",
            {**where, "slices": counter.encode(counts)},
        )
        found.add(hour)
    return found


async def add_up_day(connection: AsyncConnection[Any], version_number: int, counter: SliceCounter, day: date) -> None:
    """Add up the hours of a day whose profiles are added up."""
    cursor = await connection.execute(
        "SELECT slices FROM predictions.profiles WHERE version_number = %(number)s AND slices IS NOT NULL"
        " AND hour >= %(day)s::date::timestamp AT TIME ZONE 'UTC'"
        " AND hour < (%(day)s::date + 1)::timestamp AT TIME ZONE 'UTC'",
        {"number": version_number, "day": day},
        binary=True,
    )
    counts = counter.decode(row[0] for row in await cursor.fetchall())
    await connection.execute(
        "UPDATE predictions.profile_days SET slices = %(slices)b WHERE version_number = %(number)s AND day = %(day)s",
        {"slices": counter.encode(counts), "number": version_number, "day": day},
    )

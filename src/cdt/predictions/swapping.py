"""One transaction in which segments lose rows: they, what points at their rows, and what says that rows were erased."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from psycopg import AsyncConnection

from cdt.database.arrays import Bigints, Integers
from cdt.predictions import kept_objects
from cdt.predictions.columns import Predictions
from cdt.predictions.erasures import ERASED_SEGMENT
from cdt.predictions.identities import days_of, hash_of, hashes_of
from cdt.predictions.kept_objects import OthersWereFaster, Taken
from cdt.predictions.versions import NumberedVersion
from cdt.predictions.without_rows import Change

_ATTEMPTS = 8
"""So many different ids would have to have one hash."""


async def move_identities(
    connection: AsyncConnection[Any],
    version: NumberedVersion,
    change: Change,
    rows: Predictions,
    hash_key: bytes,
) -> None:
    """Let the ids of the rows that are left point at the new segment, and those of the others at none, for ever."""
    ids: list[str] = rows.ids.to_pylist()
    day = days_of(rows.predicted_at)
    target = np.full(len(ids), ERASED_SEGMENT, dtype=np.int64)
    if change.after is not None:
        target[~change.is_gone] = change.after.segment_id
    hashes = hashes_of(ids, hash_key).copy()
    left = np.arange(len(ids))
    for attempt in range(_ATTEMPTS):
        if attempt:
            again = [hash_of(ids[place], hash_key, attempt) for place in left.tolist()]
            hashes[left] = np.array(again, dtype=np.int64)
        moved = await _move(connection, version.number, change.before.segment_id, day[left], hashes[left], target[left])
        left = left[[(each not in moved) for each in zip(day[left].tolist(), hashes[left].tolist(), strict=True)]]
        if not len(left):
            return


async def _move(
    connection: AsyncConnection[Any],
    version_number: int,
    segment_id: int,
    day: NDArray[np.int32],
    hashes: NDArray[np.int64],
    target: NDArray[np.int64],
) -> set[tuple[int, int]]:
    order = np.lexsort((hashes, day))  # in which every writer takes them
    cursor = await connection.execute(
        "UPDATE predictions.identities AS held SET segment_id = each.target"
        " FROM unnest(%(days)s::int[], %(hashes)s::bigint[], %(targets)s::bigint[]) AS each (day, hash, target)"
        " WHERE held.version_number = %(number)s AND held.day = DATE '1970-01-01' + each.day"
        " AND held.hash = each.hash AND held.segment_id = %(before)s"
        " RETURNING held.day - DATE '1970-01-01', held.hash",
        {
            "days": Integers(day[order]),
            "hashes": Bigints(hashes[order]),
            "targets": Bigints(target[order]),
            "number": version_number,
            "before": segment_id,
        },
    )
    return set(await cursor.fetchall())


async def move_labelled(connection: AsyncConnection[Any], version: NumberedVersion, change: Change) -> None:
    """Let the present labels of the rows that are left stand at their new places; the others are forgotten."""
    cursor = await connection.execute(
        "DELETE FROM predictions.labelled WHERE version_number = %(number)s AND segment_id = %(before)s"
        " RETURNING row_number, label, number",
        {"number": version.number, "before": change.before.segment_id},
    )
    place = np.cumsum(~change.is_gone) - 1
    kept = [(int(place[row]), *label) for row, *label in await cursor.fetchall() if not change.is_gone[row]]
    if change.after is None or not kept:
        return
    await connection.execute(
        "INSERT INTO predictions.labelled (project_id, version_number, segment_id, row_number, label, number)"
        " SELECT %(project)s, %(number)s, %(segment)s, each.row_number, each.label, each.number"
        " FROM unnest(%(rows)s::int[], %(labels)s::smallint[], %(numbers)s::float8[])"
        " AS each (row_number, label, number)",
        {
            "project": version.project_id,
            "number": version.number,
            "segment": change.after.segment_id,
            "rows": [row for row, _, _ in kept],
            "labels": [code for _, code, _ in kept],
            "numbers": [number for _, _, number in kept],
        },
    )


async def put_in_place(
    connection: AsyncConnection[Any], version: NumberedVersion, changes: Sequence[Change], taken: Taken | None
) -> None:
    """The segments that take the place of those before, in their sequence; then the object that holds them.

    OthersWereFaster when one is not stored as it was when it was read.
    """
    for change in changes:
        await _put(connection, version, change)
    packed = sorted({each.before.object_key for each in changes if each.before.object_key is not None})
    if taken is not None:
        await kept_objects.take_over(connection, taken)
    elif packed:
        await kept_objects.drop(connection, packed)


async def _put(connection: AsyncConnection[Any], version: NumberedVersion, change: Change) -> None:
    before, after = change.before, change.after
    await connection.execute("DELETE FROM predictions.payloads WHERE segment_id = %(id)s", {"id": before.segment_id})
    if after is None:
        cursor = await connection.execute(
            "DELETE FROM predictions.segments WHERE segment_id = %(id)s AND digest = %(digest)s",
            {"id": before.segment_id, "digest": before.digest},
        )
    else:
        cursor = await connection.execute(
            "UPDATE predictions.segments SET segment_id = %(after)s, rows = %(rows)s, predicted_from = %(from)s,"
            " predicted_to = %(to)s, digest = %(digest)s, format = %(format)s"
            " WHERE segment_id = %(before)s AND digest = %(digest_before)s",
            {
                "after": after.segment_id,
                "rows": after.rows,
                "from": after.predicted_from,
                "to": after.predicted_to,
                "digest": after.digest,
                "format": after.format,
                "before": before.segment_id,
                "digest_before": before.digest,
            },
        )
        if change.payload is not None:
            await connection.execute(
                "INSERT INTO predictions.payloads (segment_id, project_id, payload)"
                " VALUES (%(id)s, %(project)s, %(payload)b)",
                {"id": after.segment_id, "project": version.project_id, "payload": change.payload},
            )
    if cursor.rowcount != 1:
        raise OthersWereFaster

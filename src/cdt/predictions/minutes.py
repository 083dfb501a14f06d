"""What versions took in by the minute in which it came, how much of it failed, and how long it took."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from psycopg import AsyncConnection

from cdt.predictions.durations import NO_DURATIONS, Durations, added

COUNT: LiteralString = (
    "SELECT predictions.count_calls("
    "%(project)s, %(number)s, %(moment)s::timestamptz, %(predictions)s, %(failed)s, %(buckets)s::smallint[],"
    " %(counts)s::bigint[])"
)
MINUTE = timedelta(minutes=1)


class Minute(NamedTuple):
    """One minute of some versions together."""

    minute: datetime
    predictions: int
    failed: int
    durations: Durations


class Minutes(NamedTuple):
    """The last minutes that anything came in, ascending, and when they were read by the database's clock."""

    minutes: Sequence[Minute]
    read_at: datetime


def count_values(
    project_id: UUID,
    version_number: int,
    *,
    predictions: int = 0,
    failed: int = 0,
    durations: Durations = NO_DURATIONS,
    moment: datetime | None = None,
) -> dict[str, Any]:
    """What `COUNT` is run with; in the transaction that makes it so."""
    return {
        "project": project_id,
        "number": version_number,
        "moment": moment,
        "predictions": predictions,
        "failed": failed,
        "buckets": "{" + ",".join(map(str, durations.buckets)) + "}",
        "counts": "{" + ",".join(map(str, durations.counts)) + "}",
    }


async def of_model(connection: AsyncConnection[Any], model_id: UUID, *, minutes: int) -> Minutes:
    """So many minutes of all versions of a model, the present one among them."""
    return await _of(connection, minutes, model_id=model_id)


async def of_project(connection: AsyncConnection[Any], project_id: UUID, *, minutes: int) -> Minutes:
    """The same of all models of a project."""
    return await _of(connection, minutes, project_id=project_id)


async def sweep(connection: AsyncConnection[Any], *, before: datetime, most: int) -> int:
    """Forget everybody's minutes before a time, so many at most; how many it were."""
    cursor = await connection.execute(
        "DELETE FROM predictions.minutes AS kept USING ("
        "    SELECT version_number, minute FROM predictions.minutes WHERE minute < %(before)s"
        "    ORDER BY minute LIMIT %(most)s"
        ") AS old WHERE kept.version_number = old.version_number AND kept.minute = old.minute",
        {"before": before, "most": most},
    )
    return cursor.rowcount


async def _of(
    connection: AsyncConnection[Any], minutes: int, *, model_id: UUID | None = None, project_id: UUID | None = None
) -> Minutes:
    """Of the versions of the one or the other."""
    cursor = await connection.execute(
        "SELECT kept.minute, kept.predictions, kept.failed, kept.duration_buckets, kept.duration_counts"
        " FROM predictions.versions AS version JOIN predictions.minutes AS kept ON kept.version_number = version.number"
        " WHERE (version.model_id = %(model)s OR version.project_id = %(project)s)"
        " AND kept.minute > clock_timestamp() - %(length)s ORDER BY kept.minute",
        {"model": model_id, "project": project_id, "length": minutes * MINUTE},
    )
    rows = await cursor.fetchall()
    cursor = await connection.execute("SELECT clock_timestamp()")
    now = await cursor.fetchone()
    assert now is not None
    found: dict[datetime, list[tuple[Any, ...]]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(row)
    return Minutes(
        [
            Minute(
                minute,
                sum(row[1] for row in each),
                sum(row[2] for row in each),
                added(Durations(tuple(row[3]), tuple(row[4])) for row in each),
            )
            for minute, each in found.items()
        ],
        now[0],
    )

"""Retention: rows that were predicted before a day are thrown away, by whole segments.

First the line moves, and in the same moment nothing before it is read or taken in; then what is left of it goes, some
of it at a time. The line is a midnight in UTC, so that hours, days and ids go as wholes. Whoever dies in between leaves
less to be done.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from psycopg import AsyncConnection
from psycopg.rows import class_row

from cdt.predictions import days, folds
from cdt.predictions.holding import require_free
from cdt.predictions.segments import Kind
from cdt.predictions.versions import NumberedVersion

SEGMENTS_AT_ONCE = 500
IDS_AT_ONCE = 20_000
HOURS_AT_ONCE = 500
"""So many go in one transaction, each of which takes some ten milliseconds."""


class Removal(msgspec.Struct, frozen=True):
    """Rows of a version that were thrown away, and are not told in the log yet. What is told as one has one id."""

    removal_id: UUID
    version_number: int
    predicted_before: datetime
    predictions: int
    labels: int
    segments: int


def line_of(now: datetime, retention_days: int) -> datetime:
    """The midnight in UTC before which rows are too old.

    >>> from datetime import UTC
    >>> line_of(datetime(2026, 3, 31, 15, tzinfo=UTC), 30)
    datetime.datetime(2026, 3, 1, 0, 0, tzinfo=datetime.timezone.utc)
    """
    return now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=retention_days)


async def due(connection: AsyncConnection[Any], *, now: datetime) -> list[int]:
    """The numbers of the versions whose line is to move, or of which something from before it is left."""
    cursor = await connection.execute(
        "SELECT version.number FROM predictions.versions AS version"
        " JOIN tenancy_projects AS project ON project.id = version.project_id AND NOT project.closed"
        " WHERE ((project.retention_days IS NOT NULL AND coalesce(version.kept_from, '-infinity')"
        " < %(midnight)s - make_interval(days => project.retention_days))"
        " OR version.kept_from > coalesce(version.removed_to, '-infinity'))"
        " AND NOT EXISTS (SELECT FROM compliance_holds AS hold WHERE hold.project_id = version.project_id"
        " AND NOT hold.closed AND (hold.model_id IS NULL OR hold.model_id = version.model_id))"
        " UNION SELECT version_number FROM predictions.removals ORDER BY 1",
        {"midnight": line_of(now, 0)},
    )
    return [row[0] for row in await cursor.fetchall()]


async def retention_days_of(connection: AsyncConnection[Any], version: NumberedVersion) -> int | None:
    """For how many days the version's project keeps rows; None for ever."""
    cursor = await connection.execute(
        "SELECT retention_days FROM tenancy_projects WHERE id = %(project)s AND NOT closed",
        {"project": version.project_id},
    )
    row = await cursor.fetchone()
    return None if row is None else row[0]


async def organization_of(connection: AsyncConnection[Any], version: NumberedVersion) -> UUID:
    """Whose the version's project is, or was."""
    cursor = await connection.execute(
        "SELECT organization_id FROM tenancy_projects WHERE id = %(project)s", {"project": version.project_id}
    )
    row = await cursor.fetchone()
    assert row is not None
    return row[0]


async def line_in_force(connection: AsyncConnection[Any], version: NumberedVersion) -> datetime | None:
    """The line, where something from before it may be left; None otherwise."""
    cursor = await connection.execute(
        "SELECT kept_from FROM predictions.versions WHERE number = %(number)s"
        " AND kept_from > coalesce(removed_to, '-infinity')",
        {"number": version.number},
    )
    row = await cursor.fetchone()
    return None if row is None else row[0]


async def move_line(connection: AsyncConnection[Any], version: NumberedVersion, line: datetime) -> None:
    """From now on nothing of before the line is read or taken in; it never moves back.

    Under the fold's lock, so that no page is counted by two lines.
    """
    async with connection.transaction():
        await require_free(connection, version.number)
        await folds.lock(connection, version.number)
        await connection.execute(
            "UPDATE predictions.versions SET kept_from = %(line)s, revision = revision + (low_water < %(line)s)::int,"
            " low_water = least(greatest(low_water, %(line)s), high_water) WHERE number = %(number)s"
            " AND coalesce(kept_from, '-infinity') < %(line)s",
            {"line": line, "number": version.number},
        )
        await folds.tell(connection, version.number)


async def remove_some(connection: AsyncConnection[Any], version: NumberedVersion, line: datetime) -> bool:
    """Throw away some of what is before the line, ids first; whether anything was left.

    Without its id a prediction gets no label any more, so nothing comes for a segment that goes.
    """
    for remove in (_ids, _hours, _segments, _waiting_labels, _corrections, _receipts, _quarantined, _tallies):
        async with connection.transaction():
            await require_free(connection, version.number)
            if await remove(connection, version, line):
                return True
    async with connection.transaction():
        await connection.execute(
            "UPDATE predictions.versions SET removed_to = %(line)s WHERE number = %(number)s",
            {"line": line, "number": version.number},
        )
    return False


async def untold(connection: AsyncConnection[Any], version_number: int) -> list[Removal]:
    """What was thrown away of a version and is not told yet."""
    async with connection.cursor(row_factory=class_row(Removal)) as cursor:
        await cursor.execute(
            "SELECT removal_id, version_number, predicted_before, predictions, labels, segments"
            " FROM predictions.removals"
            " WHERE version_number = %(number)s ORDER BY predicted_before",
            {"number": version_number},
        )
        return await cursor.fetchall()


async def forget_told(connection: AsyncConnection[Any], removal: Removal) -> None:
    """The log tells of it."""
    await connection.execute(
        "DELETE FROM predictions.removals WHERE removal_id = %(removal)s", {"removal": removal.removal_id}
    )


async def _ids(connection: AsyncConnection[Any], version: NumberedVersion, line: datetime) -> int:
    cursor = await connection.execute(
        "DELETE FROM predictions.identities WHERE ctid = ANY(ARRAY("
        "SELECT ctid FROM predictions.identities WHERE version_number = %(number)s AND day < %(line)s::date"
        " LIMIT %(most)s))",
        {"number": version.number, "line": line, "most": IDS_AT_ONCE},
    )
    return cursor.rowcount


async def _hours(connection: AsyncConnection[Any], version: NumberedVersion, line: datetime) -> int:
    await folds.lock(connection, version.number)
    cursor = await connection.execute(
        "DELETE FROM predictions.profiles WHERE version_number = %(number)s AND hour IN ("
        "SELECT hour FROM predictions.profiles WHERE version_number = %(number)s AND hour < %(line)s"
        " ORDER BY hour LIMIT %(most)s) RETURNING hour",
        {"number": version.number, "line": line, "most": HOURS_AT_ONCE},
    )
    hours = [hour for (hour,) in await cursor.fetchall()]
    await days.forget(connection, version.number, {days.day_of(hour) for hour in hours})
    return len(hours)


async def _segments(connection: AsyncConnection[Any], version: NumberedVersion, line: datetime) -> int:
    """Of both kinds: a label goes with the day of its prediction."""
    return await _segments_of(connection, version, line, "predictions") or await _segments_of(
        connection, version, line, "labels"
    )


async def _segments_of(connection: AsyncConnection[Any], version: NumberedVersion, line: datetime, kind: Kind) -> int:
    """Of one kind, the oldest first, as the index has them: of both at once all that are left would be sorted."""
    cursor = await connection.execute(
        "DELETE FROM predictions.segments WHERE segment_id = ANY(ARRAY("
        "SELECT segment_id FROM predictions.segments WHERE version_number = %(number)s AND kind = %(kind)s"
        " AND predicted_to < %(line)s ORDER BY predicted_to LIMIT %(most)s)) RETURNING segment_id, rows, object_key",
        {"number": version.number, "kind": kind, "line": line, "most": SEGMENTS_AT_ONCE},
    )
    gone = await cursor.fetchall()
    if not gone:
        return 0
    ids = [segment_id for segment_id, _, _ in gone]
    await connection.execute("DELETE FROM predictions.payloads WHERE segment_id = ANY(%(ids)s)", {"ids": ids})
    await connection.execute(
        "DELETE FROM predictions.labelled WHERE version_number = %(number)s AND segment_id = ANY(%(ids)s)",
        {"number": version.number, "ids": ids},
    )
    rows_gone = sum(rows for _, rows, _ in gone)
    rows_by_object: dict[str, int] = {}
    for _, rows, key in gone:
        if key is not None:
            rows_by_object[key] = rows_by_object.get(key, 0) + rows
    await connection.execute(
        "UPDATE predictions.objects AS object SET removed_rows = object.removed_rows + each.gone,"
        " removed_since = coalesce(object.removed_since, clock_timestamp()),"
        " state = CASE WHEN object.removed_rows + each.gone >= object.rows THEN 'dropped' ELSE object.state END,"
        " changed_at = clock_timestamp()"
        " FROM unnest(%(keys)s::text[], %(rows)s::bigint[]) AS each (key, gone)"
        " WHERE object.object_key = each.key AND object.state = 'kept'",
        {"keys": list(rows_by_object), "rows": list(rows_by_object.values())},
    )
    await connection.execute(
        "INSERT INTO predictions.removals AS untold"
        " (project_id, version_number, predicted_before, predictions, labels, segments)"
        " VALUES (%(project)s, %(number)s, %(line)s, %(predictions)s, %(labels)s, %(segments)s)"
        " ON CONFLICT (version_number, predicted_before) DO UPDATE SET"
        " predictions = untold.predictions + excluded.predictions, labels = untold.labels + excluded.labels,"
        " segments = untold.segments + excluded.segments",
        {
            "project": version.project_id,
            "number": version.number,
            "line": line,
            "predictions": rows_gone if kind == "predictions" else 0,
            "labels": rows_gone if kind == "labels" else 0,
            "segments": len(gone),
        },
    )
    return len(gone)


async def _waiting_labels(connection: AsyncConnection[Any], version: NumberedVersion, line: datetime) -> int:
    """Labels that wait for what doesn't come any more; one that names no day goes by when it came."""
    cursor = await connection.execute(
        "DELETE FROM predictions.waiting_labels WHERE ctid = ANY(ARRAY("
        "SELECT ctid FROM predictions.waiting_labels WHERE version_number = %(number)s"
        " AND (CASE WHEN isfinite(day) THEN day < %(line)s::date ELSE recorded_at < %(line)s END) LIMIT %(most)s))",
        {"number": version.number, "line": line, "most": IDS_AT_ONCE},
    )
    return cursor.rowcount


async def _corrections(connection: AsyncConnection[Any], version: NumberedVersion, line: datetime) -> int:
    cursor = await connection.execute(
        "DELETE FROM predictions.label_corrections WHERE ctid = ANY(ARRAY("
        "SELECT ctid FROM predictions.label_corrections WHERE version_number = %(number)s AND predicted_at < %(line)s"
        " LIMIT %(most)s))",
        {"number": version.number, "line": line, "most": IDS_AT_ONCE},
    )
    return cursor.rowcount


async def _receipts(connection: AsyncConnection[Any], version: NumberedVersion, line: datetime) -> int:
    cursor = await connection.execute(
        "DELETE FROM predictions.receipts WHERE ctid = ANY(ARRAY("
        "SELECT ctid FROM predictions.receipts WHERE version_number = %(number)s AND recorded_at < %(line)s"
        " LIMIT %(most)s))",
        {"number": version.number, "line": line, "most": IDS_AT_ONCE},
    )
    return cursor.rowcount


async def _quarantined(connection: AsyncConnection[Any], version: NumberedVersion, line: datetime) -> int:
    """Rows that were not taken in; one without a time that can be read goes by when it came."""
    cursor = await connection.execute(
        "DELETE FROM predictions.quarantine WHERE ctid = ANY(ARRAY("
        "SELECT ctid FROM predictions.quarantine WHERE version_number = %(number)s"
        " AND coalesce(predicted_at, received_at) < %(line)s LIMIT %(most)s))",
        {"number": version.number, "line": line, "most": IDS_AT_ONCE},
    )
    return cursor.rowcount


async def _tallies(connection: AsyncConnection[Any], version: NumberedVersion, line: datetime) -> int:
    cursor = await connection.execute(
        "DELETE FROM predictions.tallies WHERE ctid = ANY(ARRAY("
        "SELECT ctid FROM predictions.tallies WHERE version_number = %(number)s AND hour < %(line)s LIMIT %(most)s))",
        {"number": version.number, "line": line, "most": IDS_AT_ONCE},
    )
    return cursor.rowcount

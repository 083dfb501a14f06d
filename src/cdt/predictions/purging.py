"""What goes with a project or an organization that was deleted: every row of its versions, and these themselves."""

from datetime import UTC, datetime
from typing import Any

from psycopg import AsyncConnection

from cdt.predictions import folds
from cdt.predictions.holding import require_free
from cdt.predictions.versions import NumberedVersion

ALL_DAYS = datetime(9999, 12, 31, tzinfo=UTC)
"""The line before which everything lies."""
AFTER_SECONDS = 3_600.0
"""After the last row came in, until the version is forgotten: nobody writes for so long into what is deleted."""


async def due(connection: AsyncConnection[Any], *, seconds: float = AFTER_SECONDS) -> list[int]:
    """The numbers of the versions of what was deleted that have rows, or can be forgotten."""
    cursor = await connection.execute(
        "SELECT version.number FROM predictions.versions AS version"
        " JOIN tenancy_projects AS project ON project.id = version.project_id"
        " JOIN tenancy_organizations AS organization ON organization.id = project.organization_id"
        " WHERE (project.closed OR organization.closed)"
        " AND NOT EXISTS (SELECT FROM compliance_holds AS hold WHERE hold.project_id = version.project_id"
        " AND NOT hold.closed AND (hold.model_id IS NULL OR hold.model_id = version.model_id))"
        " AND (EXISTS (SELECT FROM predictions.segments AS segment WHERE segment.version_number = version.number)"
        " OR (NOT EXISTS (SELECT FROM predictions.objects AS object WHERE object.version_number = version.number)"
        " AND coalesce(version.last_received_at, '-infinity')"
        " < clock_timestamp() - make_interval(secs => %(seconds)s)))"
        " ORDER BY version.number",
        {"seconds": seconds},
    )
    return [row[0] for row in await cursor.fetchall()]


async def is_deleted(connection: AsyncConnection[Any], version: NumberedVersion) -> bool:
    """Whether the version's project, or its organization, was deleted."""
    cursor = await connection.execute(
        "SELECT EXISTS (SELECT FROM tenancy_projects AS project"
        " JOIN tenancy_organizations AS organization ON organization.id = project.organization_id"
        " WHERE project.id = %(project)s AND (project.closed OR organization.closed))",
        {"project": version.project_id},
    )
    row = await cursor.fetchone()
    assert row is not None
    return row[0]


async def forget(connection: AsyncConnection[Any], version: NumberedVersion, *, seconds: float = AFTER_SECONDS) -> bool:
    """Forget a version of which no row is left, nor any object; whether it is forgotten now."""
    async with connection.transaction():
        await require_free(connection, version.number)
        await folds.lock(connection, version.number)
        cursor = await connection.execute(
            "DELETE FROM predictions.versions AS version WHERE number = %(number)s"
            " AND NOT EXISTS (SELECT FROM predictions.segments WHERE version_number = %(number)s)"
            " AND NOT EXISTS (SELECT FROM predictions.objects WHERE version_number = %(number)s)"
            " AND NOT EXISTS (SELECT FROM predictions.unsealed_bodies WHERE version_number = %(number)s)"
            " AND NOT EXISTS (SELECT FROM predictions.removals WHERE version_number = %(number)s)"
            " AND coalesce(last_received_at, '-infinity') < clock_timestamp() - make_interval(secs => %(seconds)s)",
            {"number": version.number, "seconds": seconds},
        )
        if not cursor.rowcount:
            return False
        number = {"number": version.number}
        await connection.execute("DELETE FROM predictions.folds WHERE version_number = %(number)s", number)
        await connection.execute("DELETE FROM predictions.profile_days WHERE version_number = %(number)s", number)
        await connection.execute("DELETE FROM predictions.labelled WHERE version_number = %(number)s", number)
        await connection.execute("DELETE FROM predictions.erasing WHERE version_number = %(number)s", number)
        await connection.execute("DELETE FROM predictions.erased WHERE version_number = %(number)s", number)
        await connection.execute("DELETE FROM predictions.tombstones WHERE version_number = %(number)s", number)
        await connection.execute("DELETE FROM predictions.quarantine WHERE version_number = %(number)s", number)
        await connection.execute("DELETE FROM predictions.quarantine_ends WHERE version_number = %(number)s", number)
        await connection.execute("DELETE FROM predictions.tallies WHERE version_number = %(number)s", number)
        await connection.execute("DELETE FROM predictions.calls WHERE version_number = %(number)s", number)
        await connection.execute("DELETE FROM predictions.minutes WHERE version_number = %(number)s", number)
        await connection.execute("DELETE FROM predictions.files WHERE version_id = %(id)s", {"id": version.version_id})
        await connection.execute(
            "DELETE FROM predictions.live_readings WHERE version_id = %(id)s", {"id": version.version_id}
        )
    return True

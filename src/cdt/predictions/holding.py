"""Whether rows of a version may be thrown away: asked in each transaction that does, so that a hold counts at once."""

from typing import Any

from psycopg import AsyncConnection


class IsHeld(Exception):
    """Nothing of the version may be thrown away now. Never leaves this package and its workers."""


async def require_free(connection: AsyncConnection[Any], version_number: int) -> None:
    """Raise IsHeld while a legal hold is in force, or one was recorded that the read models don't know of yet.

    The same of a setting: somebody may just have said that rows are to be kept for longer.
    """
    cursor = await connection.execute(
        "SELECT EXISTS (SELECT FROM predictions.versions AS version"
        " JOIN compliance_holds AS hold ON hold.project_id = version.project_id AND NOT hold.closed"
        " AND (hold.model_id IS NULL OR hold.model_id = version.model_id) WHERE version.number = %(number)s)"
        " OR EXISTS (SELECT FROM log.cdt_events WHERE notification_id > (SELECT position FROM follower)"
        " AND topic IN ('compliance.HoldPlaced', 'tenancy.ProjectSettingsChanged'))",
        {"number": version_number},
    )
    row = await cursor.fetchone()
    assert row is not None
    if row[0]:
        raise IsHeld

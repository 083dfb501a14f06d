"""Where predictions stand besides their rows: in labels that wait, and in what tells of corrected labels."""

from collections.abc import Callable
from datetime import date
from typing import Any

from psycopg import AsyncConnection


async def erase_waiting(connection: AsyncConnection[Any], version_number: int, is_gone: Callable[[str], bool]) -> int:
    """Labels that wait for such an id, of any day; how many there were."""
    cursor = await connection.execute(
        "SELECT DISTINCT prediction_id FROM predictions.waiting_labels WHERE version_number = %(number)s",
        {"number": version_number},
    )
    gone = [prediction_id for (prediction_id,) in await cursor.fetchall() if is_gone(prediction_id)]
    cursor = await connection.execute(
        "DELETE FROM predictions.waiting_labels WHERE version_number = %(number)s"
        " AND prediction_id = ANY(%(gone)s::text[])",
        {"number": version_number, "gone": gone},
    )
    return cursor.rowcount


async def erase_corrections(
    connection: AsyncConnection[Any], version_number: int, is_gone: Callable[[str, date], bool]
) -> int:
    """What tells of corrected labels of such predictions, each an id and its day; how many there were."""
    cursor = await connection.execute(
        "SELECT number, prediction_id, (predicted_at AT TIME ZONE 'UTC')::date FROM predictions.label_corrections"
        " WHERE version_number = %(number)s",
        {"number": version_number},
    )
    gone = [number for number, prediction_id, day in await cursor.fetchall() if is_gone(prediction_id, day)]
    cursor = await connection.execute(
        "DELETE FROM predictions.label_corrections WHERE version_number = %(number)s"
        " AND number = ANY(%(gone)s::bigint[])",
        {"number": version_number, "gone": gone},
    )
    return cursor.rowcount

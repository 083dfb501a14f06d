"""Receipts that are old: who sends a body again after so long is answered anew, and its rows are duplicates."""

from datetime import datetime
from typing import Any

from psycopg import AsyncConnection


async def sweep(connection: AsyncConnection[Any], *, before: datetime, most: int) -> int:
    """Forget those of everybody that were given before a time, so many at most; how many it were."""
    cursor = await connection.execute(
        "DELETE FROM predictions.receipts AS kept USING ("
        "    SELECT version_number, kind, key FROM predictions.receipts WHERE recorded_at < %(before)s"
        "    ORDER BY recorded_at LIMIT %(most)s"
        ") AS old WHERE kept.version_number = old.version_number AND kept.kind = old.kind AND kept.key = old.key",
        {"before": before, "most": most},
    )
    return cursor.rowcount

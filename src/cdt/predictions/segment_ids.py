"""Numbers for segments, a thousand at a time, so that a flush need not ask for one."""

from typing import Any

from psycopg import AsyncConnection

BLOCK = 1_000


class SegmentIds:
    """Hands out numbers that no other process hands out. A block that is not used up leaves a gap."""

    def __init__(self) -> None:
        self._next: list[int] = []

    async def reserve(self, connection: AsyncConnection[Any], count: int) -> None:
        """Make sure that `count` numbers can be taken."""
        while len(self._next) < count:
            cursor = await connection.execute("SELECT nextval('predictions.segment_ids')")
            row = await cursor.fetchone()
            assert row is not None
            self._next = [*reversed(range(row[0], row[0] + BLOCK)), *self._next]

    def take(self) -> int:
        """The next number; one that was reserved."""
        return self._next.pop()

"""How far an evaluation is that is being computed: noted beside its lease, and read from there; never recorded."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from psycopg import AsyncConnection
from psycopg.rows import class_row

from cdt.workers import leases

Step = Literal["reading", "measuring"]

LEAST_SECONDS = 0.5
"""Between two notes of the same step: two small writes a second, however many rows are read."""
READING_SHARE = 0.5
"""How much of the work reading is; what comes after it is one step, whose end is the evaluation's."""


class Progress:
    """What one attempt tells of itself. It never goes back: rows that are read once more are not counted again."""

    def __init__(
        self,
        connection: AsyncConnection[Any],
        fact: int,
        attempt: int,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Writes by a connection of its own, or one over which nothing else is sent at the same time."""
        self._connection = connection
        self._fact = fact
        self._attempt = attempt
        self._clock = clock
        self._noted_at: float | None = None
        self._rows_to_read = 0
        self._rows_read = 0
        self._most_read = 0

    async def begin(self, rows_to_read: int) -> None:
        """So many rows will be read; said again when they must be read again."""
        self._rows_to_read = rows_to_read
        self._rows_read = 0
        self._most_read = min(self._most_read, rows_to_read)
        await self._note("reading")

    async def read(self, rows: int) -> None:
        """So many more rows are read; told from time to time."""
        self._rows_read += rows
        self._most_read = min(max(self._most_read, self._rows_read), self._rows_to_read)
        if self._noted_at is None or self._clock() - self._noted_at >= LEAST_SECONDS:
            await self._note("reading")

    async def measure(self) -> None:
        """Everything is read."""
        self._most_read = self._rows_to_read
        await self._note("measuring")

    async def _note(self, step: Step) -> None:
        self._noted_at = self._clock()
        await leases.note(
            self._connection,
            self._fact,
            self._attempt,
            step=step,
            rows_read=self._most_read,
            rows_to_read=self._rows_to_read,
        )


class UnderWay(msgspec.Struct, frozen=True):
    """An evaluation that is not over: whether somebody computes it, how far that is, and what went wrong before.

    due_at: when the next attempt may begin; it is past while one goes on, or waits for its turn.
    """

    subject: UUID
    is_running: bool
    attempt: int
    failures: int
    due_at: datetime
    began_at: datetime | None
    step: Step | None
    rows_read: int | None
    rows_to_read: int | None
    last_error: str | None

    @property
    def share(self) -> float:
        """How much of the present attempt is done, in [0, 1); 0 while it waits."""
        if not self.is_running or self.step is None:
            return 0.0
        if self.step == "measuring" or not self.rows_to_read:
            return READING_SHARE
        return READING_SHARE * min((self.rows_read or 0) / self.rows_to_read, 1.0)


async def under_way(connection: AsyncConnection[Any], evaluation_ids: list[UUID]) -> dict[UUID, UnderWay]:
    """How far these evaluations are, as far as they are not over."""
    async with connection.cursor(row_factory=class_row(UnderWay)) as cursor:
        await cursor.execute(
            "SELECT subject, coalesce(leased_until >= clock_timestamp(), false) AS is_running, attempt, failures,"
            " due_at, last_attempt_at AS began_at, step, rows_read, rows_to_read, last_error FROM work.leases"
            " WHERE subject = ANY(%(subjects)s) AND kind = 'evaluation' AND state = 'due' ORDER BY fact",
            {"subjects": evaluation_ids},
        )
        return {row.subject: row for row in await cursor.fetchall()}

"""What is due by time: work that nobody does, segments to fold, windows that have closed, labels that came late."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog

from cdt.predictions import folded, kept_objects, kept_receipts, unsealed
from cdt.predictions.packing import DELETE_AFTER_SECONDS
from cdt.reactions.closed_windows import ClosedWindows
from cdt.reactions.looking import others_go_on
from cdt.reactions.removing import ask_for_removals
from cdt.reactions.responding import Reacting
from cdt.vault import sessions
from cdt.workers import leases, mails

log = structlog.get_logger()

TICK_SECONDS = 5.0
FOLD_AFTER_SEGMENTS = 50
FOLD_AFTER_SECONDS = 60.0
LONGEST_FOLD_PAUSE = timedelta(minutes=5)
"""Between two tries to fold a version that gets no further, as when its rows kill whoever folds them."""
PACK_EVERY = timedelta(seconds=15)
PACK_AFTER_SEGMENTS = 5_000
PACK_AFTER_SECONDS = 3_600.0
"""So many fresh segments or seconds, besides rows, and a version's are packed into an object."""
COMPUTED_A_TICK = 20
"""Jobs that say that something is to be computed. A worker that hears of one goes on until nothing is due."""
REMOVE_EVERY = timedelta(seconds=15)
TIDY_EVERY = timedelta(hours=1)
SESSIONS_A_TICK = 1_000
"""Refresh tokens that are forgotten at once: a few milliseconds, also after a release that finds years of them."""
RECEIPTS_A_TICK = 20_000
"""The same of receipts: some fifty milliseconds, and fourteen million in an hour."""
SEGMENTS_A_TICK = 100
"""The same of a body that is taken back: a million rows, a few seconds; the rest waits for the next look."""


class _Fold(NamedTuple):
    """That a version was to be folded: how far it was then, and when it is tried again if it gets no further."""

    sequence: int
    pause: timedelta
    again_at: datetime


class Clock:
    """Looks every few seconds, while reactions lead; everything it asks for is safe to be asked twice."""

    def __init__(
        self,
        reacting: Reacting,
        *,
        tick_seconds: float = TICK_SECONDS,
        pack_after_rows: int | None = None,
        receipt_days: int = 0,
        further: Sequence[Callable[[], Awaitable[None]]] = (),
    ) -> None:
        """`tick_seconds` lie between two looks; so many fresh rows are packed. None says that there is nowhere to.

        receipt_days: for how long the receipts of rows are kept; 0 is for ever. further: what else is looked at.
        """
        self._reacting = reacting
        self._tick_seconds = tick_seconds
        self._windows = ClosedWindows(reacting)
        self._folds: dict[int, _Fold] = {}
        self._tidy_at: datetime | None = None
        self._pack_after_rows = pack_after_rows
        self._pack_at: datetime | None = None
        self._remove_at: datetime | None = None
        self._receipt_days = receipt_days
        self._further = further

    async def run(self) -> None:
        """Until cancelled, or the database goes away.

        Leadership begins here. Whoever led before may have asked for what it never heard the answer to, this clock too.
        """
        self._windows.forget()
        while True:
            await self.tick()
            await asyncio.sleep(self._tick_seconds)

    async def tick(self) -> None:
        """One look at everything that can be due."""
        looks = (self.sweep, self.take_back, self._fold, self._pack, self._remove, self._tidy, self._windows.look)
        for look in (*looks, *self._further):
            with others_go_on(look=getattr(look, "__name__", "further")):
                await look()

    async def sweep(self) -> None:
        """Hand over what is due in Postgres and nobody does: Redis may have lost it."""
        async with self._reacting.writer.transaction() as connection:
            due = await leases.due(connection)
        computed = [each for each in due if each.kind in leases.COMPUTED]
        for each in [each for each in due if each.kind not in leases.COMPUTED] + computed[:COMPUTED_A_TICK]:
            await self._reacting.queue.add_leased(each.kind, each.fact, each.attempt)

    async def take_back(self) -> None:
        """Take back bodies that nobody goes on writing, so that their rows can be sent again."""
        async with self._reacting.writer.transaction() as connection:
            bodies = await unsealed.abandoned(connection)
            for body_id in bodies:
                await unsealed.give_up(connection, body_id)
        left = SEGMENTS_A_TICK
        for body_id in bodies:
            is_more = True
            while is_more and left:
                left -= 1
                async with self._reacting.writer.transaction() as connection:
                    is_more = await unsealed.discard_segment(connection, body_id)
            if is_more:
                return
            log.info("body_taken_back", body_id=str(body_id))

    async def _fold(self) -> None:
        async with self._reacting.writer.transaction() as connection:
            behind = await folded.behind(connection, segments=FOLD_AFTER_SEGMENTS, seconds=FOLD_AFTER_SECONDS)
        before, self._folds = self._folds, {}
        for each in behind:
            asked = before.get(each.number)
            if asked is not None and asked.sequence == each.sequence and self._reacting.now() < asked.again_at:
                self._folds[each.number] = asked
                continue
            self._folds[each.number] = self._asked_to_fold(each, asked)
            await self._reacting.queue.add_fold(each.number)

    def _asked_to_fold(self, behind: folded.Behind, before: _Fold | None) -> _Fold:
        pause = timedelta(seconds=self._tick_seconds)
        if before is not None and before.sequence == behind.sequence:
            pause = min(2 * before.pause, LONGEST_FOLD_PAUSE)
        return _Fold(behind.sequence, pause, self._reacting.now() + pause)

    async def _pack(self) -> None:
        """What could not be packed, because the storage is away, say, is asked for again by the next look."""
        now = self._reacting.now()
        if self._pack_after_rows is None or (self._pack_at is not None and now < self._pack_at):
            return
        self._pack_at = now + PACK_EVERY
        async with self._reacting.writer.transaction() as connection:
            due = await kept_objects.due(
                connection,
                rows=self._pack_after_rows,
                segments=PACK_AFTER_SEGMENTS,
                seconds=PACK_AFTER_SECONDS,
                delete_after=DELETE_AFTER_SECONDS,
            )
        for number in due:
            await self._reacting.queue.add_compaction(number)

    async def _remove(self) -> None:
        now = self._reacting.now()
        if self._remove_at is None or now >= self._remove_at:
            self._remove_at = now + REMOVE_EVERY
            await ask_for_removals(self._reacting)

    async def _tidy(self) -> None:
        now = self._reacting.now()
        if self._tidy_at is not None and now < self._tidy_at:
            return
        async with self._reacting.writer.transaction() as connection:
            await mails.throw_away(connection, now=now)
            ended = await sessions.sweep(connection, now=now, most=SESSIONS_A_TICK)
        forgotten = 0
        if self._receipt_days:
            async with self._reacting.writer.transaction() as connection:
                before = now - timedelta(days=self._receipt_days)
                forgotten = await kept_receipts.sweep(connection, before=before, most=RECEIPTS_A_TICK)
        if ended < SESSIONS_A_TICK and forgotten < RECEIPTS_A_TICK:  # else there may be more, for the next look
            self._tidy_at = now + TIDY_EVERY

"""Calls of served models of which no predictions came: those that a process left, and those that are too old."""

from datetime import timedelta

import structlog

from cdt.predictions import minutes
from cdt.predictions.kserve import calls
from cdt.reactions.responding import Reacting
from cdt.workers.calls import UNFINISHED_AFTER

KEPT_FOR = timedelta(hours=24)
"""How long a request waits for its answer, and an answer for its request."""
CALLS_A_TICK = 5_000
OVERDUE_AFTER = timedelta(minutes=10)
"""A request without an answer for so long counts as failed: the logger tells of no other failure."""
MINUTES_KEPT_FOR = timedelta(days=2)
"""How long it is known what came in by the minute; longer than a call may wait that was counted in one."""
MINUTES_A_TICK = 20_000

log = structlog.get_logger()


class LateCalls:
    """Looks for them."""

    def __init__(self, reacting: Reacting) -> None:
        self._reacting = reacting

    async def look_for_calls(self) -> None:
        """Hand over those that are whole, count those that have no answer, and forget what is a day old."""
        now = self._reacting.now()
        async with self._reacting.writer.transaction() as connection:
            unfinished = await calls.unfinished(connection, before=now - UNFINISHED_AFTER, most=1)
            await calls.count_overdue(connection, before=now - OVERDUE_AFTER, most=CALLS_A_TICK)
            old = await calls.sweep(connection, before=now - KEPT_FOR, most=CALLS_A_TICK)
            await minutes.sweep(connection, before=now - MINUTES_KEPT_FOR, most=MINUTES_A_TICK)
        if unfinished:
            await self._reacting.queue.add_calls()
        alone = sum(not has_failed for _, _, has_failed in old)
        if alone:
            log.info("calls_without_other_half", calls=alone)

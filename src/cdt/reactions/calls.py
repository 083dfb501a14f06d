"""Calls of served models of which no predictions came: those that a process left, and those that are too old."""

from datetime import timedelta

import structlog

from cdt.predictions.kserve import calls
from cdt.reactions.responding import Reacting
from cdt.workers.calls import UNFINISHED_AFTER

KEPT_FOR = timedelta(hours=24)
"""How long a request waits for its answer, and an answer for its request."""
CALLS_A_TICK = 5_000

log = structlog.get_logger()


class LateCalls:
    """Looks for them."""

    def __init__(self, reacting: Reacting) -> None:
        self._reacting = reacting

    async def look_for_calls(self) -> None:
        """Hand over those that are whole, and forget those whose other half has not come in a day."""
        now = self._reacting.now()
        async with self._reacting.writer.transaction() as connection:
            unfinished = await calls.unfinished(connection, before=now - UNFINISHED_AFTER, most=1)
            old = await calls.sweep(connection, before=now - KEPT_FOR, most=CALLS_A_TICK)
        if unfinished:
            await self._reacting.queue.add_calls()
        alone = sum(not has_failed for _, _, has_failed in old)
        if alone:
            log.info("calls_without_other_half", calls=alone)

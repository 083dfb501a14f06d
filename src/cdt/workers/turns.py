"""Whose turn it is to be computed: one piece of work after another, the most urgent first, as Postgres says.

A worker has one process that computes. Jobs of which each would wait for it would be done in the order in which Redis
had them, and take the places of mails and deliveries meanwhile. So a job only says that something is due: whoever hears
it takes what is most urgent, until nothing is left; those who hear of more meanwhile leave it to them.
"""

import time
from collections.abc import Awaitable, Callable, Mapping

from cdt.workers import leases
from cdt.workers.attempts import Evaluating
from cdt.workers.evaluate import evaluate
from cdt.workers.leases import COMPUTED, Kind
from cdt.workers.recompute import recompute

LONGEST_SECONDS = 240.0
"""For how long one job begins further work; what is left is taken up by the next. An attempt lasts 600 s at most, and a
job 900."""

Attempt = Callable[[Evaluating, int, int], Awaitable[None]]
ATTEMPTS: Mapping[Kind, Attempt] = {"evaluation": evaluate, "recomputation": recompute}


class Turns:
    """The work of one worker that is computed."""

    def __init__(
        self,
        work: Evaluating,
        *,
        attempts: Mapping[Kind, Attempt] = ATTEMPTS,
        longest_seconds: float = LONGEST_SECONDS,
    ) -> None:
        """attempts: how each kind is done. longest_seconds: for how long one job begins further work."""
        self._work = work
        self._attempts = attempts
        self._longest_seconds = longest_seconds
        self._is_somebody_at_it = False
        self._is_more = False
        self.is_closing = False

    async def take(self) -> None:
        """Do what is due, the most urgent first; nothing while another job of this worker is at it."""
        self._is_more = True
        if self._is_somebody_at_it:
            return
        self._is_somebody_at_it = True
        try:
            until = time.monotonic() + self._longest_seconds
            while self._is_more and not self._is_over(until):
                self._is_more = False  # what is opened from here on is told again
                while not self._is_over(until) and (due := await self._next()) is not None:
                    await self._attempts[due.kind](self._work, due.fact, due.attempt)
        finally:
            self._is_somebody_at_it = False

    def _is_over(self, until: float) -> bool:
        return self.is_closing or time.monotonic() >= until

    async def _next(self) -> leases.DueLease | None:
        async with self._work.writer.transaction() as connection:
            return await leases.next_due(connection, COMPUTED)


async def take_turn(turns: Turns, fact: int, attempt: int) -> None:
    """Something is due: this, or what is more urgent."""
    del fact, attempt
    await turns.take()

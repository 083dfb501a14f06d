"""Telling Redis what was used, and learning what all processes together have: often, and never while anybody waits.

One round trip a quarter of a second, of one script for all that was used since: what a request would wait for Redis, in
a process that answers thousands a second, is a third of its time. So a limit can be exceeded by what the processes
admit within that quarter; it is owed, and comes back before anything else does, so that over a minute the limit holds.

While Redis is away each process decides by what it knows, and tells Redis when it is back; a Redis that has lost all
learns it again from those that know.
"""

import asyncio
from collections.abc import Callable
from typing import cast

from redis.asyncio import Redis

from cdt.access.rates.limiter import Limiter, Untold
from cdt.access.reach import Reach

SETTLED_EVERY_SECONDS = 0.25
TRIED_AGAIN_SECONDS = 1.0
MOST_AT_ONCE = 1_000
"""Counts of one call, which is the only thing that Redis does in the meantime: a millisecond or two."""

SETTLE = """
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
local answer = {}
for i, key in ipairs(KEYS) do
  local known, used, since = tonumber(ARGV[i * 3 - 1]), tonumber(ARGV[i * 3]), tonumber(ARGV[i * 3 + 1])
  local full_at = tonumber(redis.call('GET', key) or 0)
  full_at = math.max(full_at, now + known, now - since) + used
  if full_at > now then
    redis.call('SET', key, string.format('%.2f', full_at), 'PX', math.ceil((full_at - now) / 1000))
  end
  answer[i] = string.format('%.2f', full_at - now)
end
return answer
"""
"""For each count (KEYS): what was known, used, and since when (ARGV, microseconds); answers when each is full again.

ARGV[1] is the time in microseconds, empty for the server's own: its clock is the one that all processes share.
"""


class Settling:
    """Settles one process's counts."""

    def __init__(self, limiter: Limiter, redis: Redis, *, clock: Callable[[], float] | None = None) -> None:
        """`clock` counts seconds instead of the server's."""
        self._limiter = limiter
        self._script = redis.register_script(SETTLE)
        self._clock = clock
        self._is_anything_untold = asyncio.Event()
        self._redis = Reach("limits")
        limiter.tell = self._is_anything_untold.set

    async def run(self) -> None:
        """Settle until cancelled."""
        while True:
            await self._is_anything_untold.wait()
            is_settled = await self.settle()
            await asyncio.sleep(SETTLED_EVERY_SECONDS if is_settled else TRIED_AGAIN_SECONDS)

    async def settle(self) -> bool:
        """Tell and learn once; whether Redis was there."""
        self._is_anything_untold.clear()
        told = self._limiter.take_untold()
        for start in range(0, len(told), MOST_AT_ONCE):
            if not await self._redis.answers(self._settle(told[start : start + MOST_AT_ONCE])):
                self._limiter.give_back(told[start:])
                self._is_anything_untold.set()
                return False
        return True

    async def _settle(self, told: list[Untold]) -> None:
        arguments: list[str] = ["" if self._clock is None else _microseconds(self._clock())]
        for each in told:
            arguments += map(_microseconds, (each.known_seconds, each.used_seconds, each.since_seconds))
        asked_at = self._limiter.now()
        answer = cast("list[bytes]", await self._script(keys=[each.bucket.key for each in told], args=arguments))
        levels = [float(each) / 1e6 for each in answer]
        self._limiter.learn(zip(told, levels, strict=True), asked_at=asked_at)


def _microseconds(seconds: float) -> str:
    return f"{seconds * 1e6:.2f}"

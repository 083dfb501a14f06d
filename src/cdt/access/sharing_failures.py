"""Wrong passwords in Redis: what one process has counted the others know with their next try, and after a restart.

Each process decides by what it knows, so while Redis is away nothing fails and hardly anything waits: whoever finds it
away waits a quarter of a second for it, and for a second nobody asks again. What is counted meanwhile is told when it
is back. A try is asked about before the password is checked and told of after it was wrong, so that all processes
together let through one guess each more than one alone would.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import cast

from redis.asyncio import Redis

from cdt.access.failures import FREE_FAILURES, HALVED_AFTER_SECONDS, LONGEST_WAIT_SECONDS, Failed, Failures, Sources
from cdt.access.reach import Reach

PATIENCE_SECONDS = 0.25
TRIED_AGAIN_SECONDS = 1.0
MOST_OTHERS = 100
"""Sources that are told of besides, when Redis has been away."""
MICROSECONDS = 1e6

READ = """
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
local free, longest, halved = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local function read(key)
  local text = redis.pcall('GET', key)
  local count, not_before, counted_at = string.match(type(text) == 'string' and text or '', '^(%d+) (%d+) (%d+)$')
  if not count or #text > 60 then
    return 0, 0, 0
  end
  return math.min(tonumber(count), 1000000), math.min(tonumber(not_before), now + longest),
    math.min(tonumber(counted_at), now)
end
local function left(count, not_before, counted_at)
  local quiet = math.max(now - math.max(counted_at, not_before), 0)
  return math.floor(count / 2 ^ math.min(math.floor(quiet / halved), 64))
end
local function write(key, count, not_before, counted_at)
  if count < 1 then
    redis.call('DEL', key)
    return
  end
  local ends = math.max(counted_at, not_before) + halved * (math.floor(math.log(count) / math.log(2) + 1e-9) + 1)
  local text = string.format('%.0f %.0f %.0f', count, not_before, counted_at)
  redis.call('SET', key, text, 'PX', math.max(math.ceil((ends - now) / 1000), 1))
end
"""
"""What stands under a key: how often, until when to wait and when it was counted, in microseconds; garbage is nothing.

ARGV[1] is the time, empty for the server's own: its clock is the one that all processes share. The others are limits.
A key ends when nothing is left of what it counts.
"""

SHARE = (
    READ
    + """
local answer = {}
for i, key in ipairs(KEYS) do
  local count, not_before, counted_at = read(key)
  local more, age = tonumber(ARGV[i * 2 + 3]), tonumber(ARGV[i * 2 + 4])
  if more > 0 then
    count = left(count, not_before, counted_at) + more
    counted_at = math.max(counted_at, now - age)
    if count >= free then
      local wait = math.min(2 ^ math.min(count - free, 64) * 1000000, longest)
      not_before = math.max(not_before, counted_at + wait)
    end
    write(key, count, not_before, counted_at)
  end
  answer[i] = string.format('%.0f %.0f %.0f', count, not_before - now, now - counted_at)
end
return answer
"""
)
"""For each source (KEYS) how many more there were, and how long ago (ARGV); answers what all processes know."""

FORGIVE = (
    READ
    + """
local own = left(read(KEYS[3]))
redis.call('DEL', KEYS[1], KEYS[3])
local count, not_before, counted_at = read(KEYS[2])
if own > 0 and count > 0 then
  write(KEYS[2], left(count, not_before, counted_at) - own, not_before, now)
end
return 1
"""
)
"""A person came in: their own failures are forgotten, and taken from those of the address."""


class SharingFailures:
    """Shares one process's failures with all others."""

    def __init__(self, failures: Failures, redis: Redis, *, clock: Callable[[], float] | None = None) -> None:
        """`clock` counts seconds instead of the server's."""
        self._failures = failures
        self._share = redis.register_script(SHARE)
        self._forgive = redis.register_script(FORGIVE)
        self._clock = clock
        self._redis = Reach("failures")
        self._asked_again_at = 0.0

    async def share(self, sources: Sources) -> None:
        """Tell what is counted here, and learn what all have counted; never fails."""
        if self._failures.now() < self._asked_again_at:
            return
        told = self._failures.take_untold(sources, most_others=MOST_OTHERS)
        names = dict.fromkeys((*sources, *told))
        is_told = False
        try:
            is_told = await self._reaches(self._exchange(names, told))
        finally:  # also where whoever tried has gone away
            if not is_told:
                self._failures.give_back(told)

    async def forgive(self, sources: Sources) -> None:
        """Tell that a person came in; never fails. What nobody could be told is forgotten with time."""
        if self._failures.now() >= self._asked_again_at:
            await self._reaches(self._forget(sources))

    async def _forget(self, sources: Sources) -> None:
        await self._forgive(keys=[_key_of(each) for each in sources], args=self._limits())

    async def _exchange(self, names: Iterable[str], told: dict[str, Failed]) -> None:
        asked_at = self._failures.now()
        arguments = self._limits()
        for each in names:
            failed = told.get(each, Failed(counted_at=asked_at))
            arguments += [str(failed.count_at(asked_at)), _microseconds(asked_at - failed.counted_at)]
        said = cast("list[bytes]", await self._share(keys=[_key_of(each) for each in names], args=arguments))
        for name, text in zip(names, said, strict=True):
            count, wait, age = map(int, text.split())
            self._failures.learn(
                name, Failed(count, max(asked_at + wait / MICROSECONDS, 0.0), asked_at - age / MICROSECONDS)
            )

    async def _reaches(self, asked: Awaitable[None]) -> bool:
        """Whether Redis has answered, in time; where it has not, nobody waits for it again so soon."""
        is_there = await self._redis.answers(asked, within_seconds=PATIENCE_SECONDS)
        if not is_there:
            self._asked_again_at = self._failures.now() + TRIED_AGAIN_SECONDS
        return is_there

    def _limits(self) -> list[str]:
        return [
            "" if self._clock is None else _microseconds(self._clock()),
            str(FREE_FAILURES),
            _microseconds(LONGEST_WAIT_SECONDS),
            _microseconds(HALVED_AFTER_SECONDS),
        ]


def _key_of(source: str) -> str:
    return f"cdt:{{failures}}:{source}"


def _microseconds(seconds: float) -> str:
    return f"{seconds * MICROSECONDS:.0f}"

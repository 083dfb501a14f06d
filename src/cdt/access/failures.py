"""Wrong passwords: how often of late, by an account, by an address and by both, and how long each has to wait."""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import NamedTuple

import msgspec

FREE_FAILURES = 5
LONGEST_WAIT_SECONDS = 300.0
HALVED_AFTER_SECONDS = 900.0
"""Of quiet: an office's typos of weeks must not add up, and who guesses must not get more than a few tries of it."""
MAXIMUM_REMEMBERED = 10_000


class Sources(NamedTuple):
    """Under what a try is counted, each by keyed hashes."""

    email: str
    address: str
    pair: str

    @classmethod
    def of(cls, email_hash: str, address_hash: str) -> "Sources":
        """The account that is tried, from where, and both: what one person does at one place."""
        return cls(f"email {email_hash}", f"address {address_hash}", f"pair {email_hash} {address_hash}")


class Failed(msgspec.Struct):
    """How often, and when somebody may try again."""

    count: int = 0
    not_before: float = 0.0
    counted_at: float = 0.0

    def count_at(self, now: float) -> int:
        """What is left of the failures: half after each quarter of an hour without another."""
        quiet = now - max(self.counted_at, self.not_before)
        return self.count >> min(int(max(quiet, 0.0) // HALVED_AFTER_SECONDS), 64)


class Failures:
    """One process's, and what it has heard of the others. Forgotten with time, and when their person comes in."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` counts seconds."""
        self._clock = clock
        self._failed: OrderedDict[str, Failed] = OrderedDict()
        self._untold: OrderedDict[str, Failed] = OrderedDict()
        """What others don't know yet."""

    def __len__(self) -> int:
        """How many sources are remembered."""
        return len(self._failed)

    def now(self) -> float:
        """By this process's clock."""
        return self._clock()

    def wait_of(self, sources: Sources) -> float:
        """For how many seconds nobody may try; 0 where they may."""
        now = self._clock()
        known = [failed for each in sources if (failed := self._failed.get(each)) is not None]
        return max((failed.not_before - now for failed in known if failed.not_before > now), default=0.0)

    def count(self, sources: Sources) -> None:
        """One more wrong password."""
        now = self._clock()
        for each in sources:
            _add(self._failed, each, 1, now)
            _add(self._untold, each, 1, now)

    def forgive(self, sources: Sources) -> None:
        """Forget a person's own failures: those of others at the address stay, or one account would open them all."""
        now = self._clock()
        for kept in (self._failed, self._untold):
            kept.pop(sources.email, None)
            own, failed = kept.pop(sources.pair, None), kept.get(sources.address)
            if own is None or failed is None:
                continue
            failed.count = failed.count_at(now) - own.count_at(now)
            failed.counted_at = now
            if failed.count <= 0:
                del kept[sources.address]

    def take_untold(self, sources: Iterable[str], *, most_others: int) -> dict[str, Failed]:
        """What is to be told of these sources, and of so many others; told once."""
        others = [each for each, _ in zip(self._untold, range(most_others), strict=False)]
        return {each: failed for each in (*sources, *others) if (failed := self._untold.pop(each, None)) is not None}

    def give_back(self, untold: dict[str, Failed]) -> None:
        """It reached nobody, and is to be told again."""
        for each, failed in untold.items():
            since = self._untold.get(each)
            _add(self._untold, each, failed.count_at(self._clock()), (since or failed).counted_at)

    def learn(self, source: str, told: Failed) -> None:
        """How often in all processes, by this process's clock.

        A wait that is known here is kept, also where others know of none: Redis may have lost all.
        """
        now = self._clock()
        known, untold = self._failed.pop(source, None), self._untold.get(source)
        not_before = max(told.not_before, 0.0 if known is None else known.not_before)
        if untold is not None:
            told = Failed(told.count_at(now) + untold.count_at(now), counted_at=now)
        learnt = Failed(told.count, not_before, told.counted_at)
        if not_before > now or learnt.count_at(now):
            _keep(self._failed, source, learnt)


def wait_after(count: int) -> float:
    """How long to wait after so many failures; each doubles it.

    >>> [wait_after(count) for count in (4, 5, 6, 8, 13, 14, 1_000_000)]
    [0.0, 1.0, 2.0, 8.0, 256.0, 300.0, 300.0]
    """
    doubled = count - FREE_FAILURES
    return 0.0 if doubled < 0 else min(2.0 ** min(doubled, 64), LONGEST_WAIT_SECONDS)


def _add(kept: OrderedDict[str, Failed], source: str, count: int, at: float) -> None:
    failed = kept.pop(source, None) or Failed()
    failed.count = failed.count_at(at) + count
    failed.counted_at = at
    if wait := wait_after(failed.count):
        failed.not_before = at + wait
    _keep(kept, source, failed)


def _keep(kept: OrderedDict[str, Failed], source: str, failed: Failed) -> None:
    kept[source] = failed
    while len(kept) > MAXIMUM_REMEMBERED:
        kept.popitem(last=False)

"""Who may ask for how much: each request is decided in the process, from what is known of all processes."""

import time
from collections.abc import Callable, Iterable
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple

from cdt.access.rates.buckets import Bucket, Standing
from cdt.access.rates.policies import MINUTE_SECONDS, Limits, Operation, RateLimited

MAXIMUM_KEPT = 50_000
"""Counts in memory; one that is dropped is in Redis, and learnt again from there with the next use."""
IPV6_NETWORK_BITS = 64
"""One customer's: to count each address of it would be to count none."""


class Untold(NamedTuple):
    """What others are to be told of a count: what was known of it, and what was used since how long."""

    bucket: Bucket
    known_seconds: float
    used_seconds: float
    since_seconds: float


class _Together(NamedTuple):
    """Counts of one who asks, of several operations: their own, and all that count."""

    own: tuple[Bucket, ...]
    all: tuple[Bucket, ...]


class Limiter:
    """Counts for keys, people and addresses. An address is kept as its keyed hash."""

    def __init__(
        self, limits: Limits, *, hash_address: Callable[[str], str], clock: Callable[[], float] = time.monotonic
    ) -> None:
        """One for the process; `clock` counts seconds."""
        self._limits = limits
        self._clock = clock

        @lru_cache(maxsize=MAXIMUM_KEPT)
        def name_of(address: str) -> str:
            return hash_address(network_of(address))

        self._name_of = name_of
        self._buckets: dict[str, Bucket] = {}
        self._used: dict[tuple[Operation, str | None, str], tuple[Bucket, ...]] = {}
        self._used_together: dict[tuple[tuple[Operation, ...], str | None, str], _Together] = {}
        self._untold: dict[str, Bucket] = {}
        self.tell: Callable[[], None] = _tell_nobody
        """Called when there is something to tell others."""

    def admit(self, operation: Operation, who: str | None, address: str, *, cost: float = 1.0) -> Standing | None:
        """Count it, or raise RateLimited; what is left, or None where there is no limit.

        `who` is a key or a person, None for nobody that is known. What is refused is not counted.
        """
        buckets = self._buckets_of(operation, who, address)
        if not buckets:
            return None
        now = self._clock()
        for bucket in buckets:
            wait = bucket.wait_for(cost, now)
            if wait > 0:
                raise RateLimited(operation, max(round(wait, 3), 0.001))
        self._pay(buckets, cost, now)
        return buckets[0].standing(now)

    def admit_each(self, operations: tuple[Operation, ...], who: str | None, address: str) -> tuple[Bucket, ...]:
        """Count one of each operation, or none and raise RateLimited; the counts of whoever asks that have a limit."""
        together = self._together_of(operations, who, address)
        now = self._clock()
        for bucket in together.all:
            if bucket.full_at - now > bucket.most_before_one:
                raise RateLimited(bucket.operation, max(round(bucket.wait_for(1.0, now), 3), 0.001))
        self._pay(together.all, 1.0, now)
        return together.own

    def has_room_for_each(self, operations: tuple[Operation, ...], who: str | None, address: str) -> bool:
        """Whether `admit_each` would count them now."""
        now = self._clock()
        return all(
            bucket.full_at - now <= bucket.most_before_one for bucket in self._together_of(operations, who, address).all
        )

    def charge(self, operation: Operation, who: str | None, address: str, cost: float) -> Standing | None:
        """Count what it took, which is known only now; the next one waits for what is owed."""
        buckets = self._buckets_of(operation, who, address)
        if not buckets:
            return None
        now = self._clock()
        if cost > 0:
            self._pay(buckets, cost, now)
        return buckets[0].standing(now)

    def take_untold(self) -> list[Untold]:
        """What others don't know yet; told once."""
        now = self._clock()
        told: list[Untold] = []
        for bucket in self._untold.values():
            since, owed = now - bucket.untold_since, bucket.full_at - now
            if owed > 0 or since < MINUTE_SECONDS:  # else all of it has come back, whoever used it
                # after a minute in which nobody could be told, what has come back must not be owed to the others
                used = min(bucket.untold, max(MINUTE_SECONDS, owed))
                told.append(Untold(bucket, bucket.agreed_full_at - now, used, since))
            bucket.untold = 0.0
        self._untold.clear()
        return told

    def give_back(self, told: Iterable[Untold]) -> None:
        """It reached nobody, and is to be told again."""
        now = self._clock()
        for bucket, _, used, since in told:
            bucket.untold_since = min(now - since, bucket.untold_since if bucket.untold else now)
            bucket.untold += used
            self._untold[bucket.key] = bucket

    def learn(self, told: Iterable[tuple[Untold, float]], *, asked_at: float) -> None:
        """In how many seconds each is full again, as all processes together have used it."""
        for (bucket, *_), full_in in told:
            bucket.agreed_full_at = max(bucket.agreed_full_at, asked_at + full_in)
            bucket.full_at = max(bucket.full_at, bucket.agreed_full_at + bucket.untold)

    def now(self) -> float:
        """By this limiter's clock."""
        return self._clock()

    def _pay(self, buckets: tuple[Bucket, ...], cost: float, now: float) -> None:
        if not self._untold:
            self.tell()
        for bucket in buckets:
            if not bucket.untold:
                self._untold[bucket.key] = bucket
            bucket.pay(cost, now)

    def _buckets_of(self, operation: Operation, who: str | None, address: str) -> tuple[Bucket, ...]:
        used = operation, who, address
        buckets = self._used.get(used)
        if buckets is None:
            if len(self._used) >= MAXIMUM_KEPT:
                self._forget_some()
            buckets = self._used[used] = self._find(operation, who, address)
        return buckets

    def _together_of(self, operations: tuple[Operation, ...], who: str | None, address: str) -> "_Together":
        used = operations, who, address
        together = self._used_together.get(used)
        if together is None:
            together = self._used_together[used] = self._find_together(operations, who, address)
        return together

    def _find_together(self, operations: tuple[Operation, ...], who: str | None, address: str) -> "_Together":
        found = [each for operation in operations if (each := self._buckets_of(operation, who, address))]
        return _Together(tuple(own for own, *_ in found), tuple(bucket for each in found for bucket in each))

    def _find(self, operation: Operation, who: str | None, address: str) -> tuple[Bucket, ...]:
        limit, name = self._limits.of(operation), self._name_of(address)
        if not limit:
            return ()
        own = self._bucket(operation, who or f"nobody {name}", limit)
        if operation is Operation.SIGN_IN or not self._limits.address_times:
            return (own,)
        return own, self._bucket(operation, f"address {name}", limit * self._limits.address_times)

    def _bucket(self, operation: Operation, subject: str, limit: float) -> Bucket:
        key = f"cdt:{{limits}}:{operation}:{subject}"
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = Bucket(operation, key, limit)
        return bucket

    def _forget_some(self) -> None:
        """Those that are full again; where none is, all."""
        now = self._clock()
        self._used.clear()
        self._used_together.clear()
        self._buckets = {key: bucket for key, bucket in self._buckets.items() if bucket.full_at > now}
        if len(self._buckets) >= MAXIMUM_KEPT:
            self._buckets.clear()
        self._untold = {key: bucket for key, bucket in self._untold.items() if key in self._buckets}


def network_of(address: str) -> str:
    """What counts as one address: an IPv4 address, or the IPv6 network that one customer gets."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return f"{IPv6Address(int(parsed) >> IPV6_NETWORK_BITS << IPV6_NETWORK_BITS)}/{IPV6_NETWORK_BITS}"
    return str(parsed)


def _tell_nobody() -> None:
    """Each process counts for itself until it is connected."""

"""Limits of all processes together, in a real Valkey: told and learnt, outliving processes, and Valkey itself."""

import asyncio

import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from cdt.access.rates import settling
from cdt.access.rates.limiter import Limiter
from cdt.access.rates.policies import Limits, Operation, RateLimited
from cdt.access.rates.settling import Settling
from tests.access.clock import Clock
from tests.access.conftest import OwnRedis
from tests.access.rates.test_limiter import ADA, BOB, HERE, QUERY, admitted, wait_of


class Process:
    """One process's limiter, and how it settles."""

    def __init__(self, redis: Redis, clock: Clock, *, own_clock: Clock | None = None, **limits: float) -> None:
        given = Limits(**{"query_cost": 60.0, **limits})
        self.limiter = Limiter(given, hash_address=lambda address: f"#{address}", clock=own_clock or clock)
        self.settling = Settling(self.limiter, redis, clock=clock)

    def admitted(self, tries: int, *, who: str = ADA) -> int:
        return admitted(self.limiter, QUERY, who, HERE, tries=tries)


async def test_what_one_process_admits_another_knows(redis: Redis) -> None:
    clock = Clock()
    one, other = Process(redis, clock), Process(redis, clock)

    assert one.admitted(40) == 40
    assert await one.settling.settle()
    assert other.admitted(1) == 1
    assert await other.settling.settle()

    assert other.admitted(100) == 19
    await other.settling.settle()
    await one.settling.settle()
    assert one.admitted(1) == 1  # of what others did meanwhile it learns with its next word
    await one.settling.settle()
    assert one.admitted(100) == 0


async def test_what_was_admitted_too_much_between_two_words_is_owed(redis: Redis) -> None:
    clock = Clock()
    one, other = Process(redis, clock), Process(redis, clock)

    assert (one.admitted(100), other.admitted(100)) == (60, 60)
    await one.settling.settle()
    await other.settling.settle()

    assert wait_of(other.limiter, QUERY) == 61.0
    clock.seconds += 61.0
    assert other.admitted(100) == 1


async def test_a_new_process_goes_on_where_the_last_one_stopped(redis: Redis) -> None:
    clock = Clock()
    former = Process(redis, clock)
    former.admitted(60)
    await former.settling.settle()
    clock.seconds += 10.0

    present = Process(redis, clock, own_clock=Clock())
    assert present.admitted(1) == 1
    await present.settling.settle()

    assert present.admitted(100) == 9


async def test_processes_whose_clocks_differ_agree(redis: Redis) -> None:
    clock, fast = Clock(), Clock()
    fast.seconds += 1e6
    one, other = Process(redis, clock), Process(redis, clock, own_clock=fast)
    one.admitted(30)
    await one.settling.settle()
    other.admitted(1)
    await other.settling.settle()

    assert wait_of(other.limiter, QUERY, cost=30.0) == 1.0


async def test_what_was_used_counts_from_when_it_was_used(redis: Redis) -> None:
    clock = Clock()
    one, other = Process(redis, clock), Process(redis, clock)
    one.admitted(60)
    clock.seconds += 20.0
    await one.settling.settle()

    other.admitted(1)
    await other.settling.settle()

    assert other.admitted(100) == 19


async def test_what_comes_back_between_two_words_is_told_all_the_same(redis: Redis) -> None:
    clock = Clock()
    processes = [Process(redis, clock) for _ in range(3)]
    for _ in range(120):  # each uses half of what comes back, all together half too much
        for each in processes:
            each.admitted(1)
            await each.settling.settle()
        clock.seconds += 2.0

    (full_at,) = [float(await redis.get(key)) / 1e6 for key in await redis.keys("*")]
    assert full_at - clock.seconds > 55.0


async def test_one_round_trip_settles_all(redis: Redis) -> None:
    process = Process(redis, Clock())
    for n in range(500):
        process.limiter.admit(QUERY, f"user {n}", HERE)
    await process.settling.settle()
    for n in range(500):
        process.limiter.admit(QUERY, f"user {n}", HERE)
    before = await calls(redis)

    await process.settling.settle()

    assert await calls(redis) == before + 1


async def test_nothing_is_said_where_nothing_was_used(redis: Redis) -> None:
    process = Process(redis, Clock())
    await process.settling.settle()

    assert await redis.keys("*") == []


async def test_what_is_full_again_is_gone(redis: Redis) -> None:
    process = Process(redis, Clock(), query_cost=600.0)
    process.limiter.admit(QUERY, ADA, HERE)
    await process.settling.settle()

    assert await redis.pttl("cdt:{limits}:query:user ada") <= 100


async def test_the_servers_clock_is_used_where_none_is_given(redis: Redis) -> None:
    limiter = Limiter(Limits(query_cost=6), hash_address=str, clock=Clock())
    limiter.admit(QUERY, ADA, HERE, cost=6.0)
    await Settling(limiter, redis).settle()

    assert 50_000 < await redis.pttl("cdt:{limits}:query:user ada") <= 60_000


async def test_limits_hold_in_each_process_while_redis_is_away_and_in_all_when_it_is_back(own_redis: OwnRedis) -> None:
    clock = Clock()
    one, other = Process(own_redis.client, clock), Process(own_redis.client, clock)
    assert one.admitted(10) == 10
    assert await one.settling.settle()
    await own_redis.stop()

    with capture_logs() as said:
        assert one.admitted(20) == 20
        assert not await one.settling.settle()
        assert (one.admitted(100), other.admitted(100)) == (30, 60)
        assert not await one.settling.settle()
        assert not await other.settling.settle()
        assert wait_of(one.limiter, QUERY) == 1.0

        await own_redis.start()

        assert await one.settling.settle()
        assert await other.settling.settle()
        assert wait_of(other.limiter, QUERY) == 61.0
        assert await one.settling.settle()

    told = [each["event"] for each in said if each["event"].startswith("redis_is")]
    assert told == ["redis_is_away", "redis_is_away", "redis_is_back", "redis_is_back"]  # each says it once


async def test_a_redis_that_lost_all_learns_it_again(redis: Redis) -> None:
    clock = Clock()
    one, other = Process(redis, clock), Process(redis, clock)
    one.admitted(50)
    await one.settling.settle()

    await redis.flushdb()
    one.admitted(1)
    await one.settling.settle()
    other.admitted(1, who=BOB)
    other.admitted(1)
    await other.settling.settle()

    assert other.admitted(100) == 8
    assert other.admitted(100, who=BOB) == 59


async def test_what_a_killed_redis_did_not_hear_is_told_once(redis: Redis) -> None:
    clock = Clock()
    process = Process(redis, clock)
    process.admitted(10)
    told = process.limiter.take_untold()
    process.admitted(5)
    process.limiter.give_back(told)

    (again,) = process.limiter.take_untold()

    assert (again.used_seconds, again.since_seconds) == (15.0, 0.0)
    assert process.limiter.take_untold() == []


async def test_it_settles_by_itself_as_soon_as_something_is_used(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "SETTLED_EVERY_SECONDS", 0.0)
    clock = Clock()
    process = Process(redis, clock)
    task = asyncio.create_task(process.settling.run())
    try:
        process.admitted(7)
        async with asyncio.timeout(10):
            while not await redis.exists("cdt:{limits}:query:user ada"):
                pass
    finally:
        task.cancel()
    assert float(await redis.get("cdt:{limits}:query:user ada")) == (clock.seconds + 7.0) * 1e6


async def test_a_limit_of_many_is_shared_among_many_processes_exactly(redis: Redis) -> None:
    clock = Clock()
    processes = [Process(redis, clock, query_cost=600.0) for _ in range(4)]
    admitted_by_all = 0
    for _ in range(100):  # ten seconds, word after word
        for each in processes:
            admitted_by_all += each.admitted(7)
            await each.settling.settle()
        clock.seconds += 0.1

    assert 700 <= admitted_by_all <= 700 + 4 * 7


async def calls(redis: Redis) -> int:
    """How many scripts were run."""
    return int((await redis.info("commandstats"))["cmdstat_evalsha"]["calls"])


def test_a_refusal_says_of_what_and_how_long() -> None:
    error = RateLimited(Operation.QUERY, 1.5)

    assert (error.code, str(error)) == (
        "RATE_LIMITED", "That is more than a minute holds of this (query); try again in 1.5 s.",
    )  # fmt: skip

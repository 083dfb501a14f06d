"""Failures of all processes together, in a real Valkey: shared, outliving processes, and Valkey being away."""

import asyncio
from collections.abc import AsyncIterator
from typing import NamedTuple

import pytest
from redis.asyncio import Redis

from cdt.access import sharing_failures
from cdt.access.failures import Failures, Sources
from cdt.access.sharing_failures import SharingFailures
from tests.access.clock import Clock
from tests.access.conftest import OwnRedis

ADA = Sources.of("ada", "here")
BOB = Sources.of("bob", "here")
ADAS_KEY = "cdt:{failures}:email ada"


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that is busy with other tests is not a Redis that is away."""
    monkeypatch.setattr(sharing_failures, "PATIENCE_SECONDS", 10.0)


class Silent(NamedTuple):
    """A server that hears and never answers."""

    client: Redis
    heard: asyncio.Event


@pytest.fixture
async def silent() -> AsyncIterator[Silent]:
    heard, hearing = asyncio.Event(), list[asyncio.Task[None]]()

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(1024):
            heard.set()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(
        lambda reader, writer: hearing.append(asyncio.create_task(hear(reader, writer))), "127.0.0.1", 0
    )
    client: Redis = Redis(host="127.0.0.1", port=server.sockets[0].getsockname()[1])
    yield Silent(client, heard)
    await client.aclose()
    server.close()
    await server.wait_closed()
    async with asyncio.timeout(10):
        await asyncio.gather(*hearing)


class Process:
    """One process's failures, and how it shares them."""

    def __init__(self, redis: Redis, clock: Clock) -> None:
        self.failures = Failures(clock=clock)
        self.sharing = SharingFailures(self.failures, redis, clock=clock)

    async def fail(self, times: int, sources: Sources = ADA) -> None:
        """As signing in does: ask, look at the password, count, tell."""
        for _ in range(times):
            await self.sharing.share(sources)
            self.failures.count(sources)
            await self.sharing.share(sources)

    async def wait(self, sources: Sources = ADA) -> float:
        await self.sharing.share(sources)
        return self.failures.wait_of(sources)

    async def forgive(self, sources: Sources = ADA) -> None:
        self.failures.forgive(sources)
        await self.sharing.forgive(sources)


async def test_what_one_process_counts_another_knows(redis: Redis) -> None:
    clock = Clock()
    one, other = Process(redis, clock), Process(redis, clock)
    await one.fail(3)
    await other.fail(3)

    assert (await one.wait(), await other.wait(), await Process(redis, clock).wait()) == (2.0, 2.0, 2.0)
    clock.seconds += 2.0
    assert (await one.wait(), await other.wait()) == (0.0, 0.0)


async def test_processes_together_wait_as_one_would(redis: Redis) -> None:
    clock = Clock()
    processes = [Process(redis, clock), Process(redis, clock)]
    waits: list[float] = []
    for n in range(15):
        await processes[n % 2].fail(1)
        waits.append(await processes[(n + 1) % 2].wait())
        clock.seconds += waits[-1]

    assert waits == [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


async def test_a_quiet_quarter_of_an_hour_halves_what_is_shared(redis: Redis) -> None:
    clock = Clock()
    await Process(redis, clock).fail(8)
    clock.seconds += 8.0 + 900.0

    later = Process(redis, clock)
    await later.fail(1)
    assert await later.wait() == 1.0


async def test_who_comes_in_is_forgiven_their_own_failures_everywhere(redis: Redis) -> None:
    clock = Clock()
    one, other = Process(redis, clock), Process(redis, clock)
    await one.fail(4)
    await other.fail(2, BOB)
    clock.seconds += 4.0
    await one.forgive()

    await other.fail(2)
    assert await other.wait() == 0.0  # four at this address: two of each
    await other.fail(1)
    assert await one.wait(Sources.of("eve", "here")) == 1.0
    assert await one.wait(Sources.of("ada", "there")) == 0.0


async def test_what_is_shared_ends_when_nothing_is_left_of_it(redis: Redis) -> None:
    clock = Clock()
    process = Process(redis, clock)
    await process.fail(1)
    assert await redis.pttl(ADAS_KEY) in range(899_000, 900_001)
    await process.fail(4)  # 5 are 2, 1 and none after three quarters of an hour, and the wait of a second before

    assert await redis.pttl(ADAS_KEY) in range(2_700_000, 2_701_001)


async def test_a_try_that_counts_nothing_writes_nothing(redis: Redis) -> None:
    process = Process(redis, Clock())
    assert await process.wait() == 0.0
    await process.forgive()

    assert await redis.keys("*") == []
    assert len(process.failures) == 0


@pytest.mark.parametrize("garbage", ["", "x", "5", "-5 0 0", "1e9 0 0", "5 0 0 0", "NaN NaN NaN", "9 " * 1_000, "\x00"])
async def test_garbage_counts_as_nothing_and_is_written_over(redis: Redis, garbage: str) -> None:
    await redis.set(ADAS_KEY, garbage)
    process = Process(redis, Clock())

    assert await process.wait() == 0.0
    await process.fail(5)
    assert await process.wait() == 1.0


async def test_a_key_of_another_kind_counts_as_nothing_too(redis: Redis) -> None:
    await redis.rpush(ADAS_KEY, "5 0 0")
    process = Process(redis, Clock())
    await process.forgive()
    await redis.rpush(ADAS_KEY, "5 0 0")

    assert await process.wait() == 0.0
    await process.fail(5)
    assert await process.wait() == 1.0


async def test_numbers_beyond_measure_lock_nobody_out(redis: Redis) -> None:
    clock = Clock()
    await redis.set(ADAS_KEY, "99999999999999999 99999999999999999999 9999999999999999999")

    assert await Process(redis, clock).wait() == 300.0


async def test_each_process_counts_while_redis_is_away_and_all_when_it_is_back(own_redis: OwnRedis) -> None:
    clock = Clock()
    one, other = Process(own_redis.client, clock), Process(own_redis.client, clock)
    await one.fail(3)
    await own_redis.stop()

    await one.fail(3)
    await other.fail(2)
    assert (await one.wait(), await other.wait()) == (2.0, 0.0)
    await one.fail(1, Sources.of("eve", "there"))

    await own_redis.start()
    assert await other.wait() == 0.0  # nobody asks again for a second
    clock.seconds += 1.0

    assert await one.wait() == 1.0
    assert await other.wait() == 7.0  # eight failures, and a second has gone by
    assert await own_redis.client.exists("cdt:{failures}:email eve") == 1


async def test_nobody_waits_for_a_redis_that_does_not_answer(silent: Silent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing_failures, "PATIENCE_SECONDS", 0.01)
    process = Process(silent.client, Clock())

    async with asyncio.timeout(5):
        await process.fail(5)

    assert await process.wait() == 1.0


async def test_what_a_cancelled_try_did_not_tell_is_told_by_the_next(redis: Redis, silent: Silent) -> None:
    process = Process(silent.client, Clock())
    process.failures.count(ADA)
    telling = asyncio.create_task(process.sharing.share(ADA))
    async with asyncio.timeout(5):
        await silent.heard.wait()

    telling.cancel()
    await asyncio.gather(telling, return_exceptions=True)

    await SharingFailures(process.failures, redis).share(BOB)
    assert await redis.exists(ADAS_KEY) == 1


async def test_a_redis_that_lost_all_makes_no_running_wait_shorter(redis: Redis) -> None:
    clock = Clock()
    process = Process(redis, clock)
    await process.fail(10)
    await redis.flushdb()

    assert await process.wait() == 32.0


async def test_what_could_not_be_told_is_bounded(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cdt.access.failures.MAXIMUM_REMEMBERED", 10)
    process = Process(redis, Clock())
    for n in range(20):
        process.failures.count(Sources.of(f"person {n}", f"address {n}"))
    await process.sharing.share(ADA)

    assert len(await redis.keys("*")) == 10

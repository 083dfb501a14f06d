"""Jobs as arq runs them: one that takes long is done once, however often it is looked at."""

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest
from arq import ArqRedis, create_pool
from arq.constants import in_progress_key_prefix
from arq.worker import Worker

from cdt import work
from cdt.workers.queue import Queue, settings_of

JOB = "fold:7"
WAIT_SECONDS = 30.0


class SlowFolding:
    """A fold that takes until it is let go, and how often it was begun."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.may_end = asyncio.Event()
        self.times = 0

    async def fold(self, _tools: Any, version_number: int) -> None:
        assert version_number == 7
        self.times += 1
        self.begun.set()
        await self.may_end.wait()


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[ArqRedis]:
    """One job, waiting for a worker."""
    queue = Queue(redis_url)
    await queue.add_fold(7)
    await queue.close()
    async with await create_pool(settings_of(redis_url)) as redis:
        yield redis


def a_worker(redis: ArqRedis, folding: SlowFolding, monkeypatch: pytest.MonkeyPatch) -> Worker:
    monkeypatch.setattr(work, "fold", folding.fold)
    tools = SimpleNamespace(
        turns=None,
        delivering=None,
        mailing=None,
        folding=None,
        compacting=None,
        joining=None,
        watching=None,
        removing=None,
        erasing=None,
    )
    return work._worker(redis, tools)  # type: ignore[arg-type]


async def begin(worker: Worker, folding: SlowFolding) -> list[asyncio.Task[Any]]:
    """Look for jobs, and wait until the one is being done."""
    await worker._poll_iteration()
    await asyncio.wait_for(folding.begun.wait(), WAIT_SECONDS)
    return list(worker.tasks.values())


async def test_a_job_whose_mark_ran_out_is_not_begun_again_by_who_does_it(
    redis: ArqRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    folding = SlowFolding()
    worker = a_worker(redis, folding, monkeypatch)
    tasks = await begin(worker, folding)
    await redis.delete(in_progress_key_prefix + JOB)

    await worker._poll_iteration()
    folding.may_end.set()
    await asyncio.wait_for(asyncio.gather(*tasks, *worker.tasks.values()), WAIT_SECONDS)

    assert (folding.times, worker.jobs_complete, worker.jobs_failed) == (1, 1, 0)
    assert await redis.zcard(worker.queue_name) == 0


async def test_a_job_keeps_its_mark_however_long_it_takes(redis: ArqRedis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "MARK_SECONDS", 0.3)
    folding = SlowFolding()
    worker = a_worker(redis, folding, monkeypatch)
    tasks = await begin(worker, folding)
    await redis.delete(in_progress_key_prefix + JOB)

    async with asyncio.timeout(WAIT_SECONDS):
        while not await redis.exists(in_progress_key_prefix + JOB):
            pass
    folding.may_end.set()
    await asyncio.wait_for(asyncio.gather(*tasks), WAIT_SECONDS)

    assert (folding.times, worker.jobs_failed) == (1, 0)
    assert not await redis.exists(in_progress_key_prefix + JOB)

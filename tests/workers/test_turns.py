"""What is computed goes by its urgency, whatever the order in which Redis hands over jobs."""

import asyncio
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from arq import ArqRedis, create_pool
from arq.worker import Worker

from cdt import work
from cdt.domain.evaluations.events import Cause
from cdt.domain.evaluations.pacing import PRIORITY_BY_CAUSE
from cdt.workers import leases
from cdt.workers.attempts import Evaluating
from cdt.workers.queue import Queue, settings_of
from cdt.workers.turns import Turns
from tests.reactions.world import World

BACKFILLED = 400
BACKFILL: Cause = "backfill"
ASKED = 10**6
WAIT_SECONDS = 30.0


class Computing:
    """What a worker computes, in which order; the first takes until it is let go."""

    def __init__(self) -> None:
        self.order: list[int] = []
        self.begun = asyncio.Event()
        self.may_go_on = asyncio.Event()

    async def attempt(self, working: Evaluating, fact: int, attempt: int) -> None:
        lease = await leases.claim(working.writer, fact, attempt, worker=working.worker)
        assert lease is not None
        self.order.append(fact)
        self.begun.set()
        await self.may_go_on.wait()
        await leases.finish(working.writer, lease, state="done")

    def turns(self, world: World, **options: Any) -> Turns:
        return Turns(world.evaluating, attempts={"evaluation": self.attempt, "recomputation": self.attempt}, **options)


async def open_(world: World, fact: int, cause: Cause, kind: leases.Kind = "evaluation") -> None:
    async with world.writer.transaction() as connection:
        await leases.open_lease(
            connection, fact=fact, kind=kind, subject=uuid4(), project_id=world.project_id,
            priority=PRIORITY_BY_CAUSE[cause],
        )  # fmt: skip


def a_worker(redis: ArqRedis, turns: Turns) -> Worker:
    names = ("delivering", "mailing", "folding", "compacting", "joining", "watching", "removing", "erasing")
    return work._worker(redis, SimpleNamespace(turns=turns, **dict.fromkeys(names)))  # type: ignore[arg-type]


async def test_what_somebody_asks_for_waits_for_one_other_at_most_and_holds_up_no_mail(
    world: World, redis_url: str, monkeypatch: Any
) -> None:
    computing, sent = Computing(), asyncio.Event()

    async def send(*_: Any) -> None:
        sent.set()

    monkeypatch.setattr(work, "send_mail", send)
    queue = Queue(redis_url)
    for fact in range(1, BACKFILLED + 1):
        await open_(world, fact, BACKFILL)
        await queue.add_leased("evaluation", fact, 1)
    async with await create_pool(settings_of(redis_url)) as redis:
        worker = a_worker(redis, computing.turns(world))
        polling = asyncio.create_task(worker.async_run())
        await asyncio.wait_for(computing.begun.wait(), WAIT_SECONDS)
        await open_(world, ASKED, "asked")
        await queue.add_leased("evaluation", ASKED, 1)
        await queue.add_leased("mail", ASKED + 1, 1)
        await asyncio.wait_for(sent.wait(), WAIT_SECONDS)

        assert computing.order == [1]
        computing.may_go_on.set()

        async def is_done() -> bool:
            left = worker.tasks or await redis.zcard(worker.queue_name)
            return len(computing.order) > BACKFILLED and not left

        await world.until(is_done, "everything is computed, and every job over")
        polling.cancel()
        await asyncio.gather(polling, return_exceptions=True)
        assert worker.jobs_failed == 0
    await queue.close()

    assert computing.order == [1, ASKED, *range(2, BACKFILLED + 1)]
    assert await world.rows("SELECT DISTINCT state FROM work.leases") == [("done",)]


async def test_what_was_opened_while_the_last_was_computed_is_done_by_the_same_job(world: World) -> None:
    computing = Computing()
    turns = computing.turns(world)
    await open_(world, 1, "asked")
    first = asyncio.create_task(turns.take())
    await asyncio.wait_for(computing.begun.wait(), WAIT_SECONDS)
    await open_(world, 2, "asked", "recomputation")
    await turns.take()  # leaves it to the first, at once
    computing.may_go_on.set()
    await asyncio.wait_for(first, WAIT_SECONDS)

    assert computing.order == [1, 2]


async def test_a_worker_that_is_to_end_or_whose_job_has_lasted_long_begins_nothing_more(world: World) -> None:
    for fact in (1, 2):
        await open_(world, fact, "asked")
    ending, lasting = Computing(), Computing()
    closing = ending.turns(world)
    closing.is_closing = True
    await closing.take()
    await lasting.turns(world, longest_seconds=0.0).take()
    assert (ending.order, lasting.order) == ([], [])

    lasting.may_go_on.set()
    await lasting.turns(world).take()
    assert lasting.order == [1, 2]


async def test_two_workers_share_what_is_due_and_do_nothing_twice(world: World) -> None:
    for fact in range(20):
        await open_(world, fact, "window_closed")
    both = Computing()

    async def attempt(working: Evaluating, fact: int, number: int) -> None:
        lease = await leases.claim(working.writer, fact, number, worker=working.worker)
        if lease is not None:
            both.order.append(fact)
            await leases.finish(working.writer, lease, state="done")

    await asyncio.gather(*(Turns(world.evaluating, attempts={"evaluation": attempt}).take() for _ in range(2)))

    assert sorted(both.order) == list(range(20))

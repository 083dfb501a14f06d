"""A worker that is killed in the middle of an evaluation is replaced, and the evaluation is completed once."""

import asyncio
import multiprocessing
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from psycopg import AsyncConnection

from cdt.commands import evaluations as commands
from cdt.database.log import Log
from cdt.database.writing import Writer
from cdt.domain.evaluations.events import Completed, Failed, Requested
from cdt.domain.kernel import EvaluationId
from cdt.workers import computing, leases
from cdt.workers.attempts import MOST_DEATHS, Evaluating
from cdt.workers.child import Child
from cdt.workers.evaluate import evaluate
from tests.reactions.world import World
from tests.workers.dying import dies

REPLACED_WITHIN_SECONDS = 30.0
SHORT_LEASE_SECONDS = 1.0


async def an_evaluation_is_due(world: World) -> leases.DueLease:
    version = await world.watched_version()
    await world.promote(version)
    await world.react()
    async with world.writer.transaction() as connection:
        (due,) = [each for each in await leases.due(connection) if each.kind == "evaluation"]
    return due


@asynccontextmanager
async def rows_withheld(world: World) -> AsyncIterator[None]:
    """Whoever computes comes as far as the rows, and no farther."""
    async with await AsyncConnection.connect(world.system) as connection:
        await connection.execute("LOCK TABLE predictions.payloads IN ACCESS EXCLUSIVE MODE")
        yield


async def is_in_the_middle(world: World) -> bool:
    return bool(
        await world.rows(
            "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'predictions.payloads'::regclass"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
    )


async def is_completed_once(world: World, fact: int, *, since: float) -> None:
    """By whoever sweeps and works now, in time, at the second attempt, and not as a failure."""

    async def is_done() -> bool:
        await world.work()
        return len(await world.facts(Completed, Failed)) == len(await world.facts(Requested))

    await world.until(is_done, "the evaluation is completed", seconds=REPLACED_WITHIN_SECONDS)
    assert time.monotonic() - since < REPLACED_WITHIN_SECONDS
    assert len(await world.facts(Requested)) == len(await world.facts(Completed)) == 1
    found = await world.rows("SELECT state, attempt, failures FROM work.leases WHERE fact = %s", fact)
    assert found == [("done", 2, 0)]


async def test_an_evaluation_whose_process_is_killed_is_begun_again_and_completed_once(world: World) -> None:
    due, child = await an_evaluation_is_due(world), Child()
    async with rows_withheld(world):
        work = asyncio.create_task(evaluate(replace(world.evaluating, child=child), due.fact, due.attempt))
        await world.until(lambda: is_in_the_middle(world), "the child reads rows")
        (process,) = [each for each in multiprocessing.active_children() if each is child._process]
        assert process.pid is not None
        killed_at = time.monotonic()
        os.kill(process.pid, signal.SIGKILL)
        await work

    await is_completed_once(world, due.fact, since=killed_at)


async def test_an_evaluation_whose_worker_is_killed_is_taken_over_when_its_lease_ends(world: World) -> None:
    due = await an_evaluation_is_due(world)
    async with rows_withheld(world):
        with a_worker(world.system, due) as worker:
            await world.until(lambda: is_in_the_middle(world), "the worker's child reads rows")
            assert worker.pid is not None
            killed_at = time.monotonic()
            os.kill(worker.pid, signal.SIGKILL)
            await asyncio.to_thread(worker.join)
        assert await world.rows("SELECT worker, attempt, state FROM work.leases WHERE fact = %s", due.fact) == [
            ("another worker", 1, "due")
        ]

    await is_completed_once(world, due.fact, since=killed_at)


async def test_what_is_cancelled_in_the_middle_is_computed_no_further_and_leaves_no_process(world: World) -> None:
    due, child = await an_evaluation_is_due(world), Child()
    evaluating = replace(world.evaluating, child=child, lease_seconds=SHORT_LEASE_SECONDS)
    async with rows_withheld(world):
        work = asyncio.create_task(evaluate(evaluating, due.fact, due.attempt))
        await world.until(lambda: is_in_the_middle(world), "the child reads rows")
        (asked,) = await world.facts(Requested)
        await world.do(commands.cancel_evaluation, EvaluationId(asked.stream_id))
        await world.react()
        await work
        assert child._process is None

    assert await world.work() == 0
    assert await world.facts(Completed, Failed) == []
    assert await world.rows("SELECT state FROM work.leases WHERE fact = %s", due.fact) == [("given_up",)]


async def test_a_lease_that_is_held_is_nobody_elses(world: World) -> None:
    due = await an_evaluation_is_due(world)
    first = await leases.claim(world.writer, due.fact, due.attempt, worker="first")

    assert first is not None
    assert await leases.claim(world.writer, due.fact, due.attempt, worker="second") is None
    async with world.writer.transaction() as connection:
        assert await leases.due(connection) == []


async def is_given_up(world: World, fact: int) -> None:
    """Recorded as failed once, with the reason, and nothing is left to do."""
    (failed,) = await world.facts(Failed)
    assert isinstance(failed.event, Failed)
    assert (failed.event.attempts, failed.event.reason) == (
        MOST_DEATHS,
        "In 5 attempts its process or its worker died; it may need more memory than there is.",
    )
    assert await world.rows("SELECT state, deaths, failures FROM work.leases WHERE fact = %s", fact) == [
        ("given_up", MOST_DEATHS, 0)
    ]
    await world.settle()
    assert await world.rows("SELECT state FROM evaluations_evaluations") == [("failed",)]


async def next_attempt(world: World) -> leases.DueLease:
    """The next attempt, without the wait before it."""
    await world.rows("UPDATE work.leases SET due_at = clock_timestamp() WHERE state = 'due'")
    async with world.writer.transaction() as connection:
        (due,) = await leases.due(connection)
    return due


async def test_an_evaluation_that_kills_its_process_each_time_is_given_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    due, child = await an_evaluation_is_due(world), Child()
    monkeypatch.setattr(computing, "evaluate", dies)
    for _ in range(MOST_DEATHS):
        assert await world.facts(Failed) == []
        await evaluate(replace(world.evaluating, child=child), due.fact, due.attempt)
        due = await next_attempt(world)

    await evaluate(replace(world.evaluating, child=child), due.fact, due.attempt)

    await is_given_up(world, due.fact)


async def test_an_evaluation_that_kills_its_worker_each_time_is_given_up(world: World) -> None:
    due = await an_evaluation_is_due(world)
    for _ in range(MOST_DEATHS):
        assert await leases.claim(world.writer, due.fact, due.attempt, worker="one that dies") is not None
        await world.rows("UPDATE work.leases SET leased_until = clock_timestamp() - interval '1 second'")
        async with world.writer.transaction() as connection:
            await leases.due(connection)
        due = await next_attempt(world)

    await evaluate(world.evaluating, due.fact, due.attempt)

    await is_given_up(world, due.fact)


@contextmanager
def a_worker(conninfo: str, due: leases.DueLease) -> Iterator[multiprocessing.process.BaseProcess]:
    """A process of its own that evaluates under a short lease."""
    process = multiprocessing.get_context("spawn").Process(target=_work, args=(conninfo, due.fact, due.attempt))
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()


def _work(conninfo: str, fact: int, attempt: int) -> None:
    asyncio.run(_evaluate(conninfo, fact, attempt))


async def _evaluate(conninfo: str, fact: int, attempt: int) -> None:
    writer = Writer(conninfo, connections=2)
    await writer.open()
    with Log(conninfo, connections=1) as log:
        work = Evaluating(
            log=log,
            writer=writer,
            child=Child(),
            conninfo=conninfo,
            worker="another worker",
            now=lambda: datetime.now(UTC),
            lease_seconds=SHORT_LEASE_SECONDS,
        )
        await evaluate(work, fact, attempt)

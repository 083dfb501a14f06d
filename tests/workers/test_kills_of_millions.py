"""A worker, or the process that computes for it, is killed in the middle of ten million rows: one result, once."""

import asyncio
import os
import random
import signal
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import Popen
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from uuid_utils.compat import uuid7

from cdt.database.log import Log
from cdt.database.reading import NOBODY
from cdt.database.writing import Writer
from cdt.domain.evaluations.events import Completed, Failed, Requested
from cdt.domain.evaluations.windows import Window
from cdt.domain.kernel import Actor, Command
from cdt.domain.trust.events import Scored
from cdt.predictions.decoding.ndjson import predictions_of_ndjson
from cdt.predictions.intake import digest_of_body
from cdt.predictions.rejections import Rejections
from cdt.predictions.versions import Version
from cdt.reactions.requesting import request
from cdt.readmodels import evaluations, registry
from cdt.workers import leases
from cdt.workers.attempts import Evaluating
from cdt.workers.child import Child
from cdt.workers.progress import UnderWay, under_way
from cdt.workers.turns import Turns
from tests.predictions.builders import NOW, as_ndjson
from tests.reactions.world import START, World, some_rows

ROWS = 10_000_000
ROWS_A_BATCH = 50_000
EVALUATIONS = 4
KILLS_EACH = 3
"""An evaluation that meets five deaths is given up."""
LATEST = 0.45
"""Of the shortest time that an attempt took so far: the moments of kills are drawn from before."""
LEASE_SECONDS = 2.0
LOOK_SECONDS = 0.1


@pytest.mark.soak
@pytest.mark.timeout(3600)
async def test_kills_in_the_middle_of_ten_million_rows_give_one_result_once(world: World) -> None:
    seed = random.SystemRandom().randrange(2**32)
    chance = random.Random(seed)
    version = await world.watched_version()
    began = time.monotonic()
    await send_many(world, version)
    say(f"seed {seed}; {ROWS:,} rows taken in within {time.monotonic() - began:.0f} s")

    computing, _, _ = await evaluated(world, version, 0, kills=[])
    say(f"undisturbed: computed within {computing:.1f} s")
    deaths = 0
    for number in range(1, EVALUATIONS + 1):
        kills = [
            (chance.uniform(0.05, 0.95) * computing, chance.choice(["worker", "child"])) for _ in range(KILLS_EACH)
        ]
        last, took, killed = await evaluated(world, version, number, kills=kills)
        computing, deaths = min(computing, last), deaths + len(killed)
        say(f"evaluation {number}: {', '.join(killed)}; done {took:.1f} s after it was asked for")
    await world.react()

    assert deaths
    requested, completed = await world.facts(Requested), await world.facts(Completed)
    assert await world.facts(Failed) == []
    assert len(requested) == EVALUATIONS + 1
    assert sorted(str(each.stream_id) for each in completed) == sorted(str(each.stream_id) for each in requested)
    assert len(await world.facts(Scored)) == EVALUATIONS + 1
    found = {(each.event.rows, each.event.rows_digest, each.event.results_digest) for each in completed}  # type: ignore[attr-defined]
    assert len(found) == 1
    ((rows, _, _),) = found
    assert rows >= ROWS


def say(what: str) -> None:
    sys.stderr.write(f"{what}\n")


async def send_many(world: World, version: Version) -> None:
    """The same rows again and again, by other ids: how they are drawn matters to nobody here."""
    template = as_ndjson(*some_rows(ROWS_A_BATCH, START + timedelta(days=4), timedelta(seconds=4), named="batch #"))
    for number in range(ROWS // ROWS_A_BATCH):
        body, rejections = template.replace(b"batch #", b"batch %d" % number), Rejections()
        batch = predictions_of_ndjson(body, version.signature, now=NOW, rejections=rejections)
        receipt = await world.intake.take_predictions(
            version, batch, rejections=rejections, body_digest=digest_of_body(body), key=None
        )
        assert receipt.accepted == ROWS_A_BATCH


async def evaluated(
    world: World, version: Version, number: int, *, kills: list[tuple[float, str]]
) -> tuple[float, float, list[str]]:
    """Ask for all rows to be measured, and kill whoever is at it so many seconds after an attempt began.

    Answers how many seconds the last attempt took, how many all of it, and what was killed when.
    """
    subject = await asked(world, version, number)
    began, killed = time.monotonic(), list[str]()
    attempt_began: float | None = None
    worker, attempt, shares = a_worker(world.system), 0, dict[int, list[float]]()
    try:
        for seconds, whom in [*kills, (float("inf"), "")]:
            attempt_began = None
            while (found := await look(world, subject)) is not None:
                if found.is_running and found.attempt > attempt:
                    attempt, attempt_began = found.attempt, time.monotonic()
                if found.is_running:
                    shares.setdefault(found.attempt, []).append(found.share)
                if attempt_began is not None and time.monotonic() - attempt_began >= seconds:
                    break
                await asyncio.sleep(LOOK_SECONDS)
            else:
                break
            if whom == "worker":
                end(worker)
                worker = a_worker(world.system)
            else:
                for child in children_of(worker):
                    os.kill(child, signal.SIGKILL)
            killed.append(f"{whom} after {seconds:.1f} s at {found.share:.0%}")
    finally:
        end(worker)
    assert all(told == sorted(told) and told[-1] < 1 for told in shares.values())
    assert attempt_began is not None
    return time.monotonic() - attempt_began, time.monotonic() - began, killed


async def asked(world: World, version: Version, number: int) -> UUID:
    """The evaluation of everything, asked for by a schedule whose time is due."""
    await world.settle()
    async with world.reader.at(None, NOBODY) as view:
        (row,) = await registry.versions(view, [version.version_id])
        (plan,) = await evaluations.plans_of_versions(view, [version.version_id])
    due = START + timedelta(days=number)
    position = await request(
        world.reacting, row, plan, [], cause="schedule", window=Window(START, START + timedelta(days=30)),
        zone=ZoneInfo("UTC"), through_sequence=10**6, due=due,
        by=Command(id=uuid7(), actor=Actor("system", "schedule"), at=world.time, tenant=world.tenant),
    )  # fmt: skip
    assert position is not None
    await world.react()
    return (await world.facts(Requested))[-1].stream_id


async def look(world: World, subject: UUID) -> UnderWay | None:
    """How far it is, None once it is over; and what was cut short is due again, as the clock has it."""
    async with world.writer.transaction() as connection:
        await leases.due(connection)
        return (await under_way(connection, [subject])).get(subject)


def a_worker(conninfo: str) -> Popen[bytes]:
    """A process of its own, which takes what is due until it is killed."""
    return Popen([sys.executable, "-m", __name__, conninfo])


def end(worker: Popen[bytes]) -> None:
    worker.kill()
    worker.wait()


def children_of(worker: Popen[bytes]) -> list[int]:
    """The processes that compute for the worker; beside them one keeps count of its resources."""
    found = Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split()
    return [int(each) for each in found if b"spawn_main" in Path(f"/proc/{each}/cmdline").read_bytes()]


async def work(conninfo: str) -> None:
    writer = Writer(conninfo, connections=2)
    await writer.open()
    with Log(conninfo, connections=1) as log:
        evaluating = Evaluating(
            log=log, writer=writer, child=Child(), conninfo=conninfo, worker=f"worker {os.getpid()}",
            now=lambda: datetime.now(UTC), lease_seconds=LEASE_SECONDS,
        )  # fmt: skip
        turns = Turns(evaluating)
        while True:
            await turns.take()
            await asyncio.sleep(LOOK_SECONDS)


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1]))

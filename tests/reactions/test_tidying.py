"""What the clock clears away: receipts that are old, and bodies that nobody goes on writing."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from cdt.predictions.leaving import PredictionBatch
from cdt.predictions.parts import Part
from cdt.predictions.rejections import Rejections
from cdt.predictions.versions import Version
from cdt.reactions import clock as clock_module
from cdt.reactions.clock import Clock
from tests.predictions.builders import a_row, rows_of, send
from tests.reactions.world import World


async def keys(world: World) -> list[str]:
    return [row[0] for row in await world.rows("SELECT key FROM predictions.receipts ORDER BY key")]


async def test_receipts_are_forgotten_after_their_days_few_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock_module, "RECEIPTS_A_TICK", 2)
    version = await world.version(await world.model())
    for name in ("a", "b", "c", "new"):
        await send(world.intake, version, a_row(name), key=name)
    await world.rows(
        "UPDATE predictions.receipts SET recorded_at = %s - interval '30 days 1 second' WHERE key <> 'new'", world.time
    )
    await world.rows(
        "UPDATE predictions.receipts SET recorded_at = %s - interval '29 days' WHERE key = 'new'", world.time
    )
    await Clock(world.reacting).tick()
    assert len(await keys(world)) == 4  # without days they are kept for ever
    clock = Clock(world.reacting, receipt_days=30)
    await clock.tick()
    assert len(await keys(world)) == 2
    await clock.tick()
    assert await keys(world) == ["new"]

    again = await send(world.intake, version, a_row("a"), key="a")
    assert (again.accepted, again.duplicates) == (0, 1)


class Stopped:
    """A body whose second part never comes."""

    def __init__(self, prediction_id: str) -> None:
        self.has_begun = asyncio.Event()
        self._id = prediction_id

    async def parts(self) -> AsyncIterator[Part[PredictionBatch]]:
        yield Part(rows_of(a_row(self._id)), Rejections())
        self.has_begun.set()
        await asyncio.Event().wait()

    async def digest(self) -> str:
        return ""


async def nothing() -> None: ...


async def sent_by_a_process_that_dies(world: World, version: Version, prediction_id: str = "a") -> asyncio.Task[object]:
    body = Stopped(prediction_id)
    sending = asyncio.create_task(world.intake.take_large_predictions(version, body, confirm=nothing))
    await body.has_begun.wait()
    return sending


async def test_a_long_body_is_taken_back_over_many_looks_so_that_all_else_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = await world.version(await world.model())
    sending = [await sent_by_a_process_that_dies(world, version, f"{number}") for number in range(3)]
    await world.rows("UPDATE predictions.unsealed_bodies SET renewed_at = renewed_at - interval '21 s'")
    monkeypatch.setattr(clock_module, "SEGMENTS_A_TICK", 2)
    left: list[int] = []
    for _ in range(3):
        await Clock(world.reacting).take_back()
        ((count,),) = await world.rows("SELECT count(*) FROM predictions.unsealed_bodies")
        left.append(count)
    assert left == [2, 1, 0]
    for each in sending:
        each.cancel()
    await asyncio.wait(sending)


async def test_a_body_that_nobody_renews_is_taken_back_and_one_that_is_renewed_is_not(world: World) -> None:
    version = await world.version(await world.model())
    sending = await sent_by_a_process_that_dies(world, version)
    clock = Clock(world.reacting)
    await clock.tick()
    assert await world.rows("SELECT count(*) FROM predictions.unsealed_segments") == [(1,)]
    await world.rows("UPDATE predictions.unsealed_bodies SET renewed_at = renewed_at - interval '21 s'")
    await clock.tick()
    for table in ("unsealed_bodies", "unsealed_segments", "identities", "payloads"):
        assert await world.rows(f"SELECT count(*) FROM predictions.{table}") == [(0,)]
    sending.cancel()
    await asyncio.wait([sending])
    assert (await send(world.intake, version, a_row("a"))).accepted == 1

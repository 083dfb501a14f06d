"""Calls of served models that a worker takes in, because the process that joined them died."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from cdt.commands import registry
from cdt.domain.registry.events import IntakePolicy
from cdt.predictions.kserve import calls
from cdt.predictions.kserve.calls import Half
from cdt.predictions.kserve.mapping import Mapping
from cdt.workers.calls import Joining, join_calls
from tests.predictions.quarantining import quarantine
from tests.reactions.world import World

REQUEST = b'{"instances": [[40, 1000, "f"], ["old", null, null]]}'
ANSWER = b'{"predictions": ["yes", "no"]}'


@pytest.mark.parametrize(
    ("policy", "stored", "kept"),
    [
        ("keep_marked", 2, [("a-1", "marked")]),
        ("reject_batch", 0, [("a-1", "open"), ("a-0", "open")]),
    ],
)
async def test_what_a_worker_joins_becomes_what_the_model_s_policy_says(
    world: World, policy: IntakePolicy, stored: int, kept: list[tuple[str, str]]
) -> None:
    model_id = await world.model()
    version = await world.version(model_id)
    await world.intake.calls.take(version, Half("a", "request", REQUEST, None), Mapping(), now=world.time)
    number = (await world.numbered(version)).number
    async with world.writer.transaction() as connection:  # as its process had committed when it died
        half = Half("a", "answer", ANSWER, None)
        await calls.add(connection, half, Mapping(), project_id=version.project_id, version_number=number)
    await world.do(registry.change_intake_policy, model_id, policy=policy, reason="we have learned")
    later = datetime.now(UTC) + timedelta(hours=1)
    joining = Joining(writer=world.writer, reader=world.reader, intake=world.intake, now=lambda: later)
    await asyncio.gather(join_calls(joining, 0), join_calls(joining, 0))
    await join_calls(joining, 0)
    assert await world.rows("SELECT predictions FROM predictions.versions") == [(stored,)]
    assert await world.rows("SELECT count(*) FROM predictions.calls") == [(0,)]
    assert [(row.prediction_id, row.state) for row in await quarantine(world.dsn, number)] == kept


async def test_calls_that_can_not_be_taken_in_do_not_stand_before_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = await world.version(await world.model())
    await world.intake.calls.take(version, Half("alone", "request", REQUEST, None), Mapping(), now=world.time)
    number = (await world.numbered(version)).number
    async with world.writer.transaction() as connection:
        for call_id in ("broken", "sound"):
            for side, body in (("request", REQUEST), ("answer", ANSWER)):
                half = Half(call_id, side, body, None)
                await calls.add(connection, half, Mapping(), project_id=version.project_id, version_number=number)
        await connection.execute("UPDATE predictions.calls SET mapping = '{\"decision\": 5}' WHERE call_id = 'broken'")
    monkeypatch.setattr("cdt.workers.calls.CALLS_A_JOB", 1)
    later = datetime.now(UTC) + timedelta(hours=1)

    for hours in range(2):
        now = later + timedelta(hours=hours)
        await join_calls(
            Joining(writer=world.writer, reader=world.reader, intake=world.intake, now=lambda at=now: at), 0
        )

    assert await world.rows("SELECT call_id FROM predictions.calls ORDER BY 1") == [("alone",), ("broken",)]
    assert await world.rows("SELECT predictions FROM predictions.versions") == [(1,)]

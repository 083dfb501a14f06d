"""An evaluation that is computed once more comes to what was recorded, or says where it does not."""

import dataclasses
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace as replace_struct

from cdt.commands import recomputations as commands
from cdt.domain.evaluations.events import (
    Completed,
    RecomputationFailed,
    RecomputationRequested,
    Recomputed,
    Requested,
)
from cdt.domain.evaluations.recomputations import Recomputations, evolve, recomputation_id_of, request
from cdt.domain.kernel import Envelope, EvaluationId
from cdt.predictions import documents
from cdt.predictions.payloads import predictions_as_arrow
from cdt.predictions.reading import each_predictions
from cdt.predictions.segments import find_segments
from cdt.predictions.versions import Version
from cdt.reactions.evaluations import recomputation_requested
from cdt.storage.places import Folder
from cdt.workers import comparing, readings
from cdt.workers.child import Child
from cdt.workers.compact import Compacting, compact
from cdt.workers.recompute import recompute
from tests.builders import an_id
from tests.predictions.builders import send
from tests.reactions.world import START, World, some_rows
from tests.workers.rows_left import IN_POSTGRES
from tests.workers.test_readings import decided, held_against


async def an_evaluation(world: World) -> tuple[Version, Envelope, Completed]:
    """What was asked for, and what came of it."""
    version = await world.watched_version()
    await world.promote(version)
    await world.react()
    await world.work()
    (asked,) = await world.facts(Requested)
    (done,) = await world.facts(Completed)
    assert isinstance(done.event, Completed)
    return version, asked, done.event


async def ask(world: World, asked: Envelope, done: Completed, *, by: int = 1) -> RecomputationRequested:
    event = asked.event
    assert isinstance(event, Requested)
    evaluation_id = EvaluationId(asked.stream_id)
    requested = RecomputationRequested(
        recomputation_id=recomputation_id_of(evaluation_id, an_id(by)), evaluation_id=evaluation_id,
        version_id=event.version_id, model_id=event.model_id, specification=event.specification,
        rows_digest=done.rows_digest, results_digest=done.results_digest,
    )  # fmt: skip
    await world.do(commands.request_recomputation, requested)
    return requested


async def outcomes(world: World) -> list[Recomputed]:
    await world.react()
    await world.work()
    return [each.event for each in await world.facts(Recomputed) if isinstance(each.event, Recomputed)]


async def test_in_another_process_it_is_the_same_to_the_bit(world: World) -> None:
    _, asked, done = await an_evaluation(world)
    world.child.kill()
    world.child = Child()

    await ask(world, asked, done)

    (came,) = await outcomes(world)
    assert (came.outcome, came.differences) == ("identical", 0)
    assert (came.rows_digest, came.results_digest) == (done.rows_digest, done.results_digest)
    assert await world.rows("SELECT state FROM work.leases WHERE kind = 'recomputation'") == [("done",)]


async def test_after_more_rows_and_after_packing_it_is_the_same_to_the_bit(world: World, tmp_path: Path) -> None:
    version, asked, done = await an_evaluation(world)
    await send(world.intake, version, *some_rows(50, START, timedelta(minutes=1), named="more"))
    place = Folder(path=tmp_path)
    number = (await world.numbered(version)).number
    await compact(Compacting(child=world.child, conninfo=world.system, place=place), number)
    assert await world.rows("SELECT count(*) > 0 FROM predictions.objects") == [(True,)]
    await ask(world, asked, done)
    await world.react()
    ((fact,),) = await world.rows("SELECT fact FROM work.leases WHERE kind = 'recomputation'")

    await recompute(replace(world.evaluating, place=place), fact, 1)

    (came,) = await outcomes(world)
    assert came.outcome == "identical"
    assert (came.rows_digest, came.results_digest) == (done.rows_digest, done.results_digest)


async def test_a_changed_row_is_found_by_the_digest(world: World) -> None:
    version, asked, done = await an_evaluation(world)
    number = (await world.numbered(version)).number
    async with world.writer.transaction() as connection:
        first = (await find_segments(connection, number, kind="predictions"))[0]
        ((segment, rows),) = [
            each async for each in each_predictions(connection, IN_POSTGRES, [first], version.signature)
        ]
    age = rows.features["age"]
    assert isinstance(age, np.ndarray)
    forged = dataclasses.replace(rows, features={**rows.features, "age": np.where(np.arange(len(age)) == 7, 44.0, age)})
    await world.rows(
        "UPDATE predictions.payloads SET payload = %s WHERE segment_id = %s RETURNING 1",
        predictions_as_arrow(forged), segment.segment_id,
    )  # fmt: skip

    await ask(world, asked, done)

    (came,) = await outcomes(world)
    assert came.outcome == "different"
    assert came.rows_digest != done.rows_digest


async def test_a_number_that_is_another_than_the_recorded_one_is_named(world: World) -> None:
    version, asked, done = await an_evaluation(world)
    async with world.writer.transaction() as connection:
        recorded = readings.decode(await documents.get(connection, version.project_id, done.results_digest))
        first, *others = recorded.results
        assert first.value is not None
        forged = replace_struct(recorded, results=(replace_struct(first, value=first.value + 0.01), *others))
        digest = await documents.put(connection, version.project_id, readings.encode(forged))

    await ask(world, asked, replace_struct(done, results_digest=digest))

    (came,) = await outcomes(world)
    assert (came.outcome, came.differences, came.results_digest) == ("different", 1, done.results_digest)
    (difference,) = comparing.differences(forged, recorded)
    assert (difference.measure, difference.subject) == (first.measure, first.subject)
    assert difference.now == first


async def test_while_one_is_under_way_no_other_begins(world: World) -> None:
    _, asked, done = await an_evaluation(world)
    first = await ask(world, asked, done)
    known = evolve(Recomputations(), first)
    assert request(known, msgspec.structs.replace(first, recomputation_id=an_id(9))) == []
    assert len(await outcomes(world)) == 1

    await ask(world, asked, done, by=2)
    assert len(await outcomes(world)) == 2


async def test_told_of_it_twice_it_is_one_piece_of_work(world: World) -> None:
    _, asked, done = await an_evaluation(world)
    requested = await ask(world, asked, done)
    (fact,) = await world.facts(RecomputationRequested)
    for _ in range(2):
        await recomputation_requested(world.reacting, requested, fact)
    assert len(await outcomes(world)) == 1


async def test_what_can_not_be_computed_is_given_up_and_says_nothing_of_the_record(world: World) -> None:
    version, asked, done = await an_evaluation(world)
    await ask(world, asked, done)
    await world.react()
    await world.rows("UPDATE predictions.payloads SET payload = '\\x00' RETURNING 1")
    for _ in range(4):
        await world.work()
        await world.rows("UPDATE work.leases SET due_at = clock_timestamp() RETURNING 1")
    await world.settle()

    (failed,) = await world.facts(RecomputationFailed)
    assert isinstance(failed.event, RecomputationFailed)
    assert (failed.event.attempts, await world.facts(Recomputed)) == (4, [])
    assert version.version_id == asked.event.version_id  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("changes", "is_close", "outcome"),
    [
        ({"value": 0.9 * (1 + 1e-13)}, True, "within_tolerance"),
        ({"value": 0.9 * (1 + 1e-11)}, False, "different"),
        ({"value": None}, False, "different"),
        ({"rows": 9_999}, False, "different"),
        ({"verdict": "pass"}, False, "different"),
    ],
)
def test_what_is_close_enough(changes: dict[str, Any], is_close: bool, outcome: str) -> None:
    recorded = held_against(decided(300, right=300), of="rows")["accuracy"]
    now = replace_struct(recorded, **changes)

    (difference,) = comparing.differences(_of(recorded), _of(now))

    assert difference.is_close is is_close
    assert comparing.outcome_of([difference], are_rows_the_same=True) == outcome
    assert comparing.outcome_of([], are_rows_the_same=False) == "different"


def test_a_result_that_is_gone_or_new_differs() -> None:
    result = held_against(decided(300, right=300), of="rows")["accuracy"]
    (gone,) = comparing.differences(_of(result), _of())
    (new,) = comparing.differences(_of(), _of(result))
    assert (gone.now, gone.is_close, new.recorded, new.is_close) == (None, False, None, False)


@pytest.mark.parametrize(
    ("other", "are_apart"),
    [((0.91, 0.93), False), ((0.8, 0.89), True), ((0.96, 0.97), True), ((None, None), False), (None, False)],
)
def test_two_results_are_apart_when_their_intervals_share_nothing(other: Any, are_apart: bool) -> None:
    result = replace_struct(held_against(decided(300, right=300), of="rows")["accuracy"], low=0.9, high=0.95)
    second = None if other is None else replace_struct(result, low=other[0], high=other[1])
    assert comparing.are_apart(result, second) is comparing.are_apart(second, result) is are_apart
    assert comparing.pairs(_of(result), _of(*filter(None, [second]))) == [(result, second)]


def _of(*results: Any) -> readings.JudgedReading:
    return readings.JudgedReading(
        rows=1, labelled=1, baseline_rows=1, results=results, groups={}, distributions={}, definitions={}
    )

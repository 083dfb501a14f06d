"""A version that predicts numbers is measured from end to end, as one that decides among classes is."""

import random
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import pytest
from psycopg import AsyncConnection
from sklearn import metrics
from uuid_utils.compat import uuid7

from cdt.commands import registry
from cdt.database.reading import NOBODY
from cdt.domain.evaluations.events import Completed, Recomputed, Requested
from cdt.domain.evaluations.plan import PlanPolicy
from cdt.domain.evaluations.slices import Condition, Slice
from cdt.domain.kernel import Envelope
from cdt.domain.registry.baselines import Span
from cdt.domain.registry.signature import PredictedNumber
from cdt.measures.fairness.means import error_parity_ratio, standardized_mean_difference
from cdt.measures.outcome_answers import LabelledReference, NumbersReading
from cdt.measures.performance.weakest_arrays import WeakestSegments
from cdt.measures.slice_readings import NOTHING_DECIDED
from cdt.predictions import documents
from cdt.predictions.versions import Version
from cdt.readmodels import registry as readmodels
from cdt.storage.places import Folder
from cdt.workers import readings
from cdt.workers.baseline_labels import labels_of_baseline
from cdt.workers.compact import Compacting, compact
from cdt.workers.counted_slices import slices_of_window
from cdt.workers.readings import JudgedReading, live_reading
from cdt.workers.recompute import recompute
from tests.predictions.builders import SIGNATURE, send, send_labels
from tests.reactions.world import START, World, some_rows
from tests.workers.rows_left import IN_POSTGRES
from tests.workers.test_recompute import ask

COUNT = 400
IN_THREE_DAYS = 360
"""Five an hour; they become the baseline."""
PLAN = PlanPolicy(
    minimum_rows=20,
    minimum_group_size=5,
    outputs=("score", "label"),
    measures=("drift_score", "estimated_mean_absolute_error", "estimated_root_mean_squared_error"),
    slices=(Slice(name="the young", conditions=(Condition(column="age", high=40.0),)),),
)
PRICE = PredictedNumber(minimum=0.0, maximum=10_000.0, unit="kEUR")


def rows_and_labels() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Prices, and what was paid: less surely foretold for one group than for another, and not at all for few."""
    chance = random.Random(3)
    rows = some_rows(COUNT, START, timedelta(minutes=12), named="house")
    labels: list[dict[str, Any]] = []
    for row in rows:
        del row["decision"], row["score"]
        row["prediction"] = round(chance.gauss(300, 60), 2)
        spread = 30 if row["features"]["sex"] == "f" else 20
        if row["features"]["age"] < 30:
            spread = 90
        paid = round(abs(row["prediction"] + chance.gauss(5, spread)), 2)
        labels.append({"prediction_id": row["prediction_id"], "predicted_at": row["predicted_at"], "label": paid})
    return rows, labels


async def a_version(world: World) -> Version:
    model_id, version_id = await world.model(), uuid7()
    signature = msgspec.structs.replace(SIGNATURE, classes=(), positive_class="", number=PRICE)
    await world.do(registry.add_version, model_id, version_id=version_id, tag="1", signature=signature)
    return Version(version_id=version_id, project_id=world.project_id, model_id=model_id, signature=signature)


async def a_watched_version(world: World) -> Version:
    version = await a_version(world)
    rows, labels = rows_and_labels()
    await send(world.intake, version, *rows)
    await send_labels(world.intake, version, *labels)
    await world.set_baseline(version, PLAN)
    await world.promote(version)
    return version


async def recorded(world: World, version: Version) -> tuple[JudgedReading, Envelope, Completed]:
    await world.react()
    await world.work()
    (asked,) = await world.facts(Requested)
    (done,) = await world.facts(Completed)
    assert isinstance(done.event, Completed)
    async with world.writer.transaction() as connection:
        document = await documents.get(connection, version.project_id, done.event.results_digest)
    return readings.decode(document), asked, done.event


def value_by_key(reading: JudgedReading) -> dict[tuple[str, str | None], float | None]:
    return {(each.measure, each.subject): each.value for each in reading.results}


async def test_what_is_predicted_is_held_against_what_came_live_and_on_record(world: World, tmp_path: Path) -> None:
    version = await a_watched_version(world)
    rows, labels = rows_and_labels()
    reading, asked, done = await recorded(world, version)

    truth = np.array([label["label"] for label in labels])
    predicted = np.array([row["prediction"] for row in rows])
    groups = {
        "sex": [row["features"]["sex"] for row in rows],
        "age group": [sum(row["features"]["age"] >= band for band in (30.0, 60.0)) for row in rows],
    }
    value = value_by_key(reading)
    expected = {
        "mean_absolute_error": metrics.mean_absolute_error(truth, predicted),
        "root_mean_squared_error": metrics.root_mean_squared_error(truth, predicted),
        "r_squared": metrics.r2_score(truth, predicted),
        "mean_absolute_percentage_error": metrics.mean_absolute_percentage_error(truth, predicted),
    }
    assert {name: value[name, None] for name in expected} == pytest.approx(expected, abs=1e-9)
    for name, group in groups.items():
        assert value["standardized_mean_difference", name] == pytest.approx(
            standardized_mean_difference(predicted, group).value, abs=1e-3
        )
        assert value["error_parity_ratio", name] == pytest.approx(
            error_parity_ratio(truth, predicted, group).value, abs=1e-3
        )
    before = {each.measure: each.baseline for each in reading.results if each.measure in expected}
    assert before["mean_absolute_error"] == pytest.approx(
        metrics.mean_absolute_error(truth[:IN_THREE_DAYS], predicted[:IN_THREE_DAYS]), abs=1e-6
    )
    assert before["r_squared"] == pytest.approx(
        metrics.r2_score(truth[:IN_THREE_DAYS], predicted[:IN_THREE_DAYS]), abs=1e-4
    )
    assert {subject for measure, subject in value if measure == "kolmogorov_smirnov"} == {
        "age", "income", "(prediction)", "(label)",
    }  # fmt: skip
    assert {"accuracy", "demographic_parity_ratio"}.isdisjoint(measure for measure, _ in value)

    # the window is nearly the baseline, so that what is expected is nearly what came
    for name in ("mean_absolute_error", "root_mean_squared_error"):
        result = next(each for each in reading.results if each.measure == f"estimated_{name}")
        assert result.value == pytest.approx(expected[name], rel=0.1)
        assert result.baseline == before[name]
        assert result.limit == pytest.approx(1.05 * before[name])

    numbers = reading.numbers
    assert isinstance(numbers, NumbersReading)
    assert numbers.error_spreads.current.mean == pytest.approx((truth - predicted).mean(), abs=1e-6)
    assert [group.labelled for group in numbers.groups["sex"]] == [groups["sex"].count(sex) for sex in "fm"]
    (young,) = reading.read_slices
    is_young = np.array([row["features"]["age"] < 40 for row in rows])
    assert (young.rows, young.labelled) == (is_young.sum(), is_young.sum())
    assert {each.measure: each.value for each in young.results}["mean_absolute_error"] == pytest.approx(
        metrics.mean_absolute_error(truth[is_young], predicted[is_young])
    )
    weakest = reading.weakest_segments
    assert isinstance(weakest, WeakestSegments)
    assert weakest.far_off == pytest.approx(np.quantile(np.abs(truth - predicted), 0.9, method="lower"))
    assert weakest.segments[0].conditions[0].column == "age"
    assert weakest.segments[0].low > 0

    async with world.live():
        await world.read(version)
    ((row,),) = await world.rows("SELECT reading FROM predictions.live_readings")
    live = value_by_key(live_reading(row).reading)
    assert {name: live[name, None] for name in expected} == pytest.approx(expected, rel=1e-4)
    for name in groups:
        assert live["error_parity_ratio", name] == value["error_parity_ratio", name]

    score = live_reading(row).score
    parts = {each.kind: {part.name for part in each.parts} for each in score.components}
    assert parts["performance"] == {"mean_absolute_error", "root_mean_squared_error"}
    assert parts["fairness"] == {"sex", "age group"}

    await world.fold(version)
    numbered = await world.numbered(version)
    async with world.reader.at(None, NOBODY) as view:
        (registered,) = await readmodels.versions(view, [version.version_id])
    async with await AsyncConnection.connect(world.system, autocommit=True) as connection:
        counted = await slices_of_window(
            connection, IN_POSTGRES, numbered, registered, PLAN, Span(START, START + timedelta(days=4)), ZoneInfo("UTC")
        )
    (now,) = counted.slices
    assert (now.rows, now.labelled, now.selection.reason) == (young.rows, 0, NOTHING_DECIDED)
    assert {each.measure for each in now.results} >= {"volume", "population_stability_index"}

    place, number = Folder(path=tmp_path), (await world.numbered(version)).number
    await compact(Compacting(child=world.child, conninfo=world.system, place=place), number)
    await ask(world, asked, done)
    await world.react()
    ((fact,),) = await world.rows("SELECT fact FROM work.leases WHERE kind = 'recomputation'")
    await recompute(replace(world.evaluating, place=place), fact, 1)
    (came,) = await world.facts(Recomputed)
    assert isinstance(came.event, Recomputed)
    assert came.event.outcome == "identical"


async def test_what_errors_are_learnt_from_must_be_there(world: World) -> None:
    version = await a_watched_version(world)
    numbered = await world.numbered(version)
    days = (Span(START, START + timedelta(days=3)),)

    async def reference(spans: tuple[Span, ...], counted: int = IN_THREE_DAYS) -> LabelledReference:
        async with await AsyncConnection.connect(world.system, autocommit=True) as connection:
            found = await labels_of_baseline(
                connection, IN_POSTGRES, numbered, spans, counted=counted, through_sequence=2
            )
        return found.reference

    rows, labels = rows_and_labels()
    found = await reference(days)
    assert found.reason is None
    assert sorted(found.label.tolist()) == sorted(label["label"] for label in labels[:IN_THREE_DAYS])
    of_rows = {
        (label["label"], row["prediction"], row["features"]["age"]) for row, label in zip(rows, labels, strict=True)
    }
    assert set(zip(found.label, found.predicted, found.columns["age"], strict=True)) <= of_rows  # type: ignore[arg-type]
    assert (await reference(days, 500)).reason == "of the baseline's 500 rows 360 are still there"
    assert (await reference((Span(START + timedelta(days=9), START + timedelta(days=10)),))).reason == (
        "of the baseline's 360 rows 0 are still there"
    )


async def test_labels_wait_are_corrected_and_are_told_from_one_another_to_the_bit(world: World) -> None:
    version = await a_version(world)
    rows, labels = rows_and_labels()
    one, two = labels[:2]

    early = await send_labels(world.intake, version, one)
    assert (early.waiting, early.accepted) == (1, 1)
    assert (await send_labels(world.intake, version, one)).duplicates == 1
    await send(world.intake, version, *rows[:2])
    await world.fold(version)
    assert (await send_labels(world.intake, version, one, two)).duplicates == 1
    nearly = {**two, "label": float(np.nextafter(two["label"], np.inf)), "reason": "it was mistyped"}
    assert (await send_labels(world.intake, version, nearly)).corrected == 1

    assert await world.rows("SELECT label, number FROM predictions.labelled ORDER BY row_number") == [
        (None, one["label"]),
        (None, nearly["label"]),
    ]
    assert await world.rows(
        "SELECT label_before, label_after, number_before, number_after FROM predictions.label_corrections"
    ) == [(None, None, two["label"], nearly["label"])]


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"prediction": None}, "must be a number"),
        ({"prediction": "dear"}, "must be a number"),
        ({"prediction": -1.0}, "must be at least 0"),
        ({"prediction": 10_001}, "must be at most 10000"),
        ({"decision": "yes"}, "decision"),
        ({"score": 0.5}, "score"),
    ],
)
async def test_a_prediction_that_is_none_is_told_why(world: World, wrong: dict[str, Any], reason: str) -> None:
    version = await a_version(world)
    (row, *_), _ = rows_and_labels()
    receipt = await send(world.intake, version, {**row, **wrong})

    assert receipt.rejected_count == 1
    assert reason in f"{receipt.rejected[0].column} {receipt.rejected[0].reason}"

"""An evaluation answers the plan's measures of each slice that it declares, wherever the rows lie."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import UNSET
from msgspec.structs import replace

from cdt.domain.evaluations import families
from cdt.domain.evaluations.events import Completed, Requested
from cdt.domain.evaluations.results import MeasureResult
from cdt.domain.evaluations.slices import Condition, Slice
from cdt.measures.estimates import Estimate, wilson_interval
from cdt.predictions import documents
from cdt.predictions.versions import Version
from cdt.storage.places import Folder
from cdt.workers import comparing, computing, readings
from cdt.workers.compact import Compacting, compact
from cdt.workers.readings import JudgedReading, SliceReading
from tests.domain.builders import A_DIGEST
from tests.predictions.builders import a_row, send, send_labels
from tests.reactions.world import REFERENCE_ROWS, SMALL, START, World, labels_of, some_rows

ROWS = some_rows(REFERENCE_ROWS, START, timedelta(minutes=12), named="reference")
OTHER = {"yes": "no", "no": "yes"}
SLICES = (
    Slice(name="women", conditions=(Condition(column="sex", values=("f", "never seen")),)),
    Slice(
        name="old rich men",
        conditions=(
            Condition(column="sex", values=("m",)),
            Condition(column="age", low=60),
            Condition(column="income", low=5e4, high=1e5),
        ),
    ),
    Slice(name="nobody", conditions=(Condition(column="sex", values=("x",)),)),
)
BELONGS = {
    "women": lambda features: features["sex"] == "f",
    "old rich men": lambda features: (
        features["sex"] == "m" and features["age"] >= 60 and 5e4 <= features["income"] < 1e5
    ),
    "nobody": lambda features: False,
}
"""The same in plain Python."""


def of_slice(name: str) -> list[dict[str, Any]]:
    return [row for row in ROWS if BELONGS[name](row["features"])]


async def evaluated(world: World, labels: list[dict[str, Any]], *corrections: dict[str, Any]) -> Version:
    version = await world.version(await world.model())
    await send(world.intake, version, *ROWS)
    for batch in (labels, list(corrections)):
        if batch:
            await send_labels(world.intake, version, *batch)
    await world.set_baseline(version, replace(SMALL, slices=SLICES, measures=("balanced_accuracy", "log_loss")))
    await world.promote(version)
    await world.react()
    await world.work()
    return version


async def document_of(world: World, version: Version) -> bytes:
    *_, done = await world.facts(Completed)
    assert isinstance(done.event, Completed)
    async with world.writer.transaction() as connection:
        return await documents.get(connection, version.project_id, done.event.results_digest)


async def computed_once_more(world: World, version: Version, place: Folder | None) -> bytes:
    *_, asked = await world.facts(Requested)
    assert isinstance(asked.event, Requested)
    specification = asked.event.specification
    project_id = version.project_id
    return (await asyncio.to_thread(computing.evaluate, world.system, place, project_id, specification, None)).reading


def result(found: SliceReading | JudgedReading, measure: str) -> MeasureResult:
    (only,) = [each for each in found.results if each.measure == measure]
    return only


def told_of_women() -> list[dict[str, Any]]:
    """Labels in another order than the rows, by which every woman is decided wrongly, and nobody else."""
    women = {row["prediction_id"] for row in of_slice("women")}
    labels = labels_of(ROWS, wrong=0.0)
    return [
        {**each, "label": OTHER[each["label"]]} if each["prediction_id"] in women else each for each in labels[::-1]
    ]


async def test_each_slice_has_its_rows_its_rate_and_its_performance_at_a_confidence_for_all(world: World) -> None:
    version = await evaluated(world, told_of_women())
    reading = readings.decode(await document_of(world, version))

    assert [each.name for each in reading.read_slices] == ["women", "old rich men", "nobody"]
    for found, declared in zip(reading.read_slices, SLICES, strict=True):
        rows = of_slice(found.name)
        assert found.conditions == declared.conditions
        assert (found.rows, found.labelled) == (len(rows), len(rows))
        if rows:
            assert found.selection.value == sum(row["decision"] == "yes" for row in rows) / len(rows)
            assert result(found, "volume").value == len(rows)
        own = [each.measure for each in found.results if each.measure in families.PERFORMANCE | {"volume"}]
        assert own == [
            "volume", "accuracy", "precision", "recall", "balanced_accuracy", "roc_auc", "log_loss",
        ]  # fmt: skip
    women, men, nobody = reading.read_slices
    of_all, of_men = result(reading, "accuracy"), result(men, "accuracy")
    assert (of_men.low, of_men.high) == wilson_interval(1.0, of_men.rows, confidence=1 - (1 - 0.95) / 3)
    assert [reading.definitions[each.definition]["confidence"] for each in (of_all, of_men)] == [0.95, 1 - 0.05 / 3]
    assert [(result(each, "accuracy").value, result(each, "accuracy").verdict) for each in (women, men)] == [
        (0.0, "fail"),
        (1.0, "pass"),
    ]
    assert result(women, "accuracy").baseline == of_all.baseline
    assert result(women, "accuracy").limit == of_all.limit
    assert result(men, "roc_auc").value == 1.0
    assert (nobody.selection.value, result(nobody, "volume").verdict) == (None, "inconclusive")
    assert {result(nobody, each).value for each in ("accuracy", "roc_auc", "log_loss")} == {None}


async def test_labels_count_in_the_slice_of_their_prediction_as_they_hold_now(world: World) -> None:
    first, second, third = of_slice("women")[:3]
    labels = labels_of([second, first], wrong=0.0)
    corrected = {**labels[1], "label": OTHER[labels[1]["label"]]}
    late = a_row(
        third["prediction_id"] + " late", predicted_at=third["predicted_at"], decision="no", score=0.1, sex="m",
        age=30.0, income=1.0,
    )  # fmt: skip
    version = await evaluated(world, labels, corrected)
    await send(world.intake, version, late)

    women, men, _ = readings.decode(await document_of(world, version)).read_slices

    assert (women.labelled, men.labelled) == (2, 0)
    assert (result(women, "accuracy").value, result(women, "accuracy").rows) == (0.5, 2)
    assert "Only 2 rows" in (result(women, "accuracy").reason or "")
    assert result(men, "accuracy").value is None
    assert await computed_once_more(world, version, None) == await document_of(world, version)


async def test_rows_in_objects_have_the_same_slices_to_the_bit(world: World, tmp_path: Path) -> None:
    version = await evaluated(world, told_of_women())
    recorded = await document_of(world, version)
    folder = Folder(path=tmp_path)
    number = (await world.numbered(version)).number

    await compact(Compacting(child=world.child, conninfo=world.system, place=folder), number)

    assert await world.rows("SELECT count(*) > 0 FROM predictions.objects") == [(True,)]
    assert await computed_once_more(world, version, folder) == recorded


async def test_without_labels_a_slice_has_its_rows_and_says_what_is_not_known(world: World) -> None:
    version = await evaluated(world, [])
    reading = readings.decode(await document_of(world, version))

    women = reading.read_slices[0]

    assert (women.rows, women.labelled) == (len(of_slice("women")), 0)
    assert (result(women, "volume").verdict, result(women, "accuracy").verdict) == ("pass", "inconclusive")
    assert reading.weakest_segments is UNSET


async def test_slices_change_nothing_else_of_an_evaluation(world: World) -> None:
    version = await evaluated(world, told_of_women())
    with_slices = readings.decode(await document_of(world, version))
    await world.change_plan(version, slices=UNSET)
    await world.react()
    await world.work()

    without = await document_of(world, version)

    assert b'"slices"' not in without
    of_slices = {each.definition for found in with_slices.read_slices for each in found.results}
    of_all = {each.definition for each in with_slices.results}
    definitions = {name: each for name, each in with_slices.definitions.items() if name not in of_slices - of_all}
    assert readings.decode(without) == replace(with_slices, slices=UNSET, definitions=definitions)


@pytest.mark.parametrize(("value", "is_close"), [(0.5 + 1e-15, True), (0.6, False)])
def test_a_slice_that_differs_is_found_when_it_is_computed_once_more(value: float, is_close: bool) -> None:
    volume = MeasureResult(
        measure="volume", value=0.5, rows=9, has_enough_rows=True, verdict="pass", definition=A_DIGEST
    )  # fmt: skip

    def reading(of_women: MeasureResult) -> JudgedReading:
        only = SliceReading(
            name="women", conditions=SLICES[0].conditions, rows=9, labelled=0, results=(of_women,),
            selection=Estimate.missing("not told"),
        )  # fmt: skip
        return JudgedReading(
            rows=9, labelled=0, baseline_rows=9, results=(volume,), groups={}, distributions={}, slices=(only,),
            definitions={},
        )  # fmt: skip

    (found,) = comparing.differences(reading(volume), reading(replace(volume, value=value)))

    assert (found.measure, found.subject, found.is_close) == ("volume", "women", is_close)

"""An evaluation names where its labelled rows are decided worst, wherever the rows lie."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg import AsyncConnection

from cdt.domain.evaluations.events import Completed, Requested
from cdt.measures import ReadingRules, fit_grid
from cdt.measures.columns import CategoryColumn
from cdt.measures.performance.weakest_arrays import Condition, WeakestSegments
from cdt.predictions import documents
from cdt.predictions.arrow import texts_of
from cdt.predictions.columns import Predictions, join_predictions
from cdt.predictions.objects import NO_OBJECTS
from cdt.predictions.reading import read_labels, read_predictions
from cdt.predictions.segments import find_segments
from cdt.storage.places import Folder
from cdt.workers import computing, readings
from cdt.workers.compact import Compacting, compact
from cdt.workers.labelled import LabelledRows, labelled_rows_of
from cdt.workers.matching import Matching
from tests.predictions.builders import a_label, send, send_labels
from tests.reactions.world import REFERENCE_ROWS, SMALL, START, World, labels_of, some_rows

OTHER = {"yes": "no", "no": "yes"}
ROWS = some_rows(REFERENCE_ROWS, START, timedelta(minutes=12), named="reference")
WOMEN = [row for row in ROWS if row["features"]["sex"] == "f"]


def told_of_women() -> list[dict[str, Any]]:
    """Labels in another order than the rows, by which every woman is decided wrongly, and no man."""
    by_id = {row["prediction_id"]: row for row in ROWS}
    labels = [
        {**each, "label": OTHER[each["label"]]} if by_id[each["prediction_id"]]["features"]["sex"] == "f" else each
        for each in labels_of(ROWS, wrong=0.0)
    ]
    return labels[::-1]


async def recorded(world: World, labels: list[dict[str, Any]], place: Path | None = None) -> WeakestSegments | None:
    """What an evaluation of the rows keeps, computed from objects in a place, if there is one."""
    version = await world.version(await world.model())
    await send(world.intake, version, *ROWS)
    if labels:
        await send_labels(world.intake, version, *labels)
        first = WOMEN[0]
        await send_labels(
            world.intake,
            version,
            a_label(first["prediction_id"], first["decision"], predicted_at=first["predicted_at"]),
        )
    await world.set_baseline(version, SMALL)
    await world.promote(version)
    await world.react()
    await world.work()
    (done,) = await world.facts(Completed)
    assert isinstance(done.event, Completed)
    async with world.writer.transaction() as connection:
        document = await documents.get(connection, version.project_id, done.event.results_digest)
    if place is not None:
        folder = Folder(path=place)
        number = (await world.numbered(version)).number
        await compact(Compacting(child=world.child, conninfo=world.system, place=folder), number)
        assert await world.rows("SELECT count(*) > 0 FROM predictions.objects") == [(True,)]
        (asked,) = await world.facts(Requested)
        assert isinstance(asked.event, Requested)
        specification = asked.event.specification
        computed = await asyncio.to_thread(
            computing.evaluate, world.system, folder, version.project_id, specification, None
        )
        assert computed.reading == document
    found = readings.decode(document).weakest_segments
    return found if isinstance(found, WeakestSegments) else None


async def test_an_evaluation_keeps_its_weakest_segment_with_the_labels_that_hold(world: World) -> None:
    found = await recorded(world, told_of_women())

    assert found is not None
    assert [each.conditions for each in found.segments] == [(Condition(column="sex", label="f"),)]
    (only,) = found.segments
    assert (only.rows, only.errors) == (len(WOMEN), len(WOMEN) - 1)
    assert (only.rest_rows, only.rest_errors) == (REFERENCE_ROWS - len(WOMEN), 0)
    assert (found.rows, found.labelled_rows) == (REFERENCE_ROWS, REFERENCE_ROWS)


async def test_rows_in_objects_have_the_same_weakest_segments_to_the_bit(world: World, tmp_path: Path) -> None:
    assert await recorded(world, told_of_women(), tmp_path) is not None


async def test_without_labels_none_are_looked_for(world: World) -> None:
    assert await recorded(world, []) is None


async def test_rows_that_have_gone_since_they_were_read_are_noticed(world: World) -> None:
    version = await world.version(await world.model())
    await send(world.intake, version, *ROWS)
    await send_labels(world.intake, version, *told_of_women())
    number = (await world.numbered(version)).number
    async with await AsyncConnection.connect(world.system, autocommit=True) as connection:
        segments = await find_segments(connection, number)
        rows = await read_predictions(connection, NO_OBJECTS, segments, version.signature)
        labels = await read_labels(connection, NO_OBJECTS, segments, version.signature)
        grid = fit_grid(rows.features, features=["sex"], classes=version.signature.classes, positive_class="yes")

        async def found_among(seen: Predictions) -> LabelledRows | None:
            return await labelled_rows_of(
                connection,
                NO_OBJECTS,
                segments,
                version.signature,
                grid,
                seen,
                labels,
                ReadingRules(),
                predicted_from=None,
                predicted_to=None,
            )

        assert await found_among(rows) is not None
        assert await found_among(rows.between(1, len(rows))) is None
        assert await found_among(join_predictions([rows, rows.between(0, 1)], version.signature)) is None


def predictions(*rows: tuple[str, int]) -> Predictions:
    return Predictions(
        ids=texts_of([name for name, _ in rows]),
        predicted_at=np.array([at for _, at in rows], dtype=np.int64),
        decision=CategoryColumn(np.zeros(len(rows), dtype=np.int32), ("yes",)),
        score=np.zeros(len(rows)),
        features={},
    )


@pytest.mark.parametrize(
    ("rows", "pairs"),
    [
        ([("a", 2), ("b", 1), ("a", 1)], [(0, 2), (1, 1), (2, 0)]),
        ([("c", 1), ("a", 3), ("b", 2)], []),
        ([("a", 3), ("b", 4)], []),
        ([("c", 1), ("b", 1), ("b", 2), ("a", 2), ("z", 2)], [(1, 1), (3, 2)]),
        ([], []),
    ],
)
def test_a_label_finds_its_prediction_by_id_and_time(rows: list[tuple[str, int]], pairs: list[tuple[int, int]]) -> None:
    matching = Matching(texts_of(["a", "b", "a"]), np.array([1, 1, 2], dtype=np.int64))

    here, there = matching.places(predictions(*rows))

    assert list(zip(here.tolist(), there.tolist(), strict=True)) == pairs


@settings(max_examples=100, deadline=None)
@given(
    labels=st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 5)), unique=True, max_size=15),
    rows=st.lists(st.tuples(st.sampled_from("abcde"), st.integers(-1, 6)), unique=True, max_size=20),
)
def test_whatever_ids_and_times_repeat_each_label_finds_its_own(
    labels: list[tuple[str, int]], rows: list[tuple[str, int]]
) -> None:
    ids, times = [name for name, _ in labels], [at for _, at in labels]
    matching = Matching(texts_of(ids), np.array(times, dtype=np.int64))

    here, there = matching.places(predictions(*rows))

    expected = [(place, labels.index(row)) for place, row in enumerate(rows) if row in labels]
    assert list(zip(here.tolist(), there.tolist(), strict=True)) == expected

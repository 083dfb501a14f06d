"""An evaluation holds the rows of each slice to the baseline's rows of it, and the slice's groups to one another."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import pytest
from msgspec import UNSET
from msgspec.structs import replace

from cdt.domain.alerts.events import Raised
from cdt.domain.evaluations.events import Requested
from cdt.domain.evaluations.results import MeasureResult
from cdt.domain.evaluations.slices import Condition, Slice
from cdt.domain.evaluations.verdicts import corrected_confidence
from cdt.domain.registry.baselines import MovingBaseline, Span, reference_of
from cdt.measures.columns import CategoryColumn
from cdt.measures.grid import Grid
from cdt.measures.profile import Profile
from cdt.measures.readings import ReadingRules
from cdt.measures.samples import PredictionRows, Sample
from cdt.measures.slice_contrasts import slice_contrasts
from cdt.predictions import documents
from cdt.predictions.versions import Version
from cdt.storage.places import Folder
from cdt.workers import computing, readings, specification
from cdt.workers.compact import Compacting, compact
from cdt.workers.readings import JudgedReading, SliceReading
from cdt.workers.slice_baselines import UPLOADED
from tests.predictions.builders import send, send_labels
from tests.reactions.test_alerts import A_DAY, FIRST, a_rule, measure
from tests.reactions.world import REFERENCE_ROWS, SMALL, START, World, labels_of, some_rows
from tests.workers.test_slices import document_of

REFERENCE = some_rows(REFERENCE_ROWS, START, timedelta(minutes=12), named="reference")
MEN = some_rows(60, FIRST, A_DAY / 120, named="men", seed=3, sex="m")
WOMEN = some_rows(60, FIRST, A_DAY / 120, named="women", seed=4, sex="f", age=25.0)
"""As they were, but for women, who are all 25 years old now."""
SLICES = (
    Slice(name="women", conditions=(Condition(column="sex", values=("f",)),)),
    Slice(name="not old", conditions=(Condition(column="age", high=60),)),
    Slice(name="nobody", conditions=(Condition(column="sex", values=("x",)),)),
)
POLICY = replace(
    SMALL,
    slices=SLICES,
    outputs=("decision", "score", "label"),
    measures=("drift_score", "normalized_wasserstein_distance"),
)
DRIFT = (
    "population_stability_index", "jensen_shannon_distance", "kolmogorov_smirnov", "normalized_wasserstein_distance",
    "drift_score",
)  # fmt: skip


async def a_day_later(world: World, policy: Any = POLICY) -> Version:
    """A version with a baseline whose women have changed on the day after it."""
    version = await world.watched_version(policy)
    await send(world.intake, version, *MEN, *WOMEN)
    await send_labels(world.intake, version, *labels_of([*MEN, *WOMEN]))
    return version


async def recorded(world: World, version: Version) -> JudgedReading:
    await measure(world, version, 0)
    return readings.decode(await document_of(world, version))


def found_of(found: SliceReading, measure: str, subject: str | None = None) -> MeasureResult:
    (only,) = [each for each in found.results if (each.measure, each.subject) == (measure, subject)]
    return only


async def grid_of(world: World, version: Version) -> Grid:
    ((digest,),) = await world.rows("SELECT grid_digest FROM registry_versions WHERE id = %s", version.version_id)
    async with world.writer.transaction() as connection:
        return Grid.from_json(await documents.get(connection, version.project_id, digest))


def counted(grid: Grid, rows: list[dict[str, Any]]) -> Profile:
    """The profile of rows, from plain Python."""
    features = [row["features"] for row in rows]
    predictions = PredictionRows(
        columns={
            "age": np.array([each["age"] for each in features]),
            "income": np.array([each["income"] for each in features]),
            "sex": CategoryColumn.from_texts([each["sex"] for each in features]),
        },
        decision=np.array([grid.classes.index(row["decision"]) for row in rows], dtype=np.int32),
        score=np.array([row["score"] for row in rows]),
    )
    return Sample(predictions=predictions).profile(grid)


async def test_a_slice_is_held_to_the_baselines_rows_of_it_and_its_groups_to_one_another(world: World) -> None:
    version = await a_day_later(world)
    terms = {"subject": "population_stability_index@women", "operator": "above", "threshold": 0.15}
    await a_rule(world, version, name="Women have changed", **terms)
    reading = await recorded(world, version)
    women, not_old, nobody = reading.read_slices
    grid = await grid_of(world, version)

    was = [row for row in REFERENCE if row["features"]["sex"] == "f"]
    confidence = corrected_confidence(POLICY.confidence, tests=3 * (3 + 2))
    rules = ReadingRules(
        drift_confidence=confidence, minimum_group_size=5, measures=DRIFT, outputs=("decision", "score"), edition=2
    )
    expected = slice_contrasts(grid, counted(grid, was), counted(grid, WOMEN), rules).drift
    told = [each for each in women.results if each.measure in DRIFT]

    assert (women.baseline_rows, women.rows) == (len(was), 60)
    assert [(each.measure, each.subject, each.value, each.low, each.high, each.rows) for each in told] == [
        (each.measure, each.subject, each.estimate.value, each.estimate.low, each.estimate.high, each.estimate.rows)
        for each in expected
    ]
    assert {each.subject for each in told} == {None, "age", "income", "sex", "(decision)", "(score)"}
    assert found_of(women, "population_stability_index", "age").verdict == "fail"
    assert found_of(women, "population_stability_index", "sex").value == 0.0
    assert found_of(not_old, "population_stability_index", "age").value != 0.0
    assert (nobody.rows, nobody.baseline_rows) == (0, 0)
    assert {each.value for each in nobody.results if each.measure in DRIFT} == {None}
    assert {each.reason for each in nobody.results if each.measure == "population_stability_index"} == {
        "Its baseline holds no prediction; 30 are needed."
    }

    assert {each.subject for each in women.results if "parity" in each.measure} == {"age group"}
    assert {each.subject for each in not_old.results if "parity" in each.measure} == {"sex"}
    shares: list[float] = []
    for rows in (WOMEN, MEN):
        young = [row["decision"] == "yes" for row in rows if row["features"]["age"] < 60]
        shares.append(sum(young) / len(young))
    ratio = found_of(not_old, "demographic_parity_ratio", "sex")
    assert ratio.value == pytest.approx(min(shares) / max(shares), rel=1e-12)
    assert ratio.limit == POLICY.parity_ratio_limit
    assert found_of(not_old, "equal_opportunity_difference", "sex").value is not None
    of_women = found_of(women, "demographic_parity_ratio", "age group")
    assert (of_women.value, of_women.verdict) == (None, "inconclusive")  # all of them are of one

    *_, rung = await world.facts(Raised)
    assert isinstance(rung.event, Raised)
    moved = [each.value for each in told if each.measure == "population_stability_index"]
    assert rung.event.value == max(value for value in moved if value is not None)


async def test_the_baselines_rows_of_slices_are_told_by_what_was_asked_for_and_what_is_left(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = await a_day_later(world)
    now = await recorded(world, version)
    document = await document_of(world, version)
    *_, asked = await world.facts(Requested)
    assert isinstance(asked.event, Requested)
    async with world.writer.transaction() as connection:
        wanted = specification.decode(await documents.get(connection, version.project_id, asked.event.specification))
    span = Span(START, START + timedelta(days=3))
    assert (wanted.slice_edition, wanted.baseline_window) == (2, span)

    async def computed(place: Folder | None = None, **changes: Any) -> bytes:
        encoded = msgspec.json.encode(replace(wanted, **changes), order="deterministic")
        async with world.writer.transaction() as connection:
            digest = await documents.put(connection, version.project_id, encoded)
        project = version.project_id
        return (await asyncio.to_thread(computing.evaluate, world.system, place, project, digest, None)).reading

    # as in former releases: to the byte what comes first of it, and nothing more
    of_then = await computed(slice_edition=UNSET, baseline_window=UNSET)
    assert b"slice_edition" not in msgspec.json.encode(replace(wanted, slice_edition=UNSET))
    assert b"baseline_r" not in of_then.split(b'"slices"')[1]
    for before, after in zip(readings.decode(of_then).read_slices, now.read_slices, strict=True):
        assert after.results[: len(before.results)] == before.results
        assert {each.measure for each in before.results} == {"volume", "accuracy", "precision", "recall", "roc_auc"}

    # uploaded
    for found in readings.decode(await computed(baseline_window=UNSET)).read_slices:
        assert (found.baseline_rows, found.baseline_reason) == (UNSET, UPLOADED)
        assert not {each.measure for each in found.results} & set(DRIFT)
        assert {each.measure for each in found.results} >= {"demographic_parity_ratio"}

    # moving: other days, whose women they are
    trailing, start = MovingBaseline(kind="trailing", days=2), START + timedelta(days=2)
    moving = reference_of(trailing, start, start + A_DAY, ZoneInfo("UTC"))
    women, *_ = readings.decode(await computed(baseline=None, baseline_window=UNSET, moving=moving)).read_slices
    assert women.baseline_rows == len([row for row in REFERENCE[:240] if row["features"]["sex"] == "f"])
    assert found_of(women, "population_stability_index", "age").verdict == "fail"

    # packed, and counted a few at a time
    monkeypatch.setattr("cdt.workers.slice_baselines.ROWS_AT_ONCE", 7)
    monkeypatch.setattr("cdt.measures.slice_counting.ROWS_AT_ONCE", 7)
    assert await computed() == document
    folder = Folder(path=tmp_path)
    number = (await world.numbered(version)).number
    await compact(Compacting(child=world.child, conninfo=world.system, place=folder), number)
    assert await computed(folder) == document

    # gone by retention
    await world.rows("UPDATE predictions.versions SET kept_from = %s", START + timedelta(days=2))
    women, *_ = readings.decode(await computed(folder)).read_slices
    assert women.baseline_reason == f"of the baseline's {REFERENCE_ROWS} rows 60 are still there"
    assert not {each.measure for each in women.results} & set(DRIFT)

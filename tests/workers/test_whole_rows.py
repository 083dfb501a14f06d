"""An evaluation holds whole rows against those of the baseline, which it reads again wherever they lie."""

from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from cdt.domain.registry.baselines import Span
from cdt.measures.whole_rows import SAMPLED_ROWS, WHOLE_ROWS
from cdt.predictions.objects import Objects
from cdt.predictions.versions import Version, find_version
from cdt.storage.places import Folder
from cdt.storage.storage import Storage
from cdt.workers import baseline_rows, readings
from cdt.workers.baseline_rows import BaselineRows, rows_of_baseline
from cdt.workers.compact import Compacting, compact
from cdt.workers.significance import Significance
from tests.predictions.builders import send
from tests.reactions.world import REFERENCE_ROWS, SMALL, START, World, some_rows
from tests.workers.test_slices import computed_once_more, document_of, result

ROWS = some_rows(REFERENCE_ROWS, START, timedelta(minutes=12), named="reference")
POLICY = replace(SMALL, measures=("drift_score", *WHOLE_ROWS), p_value_correction="benjamini_hochberg")
SPAN = Span(START, START + timedelta(days=30))


async def evaluated(world: World) -> Version:
    version = await world.version(await world.model())
    for start in range(0, len(ROWS), 100):
        await send(world.intake, version, *ROWS[start : start + 100])
    await world.set_baseline(version, POLICY)
    await world.promote(version)
    await world.react()
    await world.work()
    return version


async def test_whole_rows_are_measured_and_come_to_the_same_bits_after_compaction(world: World, tmp_path: Path) -> None:
    version = await evaluated(world)
    document = await document_of(world, version)
    reading = readings.decode(document)

    for measure in ("drift_score", *WHOLE_ROWS):
        found = result(reading, measure)
        assert found.value is not None, found.reason
        assert found.definition in reading.definitions
    assert result(reading, "domain_classifier").limit == 0.608
    assert result(reading, "pca_reconstruction_error").reason == "The plan sets no limit for it."
    assert isinstance(reading.significance, Significance)

    assert await computed_once_more(world, version, None) == document
    folder = Folder(path=tmp_path)
    await compact(
        Compacting(child=world.child, conninfo=world.system, place=folder), (await world.numbered(version)).number
    )
    assert await computed_once_more(world, version, folder) == document


async def sampled(world: World, version: Version, *, counted: int = REFERENCE_ROWS) -> BaselineRows:
    async with world.writer.transaction() as connection:
        known = await find_version(connection, version.version_id)
        assert known is not None
        return await rows_of_baseline(
            connection, Objects(Storage(None)), known, [SPAN], counted=counted, through_sequence=10**6, seed=0
        )


async def test_a_sample_of_many_parts_is_the_same_each_time_and_each_row_is_there_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = await evaluated(world)
    everything = (await sampled(world, version)).sample.columns
    assert everything is not None
    incomes = everything["income"].tolist()  # type: ignore[union-attr]
    assert len(incomes) == REFERENCE_ROWS < SAMPLED_ROWS
    monkeypatch.setattr(baseline_rows, "SAMPLED_ROWS", 150)
    monkeypatch.setattr("cdt.predictions.reading.FRESH_ROWS", 100)
    one, other = [(await sampled(world, version)).sample.columns for _ in range(2)]

    assert one is not None
    assert other is not None
    chosen = one["income"].tolist()  # type: ignore[union-attr]
    assert len(chosen) == 150
    assert chosen == other["income"].tolist()  # type: ignore[union-attr]
    places = iter(incomes)
    assert all(income in places for income in chosen)  # in their order, none twice


async def test_a_baseline_whose_rows_have_gone_is_told_and_not_taken_for_what_is_left(world: World) -> None:
    version = await evaluated(world)
    found = await sampled(world, version, counted=10 * REFERENCE_ROWS)

    assert found.sample.columns is None
    assert found.sample.reason == f"of the baseline's {10 * REFERENCE_ROWS:,} rows {REFERENCE_ROWS:,} are still there"
    assert found.segments != []

"""Slices are counted beside the profiles: whenever declared, however folded, they are those of all rows there are."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import psycopg
import pytest
from psycopg import AsyncConnection

from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.domain.evaluations.slices import Condition, Slice
from cdt.domain.registry.baselines import Span
from cdt.measures.grid import Grid
from cdt.predictions import folding, slice_windows
from cdt.predictions.folding import fold
from cdt.predictions.intake import Intake
from cdt.predictions.objects import NO_OBJECTS
from cdt.predictions.reading import read_labels, read_predictions
from cdt.predictions.segment_ids import SegmentIds
from cdt.predictions.segments import find_segments
from cdt.predictions.slice_counter import CountedByHour, Counts, SliceCounter
from cdt.predictions.versions import NumberedVersion, Version
from tests.predictions.builders import HASH_KEY, SIGNATURE, a_label, a_row, send, send_labels
from tests.predictions.test_folding import GRID, a_grid, known

START = datetime(2026, 2, 25, 20, tzinfo=UTC)
END = START + timedelta(days=2, hours=11)
YOUNG = Slice(name="young", conditions=(Condition(column="age", high=40),))
WOMEN = Slice(name="women", conditions=(Condition(column="sex", values=("f",)), Condition(column="age", low=20)))
RICH = Slice(name="rich", conditions=(Condition(column="income", low=50),))
"""Labels don't know the income of their prediction."""
SLICES = (YOUNG, WOMEN, RICH)


def rows_of(count: int, *, named: str = "p") -> list[dict[str, Any]]:
    return [
        a_row(
            f"{named}{number}",
            predicted_at=(START + timedelta(minutes=14 * number)).isoformat(),
            age=number % 90 + 0.5 if number % 11 else None,
            income=float(number % 100),
            sex="fm"[number % 2],
            decision="yes" if number % 3 else "no",
        )
        for number in range(count)
    ]


async def send_some(intake: Intake, version: Version) -> None:
    await send_labels(intake, version, a_label("p3", "yes"), a_label("p4", "no"))  # before their predictions
    rows = rows_of(250)
    for start in range(0, 250, 50):
        await send(intake, version, *rows[start : start + 50])
    await send_labels(intake, version, *(a_label(f"p{number}", "yes") for number in range(10, 150)))
    await send_labels(intake, version, *(a_label(f"p{number}", "no") for number in range(100, 155)))  # corrections


async def fold_all(
    connection: AsyncConnection[Any],
    version: NumberedVersion,
    slices: Sequence[Slice] | None = SLICES,
    grid: Grid = GRID,
) -> None:
    ids = SegmentIds()
    while not (
        await fold(connection, NO_OBJECTS, version, grid, hash_key=HASH_KEY, segment_ids=ids, slices=slices)
    ).is_all:
        pass


async def from_scratch(
    connection: AsyncConnection[Any], version: NumberedVersion, slices: Sequence[Slice] = SLICES, grid: Grid = GRID
) -> Counts:
    segments = await find_segments(connection, version.number)
    predictions = await read_predictions(connection, NO_OBJECTS, segments, version.signature)
    labels = await read_labels(connection, NO_OBJECTS, segments, version.signature)
    return CountedByHour(SliceCounter(grid, slices, SIGNATURE), predictions, labels).all()


async def counted(
    connection: AsyncConnection[Any],
    version: NumberedVersion,
    slices: Sequence[Slice] = SLICES,
    grid: Grid = GRID,
    *spans: Span,
) -> slice_windows.SliceWindow:
    counter = SliceCounter(grid, slices, SIGNATURE)
    return await slice_windows.count(connection, NO_OBJECTS, version, counter, spans or (Span(START, END),))


async def check(connection: AsyncConnection[Any], version: NumberedVersion, **about: Any) -> None:
    found = await counted(connection, version, **about)
    assert found.counts is not None
    assert np.array_equal(found.counts, await from_scratch(connection, version, **about))
    assert found.counts.sum() > 0


async def kept(connection: AsyncConnection[Any]) -> list[Any]:
    cursor = await connection.execute("SELECT count(*), count(slices) FROM predictions.profiles")
    of_days = await connection.execute("SELECT count(*), count(slices) FROM predictions.profile_days")
    return [await cursor.fetchone(), await of_days.fetchone()]


@pytest.mark.parametrize("page", [1, 200])
async def test_slices_are_counted_with_the_fold_and_with_what_came_after_it(
    connection: AsyncConnection[Any], intake: Intake, version: Version, page: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folding, "PAGE_SEGMENTS", page)
    await send_some(intake, version)
    numbered = await known(connection, version)
    await fold_all(connection, numbered)

    await check(connection, numbered)
    assert await kept(connection) == [(59, 59), (3, 3)]
    assert (await counted(connection, numbered)).units == 4 + 2 + 7  # an evening, the days between, a morning
    await send(intake, version, *rows_of(40, named="later "))
    await send_labels(intake, version, a_label("later 7", "no"), a_label("p125", "yes"))
    await check(connection, numbered)
    await fold_all(connection, numbered, None)
    await check(connection, numbered)
    counter = SliceCounter(GRID, SLICES, SIGNATURE)
    assert [counter.tells_labels(each) for each in SLICES] == [True, True, False]
    found = (await counted(connection, numbered)).counts
    assert found is not None
    assert [counter.bins.profile(each).labelled > 0 for each in found] == [True, True, False]


async def test_slices_that_are_declared_later_are_filled_in_and_others_are_counted_anew(
    connection: AsyncConnection[Any], intake: Intake, version: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folding, "PAGE_SEGMENTS", 3)
    await send_some(intake, version)
    numbered = await known(connection, version)
    await fold_all(connection, numbered, ())
    assert await kept(connection) == [(59, 0), (3, 0)]
    assert (await counted(connection, numbered)).counts is None
    await send(intake, version, *rows_of(40, named="later "))

    first = await fold(
        connection, NO_OBJECTS, numbered, GRID, hash_key=HASH_KEY, segment_ids=SegmentIds(), slices=SLICES
    )

    assert not first.is_all
    assert (await counted(connection, numbered)).counts is None  # a part of the rows is nobody's number
    await fold_all(connection, numbered)
    await check(connection, numbered)
    await fold_all(connection, numbered, (RICH, YOUNG))
    assert (await counted(connection, numbered)).counts is None
    await check(connection, numbered, slices=(RICH, YOUNG))
    await fold_all(connection, numbered, ())
    assert await kept(connection) == [(59, 0), (3, 0)]


async def test_another_grid_counts_the_slices_anew(
    connection: AsyncConnection[Any], intake: Intake, version: Version
) -> None:
    await send_some(intake, version)
    numbered = await known(connection, version)
    await fold_all(connection, numbered)
    other = a_grid(scores=1.0)

    await fold_all(connection, numbered, grid=other)

    await check(connection, numbered, grid=other)
    assert (await counted(connection, numbered)).counts is None


@pytest.mark.parametrize("is_filling", [False, True])
async def test_a_fold_whose_connection_is_lost_amid_its_hours_loses_and_doubles_nothing(
    dsn: str,
    connection: AsyncConnection[Any],
    intake: Intake,
    version: Version,
    monkeypatch: pytest.MonkeyPatch,
    is_filling: bool,
) -> None:
    await send_some(intake, version)
    numbered = await known(connection, version)
    if is_filling:
        await fold_all(connection, numbered, ())
    of_an_hour = CountedByHour.of
    hours: list[int] = []

    def die(self: CountedByHour, hour: int) -> Counts:
        hours.append(hour)
        if len(hours) == 20:
            connection.pgconn.finish()
        return of_an_hour(self, hour)

    monkeypatch.setattr(CountedByHour, "of", die)
    with pytest.raises(psycopg.OperationalError):
        await fold_all(connection, numbered)
    monkeypatch.undo()
    async with await AsyncConnection.connect(conninfo_as(dsn, DatabaseRole.SYSTEM), autocommit=True) as again:
        assert (await counted(again, numbered)).counts is None
        await fold_all(again, numbered)
        await check(again, numbered)


async def test_two_workers_that_fill_in_at_once_count_each_row_once(
    dsn: str, connection: AsyncConnection[Any], intake: Intake, version: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folding, "PAGE_SEGMENTS", 2)
    await send_some(intake, version)
    numbered = await known(connection, version)
    await fold_all(connection, numbered, ())
    async with await AsyncConnection.connect(conninfo_as(dsn, DatabaseRole.SYSTEM), autocommit=True) as other:
        await asyncio.gather(fold_all(connection, numbered), fold_all(other, numbered))
        await check(connection, numbered)


async def test_who_asks_while_rows_come_in_and_are_folded_is_told_of_all_of_some_moment(
    dsn: str, connection: AsyncConnection[Any], intake: Intake, version: Version
) -> None:
    await send_some(intake, version)
    numbered = await known(connection, version)
    await fold_all(connection, numbered)
    counter = SliceCounter(GRID, SLICES, SIGNATURE)
    told: list[int] = []
    async with await AsyncConnection.connect(conninfo_as(dsn, DatabaseRole.API), autocommit=True) as reading:
        await reading.execute("SELECT set_config('cdt.projects', %s, false)", ("{" + str(version.project_id) + "}",))

        async def ask() -> None:
            while len(told) < 40:
                counts = (await slice_windows.count(reading, NO_OBJECTS, numbered, counter, [Span(START, END)])).counts
                assert counts is not None
                told.append(counter.bins.profile(counts[0]).rows)

        async def come() -> None:
            for number in range(12):
                await send(intake, version, *rows_of(10, named=f"batch {number} "))
                await fold_all(connection, numbered)

        await asyncio.gather(ask(), come())
    young = sum((row["features"]["age"] or 90) < 40 for row in rows_of(10))
    first = sum((row["features"]["age"] or 90) < 40 for row in rows_of(250))
    assert set(told) <= {first + number * young for number in range(13)}
    assert told == sorted(told)


async def test_a_window_is_any_hours_and_many_of_them(
    connection: AsyncConnection[Any], intake: Intake, version: Version
) -> None:
    await send_some(intake, version)
    numbered = await known(connection, version)
    await fold_all(connection, numbered)
    noon = datetime(2026, 2, 26, 12, tzinfo=UTC)
    parts = [Span(START, noon), Span(noon, noon + timedelta(hours=5)), Span(noon + timedelta(hours=5), END)]

    of_parts = [(await counted(connection, numbered, SLICES, GRID, part)).counts for part in parts]
    together = await counted(connection, numbered, SLICES, GRID, *parts[::2])

    one, two, three = (each for each in of_parts if each is not None)
    assert np.array_equal(one + two + three, await from_scratch(connection, numbered))
    assert together.counts is not None
    assert np.array_equal(together.counts, one + three)
    before = Span(START - timedelta(days=9), START)
    nothing = await counted(connection, numbered, SLICES, GRID, before)
    assert nothing.counts is not None
    assert not nothing.counts.any()

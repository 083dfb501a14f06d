"""Folding: the profiles are those of all rows, whatever was folded when, by whom, and how often."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from psycopg import AsyncConnection

from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.measures.fitting import GroupRule, fit_grid
from cdt.measures.grid import Grid
from cdt.measures.packing import decode
from cdt.measures.profile import Profile, empty
from cdt.predictions import folded as folds
from cdt.predictions import folding, live_loading
from cdt.predictions.counting import add_labels, add_predictions
from cdt.predictions.folding import Folded, fold
from cdt.predictions.intake import Intake
from cdt.predictions.live_windows import LiveWindow
from cdt.predictions.objects import NO_OBJECTS
from cdt.predictions.reading import read_labels, read_predictions
from cdt.predictions.rows import columns_of
from cdt.predictions.segment_ids import SegmentIds
from cdt.predictions.segments import find_segments
from cdt.predictions.versions import NumberedVersion, Version, find_version
from tests.predictions.builders import (
    HASH_KEY,
    SIGNATURE,
    a_label,
    a_row,
    an_intake,
    many_rows,
    rows_of,
    send,
    send_labels,
)

ALWAYS_SECONDS = 10 * 366 * 86_400


def a_grid(scores: float = 0.5) -> Grid:
    reference = columns_of(rows_of(*many_rows(500)), SIGNATURE)
    return fit_grid(
        reference.features,
        features=["age", "income", "sex"],
        classes=SIGNATURE.classes,
        positive_class="yes",
        groups=[
            GroupRule(name="sex", column="sex"),
            GroupRule(name="age group", column="age", bands=(30.0, 60.0 + scores)),
        ],
        score=reference.score,
    )


GRID = a_grid()


async def known(connection: AsyncConnection[Any], version: Version) -> NumberedVersion:
    found = await find_version(connection, version.version_id)
    assert found is not None
    return found


async def fold_all(connection: AsyncConnection[Any], version: NumberedVersion, grid: Grid = GRID) -> int:
    ids = SegmentIds()
    while not (folded := await fold(connection, NO_OBJECTS, version, grid, hash_key=HASH_KEY, segment_ids=ids)).is_all:
        pass
    return folded.sequence


async def from_scratch(connection: AsyncConnection[Any], version: NumberedVersion) -> Profile:
    segments = await find_segments(connection, version.number)
    profile = add_predictions(empty(GRID), await read_predictions(connection, NO_OBJECTS, segments, version.signature))
    return add_labels(profile, await read_labels(connection, NO_OBJECTS, segments, version.signature))


async def everything(connection: AsyncConnection[Any], version: NumberedVersion, grid: Grid = GRID) -> Profile:
    return (await window_of(connection, version, grid, seconds=ALWAYS_SECONDS)).profile()


async def window_of(
    connection: AsyncConnection[Any], version: NumberedVersion, grid: Grid, *, seconds: int
) -> LiveWindow:
    """The newest rows, as live readings have them: from the folded hours, then from the segments after them."""
    window = await live_loading.load(connection, version, grid, window_seconds=seconds)
    while await live_loading.take_in(connection, NO_OBJECTS, version, window):
        pass
    return window


async def folded_through(connection: AsyncConnection[Any], version: NumberedVersion, grid: Grid = GRID) -> int:
    """How far the version is folded onto the grid; 0 for not at all."""
    stored = await folds.stored(connection, version.number, grid.digest)
    return 0 if stored is None else stored.sequence


async def send_all_kinds(intake: Intake, version: Version) -> None:
    await send_labels(intake, version, a_label("p3", "yes"), a_label("p4", "no"))  # before their predictions
    await send(intake, version, *many_rows(9_000))
    await asyncio.gather(*(send(intake, version, a_row(f"single {number}", age=None)) for number in range(50)))
    await send_labels(intake, version, *(a_label(f"p{number}", "yes") for number in range(10, 400)))
    await send_labels(intake, version, *(a_label(f"p{number}", "no") for number in range(300, 500)))


@pytest.mark.parametrize("page", [1, 3, 200])
async def test_folded_in_pages_of_any_size_the_profiles_are_those_of_all_rows(
    connection: AsyncConnection[Any], intake: Intake, version: Version, page: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folding, "PAGE_SEGMENTS", page)
    await send_all_kinds(intake, version)
    numbered = await known(connection, version)
    unfolded = await everything(connection, numbered)
    reached = await fold_all(connection, numbered)
    assert reached == (await find_segments(connection, numbered.number))[-1].sequence
    assert reached == await folded_through(connection, numbered)
    folded = await everything(connection, numbered)
    assert folded == await from_scratch(connection, numbered)
    assert (unfolded.rows, unfolded.labelled) == (9_050, 490)
    assert (folded.rows, folded.labelled) == (9_050, 492)  # two labels met their predictions


async def test_two_workers_that_fold_at_once_count_each_row_once(
    dsn: str, connection: AsyncConnection[Any], intake: Intake, version: Version
) -> None:
    await send_all_kinds(intake, version)
    numbered = await known(connection, version)
    async with await AsyncConnection.connect(conninfo_as(dsn, DatabaseRole.SYSTEM), autocommit=True) as other:
        await asyncio.gather(fold_all(connection, numbered), fold_all(other, numbered))
        assert await everything(connection, numbered) == await from_scratch(connection, numbered)


async def test_a_fold_that_is_killed_leaves_nothing_behind(
    dsn: str,
    connection: AsyncConnection[Any],
    intake: Intake,
    version: Version,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await send_all_kinds(intake, version)
    numbered = await known(connection, version)

    async def die(*_: Any, **__: Any) -> int:
        connection.pgconn.finish()
        raise psycopg.OperationalError

    monkeypatch.setattr(folding, "meet_waiting_labels", die)
    with pytest.raises(psycopg.OperationalError):
        await fold_all(connection, numbered)
    monkeypatch.undo()
    async with await AsyncConnection.connect(conninfo_as(dsn, DatabaseRole.SYSTEM), autocommit=True) as again:
        assert await folded_through(again, numbered) == 0
        await fold_all(again, numbered)
        assert await everything(again, numbered) == await from_scratch(again, numbered)


async def test_another_grid_counts_the_stored_rows_anew(
    connection: AsyncConnection[Any], intake: Intake, version: Version
) -> None:
    await send_all_kinds(intake, version)
    numbered = await known(connection, version)
    await fold_all(connection, numbered)
    other = a_grid(scores=1.0)
    assert await folded_through(connection, numbered, other) == 0
    await fold_all(connection, numbered, other)
    assert (await everything(connection, numbered, other)).rows == 9_050
    assert await folded_through(connection, numbered) == 0


async def test_hours_of_a_former_format_are_counted_anew(
    connection: AsyncConnection[Any], intake: Intake, version: Version
) -> None:
    await send_all_kinds(intake, version)
    numbered = await known(connection, version)
    await fold_all(connection, numbered)
    await connection.execute("UPDATE predictions.folds SET grid = %s", (GRID.digest,))
    await connection.execute("UPDATE predictions.profiles SET payload = %s", (b"CDTP\x01 and so on",))
    assert await folded_through(connection, numbered) == 0
    await fold_all(connection, numbered)
    assert await folded_through(connection, numbered) > 0
    assert await everything(connection, numbered) == await from_scratch(connection, numbered)


async def test_rows_predicted_after_they_were_received_are_counted(
    connection: AsyncConnection[Any], intake: Intake, version: Version
) -> None:
    await send(intake, version, a_row("a"), a_row("b"), a_row("c"))
    await connection.execute("UPDATE predictions.segments SET recorded_at = '2026-03-01T11:59:58Z'")
    numbered = await known(connection, version)
    assert (await everything(connection, numbered)).ahead == 3
    await fold_all(connection, numbered)
    assert (await everything(connection, numbered)).ahead == 3
    await connection.execute("UPDATE predictions.segments SET recorded_at = '2026-03-01T11:59:59Z'")
    assert (await from_scratch(connection, numbered)).ahead == 0


async def test_a_window_ends_with_the_newest_hour_and_counts_what_is_not_folded(
    connection: AsyncConnection[Any], intake: Intake, version: Version
) -> None:
    for hour in range(4):
        await send(intake, version, a_row(f"early {hour}", predicted_at=f"2026-03-01T0{hour}:30:00Z"))
    numbered = await known(connection, version)
    await fold_all(connection, numbered)
    await send(intake, version, a_row("late", predicted_at="2026-03-01T01:45:00Z"))

    window = await window_of(connection, numbered, GRID, seconds=3 * 3_600 - 60)

    assert (window.start, window.end) == (datetime(2026, 3, 1, 1, tzinfo=UTC), datetime(2026, 3, 1, 4, tzinfo=UTC))
    assert (window.profile().rows, window.sequence) == (4, 5)


async def test_an_hour_is_kept_as_a_profile_that_names_its_rows_and_labels(
    connection: AsyncConnection[Any], intake: Intake, version: Version
) -> None:
    await send(intake, version, a_row("a"), a_row("b"))
    await send_labels(intake, version, a_label("a", "yes"))
    numbered = await known(connection, version)
    assert await fold(connection, NO_OBJECTS, numbered, GRID, hash_key=HASH_KEY, segment_ids=SegmentIds()) == Folded(
        2, is_all=True
    )
    rows = await (await connection.execute("SELECT hour, rows, labels, payload FROM predictions.profiles")).fetchall()
    assert [row[:3] for row in rows] == [(datetime(2026, 3, 1, 12, tzinfo=UTC), 2, 1)]
    assert decode(GRID, rows[0][3]) == await from_scratch(connection, numbered)


async def test_a_label_that_waited_meets_a_prediction_that_comes_in_beside_it(
    dsn: str, connection: AsyncConnection[Any], intake: Intake, version: Version
) -> None:
    other = an_intake(dsn)
    await other.open()
    sent: list[Any] = []
    for number in range(300):
        sent += [send(intake, version, a_row(f"p{number}")), send_labels(other, version, a_label(f"p{number}", "no"))]
    await asyncio.gather(*sent)
    await other.close()
    numbered = await known(connection, version)
    await fold_all(connection, numbered)
    read = await everything(connection, numbered)
    assert (read.rows, read.labelled) == (300, 300)
    cursor = await connection.execute("SELECT count(*) FROM predictions.waiting_labels")
    assert await cursor.fetchone() == (0,)

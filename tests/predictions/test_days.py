"""Days that are over are added up, and whatever is read from them is what their hours say."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from psycopg import AsyncConnection

from cdt.measures.packing import decode
from cdt.measures.profile import Profile, empty
from cdt.predictions import days, folding, live_loading
from cdt.predictions.counting import add_predictions
from cdt.predictions.intake import Intake
from cdt.predictions.objects import NO_OBJECTS
from cdt.predictions.reading import read_predictions
from cdt.predictions.segments import find_segments
from cdt.predictions.versions import Version
from tests.predictions.builders import a_label, a_row, send, send_labels
from tests.predictions.test_folding import GRID, everything, fold_all, from_scratch, known, window_of


async def kept_days(connection: AsyncConnection[Any]) -> dict[str, Profile]:
    """What is added up, by day."""
    cursor = await connection.execute(
        "SELECT day::text, payload FROM predictions.profile_days ORDER BY day", binary=True
    )
    return {day: decode(GRID, payload) for day, payload in await cursor.fetchall()}


def a_month(ids: str, *, count: int = 30, hours: tuple[int, ...] = (0, 7, 23)) -> list[dict[str, Any]]:
    """Rows of some hours of each day of February and March."""
    start = datetime(2026, 1, 20, tzinfo=UTC)
    return [
        a_row(f"{ids} {day} {hour}", predicted_at=(start + timedelta(days=day, hours=hour)).isoformat(), age=day + 0.5)
        for day in range(count)
        for hour in hours
    ]


@pytest.mark.parametrize("page", [1, 200])
async def test_the_days_that_are_over_are_added_up(
    connection: AsyncConnection[Any], intake: Intake, version: Version, page: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folding, "PAGE_SEGMENTS", page)
    for day in range(3):
        await send(intake, version, *a_month(f"part {day}", count=day + 4))
    numbered = await known(connection, version)
    await fold_all(connection, numbered)
    kept = await kept_days(connection)
    assert {day: profile.rows for day, profile in kept.items()} == {
        f"2026-01-{day}": rows for day, rows in ((20, 9), (21, 9), (22, 9), (23, 9), (24, 6))
    }
    assert await everything(connection, numbered) == await from_scratch(connection, numbered)


async def test_a_day_that_rows_or_labels_come_for_is_added_up_anew(
    connection: AsyncConnection[Any], intake: Intake, version: Version
) -> None:
    await send(intake, version, *a_month("p"))
    numbered = await known(connection, version)
    await fold_all(connection, numbered)
    before = await kept_days(connection)
    await send(intake, version, a_row("late", predicted_at="2026-01-25T12:30:00Z"))
    await send_labels(intake, version, a_label("p 2 7", "no"))
    await fold_all(connection, numbered)
    after = await kept_days(connection)
    assert {day for day, profile in after.items() if profile != before[day]} == {"2026-01-22", "2026-01-25"}
    assert (after["2026-01-25"].rows, after["2026-01-22"].labelled) == (4, 1)
    assert await everything(connection, numbered) == await from_scratch(connection, numbered)


async def test_a_day_that_is_not_added_up_is_read_from_its_hours(
    connection: AsyncConnection[Any], intake: Intake, version: Version
) -> None:
    await send(intake, version, *a_month("p"))
    numbered = await known(connection, version)
    await fold_all(connection, numbered)
    await connection.execute("DELETE FROM predictions.profile_days WHERE day > '2026-01-28'")
    assert await everything(connection, numbered) == await from_scratch(connection, numbered)


@pytest.mark.parametrize(
    ("start", "end"), [((1, 20, 0), (2, 19, 0)), ((1, 20, 5), (2, 18, 23)), ((1, 22, 6), (1, 22, 9))]
)
async def test_any_window_of_whole_hours_is_read_from_days_and_hours(
    connection: AsyncConnection[Any],
    intake: Intake,
    version: Version,
    start: tuple[int, int, int],
    end: tuple[int, int, int],
) -> None:
    await send(intake, version, *a_month("p"))
    numbered = await known(connection, version)
    await fold_all(connection, numbered)
    window = datetime(2026, *start, tzinfo=UTC), datetime(2026, *end, tzinfo=UTC)
    segments = await find_segments(connection, numbered.number)
    rows = await read_predictions(
        connection, NO_OBJECTS, segments, numbered.signature, predicted_from=window[0], predicted_to=window[1]
    )
    found = await days.profile_of(connection, numbered.number, GRID, start=window[0], end=window[1])
    assert found == add_predictions(empty(GRID), rows)
    assert found.rows == len(rows) > 0


async def test_a_year_is_read_from_a_few_hundred_rows(
    connection: AsyncConnection[Any], intake: Intake, version: Version
) -> None:
    await send(intake, version, *a_month("p", count=40, hours=tuple(range(24))))
    numbered = await known(connection, version)
    await fold_all(connection, numbered)
    since = datetime(2026, 1, 20, 5, tzinfo=UTC)
    stored = await days.stored_since(connection, numbered.number, since=since)
    assert (sum(each.is_day for each in stored), sum(not each.is_day for each in stored)) == (38, 19 + 24)


async def test_a_window_that_holds_days_takes_in_late_rows_and_corrections_and_says_when_it_is_spent(
    connection: AsyncConnection[Any], intake: Intake, version: Version
) -> None:
    await send(intake, version, *a_month("p"))
    await send_labels(intake, version, a_label("p 25 7", "yes"))
    numbered = await known(connection, version)
    await fold_all(connection, numbered)
    window = await window_of(connection, numbered, GRID, seconds=10 * 86_400)
    await send_labels(intake, version, a_label("p 25 7", "no"))
    await send(intake, version, a_row("late", predicted_at="2026-02-14T12:30:00Z"))
    while await live_loading.take_in(connection, NO_OBJECTS, numbered, window):
        pass
    assert window.profile() == (await window_of(connection, numbered, GRID, seconds=10 * 86_400)).profile()
    assert (window.profile().labelled, window.is_spent) == (1, False)
    await send(intake, version, a_row("soon", predicted_at="2026-02-20T12:30:00Z"))
    await live_loading.take_in(connection, NO_OBJECTS, numbered, window)
    assert not window.is_spent
    assert window.profile() == (await window_of(connection, numbered, GRID, seconds=10 * 86_400)).profile()
    await send(intake, version, a_row("later", predicted_at="2026-02-23T12:30:00Z"))
    await live_loading.take_in(connection, NO_OBJECTS, numbered, window)
    assert window.is_spent
    anew = await window_of(connection, numbered, GRID, seconds=10 * 86_400)
    assert (anew.is_spent, anew.profile().rows) == (False, 1 + 5 * 3 + 3)


async def test_of_a_version_that_is_not_folded_the_window_ends_with_its_newest_row_at_once(
    connection: AsyncConnection[Any], intake: Intake, version: Version
) -> None:
    await send(intake, version, a_row("new", predicted_at="2026-03-01T12:00:00Z"))
    await send(intake, version, a_row("old", predicted_at="2026-01-01T12:00:00Z"))
    numbered = await known(connection, version)
    window = await live_loading.load(connection, numbered, GRID, window_seconds=86_400)
    assert (window.end, window.sequence) == (datetime(2026, 3, 1, 13, tzinfo=UTC), 0)
    await connection.execute("DELETE FROM predictions.payloads WHERE segment_id IN (SELECT segment_id FROM"
                             " predictions.segments WHERE sequence = 2)")  # fmt: skip
    assert not await live_loading.take_in(connection, NO_OBJECTS, numbered, window)
    assert (window.profile().rows, window.sequence) == (1, 2)

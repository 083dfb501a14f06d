"""Looking through rows: the newest first, those that are sought, each once over all pages, fresh or packed."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import AsyncConnection

from cdt.predictions.browsing import Browsing, Found, Place
from cdt.predictions.intake import Intake
from cdt.predictions.objects import Objects
from cdt.predictions.packing import pack
from cdt.predictions.sought import Condition, Sought
from cdt.predictions.versions import Version, find_version
from cdt.storage.places import Folder
from cdt.storage.storage import Storage
from tests.predictions.builders import HASH_KEY, a_label, a_row, an_intake, many_rows, send, send_labels

START = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def objects(tmp_path: Path) -> Objects:
    return Objects(Storage(Folder(path=tmp_path / "objects")))


@pytest.fixture
async def intake(dsn: str, objects: Objects) -> AsyncIterator[Intake]:
    taking_in = an_intake(dsn, objects=objects)
    await taking_in.open()
    yield taking_in
    await taking_in.close()


class Looking:
    """Looks through a version's rows."""

    def __init__(self, connection: AsyncConnection[Any], objects: Objects, version: Version) -> None:
        self._connection = connection
        self._objects = objects
        self._version = version

    @asynccontextmanager
    async def _connect(self) -> AsyncGenerator[AsyncConnection[Any]]:
        yield self._connection

    async def page(
        self,
        sought: Sought,
        before: Place | None = None,
        *,
        most: int = 50,
        through: int | None = None,
        most_looked_at: int = 200_000,
    ) -> Found:
        browsing = Browsing(self._objects, hash_key=HASH_KEY, most_looked_at=most_looked_at)
        return await browsing.find(
            self._connect, self._version.version_id, sought, before=before, through=through, most=most
        )

    async def ids(self, sought: Sought, **given: Any) -> list[str]:
        """Of all pages."""
        ids: list[str] = []
        before: Place | None = None
        while True:
            found = await self.page(sought, before, **given)
            ids += [each.prediction_id for each in found.rows]
            if found.end is None:
                return ids
            assert before is None or found.end < before
            before = found.end

    async def pack(self) -> None:
        numbered = await find_version(self._connection, self._version.version_id)
        assert numbered is not None
        await pack(self._connection, self._objects, numbered)


@pytest.fixture
def looking(connection: AsyncConnection[Any], objects: Objects, version: Version) -> Looking:
    return Looking(connection, objects, version)


async def test_the_newest_rows_come_first_and_each_once_over_all_pages(
    intake: Intake, version: Version, looking: Looking
) -> None:
    await send(intake, version, *many_rows(40))
    await send(intake, version, a_row("one"))
    await send(intake, version, a_row("two"))
    newest_first = ["two", "one", *(f"p{number}" for number in reversed(range(40)))]
    for most in (1, 7, 42, 50):
        assert await looking.ids(Sought(), most=most) == newest_first
    await looking.pack()
    await send(intake, version, a_row("three"))
    assert await looking.ids(Sought(), most=7) == ["three", *newest_first]


async def test_a_row_says_what_was_sent_and_its_present_label(
    intake: Intake, version: Version, looking: Looking
) -> None:
    await send(
        intake, version, a_row("a", age=None, income=1.5, sex="f"), a_row("b", decision="no", score=None, sex=None)
    )
    await send_labels(intake, version, a_label("a", "no"))
    b, a = (await looking.page(Sought())).rows
    assert (a.prediction_id, a.decision, a.score, a.values, a.label) == ("a", "yes", 0.75, (None, 1.5, "f"), "no")
    assert (b.prediction_id, b.decision, b.score, b.values, b.label) == ("b", "no", None, (40.0, None, None), None)
    assert a.predicted_at == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert a.received_at == b.received_at


async def test_what_is_rare_is_sought_a_part_at_a_time(intake: Intake, version: Version, looking: Looking) -> None:
    await send(intake, version, a_row("rare", sex="x"))
    for number in range(6):
        await send(intake, version, *[a_row(f"{number} {row}") for row in range(10)])
    rare = Sought(conditions=(Condition(column="sex", one_of=frozenset({"x"})),))
    first = await looking.page(rare, most_looked_at=20)
    assert (first.rows, first.looked_at >= 20, first.end is None) == ([], True, False)
    assert await looking.ids(rare, most_looked_at=20) == ["rare"]


async def test_an_id_is_found_on_each_of_its_days_without_looking_through_the_rest(
    intake: Intake, version: Version, looking: Looking
) -> None:
    await send(intake, version, a_row("a", predicted_at="2024-02-29T01:00:00Z"))
    await send(intake, version, *many_rows(300))
    await send(intake, version, a_row("a", predicted_at="2026-03-02T01:00:00Z"), a_row("b"))
    found = await looking.page(Sought(prediction_id="a"))
    assert [each.predicted_at.year for each in found.rows] == [2026, 2024]
    assert (found.looked_at, found.end) == (3, None)
    assert (await looking.page(Sought(prediction_id="nobody"))).rows == []


async def test_what_came_later_is_not_seen_from_before(intake: Intake, version: Version, looking: Looking) -> None:
    receipt = await send(intake, version, a_row("a"))
    await send(intake, version, a_row("b"))
    assert await looking.ids(Sought(), through=receipt.sequence) == ["a"]


async def test_a_version_without_rows_has_none(looking: Looking) -> None:
    assert await looking.page(Sought(prediction_id="a")) == Found([], None, 0)


ROWS = many_rows(60) + [
    a_row(
        f"q{number}", decision="no", score=None if number % 2 else number / 20, age=None, sex="m", income=float(number)
    )
    for number in range(20)
]


async def test_a_filter_finds_what_a_plain_loop_over_the_rows_finds(
    intake: Intake, version: Version, looking: Looking
) -> None:
    await send(intake, version, *ROWS[:50])
    await looking.pack()
    await send(intake, version, *ROWS[50:])

    bounds = st.none() | st.sampled_from([0.0, 0.3, 0.75, 10.0, 40.5, 100.0])
    windows = st.none() | st.integers(0, 60).map(lambda seconds: START + timedelta(seconds=seconds))
    numbers = st.builds(
        Condition,
        column=st.sampled_from(["age", "income"]),
        is_missing=st.none() | st.booleans(),
        at_least=bounds,
        at_most=bounds,
    )
    categories = st.builds(
        Condition,
        column=st.just("sex"),
        is_missing=st.none() | st.booleans(),
        one_of=st.none() | st.frozensets(st.sampled_from(["f", "m", "x"])),
    )
    wanted = st.builds(
        Sought,
        predicted_from=windows,
        predicted_to=windows,
        decision=st.none() | st.sampled_from(["yes", "no"]),
        score_at_least=bounds,
        score_at_most=bounds,
        conditions=st.lists(numbers | categories, max_size=2).map(tuple),
    )

    cases: list[Sought] = []

    @given(wanted)
    @settings(max_examples=60, database=None, suppress_health_check=list(HealthCheck))
    def collect(sought: Sought) -> None:
        cases.append(sought)

    collect()
    for sought in cases:
        expected = [row["prediction_id"] for row in reversed(ROWS) if _is_sought(row, sought)]
        assert await looking.ids(sought, most=9) == expected


def _is_sought(row: dict[str, Any], sought: Sought) -> bool:
    at = datetime.fromisoformat(row["predicted_at"])
    return (
        (sought.predicted_from is None or at >= sought.predicted_from)
        and (sought.predicted_to is None or at < sought.predicted_to)
        and (sought.decision is None or row["decision"] == sought.decision)
        and _is_within(row["score"], sought.score_at_least, sought.score_at_most)
        and all(_has(row["features"][each.column], each) for each in sought.conditions)
    )


def _has(value: Any, condition: Condition) -> bool:
    return (
        (condition.is_missing is None or (value is None) == condition.is_missing)
        and (condition.one_of is None or value in condition.one_of)
        and _is_within(value, condition.at_least, condition.at_most)
    )


def _is_within(value: float | None, low: float | None, high: float | None) -> bool:
    if low is None and high is None:
        return True
    return value is not None and (low is None or value >= low) and (high is None or value <= high)

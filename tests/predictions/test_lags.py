"""How late rows and labels come, told by the segments of a version in use."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cdt.predictions.lags import Lags, _Came, lags_of

START = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def came(day: float, *, late: timedelta, rows: int = 100, spread: timedelta = MINUTE, **values: Any) -> _Came:
    """A segment; its oldest row is so late, the newest by `spread` less."""
    recorded_at = START + day * DAY
    told = {"kind": "predictions", **values}
    return _Came(
        rows=rows, predicted_from=recorded_at - late, predicted_to=recorded_at - late + spread,
        recorded_at=recorded_at, **told,
    )  # fmt: skip


def newest_first(*segments: _Came) -> list[_Came]:
    return sorted(segments, key=lambda each: each.recorded_at, reverse=True)


TEN_DAYS = [came(day, late=HOUR) for day in range(10)]


def test_rows_are_as_late_as_the_oldest_of_their_segment_and_labels_as_the_middle_of_theirs() -> None:
    labels = [came(9.5, late=9 * DAY, spread=4 * DAY, kind="labels", rows=rows) for rows in (50, 200)]
    found = lags_of(newest_first(*TEN_DAYS, *labels))
    assert found == Lags(rows_seconds=3_600.0, labelled=0.25, labels_seconds=7 * 86_400.0)


@pytest.mark.parametrize(("rows", "seconds"), [(10, 3_600.0), (11, 86_400.0)])
def test_ninety_nine_of_a_hundred_rows_decide(rows: int, seconds: float) -> None:
    found = lags_of(newest_first(*TEN_DAYS, came(5, late=DAY, rows=rows)))
    assert found is not None
    assert found.rows_seconds == seconds


def test_the_history_of_a_baseline_says_nothing_of_what_comes_in() -> None:
    history = [came(0, late=400 * DAY, rows=10_000, kind=kind) for kind in ("predictions", "labels")]
    assert lags_of(newest_first(*TEN_DAYS, *history)) == Lags(rows_seconds=3_600.0, labelled=0.0, labels_seconds=None)


def test_a_clock_that_is_ahead_makes_nothing_late() -> None:
    found = lags_of(newest_first(*(came(day, late=-HOUR) for day in range(10))))
    assert found == Lags(rows_seconds=0.0, labelled=0.0, labels_seconds=None)


@pytest.mark.parametrize(
    "segments",
    [
        [],
        [came(9, late=10 * DAY, kind="labels", rows=10_000)],
        TEN_DAYS[:9],  # too few rows
        [came(day / 10, late=HOUR) for day in range(60)],  # of too few days
        [came(day, late=400 * DAY) for day in range(10)],  # history that was sent afterwards
    ],
)
def test_nothing_is_told_by_few_rows_few_days_or_history(segments: list[_Came]) -> None:
    assert lags_of(newest_first(*segments)) is None

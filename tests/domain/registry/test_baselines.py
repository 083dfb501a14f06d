"""Which rows a baseline that moves holds: compared with a plain model that looks at each row by its clock."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdt.domain.errors import Invalid
from cdt.domain.registry.baselines import MOST_DAYS, MovingBaseline, check, reference_of

ZONES = (
    "UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/Sao_Paulo",
    "Asia/Kathmandu",
)  # fmt: skip
SPRING = datetime(2026, 3, 29, tzinfo=UTC)
"""In Berlin this Sunday has 23 hours."""


def is_held(moment: datetime, moving: MovingBaseline, start: datetime, end: datetime, zone: ZoneInfo) -> bool:
    """Whether a row of a moment is held, told row by row: the model."""
    wall = start.astimezone(zone).replace(tzinfo=None) - timedelta(days=moving.days)
    if not wall.replace(tzinfo=zone).astimezone(UTC) <= moment < start:
        return False
    if moving.kind == "trailing":
        return True
    touched = {(start + timedelta(minutes=15 * step)).astimezone(zone).weekday() for step in range(7 * 96)
               if start + timedelta(minutes=15 * step) < end}  # fmt: skip
    return moment.astimezone(zone).weekday() in touched


moments = st.integers(-40 * 96, 0).map(lambda quarter: timedelta(minutes=15 * quarter))


@given(
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    day=st.dates(date(2010, 1, 1), date(2030, 12, 31)),
    begin=st.integers(0, 95),
    quarters=st.integers(1, 9 * 96),
    moving=st.builds(MovingBaseline, kind=st.sampled_from(["trailing", "seasonal"]), days=st.integers(7, 39)),
    rows=st.lists(moments, max_size=60),
)
def test_a_row_is_held_as_its_clock_says(
    zone: ZoneInfo, day: date, begin: int, quarters: int, moving: MovingBaseline, rows: list[timedelta]
) -> None:
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=15 * begin)
    end = start + timedelta(minutes=15 * quarters)
    found = reference_of(moving, start, end, zone)
    for row in rows:
        moment = start + row
        held = any(span.start <= moment < span.end for span in found.spans)
        assert held == is_held(moment, moving, start, end, zone), moment
    assert all(before.end < after.start for before, after in zip(found.spans, found.spans[1:], strict=False))
    assert all(found.predicted_from <= span.start < span.end <= found.predicted_to for span in found.spans)


def test_a_trailing_baseline_goes_back_by_the_clock_over_a_day_of_23_hours() -> None:
    monday = datetime(2026, 3, 29, 22, tzinfo=UTC)
    found = reference_of(
        MovingBaseline(kind="trailing", days=1), monday, monday + timedelta(days=1), ZoneInfo("Europe/Berlin")
    )
    assert [(span.start, span.end) for span in found.spans] == [(SPRING - timedelta(hours=1), monday)]


def test_a_window_of_a_week_is_held_against_every_day() -> None:
    found = reference_of(
        MovingBaseline(kind="seasonal", days=28), SPRING, SPRING + timedelta(days=6, hours=1), ZoneInfo("UTC")
    )
    assert found.weekdays == (0, 1, 2, 3, 4, 5, 6)
    assert [(span.start, span.end) for span in found.spans] == [(SPRING - timedelta(days=28), SPRING)]


def test_days_beside_one_another_are_one_span() -> None:
    saturday = datetime(2026, 3, 7, tzinfo=UTC)
    found = reference_of(
        MovingBaseline(kind="seasonal", days=8), saturday, saturday + timedelta(days=2), ZoneInfo("UTC")
    )
    assert found.weekdays == (5, 6)
    assert [(span.start.day, span.end.day) for span in found.spans] == [(28, 2)]


@pytest.mark.parametrize(
    ("kind", "days", "problem"),
    [
        ("trailing", 0, f"from 1 to {MOST_DAYS}"),
        ("trailing", -1, f"from 1 to {MOST_DAYS}"),
        ("seasonal", MOST_DAYS + 1, f"from 1 to {MOST_DAYS}"),
        ("seasonal", 6, "the same weekday comes once in 7 days; give at least as many"),
    ],
)
def test_what_holds_no_day_is_refused(kind: str, days: int, problem: str) -> None:
    with pytest.raises(Invalid) as raised:
        check(MovingBaseline(kind=kind, days=days))  # type: ignore[arg-type]
    assert str(raised.value) == f"days: {problem}"

"""Cron expressions: what is read, and when it is due in a zone whose clocks change."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from cdt.commands import schedules
from cdt.domain.errors import Invalid

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize("schedule", ["0 6 * * 1", "*/5 * * * *", "0 0 29 2 *", "0 12 L * *", "30 8 * * MON-FRI"])
def test_five_fields_are_a_schedule(schedule: str) -> None:
    schedules.check(schedule)


@pytest.mark.parametrize(
    "schedule",
    ["", "@daily", "0 6 * *", "0 0 6 * * 1", "61 * * * *", "0 0 30 2 *", "; drop", "a b c d e"],
)
def test_anything_else_is_refused(schedule: str) -> None:
    with pytest.raises(Invalid) as refused:
        schedules.check(schedule)
    assert refused.value.field == "schedule"


@pytest.mark.parametrize(
    ("after", "due"),
    [
        ("2026-03-28T12:00:00+01:00", "2026-03-29T03:00:00+02:00"),  # the clocks skip from two to three
        ("2026-10-24T12:00:00+02:00", "2026-10-25T02:30:00+02:00"),  # they show half past two twice
        ("2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"),
    ],
)
def test_an_hour_that_clocks_skip_or_repeat_is_due_once(after: str, due: str) -> None:
    assert schedules.next_after("30 2 * * *", datetime.fromisoformat(after), BERLIN) == datetime.fromisoformat(due)


def test_the_last_time_that_was_due_is_that_of_now_at_the_latest() -> None:
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    assert schedules.last_until("0 * * * *", noon, ZoneInfo("UTC")) == noon
    assert schedules.last_until("0 6 * * 1", noon, BERLIN) == datetime(2026, 3, 2, 5, tzinfo=UTC)

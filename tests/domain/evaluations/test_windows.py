"""Windows of predicted time."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdt.domain.evaluations.plan import PlanPolicy
from cdt.domain.evaluations.windows import Window, is_closed, last_end, trailing_window, window_of

BERLIN = ZoneInfo("Europe/Berlin")
A_DAY = PlanPolicy(window_seconds=86_400, lateness_seconds=3_600)
AN_HOUR = PlanPolicy(window_seconds=3_600, lateness_seconds=0)
ZONES = ["UTC", "Europe/Berlin", "America/Sao_Paulo", "Asia/Kolkata", "Pacific/Apia", "Asia/Beirut"]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_day_begins_at_the_zones_midnight() -> None:
    assert window_of(utc("2026-01-15T12:00"), A_DAY, BERLIN) == Window(utc("2026-01-14T23:00"), utc("2026-01-15T23:00"))


def test_the_end_belongs_to_the_next_window() -> None:
    window = window_of(utc("2026-01-15T12:00"), A_DAY, BERLIN)

    assert window_of(window.start, A_DAY, BERLIN) == window
    assert window_of(window.end, A_DAY, BERLIN).start == window.end


@pytest.mark.parametrize(("noon", "hours"), [("2026-03-29T12:00", 23), ("2026-10-25T12:00", 25)])
def test_the_day_of_a_change_of_clocks_stays_one_day(noon: str, hours: int) -> None:
    window = window_of(utc(noon), A_DAY, BERLIN)

    assert window.end - window.start == timedelta(hours=hours)


def test_hours_are_cut_from_utc_where_each_comes_once() -> None:
    ambiguous = utc("2026-10-25T01:30")  # 02:30 in Berlin for the second time

    assert window_of(ambiguous, AN_HOUR, BERLIN) == Window(utc("2026-10-25T01:00"), utc("2026-10-25T02:00"))


def test_a_window_is_open_until_its_lateness_has_passed() -> None:
    window = window_of(utc("2026-01-15T12:00"), A_DAY, BERLIN)

    assert not is_closed(window, A_DAY, high_water=window.end + timedelta(minutes=59))
    assert is_closed(window, A_DAY, high_water=window.end + timedelta(minutes=60))


@pytest.mark.parametrize("newest", ["2026-01-15T12:00", "2026-01-15T12:20", "2026-01-15T12:59:59.999999"])
def test_the_window_of_now_ends_with_the_hour_of_the_newest_prediction(newest: str) -> None:
    here = utc(newest).astimezone(ZoneInfo("Asia/Kolkata"))

    assert trailing_window(A_DAY, high_water=here) == Window(utc("2026-01-14T13:00"), utc("2026-01-15T13:00"))


def test_the_window_of_now_is_rounded_up_to_whole_hours() -> None:
    window = trailing_window(PlanPolicy(window_seconds=5_000), high_water=utc("2026-01-15T12:20"))

    assert window == Window(utc("2026-01-15T11:00"), utc("2026-01-15T13:00"))


@pytest.mark.parametrize(("policy", "end"), [(AN_HOUR, "2026-01-15T13:00"), (A_DAY, "2026-01-15T23:00")])
def test_what_is_asked_for_ends_at_the_latest_with_the_newest_predictions_hour_or_window(
    policy: PlanPolicy, end: str
) -> None:
    assert last_end(policy, BERLIN, high_water=utc("2026-01-15T12:20")) == utc(end)


@given(
    st.integers(0, 50 * 365 * 86_400).map(lambda seconds: utc("1990-01-01") + timedelta(seconds=seconds)),
    st.sampled_from([60, 3_600, 86_400, 7 * 86_400, 30 * 86_400, 100_000]),
    st.sampled_from(ZONES),
)
def test_every_moment_lies_in_exactly_one_window(moment: datetime, seconds: int, zone: str) -> None:
    policy = PlanPolicy(window_seconds=seconds)

    window = window_of(moment, policy, ZoneInfo(zone))

    assert window.start <= moment < window.end
    assert window_of(window.start, policy, ZoneInfo(zone)) == window
    assert window_of(window.end, policy, ZoneInfo(zone)).start == window.end
    assert window_of(window.end - timedelta(microseconds=1), policy, ZoneInfo(zone)) == window

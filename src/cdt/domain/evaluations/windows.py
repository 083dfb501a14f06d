"""The windows of a plan: half-open in `predicted_at`, one after the other, without gaps."""

import math
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from cdt.domain.evaluations.plan import DAY_SECONDS, PlanPolicy

HOUR_SECONDS = 3_600
_FIRST_MIDNIGHT = datetime(1970, 1, 1)  # noqa: DTZ001  a wall clock's midnight, in whichever zone


class Window(msgspec.Struct, frozen=True, order=True):
    """From `start` (in it) to `end` (no longer in it), in UTC."""

    start: datetime
    end: datetime


def window_of(predicted_at: datetime, policy: PlanPolicy, zone: ZoneInfo) -> Window:
    """The window that a moment lies in.

    Windows of whole days begin at midnights of the zone, so that a day of 23 or 25 hours stays one day; shorter or
    uneven ones are cut from UTC, where every hour comes once.

    >>> day = PlanPolicy(window_seconds=86_400)
    >>> window_of(datetime(2026, 3, 29, 12, tzinfo=UTC), day, ZoneInfo("Europe/Berlin")).start.isoformat()
    '2026-03-28T23:00:00+00:00'
    """
    cut_by = zone if policy.window_seconds % DAY_SECONDS == 0 else UTC
    length = timedelta(seconds=policy.window_seconds)
    wall_clock = predicted_at.astimezone(cut_by).replace(tzinfo=None)
    start = _FIRST_MIDNIGHT + (wall_clock - _FIRST_MIDNIGHT) // length * length
    return Window(
        start.replace(tzinfo=cut_by).astimezone(UTC),
        (start + length).replace(tzinfo=cut_by).astimezone(UTC),
    )


def is_closed(window: Window, policy: PlanPolicy, *, high_water: datetime) -> bool:
    """Whether the newest `predicted_at` of the version has passed the window's end and its lateness."""
    return high_water >= window.end + timedelta(seconds=policy.lateness_seconds)


def trailing_window(policy: PlanPolicy, *, high_water: datetime) -> Window:
    """The window of whatever is measured of now: whole hours that fill the plan's length, up to and with the newest.

    Live readings, their records and what a promotion asks for all end so; one that is measured later never ends before.

    >>> trailing_window(PlanPolicy(window_seconds=7_200), high_water=datetime(2026, 3, 1, 10, 20, tzinfo=UTC)).end.hour
    11
    """
    end = high_water.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return Window(end - timedelta(hours=trailing_hours(policy.window_seconds)), end)


def trailing_hours(window_seconds: int) -> int:
    """How many whole hours fill a window's length."""
    return math.ceil(window_seconds / HOUR_SECONDS)


def last_end(policy: PlanPolicy, zone: ZoneInfo, *, high_water: datetime) -> datetime:
    """Where a window ends at the latest that holds the newest `predicted_at`: beyond lies what nobody has seen yet."""
    return max(trailing_window(policy, high_water=high_water).end, window_of(high_water, policy, zone).end)

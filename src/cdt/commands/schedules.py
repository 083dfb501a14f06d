"""Schedules: cron expressions of five fields, in a time zone of their own."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from cdt.domain.errors import Invalid

FIELDS = 5
_SOME_MOMENT = datetime(2026, 1, 1)  # noqa: DTZ001  a wall clock's, to see whether there is a next one


def check(schedule: str) -> None:
    """Raise Invalid for what is no cron expression of five fields, or one that never comes, as 30 February."""
    if len(schedule.split()) != FIELDS:
        raise Invalid("schedule", "write five fields: minute, hour, day of the month, month, day of the week")
    try:
        next(CronSim(schedule, _SOME_MOMENT))
    except (CronSimError, StopIteration) as error:
        raise Invalid("schedule", f"it can't be read: {str(error) or 'there is no such time'}") from error


def next_after(schedule: str, moment: datetime, zone: ZoneInfo) -> datetime:
    """The first time after a moment that is due by the clocks of a zone, in UTC.

    A time that the clocks skip is due when they go on; one that they show twice is due once.

    >>> saturday = datetime.fromisoformat("2026-03-28T12:00:00+00:00")
    >>> next_after("0 6 * * 1", saturday, ZoneInfo("Europe/Berlin")).isoformat()
    '2026-03-30T04:00:00+00:00'
    """
    return next(CronSim(schedule, moment.astimezone(zone))).astimezone(UTC)


def last_until(schedule: str, moment: datetime, zone: ZoneInfo) -> datetime:
    """The last time up to a moment that was due."""
    beyond = (moment + timedelta(microseconds=1)).astimezone(zone)
    return next(CronSim(schedule, beyond, reverse=True)).astimezone(UTC)

"""Baselines that move with what is held against them: which rows those are, told by the window alone."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import UNSET, UnsetType

from cdt.domain.errors import Invalid
from cdt.domain.kernel import Digest

MovingKind = Literal["trailing", "seasonal"]
MOST_DAYS = 400
_WEEK = 7


class FittedBaseline(msgspec.Struct, frozen=True, kw_only=True):
    """Rows that were counted on a grid; it and their profile are kept under their digests.

    predicted_from, predicted_to: of the window that the rows are of; None where that is not known.
    days: from the first row's to the last's, by UTC. busy_days: those that have any. Both only of a window.
    """

    grid: Digest
    baseline: Digest
    rows: int
    labelled_rows: int
    predicted_from: datetime | None = None
    predicted_to: datetime | None = None
    days: int | UnsetType = UNSET
    busy_days: int | UnsetType = UNSET


class MovingBaseline(msgspec.Struct, frozen=True, kw_only=True):
    """The rows of so many days before a window: all of them, or those of the weekdays that the window touches."""

    kind: MovingKind
    days: int


class Span(msgspec.Struct, frozen=True, order=True):
    """From `start` (in it) to `end` (no longer in it), in UTC."""

    start: datetime
    end: datetime


class Reference(msgspec.Struct, frozen=True, kw_only=True):
    """What one window is held against, by a baseline that moves.

    weekdays: those that count, 0 for Monday, in `time_zone`. spans: the rows of which times count, ascending and apart;
    they need no calendar, so that whoever looks at it in years finds the same rows.
    """

    kind: MovingKind
    days: int
    time_zone: str
    weekdays: tuple[int, ...]
    predicted_from: datetime
    predicted_to: datetime
    spans: tuple[Span, ...]


def check(moving: MovingBaseline) -> None:
    """Raise Invalid for one that can't be followed."""
    if not 1 <= moving.days <= MOST_DAYS:
        raise Invalid("days", f"from 1 to {MOST_DAYS}")
    if moving.kind == "seasonal" and moving.days < _WEEK:
        raise Invalid("days", "the same weekday comes once in 7 days; give at least as many")


def reference_of(moving: MovingBaseline, start: datetime, end: datetime, zone: ZoneInfo) -> Reference:
    """What the window from `start` to `end` is held against: rows of before `start`, as far back by the zone's clocks.

    A day begins with its first midnight in the zone, and has 23 or 25 hours when the clocks are changed.

    >>> monday = datetime(2026, 3, 2, tzinfo=UTC)
    >>> moving = MovingBaseline(kind="seasonal", days=14)
    >>> found = reference_of(moving, monday, monday + timedelta(hours=9), ZoneInfo("UTC"))
    >>> [span.start.day for span in found.spans]
    [16, 23]
    """
    to = start.astimezone(UTC)
    back = start.astimezone(zone).replace(tzinfo=None) - timedelta(days=moving.days)
    since = min(back.replace(tzinfo=zone).astimezone(UTC), to)
    weekdays = tuple(range(_WEEK)) if moving.kind == "trailing" else _touched(start, end, zone)
    days = [Span(since, to)] if len(weekdays) == _WEEK else _days(since, to, weekdays, zone)
    return Reference(
        kind=moving.kind,
        days=moving.days,
        time_zone=zone.key,
        weekdays=weekdays,
        predicted_from=since,
        predicted_to=to,
        spans=tuple(_joined(span for span in days if span.start < span.end)),
    )


def _touched(start: datetime, end: datetime, zone: ZoneInfo) -> tuple[int, ...]:
    """The weekdays of a window."""
    first, last = start.astimezone(zone).date(), _last_day(end, zone)
    days = min((last - first).days + 1, _WEEK)
    return tuple(sorted((first.weekday() + day) % _WEEK for day in range(days)))


def _days(since: datetime, to: datetime, weekdays: tuple[int, ...], zone: ZoneInfo) -> Iterator[Span]:
    day, last = since.astimezone(zone).date(), _last_day(to, zone)
    while day <= last:
        if day.weekday() in weekdays:
            yield Span(max(since, _midnight(day, zone)), min(to, _midnight(day + timedelta(days=1), zone)))
        day += timedelta(days=1)


def _joined(spans: Iterator[Span]) -> Iterator[Span]:
    """Those that follow one another at once, as one."""
    before: Span | None = None
    for span in spans:
        if before is not None and before.end == span.start:
            before = Span(before.start, span.end)
            continue
        if before is not None:
            yield before
        before = span
    if before is not None:
        yield before


def _last_day(end: datetime, zone: ZoneInfo) -> date:
    return (end.astimezone(UTC) - timedelta(microseconds=1)).astimezone(zone).date()


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)

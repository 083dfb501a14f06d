"""The trailing window of one version in memory: hours that come and go, and their sum, kept by adding and subtracting.

It is `trailing_window` of the newest `predicted_at`: whole hours, so that its cost is that of the hours that change and
not of the rows it holds. Days that are long over are held whole: a year has few of those and 9,000 hours.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cdt.domain.evaluations.windows import trailing_hours
from cdt.measures.grid import Grid
from cdt.measures.packing import decode
from cdt.measures.profile import Profile, empty, no_extremes, widen
from cdt.measures.quality import Span
from cdt.predictions.columns import EPOCH, Labels, Predictions, moment_of
from cdt.predictions.counting import MICROSECONDS_AN_HOUR, add_labels, add_predictions, by_hour
from cdt.predictions.days import DAY_HOURS, Stored


class _Unit(NamedTuple):
    """The counts of one hour, or of a day held whole, that are not zero, where they stand, and the extremes."""

    places: NDArray[np.int64]
    counts: NDArray[np.int64]
    extremes: NDArray[np.float64]


class LiveWindow:
    """Sums hours; `sequence` is the newest segment that is in it.

    is_spent: whether it would have to let go of some hours of a day that it holds whole; fill another one.
    """

    def __init__(self, grid: Grid, *, window_seconds: int, kept_from: datetime | None = None) -> None:
        """Empty, and of no hour yet; nothing of before `kept_from` counts."""
        self._grid = grid
        self._first = None if kept_from is None else (kept_from - EPOCH) // timedelta(hours=1)
        self._length = trailing_hours(window_seconds)
        self._units: dict[int, _Unit] = {}
        self._days: set[int] = set()
        self.is_spent = False
        self._total = np.zeros(grid.layout.size, dtype=np.int64)
        self._newest: int | None = None
        self._high_water: datetime | None = None
        self.sequence = 0

    @property
    def span(self) -> Span | None:
        """The window and its newest prediction; None while it has seen no row."""
        if self.start is None or self.end is None:
            return None
        return Span(self.start, self.end, self._high_water)

    @property
    def start(self) -> datetime | None:
        """Where the window begins; None while it has seen no row."""
        return None if self._newest is None else _moment(self._newest - self._length + 1)

    @property
    def end(self) -> datetime | None:
        """Where the window ends: the end of the newest row's hour."""
        return None if self._newest is None else _moment(self._newest + 1)

    def profile(self) -> Profile:
        """The counts of all rows in the window."""
        extremes = no_extremes(self._grid)
        for unit in self._units.values():
            widen(extremes, unit.extremes)
        return Profile(grid=self._grid, counts=self._total.copy(), extremes=extremes)

    def advance_to(self, high_water: datetime) -> None:
        """Let the window end with the hour of this moment, if it does not already end later."""
        self._advance((high_water - EPOCH) // timedelta(hours=1))
        if self._high_water is None or high_water > self._high_water:
            self._high_water = high_water.astimezone(UTC)

    def add_stored(self, stored: Iterable[Stored]) -> None:
        """Add profiles that were folded before; advance to the high water first."""
        for each in stored:
            hour = (each.start - EPOCH) // timedelta(hours=1)
            if self._holds(hour):
                self._replace(hour, decode(self._grid, each.payload))
                if each.is_day:
                    self._days.add(hour)

    def add_predictions(self, rows: Predictions) -> None:
        """Add rows, each in its hour; rows older than the window are passed over."""
        if len(rows):
            self.advance_to(moment_of(rows.predicted_at.max()))
        for microseconds, part in by_hour(rows):
            hour = microseconds // MICROSECONDS_AN_HOUR
            if self._holds(hour):
                unit = self._unit_of(hour)
                self._replace(unit, add_predictions(self._profile_of(unit), part))

    def add_labels(self, rows: Labels) -> None:
        """Add labels, each in the hour of its prediction; those of older predictions are passed over."""
        for microseconds, part in by_hour(rows):
            hour = microseconds // MICROSECONDS_AN_HOUR
            if self._holds(hour):
                unit = self._unit_of(hour)
                self._replace(unit, add_labels(self._profile_of(unit), part))

    def _holds(self, hour: int) -> bool:
        if self._newest is None or (self._first is not None and hour < self._first):
            return False
        return self._newest - self._length < hour <= self._newest

    def _unit_of(self, hour: int) -> int:
        """The hour that the counts of this one are kept under: the day's first if that is held whole."""
        day = hour - hour % DAY_HOURS
        return day if day in self._days else hour

    def _profile_of(self, unit: int) -> Profile:
        kept = self._units.get(unit)
        if kept is None:
            return empty(self._grid)
        counts = np.zeros(self._grid.layout.size, dtype=np.int64)
        counts[kept.places] = kept.counts
        return Profile(grid=self._grid, counts=counts, extremes=kept.extremes)

    def _replace(self, unit: int, profile: Profile) -> None:
        kept = self._units.get(unit)
        if kept is not None:
            self._total[kept.places] -= kept.counts
        places = np.flatnonzero(profile.counts)
        self._units[unit] = _Unit(places, profile.counts[places], profile.extremes)
        self._total[places] += profile.counts[places]

    def _advance(self, newest: int) -> None:
        if self._newest is not None and newest <= self._newest:
            return
        self._newest = newest
        for unit in [each for each in self._units if each <= newest - self._length]:
            self.is_spent |= unit in self._days
            gone = self._units.pop(unit)
            self._total[gone.places] -= gone.counts


def _moment(hour: int) -> datetime:
    return (EPOCH + timedelta(hours=hour)).astimezone(UTC)

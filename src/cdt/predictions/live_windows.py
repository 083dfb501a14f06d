"""The trailing window of one version in memory: hours that come and go, and their sum, kept by adding and subtracting.

It is `trailing_window` of the newest `predicted_at`: whole hours, so that its cost is that of the hours that change and
not of the rows it holds.
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


class _Hour(NamedTuple):
    """The counts of one hour that are not zero, where they stand, and the extremes."""

    places: NDArray[np.int64]
    counts: NDArray[np.int64]
    extremes: NDArray[np.float64]


class LiveWindow:
    """Sums hours; `sequence` is the newest segment that is in it."""

    def __init__(self, grid: Grid, *, window_seconds: int) -> None:
        """Empty, and of no hour yet."""
        self._grid = grid
        self._length = trailing_hours(window_seconds)
        self._hours: dict[int, _Hour] = {}
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
        for hour in self._hours.values():
            widen(extremes, hour.extremes)
        return Profile(grid=self._grid, counts=self._total.copy(), extremes=extremes)

    def advance_to(self, high_water: datetime) -> None:
        """Let the window end with the hour of this moment, if it does not already end later."""
        self._advance((high_water - EPOCH) // timedelta(hours=1))
        if self._high_water is None or high_water > self._high_water:
            self._high_water = high_water.astimezone(UTC)

    def add_stored(self, hours: Iterable[tuple[datetime, bytes]]) -> None:
        """Add profiles that were folded before; advance to the high water first."""
        for moment, payload in hours:
            hour = (moment - EPOCH) // timedelta(hours=1)
            if self._holds(hour):
                self._replace(hour, decode(self._grid, payload))

    def add_predictions(self, rows: Predictions) -> None:
        """Add rows, each in its hour; rows older than the window are passed over."""
        if len(rows):
            self.advance_to(moment_of(rows.predicted_at.max()))
        for microseconds, part in by_hour(rows):
            hour = microseconds // MICROSECONDS_AN_HOUR
            if self._holds(hour):
                self._replace(hour, add_predictions(self._hour(hour), part))

    def add_labels(self, rows: Labels) -> None:
        """Add labels, each in the hour of its prediction; those of older predictions are passed over."""
        for microseconds, part in by_hour(rows):
            hour = microseconds // MICROSECONDS_AN_HOUR
            if self._holds(hour):
                self._replace(hour, add_labels(self._hour(hour), part))

    def _holds(self, hour: int) -> bool:
        return self._newest is not None and self._newest - self._length < hour <= self._newest

    def _hour(self, hour: int) -> Profile:
        kept = self._hours.get(hour)
        if kept is None:
            return empty(self._grid)
        counts = np.zeros(self._grid.layout.size, dtype=np.int64)
        counts[kept.places] = kept.counts
        return Profile(grid=self._grid, counts=counts, extremes=kept.extremes)

    def _replace(self, hour: int, profile: Profile) -> None:
        kept = self._hours.get(hour)
        if kept is not None:
            self._total[kept.places] -= kept.counts
        places = np.flatnonzero(profile.counts)
        self._hours[hour] = _Hour(places, profile.counts[places], profile.extremes)
        self._total[places] += profile.counts[places]

    def _advance(self, newest: int) -> None:
        if self._newest is not None and newest <= self._newest:
            return
        self._newest = newest
        for hour in [each for each in self._hours if each <= newest - self._length]:
            gone = self._hours.pop(hour)
            self._total[gone.places] -= gone.counts


def _moment(hour: int) -> datetime:
    return (EPOCH + timedelta(hours=hour)).astimezone(UTC)

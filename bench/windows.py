"""The drift of a window from profiles: the same time whether it holds ten thousand rows or a hundred million."""

import time
from datetime import UTC, datetime, timedelta

import numpy as np

from bench.profiling import a_grid, some_columns
from bench.table import Claim, Figures, Limit, Table
from cdt.measures import Grid, Profile, encode, reading_from_profiles
from cdt.measures.folding import profile_predictions
from cdt.predictions.days import Stored
from cdt.predictions.live_windows import LiveWindow

FEW, MANY = 10_000, 100_000_000
DAYS = 30
GENERATED = 500_000
"""Rows that are counted, to stand for as many more as are wanted."""
ROUNDS = 15
NEWEST = datetime(2026, 3, 31, 23, 30, tzinfo=UTC)


def measure() -> Table:
    """Milliseconds."""
    few, many = Figures(f"live drift of {FEW:,} rows", "ms"), Figures(f"live drift of {MANY:,} rows", "ms")
    filled = Figures(f"the window of {MANY:,} rows filled from stored days", "ms")
    columns = some_columns(GENERATED)
    grid = a_grid(columns)
    baseline = profile_predictions(grid, columns, np.zeros(GENERATED, dtype=np.int32))
    small, large = _days(grid, FEW), _days(grid, MANY)
    windows = {FEW: _window(grid, small), MANY: _window(grid, large)}
    for _ in range(ROUNDS):
        for rows, figures in ((FEW, few), (MANY, many)):
            began = time.perf_counter()
            reading = reading_from_profiles(grid, baseline, windows[rows].profile(), span=windows[rows].span)
            figures.add(1_000 * (time.perf_counter() - began))
            assert reading.rows == rows
        began = time.perf_counter()
        _window(grid, large)
        filled.add(1_000 * (time.perf_counter() - began))
    return Table(
        title="A window from profiles",
        what=f"all measures of a window of {DAYS} days and 25 number columns, in the process that reads live, from "
        f"what it holds in memory; the rows of the larger one are generated. {ROUNDS} rounds",
        figures=[few, many, filled],
        claims=[Claim(many, few, at_most=1.2), Limit(filled, 1_000)],
    )


def _days(grid: Grid, rows: int) -> list[Stored]:
    """The window's days as they are stored."""
    counted = min(rows, GENERATED)
    columns = some_columns(counted)
    a_day = counted // DAYS
    days: list[Stored] = []
    for day in range(DAYS):
        first, end = day * a_day, counted if day == DAYS - 1 else (day + 1) * a_day
        part = {name: column[first:end] for name, column in columns.items()}
        profile = _times(profile_predictions(grid, part, np.zeros(end - first, dtype=np.int32)), rows // counted)
        start = NEWEST.replace(hour=0, minute=0) - timedelta(days=DAYS - 1 - day)
        days.append(Stored(start, is_day=True, payload=encode(profile)))
    return days


def _times(profile: Profile, times: int) -> Profile:
    return Profile(grid=profile.grid, counts=profile.counts * times, extremes=profile.extremes)


def _window(grid: Grid, days: list[Stored]) -> LiveWindow:
    window = LiveWindow(grid, window_seconds=DAYS * 86_400)
    window.advance_to(NEWEST)
    window.add_stored(days)
    return window

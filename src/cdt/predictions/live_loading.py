"""Filling a live window: from the hours that are folded, then from the segments that came after them."""

from datetime import timedelta
from typing import Any

from psycopg import AsyncConnection

from cdt.measures.grid import Grid
from cdt.predictions import days, folded
from cdt.predictions.days import day_of
from cdt.predictions.live_windows import LiveWindow
from cdt.predictions.objects import Objects
from cdt.predictions.parquet import columns_counted
from cdt.predictions.reading import each_labels, each_predictions
from cdt.predictions.segments import find_segments
from cdt.predictions.versions import NumberedVersion

SEGMENTS_AT_ONCE = 500
OPENED = timedelta(days=3)
"""From the window's first day on, days are held by the hour, so that it can go on for two days and more until it has to
be filled anew."""


async def load(
    connection: AsyncConnection[Any], version: NumberedVersion, grid: Grid, *, window_seconds: int
) -> LiveWindow:
    """The folded hours and days of the newest window, and how far they are folded, read at one moment.

    Begins a transaction of its own, so the connection must not be in one. At two moments, a fold between them would put
    rows into the hours that the sequence doesn't know of, and they would be counted twice.
    """
    window = LiveWindow(grid, window_seconds=window_seconds, kept_from=version.kept_from)
    async with connection.transaction():
        await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        newest = await folded.newest(connection, version.number)
        if newest is not None:
            window.advance_to(newest)  # so that of a version which isn't folded no segment before the window is read
        stored = await folded.stored(connection, version.number, grid.digest)
        if stored is not None and window.start is not None:
            window.add_stored(
                await days.stored_since(
                    connection, version.number, since=window.start, days_from=day_of(window.start) + OPENED
                )
            )
            window.sequence = stored.sequence
    return window


async def take_in(
    connection: AsyncConnection[Any], objects: Objects, version: NumberedVersion, window: LiveWindow
) -> bool:
    """Add some of the segments that the window has not seen; whether there may be more."""
    segments = await find_segments(connection, version.number, after=window.sequence, limit=SEGMENTS_AT_ONCE)
    if not segments:
        return False
    window.advance_to(max(segment.predicted_to for segment in segments))
    assert window.start is not None
    wanted = [segment for segment in segments if segment.predicted_to >= window.start]
    async for _, predictions in each_predictions(
        connection, objects, wanted, version.signature, wanted=columns_counted(version.signature)
    ):
        window.add_predictions(predictions)
    async for _, labels in each_labels(connection, objects, wanted, version.signature):
        window.add_labels(labels)
    window.sequence = segments[-1].sequence
    return len(segments) == SEGMENTS_AT_ONCE

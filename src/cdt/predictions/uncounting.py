"""Taking rows out of the profiles that counted them, exactly: what is left is the profile of the rows that are left."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from psycopg import AsyncConnection

from cdt.domain.kernel import Digest
from cdt.measures.grid import Grid
from cdt.measures.profile import Profile, empty, subtract
from cdt.predictions import days, documents, slice_folds
from cdt.predictions.columns import Labels, Predictions, join_labels, join_predictions, moment_of
from cdt.predictions.counting import add_labels, add_predictions, by_hour
from cdt.predictions.folded import MARK
from cdt.predictions.hours import keep_hour, kept_hour
from cdt.predictions.objects import Objects
from cdt.predictions.parquet import columns_counted
from cdt.predictions.reading import read_predictions, within
from cdt.predictions.segments import Segment, find_segments
from cdt.predictions.slice_counter import CountedByHour, SliceCounter
from cdt.predictions.versions import NumberedVersion, kept_from


class _Folded:
    """Onto what and how far the version is folded, and what counts its slices, if any."""

    def __init__(
        self,
        grid: Grid,
        sequence: int,
        high_water: datetime | None,
        since: datetime | None,
        counter: SliceCounter | None,
        slices_sequence: int,
    ) -> None:
        self.grid = grid
        self.sequence = sequence
        self.high_water = high_water
        self.since = since
        self.counter = counter
        self.slices_sequence = slices_sequence


async def uncount_predictions(
    connection: AsyncConnection[Any],
    objects: Objects,
    version: NumberedVersion,
    gone: Sequence[tuple[Segment, Predictions]],
) -> None:
    """Take out predictions of these segments, under the fold's lock; the segments hold them no more."""
    folded = await _folded(connection, version)
    if folded is None:
        return
    rows = join_predictions([each for segment, each in gone if segment.sequence <= folded.sequence], version.signature)
    hours: list[int] = []
    for hour, part in by_hour(within(rows, folded.since, None)):
        whole = await kept_hour(connection, version, folded.grid, hour)
        taken = add_predictions(empty(folded.grid), part)
        left = subtract(whole, taken)
        if _touches(whole, taken):
            left = await _with_extremes(connection, objects, version, folded, left, moment_of(hour))
        await keep_hour(connection, version, hour, left)
        hours.append(hour)
    await _uncount_slices(connection, version, folded, gone, [])
    await _add_up_days(connection, version, folded, hours)


async def uncount_labels(
    connection: AsyncConnection[Any], version: NumberedVersion, gone: Sequence[tuple[Segment, Labels]]
) -> None:
    """Take out labels of these segments, under the fold's lock. Of a corrected label the newest must leave first."""
    folded = await _folded(connection, version)
    if folded is None:
        return
    rows = join_labels([each for segment, each in gone if segment.sequence <= folded.sequence], version.signature)
    hours: list[int] = []
    for hour, part in by_hour(within(rows, folded.since, None)):
        whole = await kept_hour(connection, version, folded.grid, hour)
        left = add_labels(whole, replace(part, sign=np.negative(part.sign)))
        await keep_hour(connection, version, hour, left)
        hours.append(hour)
    await _uncount_slices(connection, version, folded, [], gone)
    await _add_up_days(connection, version, folded, hours)


async def _uncount_slices(
    connection: AsyncConnection[Any],
    version: NumberedVersion,
    folded: _Folded,
    predictions: Sequence[tuple[Segment, Predictions]],
    labels: Sequence[tuple[Segment, Labels]],
) -> None:
    """Take the rows out of the slices that counted them."""
    counter, through = folded.counter, folded.slices_sequence
    if counter is None:
        return
    gone = join_predictions([rows for segment, rows in predictions if segment.sequence <= through], version.signature)
    unlabelled = join_labels([rows for segment, rows in labels if segment.sequence <= through], version.signature)
    counted = CountedByHour(counter, within(gone, folded.since, None), within(unlabelled, folded.since, None))
    await slice_folds.add(connection, version.number, counter, counted, counted.hours, is_taken_out=True)


async def _folded(connection: AsyncConnection[Any], version: NumberedVersion) -> _Folded | None:
    """None where nothing is counted, or all will be counted anew."""
    cursor = await connection.execute(
        "SELECT grid, sequence, high_water FROM predictions.folds WHERE version_number = %(number)s",
        {"number": version.number},
    )
    row = await cursor.fetchone()
    if row is None or not row[0].startswith(MARK):
        return None
    digest = Digest(row[0].removeprefix(MARK))
    grid = Grid.from_json(await documents.get(connection, version.project_id, digest))
    since = await kept_from(connection, version.number)
    counted = await slice_folds.counted_slices(connection, version.number)
    if counted is None:
        return _Folded(grid, row[1], row[2], since, None, 0)
    counter = SliceCounter(grid, counted.slices, version.signature)
    return _Folded(grid, row[1], row[2], since, counter, counted.sequence)


def _touches(whole: Profile, taken: Profile) -> bool:
    """Whether a least or a greatest value may have been one of those that are taken out."""
    finite = np.isfinite(taken.extremes)
    return bool((finite & (whole.extremes == taken.extremes)).any())


async def _with_extremes(
    connection: AsyncConnection[Any],
    objects: Objects,
    version: NumberedVersion,
    folded: _Folded,
    left: Profile,
    hour: datetime,
) -> Profile:
    """The same counts, with the least and the greatest values of the rows that are left of the hour."""
    end = hour + timedelta(hours=1)
    segments = await find_segments(
        connection, version.number, kind="predictions", to=folded.sequence, predicted_from=hour, predicted_to=end
    )
    rows = await read_predictions(
        connection,
        objects,
        segments,
        version.signature,
        predicted_from=hour,
        predicted_to=end,
        wanted=columns_counted(version.signature),
    )
    counted = add_predictions(empty(folded.grid), rows)
    return Profile(grid=left.grid, counts=left.counts, extremes=counted.extremes)


async def _add_up_days(
    connection: AsyncConnection[Any], version: NumberedVersion, folded: _Folded, hours: Sequence[int]
) -> None:
    changed = {days.day_of(moment_of(hour)) for hour in hours}
    await days.forget(connection, version.number, changed)
    if folded.high_water is not None:
        newest = days.day_of(folded.high_water)
        await days.close(connection, version, folded.grid, {day for day in changed if day < newest}, folded.counter)

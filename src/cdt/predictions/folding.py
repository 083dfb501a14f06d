"""Folding: segments become profiles by the hour, and labels that waited meet their predictions. Safe to do twice."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
import numpy as np
from psycopg import AsyncConnection
from psycopg.errors import DeadlockDetected, SerializationFailure, UniqueViolation

from cdt.domain.evaluations.slices import Slice
from cdt.measures.grid import Grid
from cdt.predictions import days, fold_state, slice_folds
from cdt.predictions.columns import Labels, Predictions, join_labels, moment_of
from cdt.predictions.counting import MICROSECONDS_AN_HOUR, add_labels, add_predictions, by_hour, hours_of
from cdt.predictions.errors import Overtaken
from cdt.predictions.folded import MARK
from cdt.predictions.hours import keep_hour, kept_hour, kept_slices
from cdt.predictions.meeting import are_labels_waiting, meet_waiting_labels
from cdt.predictions.objects import Objects
from cdt.predictions.reading import each_labels, read_predictions, within
from cdt.predictions.segment_ids import SegmentIds
from cdt.predictions.segments import Segment, find_segments
from cdt.predictions.slice_counter import CountedByHour, SliceCounter
from cdt.predictions.slice_folds import CountedSlices
from cdt.predictions.versions import NumberedVersion

PAGE_SEGMENTS = 200
PAGE_ROWS = 200_000
_ATTEMPTS = 5


class Folded(msgspec.Struct, frozen=True):
    """How far a version is folded now, and whether that is all there was."""

    sequence: int
    is_all: bool


async def fold(
    connection: AsyncConnection[Any],
    objects: Objects,
    version: NumberedVersion,
    grid: Grid | None,
    *,
    hash_key: bytes,
    segment_ids: SegmentIds,
    slices: Sequence[Slice] | None = None,
) -> Folded:
    """Fold one page of the version's segments onto its grid; call it again until all is folded.

    Without a grid nothing is counted, and labels meet their predictions all the same. The profiles are committed
    together with the sequence they reach, under the lock of the version's fold. Another grid than last time begins
    anew. slices: those to be counted beside them from now on; None leaves them as they are. Where they are behind, one
    page of what was folded without them follows. Works as the system; the connection must not be in a transaction.
    """
    for attempt in range(_ATTEMPTS):
        try:
            await segment_ids.reserve(connection, 2 + 2 * PAGE_ROWS // 10_000)
            async with connection.transaction():
                folded = await _fold_page(connection, objects, version, grid, hash_key, segment_ids, slices)
            if grid is None:
                return folded
            async with connection.transaction():
                is_filled = await _fill_page(connection, objects, version, grid)
            return Folded(folded.sequence, folded.is_all and is_filled)
        except (UniqueViolation, DeadlockDetected, SerializationFailure, Overtaken):
            if attempt == _ATTEMPTS - 1:
                raise
    raise AssertionError


async def meet(
    connection: AsyncConnection[Any],
    objects: Objects,
    version: NumberedVersion,
    grid: Grid | None,
    *,
    hash_key: bytes,
    segment_ids: SegmentIds,
) -> None:
    """Fold everything if labels wait, so that none waits whose prediction is there; else there is nothing to do."""
    while await are_labels_waiting(connection, version.number):
        if (await fold(connection, objects, version, grid, hash_key=hash_key, segment_ids=segment_ids)).is_all:
            return


async def _fold_page(
    connection: AsyncConnection[Any],
    objects: Objects,
    version: NumberedVersion,
    grid: Grid | None,
    hash_key: bytes,
    segment_ids: SegmentIds,
    slices: Sequence[Slice] | None,
) -> Folded:
    fold = await fold_state.lock(connection, version, fold_state.NO_GRID if grid is None else MARK + grid.digest)
    if fold is None:
        return Folded(0, is_all=True)
    before = fold.sequence
    counted = None if grid is None else await _slices(connection, version, slices)
    newest, kept_from = await fold_state.newest(connection, version.number)
    found = await find_segments(connection, version.number, after=before, limit=PAGE_SEGMENTS + 1)
    segments = _page(found)
    if not segments:
        if newest > before:  # what came since is thrown away already
            await fold_state.reach(connection, version.number, newest, fold.high_water)
            if counted is not None and counted.sequence == before:
                await slice_folds.reach(connection, version.number, newest)
        return Folded(max(before, newest), is_all=True)
    predictions, label_parts = await _read(connection, objects, version, segments, kept_from)
    labels = join_labels([rows for _, rows in label_parts], version.signature)
    sequence_by_hour = {
        hour: segment.sequence
        for segment, rows in label_parts
        for hour in np.unique(hours_of(rows.predicted_at)).tolist()
    }
    high_water = await fold_state.high_water(connection, version.number, segments[-1].sequence)
    reached = segments[-1].sequence
    if grid is not None:
        counter = None if counted is None else SliceCounter(grid, counted.slices, version.signature)
        is_level = counted is not None and counted.sequence == before
        page = None if counter is None or not is_level else CountedByHour(counter, predictions, labels)
        hours = await _count(connection, version, grid, predictions, labels, sequence_by_hour, counter, page)
        await _keep_days(connection, version, grid, hours, counter, before=fold.high_water, reached=high_water)
        if page is not None:
            await slice_folds.reach(connection, version.number, reached)
    met = await meet_waiting_labels(
        connection, objects, version, predictions, hash_key=hash_key, segment_ids=segment_ids
    )
    await fold_state.reach(connection, version.number, reached, high_water)
    return Folded(reached, is_all=len(segments) == len(found) and not met)


async def _slices(
    connection: AsyncConnection[Any], version: NumberedVersion, slices: Sequence[Slice] | None
) -> CountedSlices | None:
    if slices is None:
        return await slice_folds.counted_slices(connection, version.number)
    return await slice_folds.declare(connection, version.number, slices)


async def _fill_page(connection: AsyncConnection[Any], objects: Objects, version: NumberedVersion, grid: Grid) -> bool:
    """Count the slices of one page that was folded without them; whether they are level with the fold now."""
    fold = await fold_state.lock(connection, version, MARK + grid.digest)
    counted = await slice_folds.counted_slices(connection, version.number)
    if fold is None or counted is None or counted.sequence >= fold.sequence:
        return True
    _, kept_from = await fold_state.newest(connection, version.number)
    found = await find_segments(
        connection, version.number, after=counted.sequence, to=fold.sequence, limit=PAGE_SEGMENTS + 1
    )
    segments = _page(found)
    is_all = len(segments) == len(found)
    if segments:
        counter = SliceCounter(grid, counted.slices, version.signature)
        predictions, label_parts = await _read(connection, objects, version, segments, kept_from)
        labels = join_labels([rows for _, rows in label_parts], version.signature)
        page = CountedByHour(counter, predictions, labels)
        hours = await slice_folds.add(connection, version.number, counter, page, page.hours)
        for day in sorted({days.day_of(moment_of(hour)) for hour in hours}):
            await slice_folds.add_up_day(connection, version.number, counter, day)
    await slice_folds.reach(connection, version.number, fold.sequence if is_all else segments[-1].sequence)
    return is_all


async def _read(
    connection: AsyncConnection[Any],
    objects: Objects,
    version: NumberedVersion,
    segments: Sequence[Segment],
    kept_from: datetime | None,
) -> tuple[Predictions, list[tuple[Segment, Labels]]]:
    """The rows that are kept: predictions together, labels by segment."""
    predictions = await read_predictions(connection, objects, segments, version.signature, predicted_from=kept_from)
    labels = [
        (segment, within(rows, kept_from, None))
        async for segment, rows in each_labels(connection, objects, segments, version.signature)
    ]
    return predictions, labels


def _page(segments: Sequence[Segment]) -> list[Segment]:
    page: list[Segment] = []
    rows = 0
    for segment in segments[:PAGE_SEGMENTS]:
        rows += segment.rows
        if page and rows > PAGE_ROWS:
            break
        page.append(segment)
    return page


async def _count(
    connection: AsyncConnection[Any],
    version: NumberedVersion,
    grid: Grid,
    predictions: Predictions,
    labels: Labels,
    sequence_by_hour: Mapping[int, int],
    counter: SliceCounter | None,
    page: CountedByHour | None,
) -> list[int]:
    """Add the rows to the profiles of their hours, one hour at a time: a dense profile may take a megabyte.

    sequence_by_hour: the newest sequence that holds labels of the hour. page: the same rows, counted by slices, where
    these are level with the fold. Answers the hours, in microseconds since 1970.
    """
    predictions_by_hour = dict(by_hour(predictions))
    labels_by_hour = dict(by_hour(labels))
    hours = sorted({*predictions_by_hour, *labels_by_hour})
    for hour in hours:
        profile = await kept_hour(connection, version, grid, hour)
        if hour in predictions_by_hour:
            profile = add_predictions(profile, predictions_by_hour[hour])
        if hour in labels_by_hour:
            profile = add_labels(profile, labels_by_hour[hour])
        labelled_through = sequence_by_hour.get(hour // MICROSECONDS_AN_HOUR, 0)
        slices = None
        if page is not None and counter is not None:
            kept = await kept_slices(connection, version, hour)
            slices = counter.encode(counter.decode([] if kept is None else [kept]) + page.of(hour))
        await keep_hour(connection, version, hour, profile, labelled_through, slices)
    return hours


async def _keep_days(
    connection: AsyncConnection[Any],
    version: NumberedVersion,
    grid: Grid,
    hours: Sequence[int],
    counter: SliceCounter | None,
    *,
    before: datetime | None,
    reached: datetime,
) -> None:
    """Add up the days that are over by now: those of these hours, and the newest one until now.

    before, reached: the newest `predicted_at` until now, and with these rows.
    """
    newest = [days.day_of(high_water) for high_water in (before, reached) if high_water is not None]
    changed = {days.day_of(moment_of(hour)) for hour in hours}
    await days.forget(connection, version.number, changed)
    await days.close(connection, version, grid, {day for day in {*changed, *newest} if day < newest[-1]}, counter)

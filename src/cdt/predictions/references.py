"""The profile of rows at any times: from the hours that are folded where these tell it exactly, else from the rows."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar

import numpy as np
from psycopg import AsyncConnection

from cdt.domain.registry.baselines import Span
from cdt.measures.grid import Grid
from cdt.measures.packing import decode_all
from cdt.measures.profile import Profile, empty
from cdt.predictions import days, folded
from cdt.predictions.columns import EPOCH, Labels, Predictions, microseconds
from cdt.predictions.counting import add_labels, add_predictions
from cdt.predictions.objects import Objects
from cdt.predictions.parquet import columns_counted
from cdt.predictions.reading import each_part
from cdt.predictions.segments import Segment, find_segments
from cdt.predictions.shapes import LABELS, PREDICTIONS
from cdt.predictions.versions import NumberedVersion

HOUR = timedelta(hours=1)
MOST_LATER = 2_000
"""Segments of labels that are taken back from what is folded; of more all rows are read."""

R = TypeVar("R", Predictions, Labels)


class Counted(NamedTuple):
    """The profile of all rows of some times, and the segments that hold them, in the order of their sequence."""

    profile: Profile
    segments: list[Segment]


class Hours(NamedTuple):
    """What is folded of some times, not yet added up, and how far the version is folded; 0 for not at all.

    later: labels among them that came after what is asked for, in the order of their sequence.
    """

    payloads: list[bytes]
    sequence: int
    later: Sequence[Segment] = ()


async def count(
    connection: AsyncConnection[Any],
    objects: Objects,
    version: NumberedVersion,
    grid: Grid,
    spans: Sequence[Span],
    *,
    through_sequence: int,
) -> Counted:
    """The profile of the rows of these times, of segments up to a sequence: whatever way is taken, to the bit the same.

    spans: ascending and apart. The connection must not be in a transaction. Rows are read part by part.
    """
    if (line := version.kept_from) is not None:  # nothing before it is read any more
        spans = [Span(max(span.start, line), span.end) for span in spans if span.end > line]
    if not spans:
        return Counted(empty(grid), [])
    found = await find_segments(
        connection,
        version.number,
        to=through_sequence,
        predicted_from=spans[0].start,
        predicted_to=spans[-1].end,
    )
    segments = [segment for segment in found if _touches(segment, spans)]
    hours = await _exact_hours(connection, version, grid, spans, through_sequence)
    profile = decode_all(grid, hours.payloads)
    later = [part.rows async for part in each_part(connection, objects, hours.later, version.signature, LABELS)]
    for rows in reversed(later):  # from the last on, so that no count is ever taken back that is not there
        held = within_spans(rows, spans)
        profile = add_labels(profile, replace(held, sign=-held.sign))
    left = [segment for segment in segments if segment.sequence > hours.sequence]
    wanted = columns_counted(version.signature)
    async for part in each_part(connection, objects, left, version.signature, PREDICTIONS, wanted=wanted):
        profile = add_predictions(profile, within_spans(part.rows, spans))
    async for labels in each_part(connection, objects, left, version.signature, LABELS):
        profile = add_labels(profile, within_spans(labels.rows, spans))
    return Counted(profile, segments)


async def hours_of(
    connection: AsyncConnection[Any], version_number: int, grid_digest: str, spans: Sequence[Span]
) -> Hours:
    """What is folded of these times, of each hour that begins in one; read at one moment.

    Begins a transaction of its own, so the connection must not be in one.
    """
    async with connection.transaction():
        await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return await _hours(connection, version_number, grid_digest, spans)


async def _hours(
    connection: AsyncConnection[Any], version_number: int, grid_digest: str, spans: Sequence[Span]
) -> Hours:
    state = await folded.stored(connection, version_number, grid_digest)
    if state is None:
        return Hours([], 0)
    payloads: list[bytes] = []
    for span in spans:
        stored = await days.stored_since(
            connection, version_number, since=hour_from(span.start), end=hour_from(span.end)
        )
        payloads += [each.payload for each in stored]
    return Hours(payloads, state.sequence)


async def _exact_hours(
    connection: AsyncConnection[Any], version: NumberedVersion, grid: Grid, spans: Sequence[Span], through_sequence: int
) -> Hours:
    """What is folded, if that tells exactly what was there by the sequence; else nothing, and all is read from rows."""
    if any(hour_from(moment) != moment for span in spans for moment in (span.start, span.end)):
        return Hours([], 0)
    async with connection.transaction():
        await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        hours = await _hours(connection, version.number, grid.digest, spans)
        if hours.sequence <= through_sequence:
            return hours
        later = await find_segments(
            connection,
            version.number,
            after=through_sequence,
            to=hours.sequence,
            predicted_from=spans[0].start,
            predicted_to=spans[-1].end,
            limit=MOST_LATER,
        )
    # of predictions the extremes could not be taken back
    touching = [segment for segment in later if _touches(segment, spans)]
    is_told = len(later) < MOST_LATER and all(segment.kind == "labels" for segment in touching)
    return hours._replace(later=touching) if is_told else Hours([], 0)


def hour_from(moment: datetime) -> datetime:
    """The first full hour that does not begin before a moment."""
    return EPOCH + -((EPOCH - moment) // HOUR) * HOUR


def _touches(segment: Segment, spans: Sequence[Span]) -> bool:
    """Whether a segment may hold rows of these times."""
    place = bisect_right(spans, segment.predicted_from, key=lambda span: span.end)
    return place < len(spans) and spans[place].start <= segment.predicted_to


def within_spans(rows: R, spans: Sequence[Span]) -> R:
    """The rows of these times, which are ascending and apart."""
    borders = np.array([microseconds(moment) for span in spans for moment in (span.start, span.end)], dtype=np.int64)
    chosen = np.searchsorted(borders, rows.predicted_at, side="right") % 2 == 1
    return rows if chosen.all() else rows.where(chosen)

"""The counts of slices in any window of whole hours: from the hours and days that are folded, and rows after them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from psycopg import AsyncConnection

from cdt.domain.evaluations.slices import Slice
from cdt.domain.registry.baselines import Span
from cdt.predictions.columns import join_labels, join_predictions
from cdt.predictions.days import day_of, first_day
from cdt.predictions.folded import MARK
from cdt.predictions.objects import Objects
from cdt.predictions.parquet import columns_counted
from cdt.predictions.reading import read_all
from cdt.predictions.references import within_spans
from cdt.predictions.segments import find_segments
from cdt.predictions.shapes import LABELS, PREDICTIONS
from cdt.predictions.slice_counter import CountedByHour, Counts, SliceCounter
from cdt.predictions.versions import NumberedVersion

MOST_TAIL = 2_000
MOST_TAIL_ROWS = 400_000
"""Segments and rows that came since they were folded, and are read; with more the fold is behind, and soon is not."""
_ATTEMPTS = 3


class SliceWindow(msgspec.Struct, frozen=True):
    """The counts of some times; or, with None, that they aren't counted yet.

    units: how many hours and days they were added up from. sequence: up to where rows are counted.
    """

    counts: Counts | None
    units: int = 0
    sequence: int = 0


async def count(
    connection: AsyncConnection[Any],
    objects: Objects,
    version: NumberedVersion,
    counter: SliceCounter,
    spans: Sequence[Span],
) -> SliceWindow:
    """What there is of the slices in these times, which are ascending, apart and of whole hours.

    What is kept and how far it reaches are read in two statements: again where a fold came between.
    """
    if (line := version.kept_from) is not None:  # nothing before it is read any more
        spans = [Span(max(span.start, line), span.end) for span in spans if span.end > line]
    if not spans:
        return SliceWindow(counter.none())
    for _ in range(_ATTEMPTS):
        reached = await _level(connection, version, counter)
        if reached is None:
            return SliceWindow(None)
        stored = [each for span in spans for each in await _stored(connection, version.number, span.start, span.end)]
        tail = await find_segments(
            connection,
            version.number,
            after=reached,
            predicted_from=spans[0].start,
            predicted_to=spans[-1].end,
            limit=MOST_TAIL + 1,
        )
        if await _level(connection, version, counter) == reached:
            break
    else:
        return SliceWindow(None)
    if len(tail) > MOST_TAIL or sum(segment.rows for segment in tail) > MOST_TAIL_ROWS:
        return SliceWindow(None)
    counts = counter.decode(stored)
    if tail:
        signature, wanted = version.signature, columns_counted(version.signature)
        predictions = await read_all(connection, objects, tail, signature, PREDICTIONS, wanted)
        labels = await read_all(connection, objects, tail, signature, LABELS, None)
        since = CountedByHour(
            counter,
            within_spans(join_predictions(predictions, signature), spans),
            within_spans(join_labels(labels, signature), spans),
        )
        counts = counts + since.all()
    return SliceWindow(counts, len(stored), max((segment.sequence for segment in tail), default=reached))


async def _level(connection: AsyncConnection[Any], version: NumberedVersion, counter: SliceCounter) -> int | None:
    """The sequence that the fold and these slices have both reached; None where they have not. Told at one moment."""
    cursor = await connection.execute(
        "SELECT sequence, slices::text FROM predictions.folds WHERE version_number = %(number)s AND grid = %(grid)s"
        " AND slices_sequence = sequence AND sequence > 0",
        {"number": version.number, "grid": MARK + counter.bins.grid.digest},
    )
    row = await cursor.fetchone()
    if row is None or msgspec.json.decode(row[1], type=tuple[Slice, ...]) != counter.slices:
        return None
    return row[0]


async def _stored(connection: AsyncConnection[Any], version_number: int, start: datetime, end: datetime) -> list[bytes]:
    """What is kept of a window: of its whole days that are added up, and of the hours of all others."""
    cursor = await connection.execute(
        "SELECT slices FROM predictions.profile_days WHERE version_number = %(number)s AND slices IS NOT NULL"
        " AND day >= %(first)s AND day < %(last)s"
        " UNION ALL SELECT slices FROM predictions.profiles AS counted"
        " WHERE version_number = %(number)s AND slices IS NOT NULL AND hour >= %(start)s AND hour < %(end)s"
        " AND NOT EXISTS (SELECT FROM predictions.profile_days AS whole"
        " WHERE whole.version_number = counted.version_number AND whole.slices IS NOT NULL"
        " AND whole.day = (counted.hour AT TIME ZONE 'UTC')::date AND whole.day >= %(first)s AND whole.day < %(last)s)",
        {"number": version_number, "start": start, "end": end, "first": first_day(start), "last": day_of(end)},
        binary=True,
    )
    return [row[0] for row in await cursor.fetchall()]

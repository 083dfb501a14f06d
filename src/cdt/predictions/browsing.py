"""Rows of a version as somebody looks through them: newest first, a page at a time, those that are sought."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
import numpy as np
from msgspec.structs import replace
from psycopg import AsyncConnection

from cdt.domain.registry.signature import Signature
from cdt.measures.columns import CategoryColumn, Column
from cdt.predictions.columns import Predictions, moment_of, shown_label
from cdt.predictions.identities import hash_of
from cdt.predictions.kept_labels import label_of
from cdt.predictions.lookup import unix_day
from cdt.predictions.objects import Objects
from cdt.predictions.reading import each_predictions
from cdt.predictions.segments import Segment, find_segments_back
from cdt.predictions.sought import Sought, chosen
from cdt.predictions.versions import NumberedVersion, find_version

MOST_LOOKED_AT = 200_000
"""Rows in one request: a second or so. Who seeks what is rare goes on from where it ended."""
CELLS_AT_ONCE = 1_000_000
SEGMENTS_AT_ONCE = 2_000
LOOKING_AT_ONCE = 2
"""Each holds a connection while it reads."""
DAYS_AT_ONCE = 2_000
HASHES_OF_AN_ID = 3
"""An id whose first hashes belong to other ids lies under a later one; three in a row have not been seen."""

Connect = Callable[[], AbstractAsyncContextManager[AsyncConnection[Any]]]


class Place(NamedTuple):
    """Where a row lies: its segment's sequence, and its number there. Newest first is from the greatest down."""

    sequence: int
    row: int


class BrowsedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A prediction. values: of the signature's columns in their order. label: the present one, None without.

    decision: None in a version of numbers, whose prediction is the `score`, and whose labels are numbers.
    """

    place: Place
    segment_id: int
    prediction_id: str
    predicted_at: datetime
    received_at: datetime
    decision: str | None
    score: float | None
    values: tuple[float | str | None, ...]
    label: str | float | None = None


class Found(NamedTuple):
    """Rows, and up to where was looked; `end` is None when there is nothing older. looked_at: how many rows."""

    rows: list[BrowsedRow]
    end: Place | None
    looked_at: int


class Browsing:
    """Looks through the rows of any version."""

    def __init__(self, objects: Objects, *, hash_key: bytes, most_looked_at: int = MOST_LOOKED_AT) -> None:
        """`most_looked_at` rows in one request, and what the last segment has besides."""
        self._objects = objects
        self._hash_key = hash_key
        self._most = most_looked_at
        self._looking = asyncio.Semaphore(LOOKING_AT_ONCE)

    async def find(
        self,
        connect: Connect,
        version_id: UUID,
        sought: Sought,
        *,
        before: Place | None,
        through: int | None,
        most: int,
    ) -> Found:
        """At most so many rows, older than `before`, of segments up to the sequence `through`.

        `connect` gives a connection that sees the version's project.
        """
        async with self._looking, connect() as connection:
            version = await find_version(connection, version_id)
            if version is None:
                return Found([], None, 0)
            sought = replace(sought, predicted_from=version.since(sought.predicted_from))
            among = None
            if sought.prediction_id is not None:
                among = await self._segments_of_id(connection, version, sought.prediction_id)
            found = await self._look(connection, version, sought, before, through, among, most)
            return found._replace(rows=await _labelled(connection, version, found.rows))

    async def _look(
        self,
        connection: AsyncConnection[Any],
        version: NumberedVersion,
        sought: Sought,
        before: Place | None,
        through: int | None,
        among: Sequence[int] | None,
        most: int,
    ) -> Found:
        rows: list[BrowsedRow] = []
        looked_at = 0
        last = 2**63 - 1 if through is None else through
        to = last if before is None else min(before.sequence, last)
        while True:
            segments = await find_segments_back(
                connection,
                version.number,
                kind="predictions",
                to=to,
                predicted_from=sought.predicted_from,
                predicted_to=sought.predicted_to,
                among=among,
                limit=SEGMENTS_AT_ONCE,
            )
            room = min(CELLS_AT_ONCE // (4 + len(version.signature.columns)), self._most - looked_at)
            chunk = _some(segments, room)
            if not chunk:
                return Found(rows, None, looked_at)
            kept = [each async for each in each_predictions(connection, self._objects, chunk[::-1], version.signature)]
            for segment, read in reversed(kept):
                end = before.row if before is not None and before.sequence == segment.sequence else len(read)
                looked_at += end
                places = np.flatnonzero(await asyncio.to_thread(chosen, read, sought))
                for place in places[places < end][::-1].tolist():
                    rows.append(_row(segment, read, place, version.signature))
                    if len(rows) == most:
                        return Found(rows, rows[-1].place, looked_at)
            oldest = chunk[-1].sequence
            if looked_at >= self._most:
                return Found(rows, Place(oldest, 0), looked_at)
            to = oldest - 1

    async def _segments_of_id(
        self, connection: AsyncConnection[Any], version: NumberedVersion, prediction_id: str
    ) -> list[int]:
        """Segments that may hold the id, on whatever day."""
        cursor = await connection.execute(
            "SELECT (low_water AT TIME ZONE 'UTC')::date, (high_water AT TIME ZONE 'UTC')::date"
            " FROM predictions.versions WHERE number = %s",
            (version.number,),
        )
        row = await cursor.fetchone()
        if row is None or row[0] is None:
            return []
        hashes = [hash_of(prediction_id, self._hash_key, attempt) for attempt in range(HASHES_OF_AN_ID)]
        found: set[int] = set()
        for day in range(unix_day(row[0]), unix_day(row[1]) + 1, DAYS_AT_ONCE):
            cursor = await connection.execute(
                "SELECT held.segment_id FROM generate_series(%(first)s::int, %(last)s::int) AS day (number),"
                " unnest(%(hashes)s::bigint[]) AS each (hash), LATERAL ("
                "    SELECT segment_id FROM predictions.identities WHERE version_number = %(number)s"
                "    AND day = DATE '1970-01-01' + day.number AND hash = each.hash LIMIT 1"
                " ) AS held",
                {
                    "number": version.number,
                    "first": day,
                    "last": min(day + DAYS_AT_ONCE - 1, unix_day(row[1])),
                    "hashes": hashes,
                },
            )
            found |= {segment_id for (segment_id,) in await cursor.fetchall()}
        return sorted(found)


def _some(segments: Sequence[Segment], most_rows: int) -> list[Segment]:
    """The first of them, of about so many rows, and one at least."""
    some: list[Segment] = []
    rows = 0
    for segment in segments:
        rows += segment.rows
        if some and rows > most_rows:
            break
        some.append(segment)
    return some


def _row(segment: Segment, rows: Predictions, place: int, signature: Signature) -> BrowsedRow:
    return BrowsedRow(
        place=Place(segment.sequence, place),
        segment_id=segment.segment_id,
        prediction_id=rows.ids[place].as_py(),
        predicted_at=moment_of(int(rows.predicted_at[place])),
        received_at=segment.recorded_at.astimezone(UTC),
        decision=None if rows.is_of_numbers else rows.decision.values[int(rows.decision.codes[place])],
        score=_number(rows.score[place]),
        values=tuple(_value(rows.features[column.name], place) for column in signature.columns),
    )


def _value(column: Column, place: int) -> float | str | None:
    if isinstance(column, CategoryColumn):
        code = int(column.codes[place])
        return None if code < 0 else column.values[code]
    return _number(column[place])


def _number(value: np.float64) -> float | None:
    return None if np.isnan(value) else float(value)


async def _labelled(
    connection: AsyncConnection[Any], version: NumberedVersion, rows: Sequence[BrowsedRow]
) -> list[BrowsedRow]:
    """The rows with the labels that they have now."""
    cursor = await connection.execute(
        "SELECT segment_id, row_number, label, number FROM predictions.labelled"
        " JOIN unnest(%(segments)s::bigint[], %(rows)s::int[]) AS wanted (segment, row)"
        " ON segment_id = wanted.segment AND row_number = wanted.row WHERE version_number = %(number)s",
        {
            "number": version.number,
            "segments": [each.segment_id for each in rows],
            "rows": [each.place.row for each in rows],
        },
    )
    label_by_place = {
        (segment, row): shown_label(label_of(code, number), version.signature)
        for segment, row, code, number in await cursor.fetchall()
    }
    return [msgspec.structs.replace(each, label=label_by_place.get((each.segment_id, each.place.row))) for each in rows]

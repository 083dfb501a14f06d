"""Finding predictions by their id: what a label needs to know of the prediction that it is the truth of."""

from collections import OrderedDict
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import msgspec
import numpy as np
from psycopg import AsyncConnection

from cdt.measures.columns import CategoryColumn, Column
from cdt.predictions.columns import Predictions, group_kinds
from cdt.predictions.erasures import ERASED_SEGMENT
from cdt.predictions.identities import days_of, hash_of
from cdt.predictions.objects import Objects
from cdt.predictions.own_columns import prediction_columns
from cdt.predictions.parquet import column_of
from cdt.predictions.reading import each_predictions
from cdt.predictions.segments import find_segments_by_id
from cdt.predictions.subjects import SubjectHashes
from cdt.predictions.versions import NumberedVersion

DAYS_AT_ONCE = 32
ROWS_AT_ONCE = 5_000
_SEGMENTS_AT_ONCE = 64
_UNIX_DAY = date(1970, 1, 1).toordinal()


class Outcome(msgspec.Struct, frozen=True):
    """What a prediction said, and where it stands: its segment, and its row there, counted from 0.

    predicted_at: microseconds since 1970. features: the values that group attributes are read from; None is missing.
    """

    segment_id: int
    row_number: int
    predicted_at: int
    decision: int
    score: float
    features: tuple[float | str | None, ...]


class Wanted(msgspec.Struct, frozen=True):
    """A prediction's id, and its day if that is known."""

    id: str
    day: int | None


class _SegmentRows:
    """The outcomes of one segment, by id and day: copies, since views would keep all that was read with them."""

    def __init__(self, found: Predictions, names: Iterable[str]) -> None:
        needed = replace(found, features={name: found.features[name] for name in names})
        rows = needed.at(np.arange(len(found)))
        days = days_of(rows.predicted_at).tolist()
        self.place = {key: place for place, key in enumerate(zip(rows.ids.to_pylist(), days, strict=True))}
        self.rows = rows
        self.features = list(rows.features.values())

    def outcome(self, segment_id: int, place: int) -> Outcome:
        return Outcome(
            segment_id=segment_id,
            row_number=place,
            predicted_at=int(self.rows.predicted_at[place]),
            decision=int(self.rows.decision.codes[place]),
            score=float(self.rows.score[place]),
            features=tuple(_value(column, place) for column in self.features),
        )


class Lookup:
    """Finds predictions of any version. Segments don't change, so those that were read last are kept."""

    def __init__(self, hash_key: bytes, objects: Objects, *, most_kept_rows: int = 200_000) -> None:
        self._hash_key = hash_key
        self._objects = objects
        self._most_kept_rows = most_kept_rows
        self._kept_rows = 0
        self._kept: OrderedDict[int, _SegmentRows] = OrderedDict()

    def id_hashes(self, version: NumberedVersion) -> SubjectHashes:
        """By which ids are known that were erased."""
        return SubjectHashes(self._hash_key, version.project_id, None)

    async def find(
        self,
        connection: AsyncConnection[Any],
        version: NumberedVersion,
        wanted: Sequence[Wanted],
        days: tuple[int, int],
    ) -> list[Outcome | None]:
        """What each prediction said; None for one that isn't there. Without a day, the newest one with the id.

        days: the first and the last day that predictions of the version lie in. One whose segment is just written anew
        may not be found; the version's revision is another then.
        """
        found: list[Outcome | None] = []
        for start in range(0, len(wanted), ROWS_AT_ONCE):
            part = wanted[start : start + ROWS_AT_ONCE]
            newest = await self._newest(connection, version, part, days)
            found += [newest.get(place) for place in range(len(part))]
        return found

    async def _newest(
        self,
        connection: AsyncConnection[Any],
        version: NumberedVersion,
        wanted: Sequence[Wanted],
        days: tuple[int, int],
    ) -> dict[int, Outcome]:
        dated = [(place, each.day) for place, each in enumerate(wanted) if each.day is not None]
        found = await self._on(connection, version, wanted, dated)
        left = [place for place, each in enumerate(wanted) if each.day is None]
        last = days[1]
        while left and last >= days[0]:
            first = max(last - DAYS_AT_ONCE + 1, days[0])
            pairs = [(place, day) for place in left for day in range(first, last + 1)]
            found |= await self._on(connection, version, wanted, pairs)
            left = [place for place in left if place not in found]
            last = first - 1
        return found

    async def _on(
        self,
        connection: AsyncConnection[Any],
        version: NumberedVersion,
        wanted: Sequence[Wanted],
        pairs: Sequence[tuple[int, int]],
    ) -> dict[int, Outcome]:
        """The newest outcome by place in `wanted`, of the (place, day) asked for."""
        newest: dict[int, tuple[int, Outcome]] = {}
        attempt = 0
        while pairs:
            places = {place for place, _ in pairs}
            codes = {place: hash_of(wanted[place].id, self._hash_key, attempt) for place in places}
            hits = await _hits(connection, version.number, [(day, codes[place]) for place, day in pairs])
            by_segment: dict[int, list[tuple[int, int]]] = {}
            erased = [pair for pair, segment in zip(pairs, hits, strict=True) if segment == ERASED_SEGMENT]
            for pair, segment in zip(pairs, hits, strict=True):
                if segment is not None and segment != ERASED_SEGMENT:
                    by_segment.setdefault(segment, []).append(pair)
            pairs = erased  # another id may have had this hash, so ours may have the next one
            async for segment, rows in self._segments(connection, version, sorted(by_segment)):
                for place, day in by_segment.get(segment, ()):  # none where it was just written anew
                    row = rows.place.get((wanted[place].id, day))
                    if row is None:  # another id has this hash, so ours may have the next one
                        pairs.append((place, day))
                    elif place not in newest or newest[place][0] < day:
                        newest[place] = day, rows.outcome(segment, row)
            attempt += 1
        return {place: outcome for place, (_, outcome) in newest.items()}

    async def _segments(
        self, connection: AsyncConnection[Any], version: NumberedVersion, wanted: Sequence[int]
    ) -> AsyncIterator[tuple[int, _SegmentRows]]:
        missing: list[int] = []
        for number in wanted:
            if number in self._kept:
                self._kept.move_to_end(number)
                yield number, self._kept[number]
            else:
                missing.append(number)
        signature = version.signature
        names = group_kinds(signature)
        columns = {*prediction_columns(signature), *(column_of(name, signature) for name in names)}
        for start in range(0, len(missing), _SEGMENTS_AT_ONCE):
            segments = await find_segments_by_id(connection, missing[start : start + _SEGMENTS_AT_ONCE])
            async for segment, found in each_predictions(
                connection, self._objects, segments, signature, wanted=columns
            ):
                rows = _SegmentRows(found, names)
                self._keep(segment.segment_id, rows)
                yield segment.segment_id, rows

    def _keep(self, number: int, segment: _SegmentRows) -> None:
        self._kept[number] = segment
        self._kept_rows += len(segment.rows)
        while self._kept_rows > self._most_kept_rows:
            _, dropped = self._kept.popitem(last=False)
            self._kept_rows -= len(dropped.rows)


def unix_day(day: date) -> int:
    """Days since 1970."""
    return day.toordinal() - _UNIX_DAY


async def _hits(
    connection: AsyncConnection[Any], version_number: int, identities: Sequence[tuple[int, int]]
) -> list[int | None]:
    """The segment that each (day, hash) lies in. The subquery's LIMIT keeps this an index look-up for each."""
    if not identities:
        return []
    cursor = await connection.execute(
        "SELECT held.segment_id"
        " FROM unnest(%(days)s::int[], %(hashes)s::bigint[]) WITH ORDINALITY AS each (day, hash, place)"
        " LEFT JOIN LATERAL ("
        "    SELECT segment_id FROM predictions.identities"
        "    WHERE version_number = %(number)s AND day = DATE '1970-01-01' + each.day AND hash = each.hash LIMIT 1"
        " ) AS held ON true ORDER BY each.place",
        {
            "number": version_number,
            "days": [day for day, _ in identities],
            "hashes": [code for _, code in identities],
        },
    )
    return [row[0] for row in await cursor.fetchall()]


def _value(column: Column, place: int) -> float | str | None:
    if isinstance(column, CategoryColumn):
        code = int(column.codes[place])
        return None if code < 0 else column.values[code]
    return float(column[place])

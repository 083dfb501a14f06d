"""Identities that are taken, and by whom: a hit of the hash is confirmed on the row."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
import numpy as np
from psycopg import AsyncConnection

from cdt.predictions.arrow import ipc, pa
from cdt.predictions.identities import Claims, days_of
from cdt.predictions.payloads import Format
from cdt.predictions.rows import times_of

_PAGE = 64
_JSON = msgspec.json.Decoder(list[tuple[str, datetime, int, float | None, list[msgspec.Raw]]])


async def settle_claims(connection: AsyncConnection[Any], version_number: int, claims: Claims) -> None:
    """Settle every row whose identity is taken: as a duplicate, or by its next hash when another id has it."""
    order = claims.in_order()
    cursor = await connection.execute(
        "SELECT each.place, held.segment_id FROM predictions.identities AS held"
        " JOIN unnest(%(days)s::int[], %(hashes)s::bigint[]) WITH ORDINALITY AS each (day, hash, place)"
        " ON held.day = DATE '1970-01-01' + each.day AND held.hash = each.hash"
        " WHERE held.version_number = %(number)s",
        {"number": version_number, "days": claims.day[order].tolist(), "hashes": claims.hash[order].tolist()},
    )
    rows_by_segment: dict[int, list[int]] = {}
    for place, segment_id in await cursor.fetchall():
        rows_by_segment.setdefault(segment_id, []).append(int(order[place - 1]))
    segments = sorted(rows_by_segment)
    for start in range(0, len(segments), _PAGE):
        cursor = await connection.execute(
            "SELECT segment_id, sealed.format, kept.payload"
            " FROM predictions.payloads AS kept JOIN predictions.segments AS sealed USING (segment_id)"
            " WHERE segment_id = ANY(%s)",
            (segments[start : start + _PAGE],),
            binary=True,
        )
        for segment_id, form, payload in await cursor.fetchall():
            held = _ids_and_days(payload, form)
            for row in rows_by_segment[segment_id]:
                own = claims.ids[row]
                claims.settle(row, other_id=own if (own, int(claims.day[row])) in held else None)


def _ids_and_days(payload: bytes, form: Format) -> set[tuple[str, int]]:
    if form == "json":
        rows = _JSON.decode(payload)
        ids: Sequence[str] = [row[0] for row in rows]
        days = days_of(times_of([row[1] for row in rows]))
    else:
        with ipc.open_stream(payload) as reader:
            batch = reader.read_next_batch()
        ids = batch.column("prediction_id").to_pylist()
        days = days_of(batch.column("predicted_at").cast(pa.int64()).to_numpy(zero_copy_only=False))
    return set(zip(ids, np.asarray(days).tolist(), strict=True))

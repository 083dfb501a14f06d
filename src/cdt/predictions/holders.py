"""Identities that are taken, and by whom: a hit of the hash is confirmed on the row, and its content compared."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from cdt.predictions.columns import Predictions
from cdt.predictions.erasures import ERASED_SEGMENT, erased_among
from cdt.predictions.identities import day_of_number, days_of
from cdt.predictions.objects import Objects
from cdt.predictions.payloads import predictions_of
from cdt.predictions.reading import each_predictions
from cdt.predictions.refusals import WAS_ERASED, Refusal
from cdt.predictions.segments import find_segments_by_id
from cdt.predictions.subjects import SubjectHashes
from cdt.predictions.taking import Taking
from cdt.predictions.versions import NumberedVersion

_PAGE = 64


async def settle_claims(
    connection: AsyncConnection[Any], objects: Objects, taking: Taking, *, body_id: UUID | None = None
) -> list[int]:
    """Settle each row whose identity is taken: by a row of its own id, or, when another id has it, by its next hash.

    Answers the rows that can't be settled now, since a body has their identity that is not sealed yet. Rows of the
    body `body_id`, whose part this is, count as if they were sealed.
    """
    claims, version = taking.claims, taking.version
    order = claims.in_order()
    cursor = await connection.execute(
        "SELECT each.place, held.segment_id, unsealed.body_id FROM predictions.identities AS held"
        " JOIN unnest(%(days)s::int[], %(hashes)s::bigint[]) WITH ORDINALITY AS each (day, hash, place)"
        " ON held.day = DATE '1970-01-01' + each.day AND held.hash = each.hash"
        " LEFT JOIN predictions.unsealed_segments AS unsealed ON unsealed.segment_id = held.segment_id"
        " WHERE held.version_number = %(number)s",
        {"number": version.number, "days": claims.day[order].tolist(), "hashes": claims.hash[order].tolist()},
    )
    rows_by_segment: dict[int, list[int]] = {}
    blocked: list[int] = []
    erased: list[int] = []
    for place, segment_id, held_by in await cursor.fetchall():
        row = int(order[place - 1])
        if segment_id == ERASED_SEGMENT:
            erased.append(row)
        elif held_by is None or held_by == body_id:
            rows_by_segment.setdefault(segment_id, []).append(row)
        else:
            blocked.append(row)
    await _settle_erased(connection, taking, erased)
    segments = sorted(rows_by_segment)
    for start in range(0, len(segments), _PAGE):
        page = segments[start : start + _PAGE]
        async for segment_id, held in _rows(connection, objects, version, page, is_body=body_id is not None):
            days = days_of(held.predicted_at).tolist()
            place_of = {key: place for place, key in enumerate(zip(held.ids.to_pylist(), days, strict=True))}
            place_by_row: dict[int, int] = {}
            for row in rows_by_segment.get(segment_id, ()):  # none where it was just written anew
                place = place_of.get((claims.ids[row], int(claims.day[row])))
                claims.settle(row, other_id=None if place is None else claims.ids[row])
                if place is not None:
                    place_by_row |= dict.fromkeys((row, *claims.twins.pop(row, ())), place)
            if place_by_row:
                taking.compare(place_by_row, held)
    return blocked


async def _settle_erased(connection: AsyncConnection[Any], taking: Taking, rows: list[int]) -> None:
    """Refuse those of these rows that were erased themselves; of the others another id had the hash."""
    if not rows:
        return
    claims, version = taking.claims, taking.version
    hashes = SubjectHashes(taking.hash_key, version.project_id, None)
    hash_by_row = {row: hashes.of(claims.ids[row]) for row in rows}
    found = await erased_among(connection, version.number, list(hash_by_row.values()))
    for row, code in hash_by_row.items():
        if (day_of_number(int(claims.day[row])), code) in found:
            taking.refuse([row, *claims.twins.pop(row, ())], Refusal("prediction_id", WAS_ERASED))
        else:
            claims.settle(row, other_id=None)


async def _rows(
    connection: AsyncConnection[Any], objects: Objects, version: NumberedVersion, wanted: list[int], *, is_body: bool
) -> AsyncIterator[tuple[int, Predictions]]:
    """The rows of segments that are sealed, and of those of a body that is being written, which nobody packs."""
    sealed = await find_segments_by_id(connection, wanted)
    async for segment, held in each_predictions(connection, objects, sealed, version.signature):
        yield segment.segment_id, held
    if not is_body:
        return
    cursor = await connection.execute(
        "SELECT segment_id, unsealed.format, kept.payload FROM predictions.payloads AS kept"
        " JOIN predictions.unsealed_segments AS unsealed USING (segment_id) WHERE segment_id = ANY(%(wanted)s)",
        {"wanted": wanted},
        binary=True,
    )
    for segment_id, form, payload in await cursor.fetchall():
        yield segment_id, predictions_of(payload, form, version.signature)

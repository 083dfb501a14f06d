"""Predictions that have come meet the labels that waited for them."""

from typing import Any

import msgspec
from psycopg import AsyncConnection

from cdt.predictions.columns import Predictions
from cdt.predictions.identities import days_of
from cdt.predictions.kept_labels import label_of
from cdt.predictions.labelling import Counted, Labelling, place_of
from cdt.predictions.labels import present_labels, write_labels
from cdt.predictions.lookup import Lookup, Wanted
from cdt.predictions.objects import Objects
from cdt.predictions.rows import LabelRow
from cdt.predictions.sealing import Sealing, seal
from cdt.predictions.segment_ids import SegmentIds
from cdt.predictions.versions import NumberedVersion


class _Met(msgspec.Struct, frozen=True):
    """A label that waited, with the day it named, and the day of the prediction that has come."""

    row: LabelRow
    named_day: int | None
    day: int


async def meet_waiting_labels(
    connection: AsyncConnection[Any],
    objects: Objects,
    version: NumberedVersion,
    predictions: Predictions,
    *,
    hash_key: bytes,
    segment_ids: SegmentIds,
) -> int:
    """Put the labels that waited for these predictions into a segment of labels; answer how many there were.

    A prediction that got a label since keeps that one, which is newer. The segment ids must be reserved.
    """
    met = await _find(connection, version.number, predictions)
    if not met:
        return 0
    wanted = [Wanted(each.row.id, each.day) for each in met]
    found = await Lookup(hash_key, objects).find(connection, version, wanted, (0, -1))
    outcomes = [outcome for outcome in found if outcome is not None]
    assert len(outcomes) == len(met)  # a segment and its identities are committed together
    present = await present_labels(connection, version.number, sorted({place_of(each) for each in outcomes}))
    labelling = Labelling({})
    for each, outcome in zip(met, outcomes, strict=True):
        if place_of(outcome) not in present:
            labelling.put(each.row, outcome, Counted())
    await write_labels(connection, version, labelling)
    await connection.execute(
        "DELETE FROM predictions.waiting_labels AS kept"
        " USING unnest(%(ids)s::text[], %(days)s::int[]) AS each (prediction_id, day)"
        " WHERE kept.version_number = %(number)s AND kept.prediction_id = each.prediction_id"
        " AND kept.day = coalesce(DATE '1970-01-01' + each.day, '-infinity')",
        {
            "number": version.number,
            "ids": [each.row.id for each in met],
            "days": [each.named_day for each in met],
        },
    )
    sealing = Sealing(
        project_id=version.project_id,
        version_number=version.number,
        kind="labels",
        segments=labelling.segments(version.signature, segment_ids),
        receipts=[],
        labels=len(labelling.new),
    )
    if sealing.segments:
        await seal(connection, sealing)
    return len(met)


async def are_labels_waiting(connection: AsyncConnection[Any], version_number: int) -> bool:
    """Whether any label of the version waits for its prediction."""
    cursor = await connection.execute(
        "SELECT EXISTS (SELECT FROM predictions.waiting_labels WHERE version_number = %s)", (version_number,)
    )
    row = await cursor.fetchone()
    assert row is not None
    return row[0]


async def _find(connection: AsyncConnection[Any], version_number: int, predictions: Predictions) -> list[_Met]:
    """The labels that waited for the predictions, oldest first; locked."""
    if not await are_labels_waiting(connection, version_number):
        return []
    days_by_id: dict[str, set[int]] = {}
    for prediction_id, day in zip(predictions.ids.to_pylist(), days_of(predictions.predicted_at).tolist(), strict=True):
        days_by_id.setdefault(prediction_id, set()).add(day)
    cursor = await connection.execute(
        "SELECT prediction_id, label, number, CASE WHEN isfinite(day) THEN day - DATE '1970-01-01' END, recorded_at"
        " FROM predictions.waiting_labels WHERE version_number = %s AND prediction_id = ANY(%s)"
        " ORDER BY prediction_id, day FOR UPDATE",
        (version_number, list(days_by_id)),
    )
    waiting = sorted(await cursor.fetchall(), key=lambda kept: kept[-1])
    return [
        _Met(
            LabelRow(prediction_id, label_of(code, number), None),
            named,
            max(days_by_id[prediction_id]) if named is None else named,
        )
        for prediction_id, code, number, named, _ in waiting
        if named is None or named in days_by_id[prediction_id]
    ]

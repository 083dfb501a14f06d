"""One transaction that takes in the labels of many bodies: each finds its prediction, or waits for it."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import msgspec
from msgspec import UNSET
from psycopg import AsyncConnection
from psycopg.errors import CheckViolation, DeadlockDetected, SerializationFailure, UniqueViolation

from cdt.predictions import receipts
from cdt.predictions.columns import Label
from cdt.predictions.corrections import write_corrections
from cdt.predictions.errors import Busy, Overtaken
from cdt.predictions.flushing import ATTEMPTS, Outcome, find_receipts, without_repeated_keys
from cdt.predictions.kept_labels import codes_of, label_of, numbers_of
from cdt.predictions.label_refusals import find_refusals, reject_whole, with_refused
from cdt.predictions.labelling import Counted, Labelling, Place, place_of
from cdt.predictions.lookup import Lookup, Wanted, unix_day
from cdt.predictions.lookup import Outcome as Prediction
from cdt.predictions.quarantine.keeping import Keeping, Leaving
from cdt.predictions.receipts import Receipt
from cdt.predictions.refusals import Refusal
from cdt.predictions.rejections import Rejections
from cdt.predictions.rows import LabelRow
from cdt.predictions.sealing import NewReceipt, Sealing, begin, seal, see, write
from cdt.predictions.segment_ids import SegmentIds
from cdt.predictions.subjects import SubjectHashes
from cdt.predictions.taking import with_sequence
from cdt.predictions.versions import NumberedVersion
from cdt.predictions.waiting import keep_waiting, wanted_by
from cdt.predictions.works import Work

LabelWork = Work[list[LabelRow]]


class _Looked(msgspec.Struct):
    """What was found for one version's bodies before the transaction."""

    version: NumberedVersion
    works: list[LabelWork]
    sequence: int
    revision: int
    refused: dict[int, Refusal]
    """By their places the rows that are not taken in."""
    predictions: list[Prediction | None]
    present: dict[Place, Label]


async def take_labels(
    connection: AsyncConnection[Any], works: Sequence[LabelWork], *, lookup: Lookup, segment_ids: SegmentIds
) -> Mapping[LabelWork, Outcome]:
    """Store the bodies, each wholly or not at all, and answer for each what became of it.

    Predictions and present labels are looked up before the transaction, which fails when they changed meanwhile. A
    label waits only if its prediction isn't there at the moment of the commit: the version is locked then, and
    predictions that come later find the waiting label when they are folded.
    """
    outcomes: dict[LabelWork, Outcome] = {}
    left = without_repeated_keys(works, outcomes)
    for _ in range(ATTEMPTS):
        try:
            async with connection.transaction():
                await see(connection, list({work.version.project_id for work in left}))
                outcomes |= await find_receipts(connection, left, "labels")
                left = [work for work in left if work not in outcomes]
                looked = [await _look(connection, list(group), lookup) for _, group in _by_version(left)]
            if left:
                outcomes |= await _commit(connection, looked, lookup, segment_ids)
        except (UniqueViolation, CheckViolation, DeadlockDetected, SerializationFailure, Overtaken):
            await connection.rollback()
        else:
            return outcomes
    return {**dict.fromkeys(left, Busy()), **outcomes}


def _by_version(works: Sequence[LabelWork]) -> Any:
    def number_of(work: LabelWork) -> int:
        return work.version.number

    return groupby(sorted(works, key=number_of), key=number_of)


async def _look(connection: AsyncConnection[Any], works: list[LabelWork], lookup: Lookup) -> _Looked:
    version = works[0].version
    cursor = await connection.execute(
        "SELECT sequence, revision, kept_from, (low_water AT TIME ZONE 'UTC')::date,"
        " (high_water AT TIME ZONE 'UTC')::date FROM predictions.versions WHERE number = %s",
        (version.number,),
    )
    row = await cursor.fetchone()
    assert row is not None
    sequence, revision, kept_from, low, high = row
    wanted = [wanted_by(row) for work in works for row in work.batch]
    days = (unix_day(low), unix_day(high)) if low is not None else (0, -1)
    predictions = await lookup.find(connection, version, wanted, days)
    refused = await find_refusals(connection, version, wanted, predictions, lookup, kept_from=kept_from)
    if refused and _reject_whole(works, refused):
        return await _look(connection, works, lookup)
    places = sorted({place_of(each) for each in predictions if each is not None})
    present = await present_labels(connection, version.number, places)
    return _Looked(version, works, sequence, revision, refused, predictions, present)


def _reject_whole(works: Sequence[LabelWork], refused: Mapping[int, Refusal]) -> bool:
    """Reject the bodies of which one row rejects all, where one is refused; whether there was any."""
    start, rejected = 0, False
    for work in works:
        rows = work.rows
        if work.is_whole and (of_it := _of(refused, start, rows)):
            reject_whole(work, of_it, work.version.signature)
            rejected = True
        start += rows
    return rejected


def _of(refused: Mapping[int, Refusal], start: int, rows: int) -> dict[int, Refusal]:
    """Those of one body, by their places in it."""
    return {place - start: refused[place] for place in range(start, start + rows) if place in refused}


async def _commit(
    connection: AsyncConnection[Any], looked: Sequence[_Looked], lookup: Lookup, segment_ids: SegmentIds
) -> dict[LabelWork, Outcome]:
    rows = sum(len(each.predictions) for each in looked)
    await segment_ids.reserve(connection, 2 + len(looked) + 2 * rows // 10_000)
    await begin(connection, list({each.version.project_id for each in looked}))
    written = [await _write(connection, each, lookup, segment_ids) for each in looked]
    outcomes: dict[LabelWork, Outcome] = {}
    for each, (sealing, answers, waiting) in zip(looked, written, strict=True):
        cursor = await seal(connection, sealing, is_written=True)
        sequence = await cursor.fetchone()
        assert sequence is not None
        await _require_unmoved(connection, each)
        if waiting:
            await _require_absent(connection, each, waiting, lookup, sequence - len(sealing.segments))
        outcomes |= {work: with_sequence(answer, sequence) for work, answer in zip(each.works, answers, strict=True)}
    await connection.execute("COMMIT")
    return outcomes


async def _write(
    connection: AsyncConnection[Any], looked: _Looked, lookup: Lookup, segment_ids: SegmentIds
) -> tuple[Sealing, list[Receipt], list[Wanted]]:
    """All but the sealing, in the order in which every writer takes its locks: waiting labels, then identities."""
    version = looked.version
    labelling = Labelling(looked.present)
    counted = [Counted() for _ in looked.works]
    early: list[tuple[LabelRow, Counted]] = []
    rejections: list[Rejections] = []
    start = 0
    for count, work in zip(counted, looked.works, strict=True):
        rejections.append(with_refused(work, _of(looked.refused, start, work.rows)))
        for place, row in enumerate(work.batch, start):
            prediction = looked.predictions[place]
            if place in looked.refused:
                continue
            if prediction is None:
                early.append((row, count))
            else:
                labelling.put(row, prediction, count, work.by)
        start += work.rows
    waiting = await keep_waiting(connection, version, early)
    await write_labels(connection, version, labelling)
    await write_corrections(connection, version, labelling.corrections)
    answers = [
        Receipt(
            accepted=count.new + count.corrected + count.waiting,
            duplicates=count.duplicates,
            corrected=count.corrected,
            waiting=count.waiting,
            rejected=tuple(rejected.reported),
            rejected_count=rejected.count,
            receipt_id=work.receipt_id,
            batch_rejected=True if work.is_whole and work.rejections.count else UNSET,
        )
        for count, rejected, work in zip(counted, rejections, looked.works, strict=True)
    ]
    sealing = Sealing(
        project_id=version.project_id,
        version_number=version.number,
        kind="labels",
        segments=labelling.segments(version.signature, segment_ids),
        receipts=[
            NewReceipt(
                key=work.key,
                receipt_id=work.receipt_id,
                body_digest=work.body_digest,
                answer=receipts.encode(answer),
            )
            for work, answer in zip(looked.works, answers, strict=True)
            if work.key is not None and work.receipt_id is not None
        ],
        labels=len(labelling.new),
        rejected=sum(rejected.count for rejected in rejections),
        keeping=_keeping(looked.works, rejections, lookup.id_hashes(version)),
    )
    await write(connection, sealing)
    return sealing, answers, waiting


def _keeping(works: Sequence[LabelWork], rejections: Sequence[Rejections], hashes: SubjectHashes) -> Keeping | None:
    """What the bodies leave. rejections: of each, those that are refused among them, which leave nothing."""
    leaving = Leaving(hashes)
    for work, found in zip(works, rejections, strict=True):
        leaving.add(work.leavings.refused, key=work.key, again=work.again, is_counted=False)  # of predictions alone
        if work.again:
            rejected = set(found.numbers)
            leaving.resolve([each for row, each in enumerate(work.again) if row not in rejected], key=work.key)
    return leaving.keeping()


async def _require_unmoved(connection: AsyncConnection[Any], looked: _Looked) -> None:
    """Raise Overtaken if rows have gone since predictions were looked up: theirs may be among them."""
    cursor = await connection.execute(
        "SELECT revision FROM predictions.versions WHERE number = %(number)s", {"number": looked.version.number}
    )
    if await cursor.fetchone() != (looked.revision,):
        raise Overtaken


async def _require_absent(
    connection: AsyncConnection[Any], looked: _Looked, waiting: list[Wanted], lookup: Lookup, sequence: int
) -> None:
    """Raise Overtaken if a prediction that a label waits for was committed since it was looked up."""
    cursor = await connection.execute(
        "SELECT (min(predicted_from) AT TIME ZONE 'UTC')::date, (max(predicted_to) AT TIME ZONE 'UTC')::date"
        " FROM predictions.segments WHERE version_number = %s AND sequence > %s AND sequence <= %s"
        " AND kind = 'predictions'",
        (looked.version.number, looked.sequence, sequence),
    )
    row = await cursor.fetchone()
    assert row is not None
    low, high = row
    if low is None:
        return
    found = await lookup.find(connection, looked.version, waiting, (unix_day(low), unix_day(high)))
    if any(prediction is not None for prediction in found):
        raise Overtaken


async def present_labels(
    connection: AsyncConnection[Any], version_number: int, places: Sequence[Place]
) -> dict[Place, Label]:
    """The labels that predictions have by now."""
    cursor = await connection.execute(
        "SELECT each.segment_id, each.row_number, held.label, held.number"
        " FROM unnest(%(segments)s::bigint[], %(rows)s::int[]) AS each (segment_id, row_number)"
        " CROSS JOIN LATERAL ("
        "    SELECT label, number FROM predictions.labelled"
        "    WHERE version_number = %(number)s"
        "    AND segment_id = each.segment_id AND row_number = each.row_number LIMIT 1"
        " ) AS held",
        {
            "number": version_number,
            "segments": [place.segment_id for place in places],
            "rows": [place.row_number for place in places],
        },
    )
    return {Place(segment, row): label_of(code, number) for segment, row, code, number in await cursor.fetchall()}


async def write_labels(connection: AsyncConnection[Any], version: NumberedVersion, labelling: Labelling) -> None:
    """Make the labels the predictions' present ones; raises when somebody else labelled them meanwhile."""
    if labelling.new:
        await connection.execute(
            "INSERT INTO predictions.labelled (project_id, version_number, segment_id, row_number, label, number)"
            " SELECT %(project)s, %(number)s, each.segment_id, each.row_number, each.label, each.number"
            " FROM unnest(%(segments)s::bigint[], %(rows)s::int[], %(labels)s::smallint[], %(numbers)s::float8[])"
            " AS each (segment_id, row_number, label, number)",
            {
                "project": version.project_id,
                "number": version.number,
                "segments": [place.segment_id for place, _ in labelling.new],
                "rows": [place.row_number for place, _ in labelling.new],
                "labels": codes_of(label for _, label in labelling.new),
                "numbers": numbers_of(label for _, label in labelling.new),
            },
        )
    changed = labelling.changed
    if not changed:
        return
    cursor = await connection.execute(
        "WITH locked AS ("
        "    SELECT held.segment_id, held.row_number, each.label, each.number"
        "    FROM unnest(%(segments)s::bigint[], %(rows)s::int[], %(before)s::smallint[], %(labels)s::smallint[],"
        "    %(numbers_before)s::float8[], %(numbers)s::float8[])"
        "    AS each (segment_id, row_number, before, label, number_before, number)"
        "    JOIN predictions.labelled AS held ON held.version_number = %(number)s"
        "    AND held.segment_id = each.segment_id AND held.row_number = each.row_number"
        "    AND (held.label = each.before OR held.number = each.number_before)"
        "    ORDER BY held.segment_id, held.row_number FOR UPDATE OF held"
        ") UPDATE predictions.labelled AS held SET label = locked.label, number = locked.number FROM locked"
        " WHERE held.version_number = %(number)s AND held.segment_id = locked.segment_id"
        " AND held.row_number = locked.row_number",
        {
            "number": version.number,
            "segments": [place.segment_id for place, _, _ in changed],
            "rows": [place.row_number for place, _, _ in changed],
            "before": codes_of(before for _, before, _ in changed),
            "labels": codes_of(label for _, _, label in changed),
            "numbers_before": numbers_of(before for _, before, _ in changed),
            "numbers": numbers_of(label for _, _, label in changed),
        },
    )
    if cursor.rowcount != len(changed):
        raise Overtaken

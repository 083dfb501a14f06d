"""One transaction that takes in the predictions of many bodies, tried again until it is known which rows are new."""

import asyncio
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, TypeAlias

from psycopg import AsyncConnection, AsyncCursor
from psycopg.errors import CheckViolation, DeadlockDetected, SerializationFailure, UniqueViolation

from cdt.predictions import receipts
from cdt.predictions.errors import BeingTakenIn, Busy, KeyWasOther
from cdt.predictions.holders import settle_claims
from cdt.predictions.leaving import PredictionBatch
from cdt.predictions.objects import Objects
from cdt.predictions.receipts import Receipt
from cdt.predictions.sealing import Kind, Sealing, begin, claim, count, seal, seal_alone, see, write
from cdt.predictions.segment_ids import SegmentIds
from cdt.predictions.taking import Plan, Taking, segments_needed, with_sequence
from cdt.predictions.versions import kept_from
from cdt.predictions.works import Work

ATTEMPTS = 20
MANY_ROWS = 1_000
"""From so many rows on, the work before the transaction is done in a thread."""

Outcome: TypeAlias = Receipt | Exception


async def take_predictions(
    connection: AsyncConnection[Any],
    works: Sequence[Work[PredictionBatch]],
    *,
    objects: Objects,
    hash_key: bytes,
    segment_ids: SegmentIds,
) -> Mapping[Work[PredictionBatch], Outcome]:
    """Store the bodies, each wholly or not at all, and answer for each what became of it.

    Tried first as if every row and key were new, which is one round trip; only when Postgres says otherwise is
    it looked up what is there. A lost connection is raised, and nobody knows then whether the bodies are stored.
    """
    outcomes: dict[Work[PredictionBatch], Outcome] = {}
    left = without_repeated_keys(works, outcomes)
    takings = await _takings(left, hash_key)
    for _ in range(ATTEMPTS):
        if not takings:
            return outcomes
        try:
            takings = await _without_rejected(takings, hash_key)
            outcomes.update(await _commit(connection, takings, segment_ids))
        except (UniqueViolation, CheckViolation, DeadlockDetected, SerializationFailure):
            await connection.rollback()
            async with connection.transaction():
                await see(connection, list({each.version.project_id for each in takings}))
                answered = await find_receipts(connection, left, "predictions")
                for taking in takings:
                    taking.refuse_before(await kept_from(connection, taking.version.number))
                    blocked = taking.works_of(await settle_claims(connection, objects, taking))
                    answered = {**dict.fromkeys(blocked, BeingTakenIn()), **answered}
            if answered:
                outcomes.update(answered)
                left = [work for work in left if work not in answered]
                takings = await _takings(left, hash_key)
        else:
            return outcomes
    return {**dict.fromkeys(left, Busy()), **outcomes}


def without_repeated_keys(works: Sequence[Work[Any]], outcomes: dict[Any, Outcome]) -> list[Work[Any]]:
    """The works, the second of two with one key left out: its sender is told to send it again."""
    seen: set[tuple[int, str]] = set()
    left: list[Work[Any]] = []
    for work in works:
        if work.key is not None:
            if (work.version.number, work.key) in seen:
                outcomes[work] = Busy(retry_after_seconds=0.1)
                continue
            seen.add((work.version.number, work.key))
        left.append(work)
    return left


async def find_receipts(
    connection: AsyncConnection[Any], works: Sequence[Work[Any]], kind: Kind
) -> dict[Work[Any], Outcome]:
    """What was answered before under the works' keys."""
    keyed = {(work.version.number, work.key): work for work in works if work.key is not None}
    if not keyed:
        return {}
    cursor = await connection.execute(
        "SELECT version_number, key, body_digest, sequence, answer"
        " FROM predictions.receipts JOIN unnest(%s::int[], %s::text[]) AS wanted (version_number, key)"
        " USING (version_number, key) WHERE kind = %s",
        ([number for number, _ in keyed], [key for _, key in keyed], kind),
    )
    found: dict[Work[Any], Outcome] = {}
    for number, key, body_digest, sequence, answer in await cursor.fetchall():
        work = keyed[number, key]
        if work.body_digest == body_digest:
            found[work] = with_sequence(receipts.decode(answer), sequence)
        else:
            found[work] = KeyWasOther()
    return found


async def _takings(works: Sequence[Work[PredictionBatch]], hash_key: bytes) -> list[Taking]:
    """The works by version, in the order of the versions' numbers."""

    def number_of(work: Work[PredictionBatch]) -> int:
        return work.version.number

    def make() -> list[Taking]:
        return [Taking(list(group), hash_key) for _, group in groupby(sorted(works, key=number_of), key=number_of)]

    return await _by_size(sum(work.rows for work in works), make)


async def _without_rejected(takings: Sequence[Taking], hash_key: bytes) -> list[Taking]:
    """The same, of bodies that one row rejects what is left: nothing, if they have such a row."""

    def make() -> list[Taking]:
        return [Taking(each.works, hash_key) if each.rejects_all() else each for each in takings]

    return await _by_size(sum(work.rows for taking in takings for work in taking.works if work.is_whole), make)


async def _commit(
    connection: AsyncConnection[Any], takings: Sequence[Taking], segment_ids: SegmentIds
) -> dict[Work[PredictionBatch], Outcome]:
    await segment_ids.reserve(connection, sum(segments_needed(taking.works) for taking in takings))
    rows = sum(work.rows for taking in takings for work in taking.works)
    plans = await _by_size(rows, lambda: [taking.plan(segment_ids) for taking in takings])
    if len(takings) == 1 and rows < MANY_ROWS:
        sealing, answers = takings[0].carry_out(plans[0])
        told = [answers]
        sequences = [await seal_alone(connection, sealing, plans[0].identities)]
    else:
        told, sequences = await _seal_all(connection, takings, plans)
    outcomes: dict[Work[PredictionBatch], Outcome] = {}
    for sequence, taking, answers in zip(sequences, takings, told, strict=True):
        for work, answer in zip(taking.works, answers, strict=True):
            outcomes[work] = with_sequence(answer, sequence)
    return outcomes


async def _seal_all(
    connection: AsyncConnection[Any], takings: Sequence[Taking], plans: Sequence[Plan]
) -> tuple[list[list[Receipt]], list[int]]:
    """Several versions, or many rows: these are claimed and written before any version is locked.

    Postgres claims the identities while the bytes are made that are written after them.
    """
    rows = sum(len(plan.fresh) for plan in plans)
    async with connection.pipeline():
        await begin(connection, list({taking.version.project_id for taking in takings}))
        for taking, plan in zip(takings, plans, strict=True):
            if len(plan.fresh):
                await claim(connection, taking.version, plan.identities)
        made: list[tuple[Sealing, list[Receipt]]] = await _by_size(
            rows, lambda: [taking.carry_out(plan) for taking, plan in zip(takings, plans, strict=True)]
        )
        for sealing, _ in made:
            await write(connection, sealing)
        cursors: list[AsyncCursor[int]] = []
        for sealing, _ in made:  # each sees its own project alone from here on
            cursors.append(await seal(connection, sealing, is_written=True))
            await count(connection, sealing)
        await connection.execute("COMMIT")
    sequences = [sequence for cursor in cursors if (sequence := await cursor.fetchone()) is not None]
    return [answers for _, answers in made], sequences


async def _by_size(rows: int, make: Any) -> Any:
    return await asyncio.to_thread(make) if rows >= MANY_ROWS else make()

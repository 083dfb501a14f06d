"""Erasing calls of served models that are no predictions yet, as far as it can be told whose they are."""

import asyncio
from collections.abc import Set
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import class_row

from cdt.domain.registry.signature import Signature
from cdt.predictions.erasing_quarantine import Sent, holds_value
from cdt.predictions.holding import require_free
from cdt.predictions.kserve.bodies import ModelFailed, NotUnderstood, answers_of, instances_of
from cdt.predictions.kserve.calls import Call
from cdt.predictions.kserve.rows import features_of, places_of
from cdt.predictions.subjects import SubjectHashes
from cdt.predictions.versions import NumberedVersion

CALLS_AT_ONCE = 10
"""Each has up to eight mebibytes."""


async def erase_calls(
    connection: AsyncConnection[Any], version: NumberedVersion, subjects: Set[str], column: str | None, hash_key: bytes
) -> int:
    """Calls that wait, with an instance that holds one of the values in the column, or is of such an id; how many.

    A call goes as a whole, and one that can't be understood goes, since nobody can tell whose it is. The connection
    must not be in a transaction. Raises IsHeld.
    """
    hashes = SubjectHashes(hash_key, version.project_id, column)

    def is_gone(call: Call) -> bool:
        try:
            instances = _instances(call, version.signature)
        except NotUnderstood:
            return True
        if column is None:
            return any(hashes.of(f"{call.call_id}-{number}") in subjects for number in range(len(instances)))
        return any(holds_value(each, column, hashes, subjects) for each in instances)

    after, erased = "", 0
    while True:
        async with connection.transaction():
            await require_free(connection, version.number)
            found = await _next(connection, version.number, after)
            if not found:
                return erased
            gone = [each.call_id for each in found if await asyncio.to_thread(is_gone, each)]
            await connection.execute(
                "DELETE FROM predictions.calls WHERE version_number = %(number)s AND call_id = ANY(%(gone)s)",
                {"number": version.number, "gone": gone},
            )
        after, erased = found[-1].call_id, erased + len(gone)


async def _next(connection: AsyncConnection[Any], version_number: int, after: str) -> list[Call]:
    async with connection.cursor(row_factory=class_row(Call)) as cursor:
        await cursor.execute(
            "SELECT project_id, version_number, call_id, recorded_at, has_failed, mapping, request, requested_at,"
            " answer, answered_at FROM predictions.calls WHERE version_number = %(number)s AND call_id > %(after)s"
            " AND (request IS NOT NULL OR answer IS NOT NULL) ORDER BY call_id LIMIT %(most)s",
            {"number": version_number, "after": after, "most": CALLS_AT_ONCE},
        )
        return await cursor.fetchall()


def _instances(call: Call, signature: Signature) -> list[Sent]:
    """What is known of each: of an answer alone, that it is there."""
    if call.request is not None:
        places = places_of(signature, call.typed_mapping)
        found = instances_of(call.request, [column.name for column in signature.columns])
        return [Sent(features=features_of(each, places)) for each in found]
    assert call.answer is not None
    try:
        answers = answers_of(call.answer)
    except ModelFailed:
        return []
    outputs = [answers] if isinstance(answers, list) else list(answers.values())
    return [Sent()] * max(map(len, outputs), default=0)

"""Requests to served models and their answers, joined by their id: kept until both are there, then predictions."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, Literal, NamedTuple, Protocol, TypeAlias
from weakref import WeakValueDictionary

import structlog
from psycopg import AsyncConnection

from cdt.predictions import receipts
from cdt.predictions.kserve import calls
from cdt.predictions.kserve.bodies import ModelFailed
from cdt.predictions.kserve.calls import Call, Half
from cdt.predictions.kserve.mapping import Mapping
from cdt.predictions.kserve.rows import read_call
from cdt.predictions.quarantine.gathering import Decoded, gather
from cdt.predictions.quarantine.held import NOTHING, Leavings
from cdt.predictions.receipts import Receipt
from cdt.predictions.rejections import Rejections
from cdt.predictions.rows import PredictionRow
from cdt.predictions.sealing import see
from cdt.predictions.taking import with_sequence
from cdt.predictions.versions import NumberedVersion, Version

MOST_HALF_BYTES = 4 << 20
MOST_CALL_ID_CHARACTERS = 180
"""What a prediction's id may have, less the number of its instance."""
_FEW_BYTES = 64 * 1024
"""More is read in a thread."""

log = structlog.get_logger()

State: TypeAlias = Literal["waiting", "taken", "rejected", "failed"]
Connect: TypeAlias = Callable[[], AbstractAsyncContextManager[AsyncConnection[Any]]]


class Told(NamedTuple):
    """What became of a half: its other one is awaited, both are predictions now, or the model failed.

    Rejected is a call of which one row that does not fit rejected all, as its model's policy has it.
    """

    state: State
    receipt: Receipt | None = None

    @classmethod
    def of(cls, receipt: Receipt) -> "Told":
        """Of a call that is done."""
        return cls("rejected" if receipt.batch_rejected is True else "taken", receipt)


class TakesPredictions(Protocol):
    """The intake."""

    async def take_predictions(
        self,
        version: Version,
        batch: list[PredictionRow],
        *,
        rejections: Rejections,
        body_digest: str,
        key: str | None = None,
        leavings: Leavings = NOTHING,
    ) -> Receipt:
        """Store the good rows, and what they leave; the receipt is durable."""
        ...


class Calls:
    """Takes in halves. One a process."""

    def __init__(
        self, connect: Connect, numbered: Callable[[Version], Awaitable[NumberedVersion]], intake: TakesPredictions
    ) -> None:
        """`connect` lends a connection; `numbered` knows a version's number."""
        self._connect = connect
        self._numbered = numbered
        self._intake = intake
        self._turn = asyncio.Semaphore(1)
        self._finishing: WeakValueDictionary[tuple[int, str], asyncio.Lock] = WeakValueDictionary()
        """What is whole twice at once is finished one time after the other: of two equal keys one is sent away."""

    async def take(self, version: Version, half: Half, mapping: Mapping, *, now: datetime) -> Told:
        """Keep a half; with the other one, store their predictions. It is durable when it answers.

        A half that comes again changes nothing and is answered alike, for as long as receipts are kept. Raises
        Unavailable when it must be sent again.
        """
        number = (await self._numbered(version)).number
        async with self._connect() as connection, connection.transaction():
            await see(connection, [version.project_id])
            told = await _receipt(connection, number, half.call_id)
            if told is not None:
                return Told.of(told)
            call = await calls.add(connection, half, mapping, project_id=version.project_id, version_number=number)
        if call.has_failed:
            return Told("failed")
        if call.request is None or call.answer is None:
            return Told("waiting")
        return await self.finish(version, call, now=now)

    async def report(self, version: Version, call_ids: Sequence[str]) -> int:
        """Count calls that failed; how many were not known yet. It is durable when it answers."""
        number = (await self._numbered(version)).number
        async with self._connect() as connection, connection.transaction():
            await see(connection, [version.project_id])
            return await calls.report(connection, call_ids, project_id=version.project_id, version_number=number)

    async def finish(self, version: Version, call: Call, *, now: datetime) -> Told:
        """Store the predictions of a call that is whole; done twice, they are stored once."""
        key = call.version_number, call.call_id
        async with self._finishing.setdefault(key, asyncio.Lock()):
            return await self._finish(version, call, now)

    async def _finish(self, version: Version, call: Call, now: datetime) -> Told:
        try:
            rows, rejections, leavings = await self._decoded(version, call, now)
        except ModelFailed:
            async with self._connect() as connection, connection.transaction():
                await see(connection, [version.project_id])
                await calls.fail(connection, call)
            return Told("failed")
        key = _key(call.call_id)
        receipt = await self._intake.take_predictions(
            version, rows, rejections=rejections, body_digest=key, key=key, leavings=leavings
        )
        if receipt.rejected:
            first = receipt.rejected[0]
            log.warning(
                "call_rejected",
                version=str(version.version_id),
                call=call.call_id,
                rows=receipt.rejected_count,
                column=first.column,
                reason=first.reason,
            )
        async with self._connect() as connection, connection.transaction():
            await see(connection, [version.project_id])
            await calls.forget(connection, call)
        return Told.of(receipt)

    async def _decoded(self, version: Version, call: Call, now: datetime) -> Decoded:
        """Its rows, and what becomes of those that do not fit, as of any body."""
        request, answer = call.request, call.answer
        assert request is not None
        assert answer is not None

        def decode() -> Decoded:
            read = read_call(
                call.call_id,
                request,
                answer,
                version.signature,
                call.typed_mapping,
                predicted_at=call.predicted_at,
                processing_ms=call.processing_ms,
                now=now,
            )
            rejections = Rejections()
            return gather(read, read.good(rejections), rejections, version.policy)

        if len(request) + len(answer) <= _FEW_BYTES:
            return decode()
        async with self._turn:
            return await asyncio.to_thread(decode)


def _key(call_id: str) -> str:
    """What the receipt of a call is kept under, and its content known by: the first halves stand."""
    return f"call {hashlib.sha256(call_id.encode()).hexdigest()}"


async def _receipt(connection: AsyncConnection[Any], version_number: int, call_id: str) -> Receipt | None:
    """What was answered when its predictions were stored."""
    cursor = await connection.execute(
        "SELECT sequence, answer FROM predictions.receipts"
        " WHERE version_number = %(number)s AND kind = 'predictions' AND key = %(key)s",
        {"number": version_number, "key": _key(call_id)},
    )
    found = await cursor.fetchone()
    return None if found is None else with_sequence(receipts.decode(found[1]), found[0])

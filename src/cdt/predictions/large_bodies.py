"""Bodies of any length, in bounded memory: stored part by part, unseen, and made visible together at the end."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any, Protocol, TypeVar
from uuid import UUID

import psycopg
import structlog
from msgspec.structs import replace
from psycopg import AsyncConnection
from psycopg.errors import CheckViolation, DeadlockDetected, SerializationFailure, UniqueViolation
from uuid_utils.compat import uuid7

from cdt.domain.errors import Invalid
from cdt.predictions import receipts
from cdt.predictions.errors import BeingTakenIn, Busy, KeyWasOther, Unavailable, WasGivenUp
from cdt.predictions.flushing import ATTEMPTS
from cdt.predictions.holders import settle_claims
from cdt.predictions.leaving import PredictionBatch
from cdt.predictions.objects import Objects
from cdt.predictions.parts import Part, Reading, Stored
from cdt.predictions.receipts import Receipt
from cdt.predictions.sealing import NO_IDENTITIES, count, seal_alone, see
from cdt.predictions.segment_ids import SegmentIds
from cdt.predictions.subjects import SubjectHashes
from cdt.predictions.taking import Taking, segments_needed, with_sequence
from cdt.predictions.unsealed import (
    RENEW_SECONDS,
    GivenUp,
    begin_body,
    discard_segment,
    give_up,
    renew,
    seal_body,
    write_part,
)
from cdt.predictions.versions import NumberedVersion, kept_from
from cdt.predictions.works import Work

B_co = TypeVar("B_co", covariant=True)
log = structlog.get_logger()

Connect = Callable[[], AbstractAsyncContextManager[AsyncConnection[Any]]]

DISCARDED_SECONDS = 2.0
"""How long the sender of a body that failed waits for the answer until nothing is left of it, at the most."""


class LargeBody(Protocol[B_co]):
    """A body that is read once, from its beginning to its end."""

    def parts(self) -> AsyncIterator[Part[B_co]]:
        """Its parts in order; raises Invalid where it can't be read on."""
        ...

    async def digest(self) -> str:
        """The SHA-256 of all of it; reads what was not read yet."""
        ...


class _GivenUp:
    """A body that is to be taken back."""

    def __init__(self, project_id: UUID) -> None:
        self.project_id = project_id
        self.is_gone = asyncio.Event()


class LargeBodies:
    """Takes in large bodies of predictions. One a process."""

    def __init__(
        self, connect: Connect, objects: Objects, *, hash_key: bytes, renew_seconds: float = RENEW_SECONDS
    ) -> None:
        """`connect` lends a connection; `renew_seconds` lie between two renewals of what is being written."""
        self._connect = connect
        self._objects = objects
        self._hash_key = hash_key
        self._renew_seconds = renew_seconds
        self._segment_ids = SegmentIds()
        self._turn = asyncio.Lock()
        """Parts are written one after another, so that all large bodies together need one connection."""
        self._writing: dict[UUID, UUID] = {}
        """By body, its project."""
        self._given_up: dict[UUID, _GivenUp] = {}
        self._has_given_up = asyncio.Event()

    async def take(
        self,
        version: NumberedVersion,
        body: LargeBody[PredictionBatch],
        *,
        key: str | None,
        is_whole: bool = False,
        confirm: Callable[[], Awaitable[None]],
    ) -> Receipt:
        """Store the good rows, all of which become visible at once; the receipt is durable.

        is_whole: whether one rejected row rejects all; then what was stored is taken back.
        confirm: awaited at the end, before anything becomes visible; what it raises gives the body up.
        """
        if key is not None and (told := await self._told_before(version, key)) is not None:
            return _same(told, await body.digest())
        reading = Reading(SubjectHashes(self._hash_key, version.project_id, None), is_whole=is_whole)
        digest = ""
        try:
            async with self._unsealed(version) as body_id:
                async for part in body.parts():
                    reading.add(part, None if reading.is_rejected else await self._store(body_id, version, part))
                if not reading.total.row_count:
                    raise Invalid("rows", "send at least one row")
                await confirm()
                receipt_id = None if key is None else uuid7()
                digest = "" if key is None else await body.digest()
                if not reading.is_rejected:
                    return await self._seal(body_id, version, reading, receipt_id, key, digest)
            return await self._refuse(version, reading, receipt_id, key, digest)
        except UniqueViolation:
            pass
        except CheckViolation as error:  # the day from which on rows are kept has moved over some of its rows
            raise WasGivenUp from error
        assert key is not None
        told = await self._told_before(version, key)
        if told is None:
            raise Busy
        return _same(told, digest)

    async def look_after(self) -> None:
        """Renew what is being written and take back what was given up, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._look_after(self._renew, asyncio.Event()))
            tasks.create_task(self._look_after(self._discard, self._has_given_up))

    async def _look_after(self, look: Callable[[], Awaitable[None]], is_due: asyncio.Event) -> None:
        """Look when something is due, and every few seconds."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._renew_seconds):
                    await is_due.wait()
            is_due.clear()
            try:
                await look()
            except (Unavailable, psycopg.Error) as error:  # the next look may find the database again
                log.warning("large_bodies_not_looked_after", error=str(error))

    async def _renew(self) -> None:
        if not self._writing:
            return
        bodies = dict(self._writing)
        async with self._connect() as connection, connection.transaction():
            await see(connection, list(set(bodies.values())))
            await renew(connection, list(bodies))

    async def _discard(self) -> None:
        while self._given_up:
            body_id, given_up = next(iter(self._given_up.items()))
            is_more = True
            while is_more:
                async with self._turn, self._connect() as connection:
                    is_more = await discard(connection, body_id, given_up.project_id)
            given_up.is_gone.set()
            del self._given_up[body_id]

    @asynccontextmanager
    async def _unsealed(self, version: NumberedVersion) -> AsyncGenerator[UUID]:
        """A body that is given up unless it was sealed when this is left."""
        body_id = uuid7()
        async with self._connect() as connection, connection.transaction():
            await see(connection, [version.project_id])
            await begin_body(connection, body_id, project_id=version.project_id, version_number=version.number)
        self._writing[body_id] = version.project_id
        try:
            yield body_id
        except GivenUp as error:
            raise WasGivenUp from error
        finally:
            if self._writing.pop(body_id, None) is not None:
                given_up = self._given_up[body_id] = _GivenUp(version.project_id)
                self._has_given_up.set()
                with suppress(TimeoutError):  # who sends it again at once shall not meet what is left of it
                    async with asyncio.timeout(DISCARDED_SECONDS):
                        await given_up.is_gone.wait()

    async def _store(self, body_id: UUID, version: NumberedVersion, part: Part[PredictionBatch]) -> Stored:
        """What became of a part."""
        work = Work(
            version,
            part.batch,
            rows=len(part.batch),
            key=None,
            receipt_id=None,
            body_digest="",
            rejections=part.rejections,
            leavings=part.leavings,
        )
        taking = await asyncio.to_thread(Taking, [work], self._hash_key)
        for _ in range(ATTEMPTS):
            async with self._turn, self._connect() as connection:
                async with connection.transaction():
                    await see(connection, [version.project_id])
                    taking.refuse_before(await kept_from(connection, version.number))
                await self._segment_ids.reserve(connection, segments_needed([work]))
                plan = await asyncio.to_thread(taking.plan, self._segment_ids)
                sealing, answers = await asyncio.to_thread(taking.carry_out, plan)
                if not sealing.segments:
                    return Stored(answers[0], sealing)
                try:
                    await write_part(connection, body_id, version, sealing, plan.identities)
                except (UniqueViolation, DeadlockDetected, SerializationFailure):
                    await connection.rollback()
                else:
                    return Stored(answers[0], sealing)
                async with connection.transaction():
                    await see(connection, [version.project_id])
                    if await settle_claims(connection, self._objects, taking, body_id=body_id):
                        raise BeingTakenIn
        raise Busy

    async def _seal(
        self,
        body_id: UUID,
        version: NumberedVersion,
        reading: Reading,
        receipt_id: UUID | None,
        key: str | None,
        digest: str,
    ) -> Receipt:
        receipt = reading.total.receipt(receipt_id)
        async with self._connect() as connection, connection.transaction():
            await see(connection, [version.project_id])
            sealing = reading.sealing(version, receipt, key, digest)
            sequence = await seal_body(connection, body_id, segments=reading.segments, sealing=sealing)
            await count(connection, sealing)
        del self._writing[body_id]
        return replace(receipt, sequence=sequence)

    async def _refuse(
        self, version: NumberedVersion, reading: Reading, receipt_id: UUID | None, key: str | None, digest: str
    ) -> Receipt:
        """Answer a body of which nothing is taken in, and which is taken back already, or will be soon."""
        receipt = reading.total.rejected_whole(receipt_id)
        async with self._connect() as connection:
            sealing = reading.sealing(version, receipt, key, digest)
            sequence = await seal_alone(connection, sealing, NO_IDENTITIES)
        return replace(receipt, sequence=sequence)

    async def _told_before(self, version: NumberedVersion, key: str) -> tuple[str, Receipt] | None:
        async with self._connect() as connection, connection.transaction():
            await see(connection, [version.project_id])
            cursor = await connection.execute(
                "SELECT body_digest, sequence, answer FROM predictions.receipts"
                " WHERE version_number = %(number)s AND kind = 'predictions' AND key = %(key)s",
                {"number": version.number, "key": key},
            )
            row = await cursor.fetchone()
        if row is None:
            return None
        digest, sequence, answer = row
        return digest, with_sequence(receipts.decode(answer), sequence)


async def discard(connection: AsyncConnection[Any], body_id: UUID, project_id: UUID) -> bool:
    """Take back a part of a body that is given up with this; whether more may be left."""
    async with connection.transaction():
        await see(connection, [project_id])
        await give_up(connection, body_id)
    async with connection.transaction():
        await see(connection, [project_id])
        return await discard_segment(connection, body_id)


def _same(told: tuple[str, Receipt], digest: str) -> Receipt:
    """What was answered before, if the body is the same."""
    told_digest, receipt = told
    if told_digest != digest:
        raise KeyWasOther
    return receipt

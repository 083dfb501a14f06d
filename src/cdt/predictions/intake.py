"""Takes in predictions and labels: durable when it answers, each body wholly or not at all, each row once."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

import psycopg
import structlog
from psycopg import AsyncConnection
from psycopg.errors import LockNotAvailable
from psycopg_pool import AsyncConnectionPool
from uuid_utils.compat import uuid7

from cdt.background import ended
from cdt.database.away import is_away
from cdt.database.pools import CONNECTION, borrowed
from cdt.domain.errors import Invalid
from cdt.domain.kernel import Actor
from cdt.predictions.errors import Busy, DatabaseIsAway, StoredRowsAreAway, Unavailable
from cdt.predictions.flushing import Outcome, take_predictions
from cdt.predictions.kserve.joining import Calls
from cdt.predictions.labels import LabelWork, take_labels
from cdt.predictions.lanes import Lane, Tell
from cdt.predictions.large_bodies import LargeBodies, LargeBody
from cdt.predictions.leaving import PredictionBatch
from cdt.predictions.lookup import Lookup
from cdt.predictions.objects import NO_OBJECTS, Objects
from cdt.predictions.quarantine.held import NOTHING, Leavings
from cdt.predictions.receipts import Receipt
from cdt.predictions.rejections import Rejections
from cdt.predictions.rows import LabelRow
from cdt.predictions.segment_ids import SegmentIds
from cdt.predictions.unsealed import RENEW_SECONDS
from cdt.predictions.versions import NumberedVersion, Version, register_version
from cdt.predictions.works import Work
from cdt.storage.storage import StorageIsAway

log = structlog.get_logger()

SMALL_BODY_ROWS = 1_000
FLUSH_ROWS = 5_000

W = TypeVar("W", bound=Work[Any])


class Intake:
    """The way in for rows. One a process; opens and closes with it."""

    def __init__(
        self,
        conninfo: str,
        *,
        hash_key: bytes,
        objects: Objects = NO_OBJECTS,
        connections: int = 4,
        most_waiting_rows: int = 1_000_000,
        wait_seconds: float = 5.0,
        renew_seconds: float = RENEW_SECONDS,
    ) -> None:
        """`conninfo` sets the role (see `conninfo_as`).

        hash_key: secret, and the same in every process for ever.
        most_waiting_rows: who sends more is told to come back later.
        wait_seconds: for a connection, before the sender is told that the database is away.
        renew_seconds: between two signs of life of what is being written.
        """
        self._pool: AsyncConnectionPool[AsyncConnection[Any]] = AsyncConnectionPool(
            conninfo,
            min_size=1,
            max_size=connections,
            open=False,
            timeout=wait_seconds,
            kwargs=CONNECTION,
            configure=_wait_briefly,
        )
        self._hash_key = hash_key
        self._versions: dict[UUID, NumberedVersion] = {}
        self._registering = asyncio.Lock()
        self._most_waiting_rows = most_waiting_rows
        self._waiting_rows = 0
        self._objects = objects
        self._lookup = Lookup(hash_key, objects)
        self._small = Lane("small", partial(self._flush_predictions, SegmentIds()), most_rows=FLUSH_ROWS)
        self._large = Lane("large", partial(self._flush_predictions, SegmentIds()), most_rows=1)
        self._labels = Lane("labels", partial(self._flush_labels, SegmentIds()), most_rows=FLUSH_ROWS)
        self._large_bodies = LargeBodies(self._connection, objects, hash_key=hash_key, renew_seconds=renew_seconds)
        self.calls = Calls(self._connection, self._numbered, self)
        """Of served models, whose requests and answers come apart."""
        self._looking_after: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Begin to connect; does not wait for a server that is away."""
        await self._pool.open(wait=False)
        for lane in (self._small, self._large, self._labels):
            lane.open()
        self._looking_after = asyncio.create_task(self._large_bodies.look_after(), name="intake-large-bodies")

    async def close(self) -> None:
        """Finish what was accepted, then close every connection."""
        if self._looking_after is not None:
            await ended(self._looking_after)
        await asyncio.gather(*(lane.close() for lane in (self._small, self._large, self._labels)))
        await self._pool.close()

    async def take_predictions(
        self,
        version: Version,
        batch: PredictionBatch,
        *,
        rejections: Rejections,
        body_digest: str,
        key: str | None = None,
        leavings: Leavings = NOTHING,
        again: tuple[int, ...] = (),
    ) -> Receipt:
        """Store the good rows of a body; the receipt is durable.

        leavings, again: as of a `Work`.
        key: the sender's idempotency key. The same key with the same body digest answers the same receipt again; with
        another it raises KeyWasOther. Raises Unavailable when nothing could be stored.
        """
        work = await self._work(
            version, batch, rejections, body_digest=body_digest, key=key, leavings=leavings, again=again
        )
        lane = self._small if work.rows <= SMALL_BODY_ROWS else self._large
        return await self._put(lane, work)

    def begin_predictions(
        self, version: Version, batch: PredictionBatch, *, rejections: Rejections, tell: Tell
    ) -> bool:
        """Begin to take in a small body whose rows are all good, without waiting; whether that could be done.

        `tell` is then called with the receipt, or with what `take_predictions` would raise, and must not raise.
        """
        known, rows = self._versions.get(version.version_id), len(batch)
        if known is None or not 0 < rows <= SMALL_BODY_ROWS or self._has_no_room(rows) or self._small.is_closing:
            return False
        work = Work(
            known,
            batch,
            rows=rows,
            key=None,
            receipt_id=None,
            body_digest="",
            rejections=rejections,
            is_whole=version.policy == "reject_batch",
        )

        def settle(outcome: Receipt | Exception) -> None:
            self._waiting_rows -= rows
            tell(outcome)

        self._waiting_rows += rows
        self._small.add(work, settle)
        return True

    async def take_large_predictions(
        self,
        version: Version,
        body: LargeBody[PredictionBatch],
        *,
        key: str | None = None,
        confirm: Callable[[], Awaitable[None]],
    ) -> Receipt:
        """Store the good rows of a body that is read part by part; else as `take_predictions`.

        confirm: awaited before anything becomes visible; what it raises gives the body up.
        """
        try:
            return await self._large_bodies.take(
                await self._numbered(version), body, key=key, is_whole=version.policy == "reject_batch", confirm=confirm
            )
        except StorageIsAway as error:
            raise StoredRowsAreAway from error

    async def take_labels(
        self,
        version: Version,
        batch: list[LabelRow],
        *,
        rejections: Rejections,
        body_digest: str,
        key: str | None = None,
        by: Actor | None = None,
        leavings: Leavings = NOTHING,
        again: tuple[int, ...] = (),
    ) -> Receipt:
        """Store the good labels of a body; the rest is as for predictions. by: whose corrections they are."""
        work = await self._work(
            version, batch, rejections, body_digest=body_digest, key=key, leavings=leavings, again=again
        )
        work.by = by
        return await self._put(self._labels, work)

    async def _work(
        self,
        version: Version,
        batch: Any,
        rejections: Rejections,
        *,
        body_digest: str,
        key: str | None,
        leavings: Leavings,
        again: tuple[int, ...],
    ) -> Work[Any]:
        if not len(batch) and not rejections.count:
            raise Invalid("rows", "send at least one row")
        return Work(
            await self._numbered(version),
            batch,
            rows=len(batch),
            key=key,
            receipt_id=None if key is None else uuid7(),
            body_digest=body_digest,
            rejections=rejections,
            leavings=leavings,
            is_whole=version.policy == "reject_batch",
            again=again,
        )

    async def _put(self, lane: Lane[Any], work: Work[Any]) -> Receipt:
        size = max(work.rows, 1)
        if self._has_no_room(size):
            raise Busy
        self._waiting_rows += size
        try:
            return await lane.put(work)
        finally:
            self._waiting_rows -= size

    def _has_no_room(self, rows: int) -> bool:
        return self._waiting_rows > 0 and self._waiting_rows + rows > self._most_waiting_rows

    async def _numbered(self, version: Version) -> NumberedVersion:
        known = self._versions.get(version.version_id)
        if known is not None:
            return known
        async with self._registering:  # of many senders at once one asks
            known = self._versions.get(version.version_id)
            return await self._register(version) if known is None else known

    async def _register(self, version: Version) -> NumberedVersion:
        async with self._connection() as connection, connection.transaction():
            await connection.execute("SELECT set_config('cdt.projects', %s, true)", (f"{{{version.project_id}}}",))
            known = await register_version(connection, version)
        self._versions[version.version_id] = known
        return known

    async def _flush_predictions(
        self, segment_ids: SegmentIds, works: Sequence[Work[PredictionBatch]]
    ) -> Mapping[Work[Any], Outcome]:
        take = partial(take_predictions, objects=self._objects, hash_key=self._hash_key, segment_ids=segment_ids)
        together = [work for work in works if not work.is_whole]
        outcomes = dict(await self._flush(take, together)) if together else {}
        for work in works:
            if work.is_whole:  # whether it is taken in must not depend on rows of others that are not there yet
                try:
                    outcomes |= await self._flush(take, [work])
                except Exception as error:  # the others are stored: to try them again would make duplicates of them
                    log.exception("flush_failed", bodies=1)
                    outcomes[work] = error
        return outcomes

    async def _flush_labels(self, segment_ids: SegmentIds, works: Sequence[LabelWork]) -> Mapping[Work[Any], Outcome]:
        return await self._flush(partial(take_labels, lookup=self._lookup, segment_ids=segment_ids), works)

    async def _flush(
        self, take: Callable[..., Awaitable[Mapping[W, Outcome]]], works: Sequence[W]
    ) -> Mapping[W, Outcome]:
        """By version when one of several keeps another writer's lock waiting, so that it holds up nobody else.

        One by one when the object storage is away: most bodies need nothing of it.
        """
        try:
            async with self._connection() as connection:
                return await take(connection, works)
        except StorageIsAway as error:
            log.warning("storage_is_away", error=str(error))
            if len(works) == 1:
                return {works[0]: StoredRowsAreAway()}
            alone = [await self._flush(take, [work]) for work in works]
            return {work: outcome for each in alone for work, outcome in each.items()}
        except Unavailable as error:
            versions = {work.version.number for work in works}
            if not isinstance(error, Busy) or len(versions) == 1:
                return dict.fromkeys(works, error)
        outcomes: dict[W, Outcome] = {}
        for number in sorted(versions):
            outcomes.update(await self._flush(take, [work for work in works if work.version.number == number]))
        return outcomes

    @asynccontextmanager
    async def _connection(self) -> AsyncGenerator[AsyncConnection[Any], None]:
        try:
            async with borrowed(self._pool) as connection:
                try:
                    yield connection
                except psycopg.Error:
                    if not connection.closed:
                        await connection.rollback()
                    raise
        except LockNotAvailable as error:
            raise Busy from error
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            if not is_away(error):
                raise
            await self._pool.check()  # what broke one connection broke the others, and each would fail a flush
            raise DatabaseIsAway from error


async def _wait_briefly(connection: AsyncConnection[Any]) -> None:
    """Wait for another writer's lock no longer than a sender likes to wait."""
    await connection.execute("SET lock_timeout = '3s'")


def digest_of_body(body: bytes) -> str:
    """What tells two bodies apart: their SHA-256."""
    return hashlib.sha256(body).hexdigest()

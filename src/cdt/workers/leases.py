"""Who works on what, in Postgres: claimed for a short time, renewed while it goes on, free again when it stops.

An attempt that fails by its own fault is counted as a failure, and after some the work is given up. One that is cut
short, because its worker was killed or the database went away, is no failure: it is begun again after a moment, which
doubles each time. Deaths, of the worker or of the process that computes for it, are counted all the same: work that
kills whoever takes it up is given up by whoever claims it next.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
import psycopg
import structlog
from psycopg import AsyncConnection
from psycopg.rows import class_row

from cdt.background import beside
from cdt.database.writing import Writer

Kind = Literal["evaluation", "recomputation", "delivery", "mail"]

COMPUTED: tuple[Kind, ...] = ("evaluation", "recomputation")
"""What keeps a process busy, so that one waits for another."""

LEASE_SECONDS = 15.0
RENEWALS_A_LEASE = 3

log = structlog.get_logger()


class Lease(msgspec.Struct, frozen=True):
    """A piece of work that is ours as long as the lease holds. A mail is no project's.

    failures: how many attempts before this one failed. deaths: in how many the process or the worker died.
    """

    fact: int
    subject: UUID
    project_id: UUID | None
    attempt: int
    failures: int
    deaths: int


class DueLease(msgspec.Struct, frozen=True):
    """A piece of work that nobody does."""

    fact: int
    kind: Kind
    attempt: int


async def open_lease(
    connection: AsyncConnection[Any],
    *,
    fact: int,
    kind: Kind,
    subject: UUID,
    project_id: UUID | None,
    plan_id: UUID | None = None,
    priority: int = 0,
) -> None:
    """A fact asks for work, due at once; told twice, it is one piece of work. priority: what has less is done first."""
    await connection.execute(
        "INSERT INTO work.leases (fact, kind, subject, project_id, plan_id, priority, due_at)"
        " VALUES (%(fact)s, %(kind)s, %(subject)s, %(project_id)s, %(plan_id)s, %(priority)s, clock_timestamp())"
        " ON CONFLICT (fact) DO NOTHING",
        {
            "fact": fact,
            "kind": kind,
            "subject": subject,
            "project_id": project_id,
            "plan_id": plan_id,
            "priority": priority,
        },
    )


async def claim(
    writer: Writer, fact: int, attempt: int, *, worker: str, seconds: float = LEASE_SECONDS
) -> Lease | None:
    """The lease of this attempt; None when it is done, somebody else's, or another attempt has begun."""
    async with writer.transaction() as connection, connection.cursor(row_factory=class_row(Lease)) as cursor:
        await cursor.execute(
            "UPDATE work.leases SET worker = %(worker)s, last_attempt_at = clock_timestamp(),"
            " step = NULL, rows_read = NULL, rows_to_read = NULL,"
            " leased_until = clock_timestamp() + make_interval(secs => %(seconds)s)"
            " WHERE fact = %(fact)s AND attempt = %(attempt)s AND state = 'due' AND due_at <= clock_timestamp()"
            " AND (leased_until IS NULL OR leased_until < clock_timestamp())"
            " RETURNING fact, subject, project_id, attempt, failures, deaths",
            {"worker": worker, "seconds": seconds, "fact": fact, "attempt": attempt},
        )
        return await cursor.fetchone()


@asynccontextmanager
async def renewing(
    writer: Writer, lease: Lease, *, worker: str, seconds: float = LEASE_SECONDS, lost: asyncio.Event | None = None
) -> AsyncGenerator[None]:
    """Keep the lease while the work goes on; while the database is away it may run out, and the work be done twice.

    lost: set when there is none of ours to keep any more: it ran out, or the work is wanted no more.
    """

    async def renew() -> None:
        while True:
            await asyncio.sleep(seconds / RENEWALS_A_LEASE)
            try:
                if not await _renew(writer, lease, worker, seconds) and lost is not None:
                    lost.set()
            except psycopg.Error as error:
                log.warning("lease_not_renewed", fact=lease.fact, error=str(error).strip())

    async with beside(renew(), name="renew a lease"):
        yield


async def _renew(writer: Writer, lease: Lease, worker: str, seconds: float) -> bool:
    async with writer.transaction() as connection:
        cursor = await connection.execute(
            "UPDATE work.leases SET leased_until = clock_timestamp() + make_interval(secs => %(seconds)s)"
            " WHERE fact = %(fact)s AND attempt = %(attempt)s AND worker = %(worker)s AND state = 'due'",
            {"seconds": seconds, "fact": lease.fact, "attempt": lease.attempt, "worker": worker},
        )
        return cursor.rowcount == 1


async def note(
    connection: AsyncConnection[Any], fact: int, attempt: int, *, step: str, rows_read: int, rows_to_read: int
) -> None:
    """How far the attempt is; nothing once it is over."""
    await connection.execute(
        "UPDATE work.leases SET step = %(step)s, rows_read = %(rows_read)s, rows_to_read = %(rows_to_read)s"
        " WHERE fact = %(fact)s AND attempt = %(attempt)s AND state = 'due' AND leased_until IS NOT NULL",
        {"step": step, "rows_read": rows_read, "rows_to_read": rows_to_read, "fact": fact, "attempt": attempt},
    )


async def finish(
    writer: Writer, lease: Lease, *, state: Literal["done", "given_up"], status: int | None = None
) -> None:
    """The work is over."""
    async with writer.transaction() as connection:
        await end(connection, lease, state=state, status=status)


async def end(
    connection: AsyncConnection[Any], lease: Lease, *, state: Literal["done", "given_up"], status: int | None = None
) -> None:
    """The work is over, in the transaction that says what became of it."""
    await connection.execute(
        "UPDATE work.leases SET state = %(state)s, finished_at = clock_timestamp(), leased_until = NULL,"
        " last_status = coalesce(%(status)s, last_status) WHERE fact = %(fact)s",
        {"state": state, "fact": lease.fact, "status": status},
    )


async def end_of_subject(connection: AsyncConnection[Any], subject: UUID, *, kind: Kind, before: int) -> None:
    """What was asked of a subject before a fact is wanted no more; what was asked for since is."""
    await connection.execute(
        "UPDATE work.leases SET state = 'given_up', finished_at = clock_timestamp(), leased_until = NULL"
        " WHERE subject = %(subject)s AND kind = %(kind)s AND fact < %(before)s AND state = 'due'",
        {"subject": subject, "kind": kind, "before": before},
    )


async def put_off(writer: Writer, lease: Lease, *, seconds: float, error: str, status: int | None = None) -> None:
    """The attempt failed: the next one is due in some seconds. Nothing happens when another has begun meanwhile."""
    async with writer.transaction() as connection:
        await connection.execute(
            "UPDATE work.leases SET attempt = attempt + 1, failures = failures + 1, leased_until = NULL, worker = NULL,"
            " last_error = %(error)s, last_status = %(status)s,"
            " due_at = clock_timestamp() + make_interval(secs => %(seconds)s)"
            " WHERE fact = %(fact)s AND attempt = %(attempt)s AND state = 'due'",
            {
                "fact": lease.fact,
                "attempt": lease.attempt,
                "seconds": seconds,
                "error": error[:2000],
                "status": status,
            },
        )


async def cut_short(writer: Writer, lease: Lease, *, error: str, died: bool = False) -> None:
    """The attempt was cut short by no known fault of its own: the next one is due in a moment."""
    async with writer.transaction() as connection:
        await connection.execute(
            "UPDATE work.leases SET attempt = attempt + 1, leased_until = NULL, worker = NULL, last_error = %(error)s,"
            " deaths = deaths + %(deaths)s,"
            " due_at = clock_timestamp() + make_interval(secs => least(300, 2 ^ least(attempt - failures - 1, 10)))"
            " WHERE fact = %(fact)s AND attempt = %(attempt)s AND state = 'due'",
            {"fact": lease.fact, "attempt": lease.attempt, "error": error[:2000], "deaths": int(died)},
        )


async def due(connection: AsyncConnection[Any], *, limit: int = 500) -> list[DueLease]:
    """What is due and nobody does, the most urgent first.

    An attempt whose lease ran out was cut short: its worker died, or seemed to.
    """
    await connection.execute(
        "UPDATE work.leases SET attempt = attempt + 1, leased_until = NULL, worker = NULL, deaths = deaths + 1,"
        " last_error = 'the worker stopped in the middle',"
        " due_at = clock_timestamp() + make_interval(secs => least(300, 2 ^ least(attempt - failures - 1, 10)))"
        " WHERE state = 'due' AND leased_until < clock_timestamp()"
    )
    async with connection.cursor(row_factory=class_row(DueLease)) as cursor:
        await cursor.execute(
            "SELECT fact, kind, attempt FROM work.leases"
            " WHERE state = 'due' AND due_at <= clock_timestamp() AND leased_until IS NULL"
            " ORDER BY priority, due_at, fact LIMIT %(limit)s",
            {"limit": limit},
        )
        return await cursor.fetchall()


async def next_due(connection: AsyncConnection[Any], kinds: Sequence[Kind]) -> DueLease | None:
    """The most urgent work of these kinds that is due and that nobody does; the oldest of equals."""
    async with connection.cursor(row_factory=class_row(DueLease)) as cursor:
        await cursor.execute(
            "SELECT fact, kind, attempt FROM work.leases WHERE kind = ANY(%(kinds)s)"
            " AND state = 'due' AND due_at <= clock_timestamp() AND leased_until IS NULL"
            " ORDER BY priority, due_at, fact LIMIT 1",
            {"kinds": list(kinds)},
        )
        return await cursor.fetchone()


class AttemptedDelivery(msgspec.Struct, frozen=True):
    """How often a pending delivery was tried, and when it is tried next."""

    subject: UUID
    attempts: int
    last_attempt_at: datetime | None
    last_status: int | None
    last_error: str | None
    due_at: datetime


async def attempted(connection: AsyncConnection[Any], subjects: list[UUID]) -> dict[UUID, AttemptedDelivery]:
    """The attempts of these deliveries, as far as they are not over."""
    async with connection.cursor(row_factory=class_row(AttemptedDelivery)) as cursor:
        await cursor.execute(
            "SELECT subject, failures AS attempts, last_attempt_at, last_status, last_error, due_at FROM work.leases"
            " WHERE subject = ANY(%(subjects)s) AND kind = 'delivery' AND state = 'due'",
            {"subjects": subjects},
        )
        return {row.subject: row for row in await cursor.fetchall()}

"""One attempt at what a fact asks to be computed: claim the lease, compute in the child, record, or give up."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

import structlog

from cdt.background import done_unless
from cdt.database.log import Log
from cdt.database.writing import Writer
from cdt.domain.evaluations.pacing import pause_after_failure
from cdt.domain.kernel import Actor, Command, Envelope, Position, derived_id
from cdt.storage.places import Place
from cdt.workers import leases
from cdt.workers.child import Child, ChildCutShort, ChildDied, ChildFailed

log = structlog.get_logger()

LONGEST_SECONDS = 600.0
MOST_DEATHS = 5
"""Attempts in which the process or the worker died, until it is given up; half a minute lies between the first and the
last. Kills by chance hit one evaluation once or twice."""


@dataclass(frozen=True, kw_only=True)
class Evaluating:
    """What an evaluating worker works with; `conninfo` and `place` are where the child finds rows."""

    log: Log
    writer: Writer
    child: Child
    conninfo: str
    place: Place | None = None
    worker: str
    now: Callable[[], datetime]
    lease_seconds: float = leases.LEASE_SECONDS


class Task(Protocol):
    """What is done for a lease whose work is to be computed."""

    name: str

    def stream_of(self, subject: UUID) -> UUID:
        """Where the fact that asked for it is recorded."""
        ...

    async def complete(self, work: Evaluating, lease: leases.Lease, requested: Envelope) -> None:
        """Compute it and record what it came to; may be cut short at any time."""
        ...

    async def give_up(
        self, work: Evaluating, lease: leases.Lease, requested: Envelope, *, attempts: int, reason: str
    ) -> None:
        """Record that no attempt succeeded."""
        ...


async def attempt(work: Evaluating, task: Task, fact: int, number: int) -> None:
    """Do what the fact asked for, unless it is done or somebody else does it."""
    lease = await leases.claim(work.writer, fact, number, worker=work.worker, seconds=work.lease_seconds)
    if lease is None:
        return
    requested = await asyncio.to_thread(_requested, work.log, task.stream_of(lease.subject), Position(fact))
    if lease.deaths >= MOST_DEATHS:
        reason = f"In {lease.deaths} attempts its process or its worker died; it may need more memory than there is."
        await _give_up(work, task, lease, requested, attempts=lease.attempt - 1, reason=reason)
        return
    lost = asyncio.Event()
    try:
        async with leases.renewing(work.writer, lease, worker=work.worker, seconds=work.lease_seconds, lost=lost):
            is_done = await done_unless(lost, task.complete(work, lease, requested), name=task.name)
    except (ChildCutShort, ChildDied) as error:
        log.warning(f"{task.name}_cut_short", evaluation=str(lease.subject), error=str(error))
        await leases.cut_short(work.writer, lease, error=str(error), died=isinstance(error, ChildDied))
    except ChildFailed as error:
        await _failed(work, task, lease, requested, str(error))
    else:
        if is_done:
            await leases.finish(work.writer, lease, state="done")
        else:
            log.info(f"{task.name}_left", evaluation=str(lease.subject))


def command_of(work: Evaluating, task: Task, requested: Envelope, what: str) -> Command:
    """The worker's command about what was asked for; its id follows from that, so that recording twice is harmless."""
    return Command(
        id=derived_id(task.name, requested.position, what),
        actor=Actor("system", "evaluations"),
        at=work.now(),
        tenant=requested.tenant,
        caused_by=requested.position,
    )


async def _failed(work: Evaluating, task: Task, lease: leases.Lease, requested: Envelope, error: str) -> None:
    failures = lease.failures + 1
    log.warning(f"{task.name}_failed", evaluation=str(lease.subject), failures=failures, error=error)
    pause = pause_after_failure(failures)
    if pause is not None:
        await leases.put_off(work.writer, lease, seconds=pause, error=error)
        return
    await _give_up(work, task, lease, requested, attempts=failures, reason=error)


async def _give_up(
    work: Evaluating, task: Task, lease: leases.Lease, requested: Envelope, *, attempts: int, reason: str
) -> None:
    log.warning(f"{task.name}_given_up", evaluation=str(lease.subject), attempts=attempts, error=reason)
    await task.give_up(work, lease, requested, attempts=attempts, reason=reason)
    await leases.finish(work.writer, lease, state="given_up")


def _requested(log_: Log, stream_id: UUID, fact: Position) -> Envelope:
    return next(each for each in log_.history(stream_id) if each.position == fact)

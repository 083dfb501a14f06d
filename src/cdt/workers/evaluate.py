"""Evaluating: claim the lease, compute in the child, record. A second run ends in what the first one recorded."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

import structlog

from cdt.commands import evaluations as commands
from cdt.database.log import Log
from cdt.database.writing import Writer
from cdt.domain.errors import DomainError
from cdt.domain.evaluations.events import Requested
from cdt.domain.evaluations.pacing import pause_after_failure
from cdt.domain.kernel import Actor, Command, Envelope, EvaluationId, Position, derived_id
from cdt.storage.places import Place
from cdt.workers import computing, leases, readings
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


async def evaluate(work: Evaluating, fact: int, attempt: int) -> None:
    """Do the evaluation that the fact asked for, unless it is done or somebody else does it."""
    lease = await leases.claim(work.writer, fact, attempt, worker=work.worker, seconds=work.lease_seconds)
    if lease is None:
        return
    requested = await asyncio.to_thread(_requested, work.log, EvaluationId(lease.subject), Position(fact))
    if lease.deaths >= MOST_DEATHS:
        reason = f"In {lease.deaths} attempts its process or its worker died; it may need more memory than there is."
        await _give_up(work, lease, requested, attempts=lease.attempt - 1, reason=reason)
        return
    try:
        async with leases.renewing(work.writer, lease, worker=work.worker, seconds=work.lease_seconds):
            await _complete(work, lease, requested)
    except (ChildCutShort, ChildDied) as error:
        log.warning("evaluation_cut_short", evaluation=str(lease.subject), error=str(error))
        await leases.cut_short(work.writer, lease, error=str(error), died=isinstance(error, ChildDied))
    except ChildFailed as error:
        await _failed(work, lease, requested, str(error))
    else:
        await leases.finish(work.writer, lease, state="done")


async def _complete(work: Evaluating, lease: leases.Lease, requested: Envelope) -> None:
    event = cast(Requested, requested.event)
    assert lease.project_id is not None
    computed = await work.child.run(
        LONGEST_SECONDS, computing.evaluate, work.conninfo, work.place, lease.project_id, event.specification
    )
    try:
        await asyncio.to_thread(
            commands.complete_evaluation,
            work.log,
            EvaluationId(lease.subject),
            rows=computed.rows,
            labels=computed.labels,
            rows_digest=computed.rows_digest,
            results=readings.decode(computed.reading).results,
            results_digest=computed.results_digest,
            libraries=computed.libraries,
            processor=computed.processor,
            by=_command(work, requested, "completed"),
        )
    except DomainError as error:
        log.warning("evaluation_was_over", evaluation=str(lease.subject), error=str(error))


async def _failed(work: Evaluating, lease: leases.Lease, requested: Envelope, error: str) -> None:
    failures = lease.failures + 1
    log.warning("evaluation_failed", evaluation=str(lease.subject), failures=failures, error=error)
    pause = pause_after_failure(failures)
    if pause is not None:
        await leases.put_off(work.writer, lease, seconds=pause, error=error)
        return
    await _give_up(work, lease, requested, attempts=failures, reason=error)


async def _give_up(work: Evaluating, lease: leases.Lease, requested: Envelope, *, attempts: int, reason: str) -> None:
    log.warning("evaluation_given_up", evaluation=str(lease.subject), attempts=attempts, error=reason)
    try:
        await asyncio.to_thread(
            commands.give_up_evaluation,
            work.log,
            EvaluationId(lease.subject),
            attempts=attempts,
            reason=reason,
            by=_command(work, requested, "given up"),
        )
    except DomainError as error:
        log.warning("evaluation_was_over", evaluation=str(lease.subject), error=str(error))
    await leases.finish(work.writer, lease, state="given_up")


def _requested(log_: Log, evaluation_id: EvaluationId, fact: Position) -> Envelope:
    return next(each for each in log_.history(evaluation_id) if each.position == fact)


def _command(work: Evaluating, requested: Envelope, what: str) -> Command:
    return Command(
        id=derived_id("evaluation", requested.position, what),
        actor=Actor("system", "evaluations"),
        at=work.now(),
        tenant=requested.tenant,
        caused_by=requested.position,
    )

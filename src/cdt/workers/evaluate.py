"""Evaluating: compute in the child what was asked for, and record it. A second run ends in what the first recorded."""

import asyncio
from typing import cast
from uuid import UUID

import structlog

from cdt.commands import evaluations as commands
from cdt.domain.errors import DomainError
from cdt.domain.evaluations.events import Requested
from cdt.domain.kernel import Envelope, EvaluationId
from cdt.workers import computing, readings
from cdt.workers.attempts import LONGEST_SECONDS, Evaluating, attempt, command_of
from cdt.workers.leases import Lease

log = structlog.get_logger()


async def evaluate(work: Evaluating, fact: int, number: int) -> None:
    """Do the evaluation that the fact asked for, unless it is done or somebody else does it."""
    await attempt(work, _Evaluation(), fact, number)


class _Evaluation:
    name = "evaluation"

    def stream_of(self, subject: UUID) -> UUID:
        return subject

    async def complete(self, work: Evaluating, lease: Lease, requested: Envelope) -> None:
        event = cast(Requested, requested.event)
        assert lease.project_id is not None
        computed = await work.child.run(
            LONGEST_SECONDS,
            computing.evaluate,
            work.conninfo,
            work.place,
            lease.project_id,
            event.specification,
            (lease.fact, lease.attempt),
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
                by=command_of(work, self, requested, "completed"),
            )
        except DomainError as error:
            log.warning("evaluation_was_over", evaluation=str(lease.subject), error=str(error))

    async def give_up(self, work: Evaluating, lease: Lease, requested: Envelope, *, attempts: int, reason: str) -> None:
        try:
            await asyncio.to_thread(
                commands.give_up_evaluation,
                work.log,
                EvaluationId(lease.subject),
                attempts=attempts,
                reason=reason,
                by=command_of(work, self, requested, "given up"),
            )
        except DomainError as error:
            log.warning("evaluation_was_over", evaluation=str(lease.subject), error=str(error))

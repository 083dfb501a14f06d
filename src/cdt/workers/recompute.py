"""Computing an evaluation once more, and recording whether it comes to what was recorded."""

import asyncio
from typing import cast
from uuid import UUID

from cdt.commands import recomputations as commands
from cdt.domain.evaluations.events import RecomputationRequested
from cdt.domain.evaluations.recomputations import recomputations_id_of
from cdt.domain.kernel import Envelope, EvaluationId
from cdt.workers import computing
from cdt.workers.attempts import LONGEST_SECONDS, Evaluating, attempt, command_of
from cdt.workers.leases import Lease


async def recompute(work: Evaluating, fact: int, number: int) -> None:
    """Do the recomputation that the fact asked for, unless it is done or somebody else does it."""
    await attempt(work, _Recomputation(), fact, number)


class _Recomputation:
    name = "recomputation"

    def stream_of(self, subject: UUID) -> UUID:
        return recomputations_id_of(EvaluationId(subject))

    async def complete(self, work: Evaluating, lease: Lease, requested: Envelope) -> None:
        event = cast(RecomputationRequested, requested.event)
        assert lease.project_id is not None
        compared = await work.child.run(
            LONGEST_SECONDS,
            computing.evaluate_again,
            work.conninfo,
            work.place,
            lease.project_id,
            event.specification,
            rows_digest=event.rows_digest,
            results_digest=event.results_digest,
        )
        computed = compared.computed
        await asyncio.to_thread(
            commands.complete_recomputation,
            work.log,
            event.evaluation_id,
            event.recomputation_id,
            outcome=compared.outcome,
            differences=compared.differences,
            rows_digest=computed.rows_digest,
            results_digest=computed.results_digest,
            libraries=computed.libraries,
            processor=computed.processor,
            by=command_of(work, self, requested, "completed"),
        )

    async def give_up(self, work: Evaluating, lease: Lease, requested: Envelope, *, attempts: int, reason: str) -> None:
        del lease
        event = cast(RecomputationRequested, requested.event)
        await asyncio.to_thread(
            commands.give_up_recomputation,
            work.log,
            event.evaluation_id,
            event.recomputation_id,
            attempts=attempts,
            reason=reason,
            by=command_of(work, self, requested, "given up"),
        )

"""Commands about computing an evaluation once more."""

from collections.abc import Mapping

from cdt.database.deciding import Decides, Outcome
from cdt.domain.evaluations import recomputations as decisions
from cdt.domain.evaluations.events import RecomputationOutcome, RecomputationRequested
from cdt.domain.evaluations.recomputations import recomputations, recomputations_id_of
from cdt.domain.kernel import Command, Digest, EvaluationId, RecomputationId


def request_recomputation(log: Decides[Outcome], requested: RecomputationRequested, *, by: Command) -> Outcome:
    """Ask for a completed evaluation to be computed once more; nothing, while that is under way."""
    return log.decide(
        recomputations,
        recomputations_id_of(requested.evaluation_id),
        lambda known: decisions.request(known, requested),
        by=by,
    )


def complete_recomputation(
    log: Decides[Outcome],
    evaluation_id: EvaluationId,
    recomputation_id: RecomputationId,
    *,
    outcome: RecomputationOutcome,
    differences: int,
    rows_digest: Digest,
    results_digest: Digest,
    libraries: Mapping[str, str],
    processor: str,
    by: Command,
) -> Outcome:
    """Record what came of it; the results of now are already kept under their digest."""
    return log.decide(
        recomputations,
        recomputations_id_of(evaluation_id),
        lambda known: decisions.complete(
            known,
            recomputation_id,
            outcome=outcome,
            differences=differences,
            rows_digest=rows_digest,
            results_digest=results_digest,
            libraries=libraries,
            processor=processor,
        ),
        by=by,
    )


def give_up_recomputation(
    log: Decides[Outcome],
    evaluation_id: EvaluationId,
    recomputation_id: RecomputationId,
    *,
    attempts: int,
    reason: str,
    by: Command,
) -> Outcome:
    """Record that no attempt succeeded."""
    return log.decide(
        recomputations,
        recomputations_id_of(evaluation_id),
        lambda known: decisions.give_up(known, recomputation_id, attempts=attempts, reason=reason),
        by=by,
    )

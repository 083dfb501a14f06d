"""Commands about trust policies and scores."""

from datetime import datetime
from uuid import UUID

from cdt.database.deciding import Decides, Outcome
from cdt.domain.kernel import Command, EvaluationId
from cdt.domain.text import Text
from cdt.domain.trust import decisions
from cdt.domain.trust.events import Environment
from cdt.domain.trust.policy import Weights
from cdt.domain.trust.score import Score
from cdt.domain.trust.state import policies, policy_id_of, score_id_of, scores


def change_trust_policy(
    log: Decides[Outcome],
    model_id: UUID,
    *,
    threshold: float | None = None,
    minimum_coverage: float | None = None,
    weights: Weights | None = None,
    reason: Text,
    by: Command,
) -> Outcome:
    """Reckon or judge a model's trust by other rules; what is None stays."""
    return log.decide(
        policies,
        policy_id_of(model_id),
        lambda policy: decisions.change_policy(
            policy,
            model_id=model_id,
            threshold=threshold,
            minimum_coverage=minimum_coverage,
            weights=weights,
            reason=reason,
        ),
        by=by,
    )


def record_score(
    log: Decides[Outcome],
    evaluation_id: EvaluationId,
    *,
    model_id: UUID,
    version_id: UUID,
    environment: Environment,
    score: Score,
    previous: Score | None,
    previous_window_end: datetime | None,
    window_end: datetime,
    by: Command,
) -> Outcome:
    """Record the score of an evaluation beside the one recorded before of the version and environment."""
    return log.decide(
        scores,
        score_id_of(evaluation_id, environment),
        lambda recorded: decisions.record_score(
            recorded,
            model_id=model_id,
            version_id=version_id,
            environment=environment,
            evaluation_id=evaluation_id,
            score=score,
            previous=previous,
            previous_window_end=previous_window_end,
            window_end=window_end,
        ),
        by=by,
    )

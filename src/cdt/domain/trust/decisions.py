"""What may happen next to a model's trust policy or to the score of an evaluation."""

import math
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from cdt.domain.errors import Invalid
from cdt.domain.kernel import Change, EvaluationId, Event
from cdt.domain.text import Text, reasoned
from cdt.domain.trust import policy as policies
from cdt.domain.trust.events import Environment, PolicySet, Scored
from cdt.domain.trust.policy import Weights
from cdt.domain.trust.score import Score
from cdt.domain.trust.sentences import sentence
from cdt.domain.trust.state import EvaluationScore, ModelPolicy


def change_policy(
    model: ModelPolicy,
    *,
    model_id: UUID,
    threshold: float | None = None,
    minimum_coverage: float | None = None,
    weights: Weights | None = None,
    reason: Text,
) -> list[Event]:
    """Reckon or judge by other rules; what is None stays. Recorded scores stay as they are."""
    present = model.present
    wanted = replace(
        present,
        threshold=present.threshold if threshold is None else threshold,
        minimum_coverage=present.minimum_coverage if minimum_coverage is None else minimum_coverage,
        weights=present.weights if weights is None else weights,
    )
    policies.check(wanted)
    if wanted == present:
        return []
    changed = replace(wanted, version=present.version + 1)
    return [PolicySet(model_id=model_id, policy=Change(model.policy, changed), reason=reasoned(reason))]


def record_score(
    recorded: EvaluationScore,
    *,
    model_id: UUID,
    version_id: UUID,
    environment: Environment,
    evaluation_id: EvaluationId,
    score: Score,
    previous: Score | None,
    previous_window_end: datetime | None,
    window_end: datetime,
) -> list[Event]:
    """Record a score beside the one recorded before; an evaluation is scored once, whoever asks again."""
    if recorded.is_scored:
        return []
    _require_finite(score)
    return [
        Scored(
            model_id=model_id,
            version_id=version_id,
            environment=environment,
            evaluation_id=evaluation_id,
            value=Change(None if previous is None else previous.value, score.value),
            low=score.low,
            high=score.high,
            coverage=score.coverage,
            standing=Change(None if previous is None else previous.standing, score.standing),
            reason=score.reason,
            threshold=score.threshold,
            components=score.components,
            trend=score.trend,
            policy_version=score.policy_version,
            formula=score.formula,
            window_end=window_end,
            sentence=sentence(score, previous, since=previous_window_end),
        )
    ]


def _require_finite(score: Score) -> None:
    numbers = [score.value, score.low, score.high, score.coverage, score.threshold, score.trend.share]
    for component in score.components:
        numbers += [component.value, component.low, component.high, component.contribution, component.weight]
    if any(number is not None and not math.isfinite(number) for number in numbers):
        raise Invalid("score", "a number is finite, or missing with a reason")

"""What may happen next to a model's trust policy or to the score of an evaluation."""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from cdt.domain.errors import Invalid
from cdt.domain.kernel import Change, EvaluationId, Event
from cdt.domain.text import Text, reasoned
from cdt.domain.trust import policy as policies
from cdt.domain.trust.events import DefaultPolicySet, Environment, PolicySet, Scored
from cdt.domain.trust.policy import (
    DEFAULT_POLICY,
    FRESH_SECONDS,
    HALF_LIFE_SECONDS,
    Aggregation,
    ComponentKind,
    TrustPolicy,
)
from cdt.domain.trust.score import Score
from cdt.domain.trust.sentences import sentence
from cdt.domain.trust.state import EvaluationScore, Policy

AS_THE_PROJECT = "The project's default for new models."


class Wanted(NamedTuple):
    """What shall change of a policy; what is None stays, and so does the weight of a component that is not named."""

    threshold: float | None = None
    minimum_coverage: float | None = None
    weights: Mapping[ComponentKind, float] | None = None
    aggregation: Aggregation | None = None
    fresh_seconds: int | None = None
    half_life_seconds: int | None = None


def change_policy(model: Policy, wanted: Wanted, *, model_id: UUID, reason: Text) -> list[Event]:
    """Reckon or judge by other rules. Recorded scores stay as they are."""
    changed = _changed(model, wanted)
    if changed is None:
        return []
    return [PolicySet(model_id=model_id, policy=Change(model.policy, changed), reason=reasoned(reason))]


def change_default_policy(project: Policy, wanted: Wanted, *, reason: Text) -> list[Event]:
    """Let new models of a project begin with other rules. Those that are there keep theirs."""
    changed = _changed(project, wanted)
    return (
        [] if changed is None else [DefaultPolicySet(policy=Change(project.policy, changed), reason=reasoned(reason))]
    )


def begin_policy(project: Policy, *, model_id: UUID) -> list[Event]:
    """Let a new model begin with its project's policy; with none of its own where nobody has set another there."""
    first = replace(project.present, version=DEFAULT_POLICY.version)
    if first == DEFAULT_POLICY:
        return []
    return [PolicySet(model_id=model_id, policy=Change[TrustPolicy | None](None, first), reason=AS_THE_PROJECT)]


def changed_policy(present: TrustPolicy, wanted: Wanted) -> TrustPolicy:
    """The policy with what is wanted of it; Invalid when it can't be reckoned with."""
    changed = replace(
        present,
        threshold=present.threshold if wanted.threshold is None else wanted.threshold,
        minimum_coverage=present.minimum_coverage if wanted.minimum_coverage is None else wanted.minimum_coverage,
        weights=replace(present.weights, **(wanted.weights or {})),
        aggregation=present.aggregation if wanted.aggregation is None else wanted.aggregation,
        fresh_seconds=_said(wanted.fresh_seconds, present.fresh_seconds, FRESH_SECONDS),
        half_life_seconds=_said(wanted.half_life_seconds, present.half_life_seconds, HALF_LIFE_SECONDS),
    )
    policies.check(changed)
    return changed


def _said(wanted: int | None, present: int | UnsetType, default: int) -> int | UnsetType:
    """What a policy says from now on; to want what holds unsaid changes nothing."""
    return present if wanted is None or (present is UNSET and wanted == default) else wanted


def _changed(policy: Policy, wanted: Wanted) -> TrustPolicy | None:
    present = policy.present
    changed = changed_policy(present, wanted)
    return None if changed == present else replace(changed, version=present.version + 1)


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
    is_first: bool = True,
) -> list[Event]:
    """Record a score beside the one recorded before; an evaluation is scored once, whoever asks again.

    is_first: where nothing is before it; else it is of any window, or of an older one, and follows on none.
    """
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
            aggregation=score.aggregation,
            policy_version=score.policy_version,
            formula=score.formula,
            window_end=window_end,
            sentence=sentence(score, previous, since=previous_window_end, is_first=is_first),
        )
    ]


def _require_finite(score: Score) -> None:
    numbers = [score.value, score.low, score.high, score.coverage, score.threshold, score.trend.share]
    for component in score.components:
        numbers += [component.value, component.low, component.high, component.contribution, component.weight]
    if any(number is not None and not math.isfinite(number) for number in numbers):
        raise Invalid("score", "a number is finite, or missing with a reason")

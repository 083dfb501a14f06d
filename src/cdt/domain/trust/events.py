"""Facts about trust. A stream is a model's policy, a project's for its new models, or an evaluation's score."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from cdt.domain.kernel import Change, EvaluationId, Event
from cdt.domain.text import Text
from cdt.domain.trust.policy import Aggregation, TrustPolicy
from cdt.domain.trust.score import Component, Standing, Trend

Environment = Literal["development", "staging", "production"]


class PolicySet(Event, frozen=True, kw_only=True):
    """The model's trust is reckoned by another policy from now on; `policy.old` is None when nobody had set one."""

    format: ClassVar[int] = 3
    model_id: UUID
    policy: Change[TrustPolicy | None]
    reason: Text


class DefaultPolicySet(Event, frozen=True, kw_only=True):
    """Models of the project begin with this policy from now on; `policy.old` is None when nobody had set one."""

    format: ClassVar[int] = 2
    policy: Change[TrustPolicy | None]
    reason: Text


class Scored(Event, frozen=True, kw_only=True):
    """The version's trust in the environment was reckoned from an evaluation.

    `value` and `standing` are changes from the score recorded before. `sentence` is what was told of it then.
    """

    format: ClassVar[int] = 2
    model_id: UUID
    version_id: UUID
    environment: Environment
    evaluation_id: EvaluationId
    value: Change[float | None]
    low: float | None
    high: float | None
    coverage: float
    standing: Change[Standing | None]
    reason: str | None
    threshold: float
    components: tuple[Component, ...]
    trend: Trend
    aggregation: Aggregation = "weighted_mean"
    policy_version: int
    formula: int
    window_end: datetime
    sentence: str

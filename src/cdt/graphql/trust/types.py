"""Trust: a score with its coverage, its components and where it is going."""

from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry
from strawberry import relay

from cdt.access.permissions import needs
from cdt.domain.tenancy.roles import Permission
from cdt.domain.trust import policy as domain_policy
from cdt.domain.trust import score as domain
from cdt.graphql.accounts.types import Actor
from cdt.graphql.context import At, Info
from cdt.graphql.evaluations.results import Interval
from cdt.graphql.registry.types import Version
from cdt.graphql.scalars import PositionText
from cdt.graphql.texts import shown_text
from cdt.graphql.trust.changes import TrustScoreChange
from cdt.graphql.trust.kinds import NOT_MEASURED, ComponentKind, Direction, Standing, TrustAggregation
from cdt.readmodels import trust, trust_history

FRESH = "How long evidence counts whole after rows last came in, in seconds."
HALF_LIFE = "By which it counts half as much from then on, in seconds."


@needs(Permission.READ)
@strawberry.type(description="How the score moved since the one recorded before.")
class Trend:
    """`share` is the change relative to that one."""

    direction: Direction
    share: float | None


@needs(Permission.READ)
@strawberry.type(description="One feature, attribute or measure within a component.")
class ComponentPart:
    """How well it does, in [0, 1]."""

    name: str
    value: float


@needs(Permission.READ)
@strawberry.type(description="One component of a score, and what it adds.")
class TrustComponent:
    """The contributions sum to the score."""

    kind: ComponentKind
    value: float | None
    interval: Interval | None
    weight: float = strawberry.field(description="Its share of all weights.")
    contribution: float | None
    evidence: float = strawberry.field(description="The share of its numbers that rest on enough rows.")
    reason: str | None
    rows: int | None
    parts: list[ComponentPart] = strawberry.field(
        description="The worst first; of stability the drifted features, of quality the checks that fail."
    )

    @classmethod
    def of(cls, component: domain.Component) -> "TrustComponent":
        """From the domain's."""
        return cls(
            kind=ComponentKind(component.kind),
            value=component.value,
            interval=Interval.of(component.low, component.high),
            weight=component.weight,
            contribution=component.contribution,
            evidence=component.evidence,
            reason=component.reason,
            rows=component.rows,
            parts=[ComponentPart(name=each.name, value=each.value) for each in component.parts],
        )


@needs(Permission.READ)
@strawberry.type(description="How far a version can be trusted in an environment.")
class TrustScore(TrustScoreChange):
    """Recorded; or of a live reading, or by rules that are tried: then `recordedAt` and `position` are null."""

    value: float | None = strawberry.field(
        description="In [0, 1]; null when there is not enough evidence, see `reason`."
    )
    reason: str | None
    interval: Interval | None
    coverage: float = strawberry.field(description="The share of the weight that has evidence.")
    threshold: float
    standing: Standing
    trend: Trend
    components: list[TrustComponent]
    not_measured: list[str] = strawberry.field(
        description="What trust might rest on besides and no measure tells yet. It has no weight, is missing from the"
        " score, and counts as neither good nor bad."
    )
    aggregation: TrustAggregation
    formula: int
    policy_version: int
    sentence: str
    recorded_at: datetime | None
    position: PositionText | None
    window_end: datetime | None
    version_id: strawberry.Private[UUID]
    evaluation: strawberry.Private[UUID | None]

    @classmethod
    def live(
        cls, score: domain.Score, *, sentence: str, window_end: datetime, version_id: UUID, at: At
    ) -> "TrustScore":
        """Of a live reading."""
        return cls(**_fields(score), sentence=sentence, recorded_at=None, position=None, window_end=window_end,
                   version_id=version_id, evaluation=None, row=None, at=at)  # fmt: skip

    @classmethod
    def recorded(cls, row: trust.RecordedScore, at: At) -> "TrustScore":
        """As it was recorded."""
        return cls(
            **_fields(row.typed_score),
            sentence=row.sentence,
            recorded_at=row.recorded_at,
            position=PositionText(str(row.since)),
            window_end=row.window_end,
            version_id=row.version_id,
            evaluation=row.evaluation_id,
            row=row,
            at=at,
        )

    @classmethod
    def tried(cls, score: domain.Score, *, sentence: str, recorded: trust.RecordedScore, at: At) -> "TrustScore":
        """As it would be by other rules: of the same evaluation, and not recorded."""
        return cls(**_fields(score), sentence=sentence, recorded_at=None, position=None,
                   window_end=recorded.window_end, version_id=recorded.version_id, evaluation=recorded.evaluation_id,
                   row=None, at=at)  # fmt: skip

    @strawberry.field(description="The version that the score is of.")
    async def version(self, info: Info) -> Version:
        """The version."""
        return await Version.load(info, self.at, self.version_id)

    @strawberry.field(description="The evaluation that gave a recorded score.")
    def evaluation_id(self) -> strawberry.ID | None:
        """A global id."""
        if self.evaluation is None:
            return None
        return strawberry.ID(str(relay.GlobalID(type_name="Evaluation", node_id=str(self.evaluation))))


def _fields(score: domain.Score) -> dict[str, Any]:
    return {
        "value": score.value,
        "reason": score.reason,
        "interval": Interval.of(score.low, score.high),
        "coverage": score.coverage,
        "threshold": score.threshold,
        "standing": Standing(score.standing),
        "trend": Trend(direction=Direction(score.trend.direction), share=score.trend.share),
        "components": [TrustComponent.of(each) for each in score.components],
        "not_measured": list(NOT_MEASURED),
        "aggregation": TrustAggregation(score.aggregation),
        "formula": score.formula,
        "policy_version": score.policy_version,
    }


@needs(Permission.READ)
@strawberry.type(description="Recorded scores over time, as parallel arrays, thinned to what a screen can show.")
class TrustSeries:
    """Oldest first; dips stay."""

    positions: list[PositionText]
    recorded_at: list[datetime]
    window_end: list[datetime | None]
    values: list[float | None]
    lows: list[float | None]
    highs: list[float | None]
    coverages: list[float]

    @classmethod
    def of(cls, series: trust_history.Series) -> "TrustSeries":
        """From the read model's."""
        return cls(
            positions=[PositionText(str(each)) for each in series.positions],
            recorded_at=series.recorded_at,
            window_end=list(series.window_end),
            values=series.values,
            lows=series.lows,
            highs=series.highs,
            coverages=series.coverages,
        )


@needs(Permission.READ)
@strawberry.type(description="Something that happened to the model, for the time axis of a chart.")
class TimelineMark:
    """A baseline, a promotion, a roll-back or a change of policy."""

    position: PositionText
    at: datetime
    recorded_at: datetime
    kind: str
    text: str


@strawberry.input(description="How much one component shall count.")
class ComponentWeightInput:
    """Against the others; 0 leaves it out."""

    kind: ComponentKind
    weight: float


@strawberry.input(description="A policy as it might be; what is left out is as it is.")
class PolicyToTryInput:
    """Nothing is recorded of it."""

    threshold: float | None = None
    minimum_coverage: float | None = None
    weights: list[ComponentWeightInput] | None = None
    aggregation: TrustAggregation | None = None
    fresh_seconds: int | None = strawberry.field(default=None, description=FRESH)
    half_life_seconds: int | None = strawberry.field(default=None, description=HALF_LIFE)


@needs(Permission.READ)
@strawberry.type(description="How much one component counts.")
class ComponentWeight:
    """Against the others."""

    kind: ComponentKind
    weight: float


@needs(Permission.READ)
@strawberry.type(description="Rules by which a model's trust is reckoned and judged.")
class TrustPolicy:
    """Version 1 is what a model begins with: its project's default, or CDT's."""

    version: int
    threshold: float
    aggregation: TrustAggregation
    minimum_coverage: float
    fresh_seconds: int = strawberry.field(description=FRESH)
    half_life_seconds: int = strawberry.field(description=HALF_LIFE)
    weights: list[ComponentWeight]
    changed_at: datetime | None
    changed_by: Actor | None
    written: strawberry.Private[str | None]

    @classmethod
    def of(cls, row: trust.Policy | None, at: At) -> "TrustPolicy":
        """From a row, or the default."""
        policy = domain_policy.DEFAULT_POLICY if row is None else row.typed_policy
        weights = policy.weights
        return cls(
            version=policy.version,
            threshold=policy.threshold,
            aggregation=TrustAggregation(policy.aggregation),
            minimum_coverage=policy.minimum_coverage,
            fresh_seconds=policy.fresh_for,
            half_life_seconds=policy.half_life,
            weights=[
                ComponentWeight(kind=ComponentKind.STABILITY, weight=weights.stability),
                ComponentWeight(kind=ComponentKind.FAIRNESS, weight=weights.fairness),
                ComponentWeight(kind=ComponentKind.PERFORMANCE, weight=weights.performance),
                ComponentWeight(kind=ComponentKind.QUALITY, weight=weights.quality),
            ],
            changed_at=None if row is None else row.changed_at,
            changed_by=None if row is None else Actor.of(row.changed_by_kind, row.changed_by_id, at),
            written=None if row is None else row.reason,
        )

    @strawberry.field(description="Why; '[redacted]' once that is.")
    async def reason(self, info: Info) -> str | None:
        """Opened on reading."""
        return None if self.written is None else await shown_text(info, self.written)

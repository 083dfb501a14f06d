"""Monitoring plans: when a version is evaluated and what its numbers are judged by."""

import enum
from datetime import datetime
from uuid import UUID

import strawberry
from msgspec import UNSET
from strawberry import relay

from cdt.access.permissions import needs
from cdt.domain.evaluations.severities import BANDS, Bands, bands_of
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.accounts.types import Actor
from cdt.graphql.context import At, Info
from cdt.graphql.evaluations.backfills import MOST, Backfill
from cdt.graphql.evaluations.drift_of_all import PValueCorrection
from cdt.graphql.evaluations.plan_contrasts import PlanContrast
from cdt.graphql.evaluations.plan_slices import PlanSlice
from cdt.graphql.evaluations.plan_worth import PlanBusinessValue
from cdt.graphql.evaluations.proposing import ProposalOfPlan
from cdt.graphql.evaluations.version_outputs import VersionOutput
from cdt.graphql.limits import spend
from cdt.graphql.texts import shown_text
from cdt.readmodels import backfills, evaluations


@strawberry.enum(description="What calls for an evaluation besides a window that closes and a person who asks.")
class EvaluationTrigger(enum.Enum):
    """New rows that move the score, labels that come late, a promotion."""

    DATA = "data"
    LABELS = "labels"
    PROMOTION = "promotion"


@needs(Permission.READ)
@strawberry.type(description="From which value on a drift is called low, medium, high and critical.")
class SeverityBands:
    """Of one measure; what has no limit of its own has drifted where it is called high."""

    measure: str
    low: float
    medium: float
    high: float
    critical: float

    @classmethod
    def of(cls, bands: Bands) -> "SeverityBands":
        """From the domain's."""
        return cls(measure=bands.measure, low=bands.low, medium=bands.medium, high=bands.high, critical=bands.critical)


@needs(Permission.READ)
@strawberry.type(description="When a version is evaluated and what its numbers are judged by.")
class MonitoringPlan(ProposalOfPlan, relay.Node):
    """Made with the first baseline, as it suits the version; changed by `changePlan`."""

    id: relay.NodeID[UUID]
    window_seconds: int
    lateness_seconds: int
    minimum_rows: int
    minimum_group_size: int
    confidence: float
    psi_limit: float
    distance_limit: float
    drift_confidence: float = strawberry.field(description="Of all intervals of one measure of drift together.")
    parity_ratio_limit: float
    parity_difference_limit: float
    performance_tolerance: float
    missing_tolerance: float
    unseen_tolerance: float
    unlikely_tolerance: float
    clock_tolerance: float
    duplicate_tolerance: float
    violation_tolerance: float
    silence_limit: float
    live_change: float = strawberry.field(description="How far the live trust score moves before it is recorded.")
    least_seconds_between_records: int
    measures: list[str] = strawberry.field(description="What is measured besides what every plan measures.")
    features: list[str] | None = strawberry.field(
        description="The columns whose drift and quality are measured; null for all."
    )
    outputs: list[VersionOutput] = strawberry.field(
        description="What the version makes of its features whose drift is measured as well."
    )
    bands: list[SeverityBands] = strawberry.field(description="Of every measure of drift that has some.")
    least_label_share: float = strawberry.field(
        description="The share of a window's rows whose label must be known before what rests on labels is judged."
    )
    triggers: list[EvaluationTrigger]
    schedule: str | None = strawberry.field(
        description="A cron expression of five fields, in the project's time zone; null for none."
    )
    slices: list[PlanSlice] = strawberry.field(
        description="The parts of the rows that an evaluation measures by themselves as well."
    )
    p_value_correction: PValueCorrection | None = strawberry.field(
        description="How it is said which features moved by more than chance; null where that is not said."
    )
    contrasts: list[PlanContrast] = strawberry.field(
        description="What the groups of an attribute are held against, where that isn't one another."
    )
    business_value: PlanBusinessValue | None = strawberry.field(
        description="What each decision is worth, which is measured where it is said."
    )
    made_at: datetime
    changed_at: datetime | None
    row: strawberry.Private[evaluations.Plan]
    at: strawberry.Private[At]

    @classmethod
    def of(cls, row: evaluations.Plan, at: At) -> "MonitoringPlan":
        """From a row."""
        policy = row.typed_policy
        return cls(
            id=row.id,
            window_seconds=policy.window_seconds,
            lateness_seconds=policy.lateness_seconds,
            minimum_rows=policy.minimum_rows,
            minimum_group_size=policy.minimum_group_size,
            confidence=policy.confidence,
            psi_limit=policy.psi_limit,
            distance_limit=policy.distance_limit,
            drift_confidence=policy.confidence_of_drift,
            parity_ratio_limit=policy.parity_ratio_limit,
            parity_difference_limit=policy.parity_difference_limit,
            performance_tolerance=policy.performance_tolerance,
            missing_tolerance=policy.missing_tolerance,
            unseen_tolerance=policy.unseen_tolerance,
            unlikely_tolerance=policy.unlikely_tolerance,
            clock_tolerance=policy.clock_tolerance,
            duplicate_tolerance=policy.duplicate_tolerance,
            violation_tolerance=policy.violation_tolerance,
            silence_limit=policy.silence_limit,
            live_change=policy.live_change,
            least_seconds_between_records=policy.least_seconds_between_records,
            measures=list(policy.measures),
            features=None if policy.features is None else list(policy.features),
            outputs=[VersionOutput(output) for output in policy.watched_outputs],
            bands=[
                SeverityBands.of(bands_of(measure, policy.chosen_bands) or usual) for measure, usual in BANDS.items()
            ],
            least_label_share=policy.least_label_share,
            triggers=[EvaluationTrigger(trigger) for trigger in policy.triggers],
            schedule=policy.schedule,
            slices=[PlanSlice.of(each) for each in policy.declared_slices],
            contrasts=[PlanContrast.of(each) for each in policy.chosen_contrasts],
            business_value=None if policy.worth is None else PlanBusinessValue.of(policy.worth),
            p_value_correction=None
            if policy.p_value_correction is UNSET
            else PValueCorrection(policy.p_value_correction),
            made_at=row.made_at,
            changed_at=row.changed_at,
            row=row,
            at=at,
        )

    @strawberry.field(description="Who changed it last.")
    def changed_by(self) -> Actor | None:
        """Null while it is as it was made."""
        kind, actor = self.row.changed_by_kind, self.row.changed_by_id
        return None if kind is None or actor is None else Actor.of(kind, actor, self.at)

    @strawberry.field(description=f"How history is measured by it, newest request first; at most {MOST}.")
    async def backfills(self, info: Info) -> list[Backfill]:
        """Empty until somebody asks for it."""
        spend(MOST)
        async with info.context.view(self.at) as view:
            found = await backfills.of_plan(view, self.row.id, limit=MOST)
        return [Backfill.of(each, self.at) for each in found]

    @strawberry.field(description="Why it was changed last; '[redacted]' once that is.")
    async def reason(self, info: Info) -> str | None:
        """Opened on reading."""
        return None if self.row.reason is None else await shown_text(info, self.row.reason)

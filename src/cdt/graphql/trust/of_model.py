"""What trust says of a model: that of its production champion."""

import strawberry

from cdt.domain.text import parsed
from cdt.domain.trust.policy import DEFAULT_POLICY
from cdt.graphql.context import At, Info
from cdt.graphql.scalars import PositionText
from cdt.graphql.trust.freshness import TrustFreshness, freshness_of
from cdt.graphql.trust.loaders import PRODUCTION
from cdt.graphql.trust.trying import tried
from cdt.graphql.trust.types import PolicyToTryInput, TimelineMark, TrustPolicy, TrustScore, TrustSeries
from cdt.readmodels import registry, trust_history

MAXIMUM_POINTS = 2_000


@strawberry.type
class TrustOfModel:
    """Fields of Model."""

    row: strawberry.Private[registry.Model]
    at: strawberry.Private[At]

    @strawberry.field(description="The newest recorded score of the production champion.")
    async def trust(self, info: Info) -> TrustScore | None:
        """Null before the first record."""
        row = await info.context.loaders.trust.score_of_champion.load((self.at, self.row.id))
        return None if row is None else TrustScore.recorded(row, self.at)

    @strawberry.field(
        description="What the newest recorded score would be by other rules, of the same results; null before the first"
        " record. Nothing is recorded of it."
    )
    async def trust_if(self, info: Info, policy: PolicyToTryInput) -> TrustScore | None:
        """An error of the operation where the rules can't be reckoned with."""
        recorded = await info.context.loaders.trust.score_of_champion.load((self.at, self.row.id))
        if recorded is None:
            return None
        row = await info.context.loaders.trust.policy_of_model.load((self.at, self.row.id))
        return await tried(info, self.at, recorded, DEFAULT_POLICY if row is None else row.typed_policy, policy)

    @strawberry.field(
        description="What the newest recorded score is worth by how long no rows have come in; null before the first."
    )
    async def trust_freshness(self, info: Info) -> TrustFreshness | None:
        """Under asOf: by then."""
        recorded = await info.context.loaders.trust.score_of_champion.load((self.at, self.row.id))
        if recorded is None:
            return None
        policy = await info.context.loaders.trust.policy_of_model.load((self.at, self.row.id))
        return await freshness_of(
            info, self.at, recorded, self.row.project_id, None if policy is None else policy.typed_policy
        )

    @strawberry.field(description="Recorded scores over time.")
    async def trust_history(self, info: Info, max_points: int = 300) -> TrustSeries:
        """At most 2,000 points."""
        points = min(max(max_points, trust_history.LEAST_POINTS), MAXIMUM_POINTS)
        async with info.context.view(self.at) as view:
            series = await trust_history.series_of_model(view, self.row.id, environment=PRODUCTION, points=points)
        return TrustSeries.of(series)

    @strawberry.field(description="What happened to the model, for the time axis of a chart.")
    async def marks(self, info: Info) -> list[TimelineMark]:
        """Oldest first."""
        async with info.context.view(self.at) as view:
            rows = await trust_history.marks_of_model(view, self.row.id)
        reasons = await info.context.loaders.text.load_many([parsed(row.reason) for row in rows])
        return [
            TimelineMark(
                position=PositionText(str(row.position)),
                at=row.at,
                recorded_at=row.recorded_at,
                kind=row.kind,
                text=row.text(reason),
            )
            for row, reason in zip(rows, reasons, strict=True)
        ]

    @strawberry.field(description="The rules by which its trust is reckoned.")
    async def trust_policy(self, info: Info) -> TrustPolicy:
        """The default until somebody changes it."""
        row = await info.context.loaders.trust.policy_of_model.load((self.at, self.row.id))
        return TrustPolicy.of(row, self.at)

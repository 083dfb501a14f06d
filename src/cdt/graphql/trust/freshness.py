"""What a model's score is worth by now, by how long no rows have come in."""

from datetime import UTC, datetime
from uuid import UUID

import strawberry

from cdt.access.permissions import needs
from cdt.domain.tenancy.roles import Permission
from cdt.domain.trust.decay import aged
from cdt.domain.trust.policy import DEFAULT_POLICY, TrustPolicy
from cdt.graphql.context import At, Info
from cdt.graphql.trust.kinds import Standing
from cdt.readmodels.trust import RecordedScore


@needs(Permission.READ)
@strawberry.type(
    description="How much the evidence of a score counts by now. It counts whole for a while after rows last came in,"
    " then half as much with each half-life; the policy says of both how long. The score itself stays as it is."
)
class TrustFreshness:
    """Of the score that was recorded last."""

    newest_rows_at: datetime = strawberry.field(description="When rows were last taken in, predictions or labels.")
    age_seconds: float = strawberry.field(description="Since then; under asOf, until the position was recorded.")
    weight: float = strawberry.field(description="How much the evidence counts, in (0, 1].")
    coverage: float = strawberry.field(description="The share of the weight that has evidence, times that.")
    standing: Standing = strawberry.field(description="With that coverage.")
    sentence: str | None = strawberry.field(description="In words; null while it counts whole.")


async def freshness_of(
    info: Info, at: At, recorded: RecordedScore, project_id: UUID, policy: TrustPolicy | None
) -> TrustFreshness | None:
    """None where no rows are known to have come, or are left."""
    known = await age_of(info, at, project_id, recorded.version_id)
    if known is None:
        return None
    newest, age = known
    found = aged(recorded.typed_score, DEFAULT_POLICY if policy is None else policy, age_seconds=age)
    return TrustFreshness(
        newest_rows_at=newest.astimezone(UTC),
        age_seconds=age,
        weight=found.weight,
        coverage=found.coverage,
        standing=Standing(found.standing),
        sentence=found.sentence,
    )


async def age_of(info: Info, at: At, project_id: UUID, version_id: UUID) -> tuple[datetime, float] | None:
    """When the version's newest rows were taken in, and how many seconds ago."""
    state = await info.context.loaders.trust.intake_of_version.load((at, project_id, version_id))
    if state is None or state.last_received_at is None:
        return None
    services = info.context.services
    now = services.now() if at.is_now else await services.reader.recorded_at(at.position)
    return state.last_received_at, max(0.0, (now - state.last_received_at).total_seconds())

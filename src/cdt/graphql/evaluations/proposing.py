"""The plan that suits a version, beside the one that it has."""

from typing import Any

import strawberry

from cdt.access.permissions import needs
from cdt.domain.evaluations.proposing import Proposal, Reason, propose
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.context import At, Info
from cdt.graphql.evaluations.version_outputs import VersionOutput
from cdt.graphql.limits import A_STATEMENT, spend
from cdt.readmodels import evaluations
from cdt.workers.proposing import shape_of

ROWS_A_COLUMN = 10
"""What a column costs of which the profile is decoded: 110 to 260 microseconds."""


@needs(Permission.READ)
@strawberry.type(description="Why something of a plan is what it is.")
class ProposalReason:
    """`field` is as `changePlan` calls it, or `plan` of all of it; there may be several of one."""

    field: str
    because: str

    @classmethod
    def of(cls, reason: Reason) -> "ProposalReason":
        """From the domain's."""
        return cls(field=reason.field, because=reason.because)


@needs(Permission.READ)
@strawberry.type(description="The plan that suits a version by its baseline; what is not named is the default.")
class PlanProposal:
    """`changePlan` takes it as it is."""

    window_seconds: int
    lateness_seconds: int
    minimum_rows: int
    minimum_group_size: int
    features: list[str] | None = strawberry.field(description="The columns that are worth watching; null for all.")
    outputs: list[VersionOutput]
    least_label_share: float
    because: list[ProposalReason]

    @classmethod
    def of(cls, proposal: Proposal) -> "PlanProposal":
        """From the domain's."""
        policy: Any = proposal.policy
        return cls(
            window_seconds=policy.window_seconds,
            lateness_seconds=policy.lateness_seconds,
            minimum_rows=policy.minimum_rows,
            minimum_group_size=policy.minimum_group_size,
            features=None if policy.features is None else list(policy.features),
            outputs=[VersionOutput(output) for output in policy.watched_outputs],
            least_label_share=policy.least_label_share,
            because=[ProposalReason.of(each) for each in proposal.because],
        )


@strawberry.type
class ProposalOfPlan:
    """Fields of MonitoringPlan."""

    row: strawberry.Private[evaluations.Plan]
    at: strawberry.Private[At]

    @strawberry.field(
        description="Why it is what it is, as proposed when it was made; nothing of what somebody has changed since."
    )
    def because(self) -> list[ProposalReason]:
        """Empty for the default plan."""
        return [ProposalReason.of(each) for each in self.row.reasons]

    @strawberry.field(
        description="The plan that suits the version by its baseline and the days on which rows came, with the reason"
        " of each choice; null without a baseline."
    )
    async def proposal(self, info: Info) -> PlanProposal | None:
        """Told anew each time that it is asked for."""
        version = await info.context.loaders.registry.version.load((self.at, self.row.version_id))
        if version is None or version.grid_digest is None or version.baseline_digest is None:
            return None
        spend(2 * A_STATEMENT + ROWS_A_COLUMN * len(version.typed_signature.columns))
        async with info.context.services.writer.transaction([version.project_id]) as connection:
            shape = await shape_of(connection, version)
        return PlanProposal.of(propose(shape))

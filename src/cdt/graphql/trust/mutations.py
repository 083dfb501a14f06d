"""Changing how trust is reckoned: a model's, and that of the new ones of a project."""

from typing import Annotated

import strawberry

from cdt.access.permissions import needs
from cdt.commands import trust as commands
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.commanding import command_of
from cdt.graphql.context import Info
from cdt.graphql.errors import Failures
from cdt.graphql.fields import mutation
from cdt.graphql.registry.subjects import model_of
from cdt.graphql.scalars import PositionText
from cdt.graphql.tenancy.subjects import project_of
from cdt.graphql.texts import CONFIRM, sealed_text
from cdt.graphql.trust.kinds import TrustAggregation
from cdt.graphql.trust.trying import wanted_of
from cdt.graphql.trust.types import FRESH, HALF_LIFE, ComponentWeightInput, TrustPolicy


@strawberry.input(description="What shall change of a model's trust policy; what is left out stays.")
class ChangeTrustPolicyInput:
    """The reason becomes part of the record."""

    model_id: strawberry.ID
    reason: str
    threshold: float | None = None
    minimum_coverage: float | None = None
    weights: list[ComponentWeightInput] | None = None
    aggregation: TrustAggregation | None = None
    fresh_seconds: int | None = strawberry.field(default=None, description=FRESH)
    half_life_seconds: int | None = strawberry.field(default=None, description=HALF_LIFE)
    confirm_personal: bool | None = strawberry.field(default=None, description=CONFIRM)
    command_id: str | None = None


@strawberry.input(description="What shall change of what new models of a project begin with; what is left out stays.")
class ChangeDefaultTrustPolicyInput:
    """The models that are there keep theirs. The reason becomes part of the record."""

    project_id: strawberry.ID
    reason: str
    threshold: float | None = None
    minimum_coverage: float | None = None
    weights: list[ComponentWeightInput] | None = None
    aggregation: TrustAggregation | None = None
    fresh_seconds: int | None = strawberry.field(default=None, description=FRESH)
    half_life_seconds: int | None = strawberry.field(default=None, description=HALF_LIFE)
    confirm_personal: bool | None = strawberry.field(default=None, description=CONFIRM)
    command_id: str | None = None


@needs(Permission.READ)
@strawberry.type(description="The policy, as it is now; null when it can't be read yet.")
class PolicyPayload:
    """`lagging` says that the change is recorded but not readable yet."""

    policy: TrustPolicy | None
    position: PositionText | None
    lagging: bool


@needs(Permission.READ)
@strawberry.type(description="See PolicyPayload.")
class ChangeTrustPolicyPayload(PolicyPayload):
    """The model's."""


@needs(Permission.READ)
@strawberry.type(description="See PolicyPayload.")
class ChangeDefaultTrustPolicyPayload(PolicyPayload):
    """The one that new models begin with."""


ChangeTrustPolicyResult = Annotated[ChangeTrustPolicyPayload | Failures, strawberry.union("ChangeTrustPolicyResult")]
ChangeDefaultTrustPolicyResult = Annotated[
    ChangeDefaultTrustPolicyPayload | Failures, strawberry.union("ChangeDefaultTrustPolicyResult")
]


@strawberry.type
class TrustMutations:
    """Fields of Mutation."""

    @mutation(Permission.WRITE_POLICY, "Reckon or judge a model's trust by other rules, from now on.")
    async def change_trust_policy(
        self,
        info: Info,
        input: ChangeTrustPolicyInput,  # noqa: A002
    ) -> ChangeTrustPolicyResult:
        """Recorded scores stay as they are."""
        model, tenant = await model_of(info, input.model_id, Permission.WRITE_POLICY)
        by = await command_of(info, input, tenant)
        reason = await sealed_text(info, "reason", input.reason, by=by, confirmed=input.confirm_personal)
        done = await info.context.do(
            commands.change_trust_policy,
            model.id,
            wanted=wanted_of(input),
            reason=reason,
            by=by,
        )
        policy = None
        if not done.lagging:
            row = await info.context.loaders.trust.policy_of_model.load((done.at, model.id))
            policy = TrustPolicy.of(row, done.at)
        return ChangeTrustPolicyPayload(policy=policy, position=done.position_text, lagging=done.lagging)

    @mutation(Permission.MANAGE_PROJECTS, "Let new models of a project begin with another trust policy.")
    async def change_default_trust_policy(
        self,
        info: Info,
        input: ChangeDefaultTrustPolicyInput,  # noqa: A002
    ) -> ChangeDefaultTrustPolicyResult:
        """The models that are there keep theirs."""
        project = await project_of(info, input.project_id, Permission.MANAGE_PROJECTS)
        by = await command_of(info, input, project.tenant)
        reason = await sealed_text(info, "reason", input.reason, by=by, confirmed=input.confirm_personal)
        done = await info.context.do(
            commands.change_default_trust_policy, project.id, wanted=wanted_of(input), reason=reason, by=by
        )
        policy = None
        if not done.lagging:
            row = await info.context.loaders.trust.default_policy_of_project.load((done.at, project.id))
            policy = TrustPolicy.of(row, done.at)
        return ChangeDefaultTrustPolicyPayload(policy=policy, position=done.position_text, lagging=done.lagging)

"""Changing how a model's trust is reckoned."""

from typing import Annotated

import strawberry
from msgspec.structs import replace

from cdt.access.permissions import needs
from cdt.commands import trust as commands
from cdt.domain.errors import Invalid
from cdt.domain.tenancy.roles import Permission
from cdt.domain.trust.policy import DEFAULT_POLICY, Weights
from cdt.graphql.commanding import command_of
from cdt.graphql.context import Info
from cdt.graphql.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    RateLimitedError,
    UnauthenticatedError,
)
from cdt.graphql.fields import mutation
from cdt.graphql.registry.subjects import model_of
from cdt.graphql.scalars import PositionText
from cdt.graphql.texts import CONFIRM, sealed_text
from cdt.graphql.trust.types import ComponentKind, TrustPolicy


@strawberry.input(description="How much one component shall count.")
class ComponentWeightInput:
    """Against the others; 0 leaves it out."""

    kind: ComponentKind
    weight: float


@strawberry.input(description="What shall change of a model's trust policy; what is left out stays.")
class ChangeTrustPolicyInput:
    """The reason becomes part of the record."""

    model_id: strawberry.ID
    reason: str
    threshold: float | None = None
    minimum_coverage: float | None = None
    weights: list[ComponentWeightInput] | None = None
    confirm_personal: bool | None = strawberry.field(default=None, description=CONFIRM)
    command_id: str | None = None


@needs(Permission.READ)
@strawberry.type(description="The policy, as it is now; null when it can't be read yet.")
class ChangeTrustPolicyPayload:
    """`lagging` says that the change is recorded but not readable yet."""

    policy: TrustPolicy | None
    position: PositionText | None
    lagging: bool


ChangeTrustPolicyResult = Annotated[
    ChangeTrustPolicyPayload
    | NotFoundError
    | ConflictError
    | InvalidError
    | ForbiddenError
    | UnauthenticatedError
    | RateLimitedError,
    strawberry.union("ChangeTrustPolicyResult"),
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
        present = await info.context.loaders.trust.policy_of_model.load((await info.context.at(), model.id))
        weights = (DEFAULT_POLICY if present is None else present.typed_policy).weights
        by = await command_of(info, input, tenant)
        reason = await sealed_text(info, "reason", input.reason, by=by, confirmed=input.confirm_personal)
        done = await info.context.do(
            commands.change_trust_policy,
            model.id,
            threshold=input.threshold,
            minimum_coverage=input.minimum_coverage,
            weights=None if input.weights is None else _changed(weights, input.weights),
            reason=reason,
            by=by,
        )
        policy = None
        if not done.lagging:
            row = await info.context.loaders.trust.policy_of_model.load((done.at, model.id))
            policy = TrustPolicy.of(row, done.at)
        return ChangeTrustPolicyPayload(policy=policy, position=done.position_text, lagging=done.lagging)


def _changed(weights: Weights, wanted: list[ComponentWeightInput]) -> Weights:
    if len({each.kind for each in wanted}) != len(wanted):
        raise Invalid("weights", "name each component once")
    return replace(weights, **{each.kind.value: each.weight for each in wanted})

"""Changing what becomes of rows that do not fit."""

from functools import partial
from typing import Annotated

import strawberry

from cdt.access.permissions import needs
from cdt.commands import registry as commands
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.commanding import command_of
from cdt.graphql.context import Info
from cdt.graphql.errors import Failures
from cdt.graphql.fields import mutation
from cdt.graphql.predictions.types import IntakePolicy
from cdt.graphql.registry.mutations import ModelPayload
from cdt.graphql.registry.subjects import model_of
from cdt.graphql.texts import CONFIRM, sealed_text


@strawberry.input(description="What shall become of a model's rows that do not fit, from now on.")
class ChangeIntakePolicyInput:
    """The reason becomes part of the record."""

    model_id: strawberry.ID
    policy: IntakePolicy
    reason: str
    confirm_personal: bool | None = strawberry.field(default=None, description=CONFIRM)
    command_id: str | None = None


@needs(Permission.READ)
@strawberry.type(description="See ModelPayload.")
class ChangeIntakePolicyPayload(ModelPayload):
    """The model with its policy."""


ChangeIntakePolicyResult = Annotated[ChangeIntakePolicyPayload | Failures, strawberry.union("ChangeIntakePolicyResult")]


@strawberry.type
class IntakePolicyMutations:
    """Fields of Mutation."""

    @mutation(Permission.WRITE_POLICY, "Let something else become of rows that do not fit a model's signature.")
    async def change_intake_policy(
        self,
        info: Info,
        input: ChangeIntakePolicyInput,  # noqa: A002
    ) -> ChangeIntakePolicyResult:
        """What was taken in or rejected stays so."""
        model, tenant = await model_of(info, input.model_id, Permission.WRITE_POLICY)
        by = await command_of(info, input, tenant)
        reason = await sealed_text(info, "reason", input.reason, by=by, confirmed=input.confirm_personal)
        done, row = await info.context.do_and_read(
            partial(info.context.loaders.registry.model_acted_on, model_id=model.id),
            commands.change_intake_policy,
            model.id,
            policy=input.policy.value,
            reason=reason,
            by=by,
        )
        return ChangeIntakePolicyPayload.of(done, row)

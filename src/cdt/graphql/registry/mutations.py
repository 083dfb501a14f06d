"""Registering models, adding versions, promoting and rolling back."""

from functools import partial
from typing import Annotated, Any

import strawberry
from uuid_utils.compat import uuid7

from cdt.access.permissions import needs
from cdt.commands import registry as commands
from cdt.domain.kernel import derived_id
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.commanding import command_of
from cdt.graphql.context import Done, Info
from cdt.graphql.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    RateLimitedError,
    UnauthenticatedError,
)
from cdt.graphql.fields import mutation
from cdt.graphql.registry.models import Model
from cdt.graphql.registry.signatures import SignatureInput
from cdt.graphql.registry.subjects import model_of, version_of
from cdt.graphql.registry.types import DeploymentRole, Environment, Version
from cdt.graphql.scalars import PositionText
from cdt.graphql.tenancy.subjects import tenant_of
from cdt.graphql.texts import CONFIRM, sealed_text
from cdt.readmodels import registry


@strawberry.input(description="A model to be known from now on.")
class RegisterModelInput:
    """Its name is unique in its project."""

    project_id: strawberry.ID
    name: str
    description: str = ""
    confirm_personal: bool | None = strawberry.field(default=None, description=CONFIRM)
    command_id: str | None = None


@strawberry.input(description="An immutable version to be added to a model.")
class AddVersionInput:
    """Its tag is unique in its model."""

    model_id: strawberry.ID
    tag: str
    signature: SignatureInput
    command_id: str | None = None


@strawberry.input(description="A version to serve in an environment.")
class PromoteVersionInput:
    """The reason becomes part of the record."""

    version_id: strawberry.ID
    reason: str
    environment: Environment = Environment.PRODUCTION
    role: DeploymentRole = DeploymentRole.CHAMPION
    confirm_personal: bool | None = strawberry.field(default=None, description=CONFIRM)
    command_id: str | None = None


@strawberry.input(description="A deployment to be taken back to the champion before.")
class RollBackDeploymentInput:
    """The reason becomes part of the record."""

    model_id: strawberry.ID
    reason: str
    environment: Environment = Environment.PRODUCTION
    confirm_personal: bool | None = strawberry.field(default=None, description=CONFIRM)
    command_id: str | None = None


@needs(Permission.READ)
@strawberry.type(description="The model, as it is now; null when it can't be read yet.")
class ModelPayload:
    """`lagging` says that the change is recorded but not readable yet."""

    model: Model | None
    position: PositionText | None
    lagging: bool

    @classmethod
    def of(cls, done: Done, row: registry.Model | None) -> Any:  # noqa: ANN401  one of a union, which has no name in Python
        """From the act, and the row that was read after it."""
        model = None if row is None else Model.of(row, done.at)
        return cls(model=model, position=done.position_text, lagging=done.lagging)


@strawberry.type(description="See ModelPayload.")
class RegisterModelPayload(ModelPayload):
    """The new model."""


@strawberry.type(description="See ModelPayload.")
class PromoteVersionPayload(ModelPayload):
    """The model with its new deployment."""


@strawberry.type(description="See ModelPayload.")
class RollBackDeploymentPayload(ModelPayload):
    """The model with its former champion."""


@needs(Permission.READ)
@strawberry.type(description="The version; null when it can't be read yet.")
class AddVersionPayload:
    """`lagging` says that the change is recorded but not readable yet."""

    version: Version | None
    position: PositionText | None
    lagging: bool


for _payload in (RegisterModelPayload, PromoteVersionPayload, RollBackDeploymentPayload):
    needs(Permission.READ)(_payload)

RegisterModelResult = Annotated[
    RegisterModelPayload
    | NotFoundError
    | ConflictError
    | InvalidError
    | ForbiddenError
    | UnauthenticatedError
    | RateLimitedError,
    strawberry.union("RegisterModelResult"),
]
AddVersionResult = Annotated[
    AddVersionPayload
    | NotFoundError
    | ConflictError
    | InvalidError
    | ForbiddenError
    | UnauthenticatedError
    | RateLimitedError,
    strawberry.union("AddVersionResult"),
]
PromoteVersionResult = Annotated[
    PromoteVersionPayload
    | NotFoundError
    | ConflictError
    | InvalidError
    | ForbiddenError
    | UnauthenticatedError
    | RateLimitedError,
    strawberry.union("PromoteVersionResult"),
]
RollBackDeploymentResult = Annotated[
    RollBackDeploymentPayload
    | NotFoundError
    | ConflictError
    | InvalidError
    | ForbiddenError
    | UnauthenticatedError
    | RateLimitedError,
    strawberry.union("RollBackDeploymentResult"),
]


@strawberry.type
class RegistryMutations:
    """Fields of Mutation."""

    @mutation(Permission.WRITE_REGISTRY, "Make a model known.")
    async def register_model(self, info: Info, input: RegisterModelInput) -> RegisterModelResult:  # noqa: A002
        """The same commandId again answers the same model."""
        tenant = await tenant_of(info, input.project_id, Permission.WRITE_REGISTRY)
        by = await command_of(info, input, tenant)
        model_id = derived_id("model", tenant.project_id, by.id)
        text = await sealed_text(info, "description", input.description, by=by, confirmed=input.confirm_personal)
        done, row = await info.context.do_and_read(
            partial(info.context.loaders.registry.model_acted_on, model_id=model_id),
            commands.register_model,
            model_id,
            name=input.name,
            description=text,
            by=by,
        )
        return RegisterModelPayload.of(done, row)

    @mutation(Permission.WRITE_REGISTRY, "Add an immutable version to a model.")
    async def add_version(self, info: Info, input: AddVersionInput) -> AddVersionResult:  # noqa: A002
        """The same tag with the same signature again changes nothing and answers the version."""
        model, tenant = await model_of(info, input.model_id, Permission.WRITE_REGISTRY)
        by = await command_of(info, input, tenant)
        done = await info.context.do(
            commands.add_version,
            model.id,
            version_id=uuid7(),
            tag=input.tag,
            signature=input.signature.to_domain(),
            by=by,
        )
        version = None
        if not done.lagging:
            rows = await info.context.loaders.registry.versions_of_model.load((done.at, model.id))
            version = next((Version.of(row, done.at) for row in rows if row.tag == input.tag.strip()), None)
        return AddVersionPayload(version=version, position=done.position_text, lagging=done.lagging)

    @mutation(Permission.WRITE_REGISTRY, "Let a version serve in an environment.")
    async def promote_version(self, info: Info, input: PromoteVersionInput) -> PromoteVersionResult:  # noqa: A002
        """A champion takes the place of the former one, to whom a roll-back returns."""
        version, tenant = await version_of(info, input.version_id, Permission.WRITE_REGISTRY)
        by = await command_of(info, input, tenant)
        reason = await sealed_text(info, "reason", input.reason, by=by, confirmed=input.confirm_personal)
        done, row = await info.context.do_and_read(
            partial(info.context.loaders.registry.model_acted_on, model_id=version.model_id, version_id=version.id),
            commands.promote_version,
            version.model_id,
            version_id=version.id,
            environment=input.environment.value,
            role=input.role.value,
            reason=reason,
            by=by,
        )
        return PromoteVersionPayload.of(done, row)

    @mutation(Permission.WRITE_REGISTRY, "Let the champion before the present one serve again.")
    async def roll_back_deployment(
        self,
        info: Info,
        input: RollBackDeploymentInput,  # noqa: A002
    ) -> RollBackDeploymentResult:
        """A conflict when there was none before."""
        model, tenant = await model_of(info, input.model_id, Permission.WRITE_REGISTRY)
        by = await command_of(info, input, tenant)
        reason = await sealed_text(info, "reason", input.reason, by=by, confirmed=input.confirm_personal)
        done, row = await info.context.do_and_read(
            partial(info.context.loaders.registry.model_acted_on, model_id=model.id),
            commands.roll_back_deployment,
            model.id,
            environment=input.environment.value,
            reason=reason,
            by=by,
        )
        return RollBackDeploymentPayload.of(done, row)

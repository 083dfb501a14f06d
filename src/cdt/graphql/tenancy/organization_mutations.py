"""Founding, naming and ending an organization."""

from typing import Annotated

import strawberry
from msgspec.structs import replace

from cdt.access.permissions import needs
from cdt.commands import tenancy as commands
from cdt.domain.kernel import Tenant, derived_id
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.commanding import command_of
from cdt.graphql.context import Info
from cdt.graphql.errors import Failures
from cdt.graphql.fields import mutation
from cdt.graphql.scalars import PositionText
from cdt.graphql.tenancy.subjects import organization_at, organization_of, person_of, projects_in
from cdt.graphql.tenancy.types import Organization
from cdt.graphql.texts import CONFIRM, sealed_text


@strawberry.input(description="A new organization; you are its owner.")
class CreateOrganizationInput:
    """No other organization has the name."""

    name: str
    command_id: str | None = None


@strawberry.input(description="Another name; the old one is free for others then.")
class RenameOrganizationInput:
    """No other organization has the name."""

    organization_id: strawberry.ID
    name: str
    command_id: str | None = None


@strawberry.input(description="What it is.")
class DescribeOrganizationInput:
    """An empty text is none."""

    organization_id: strawberry.ID
    description: str
    confirm_personal: bool | None = strawberry.field(default=None, description=CONFIRM)
    command_id: str | None = None


@strawberry.input(description="Which domain of the internet is its own, such as example.org.")
class SetOrganizationDomainInput:
    """Left out, it has none."""

    organization_id: strawberry.ID
    domain: str | None = None
    command_id: str | None = None


@strawberry.input(description="An organization that shall end, with its projects.")
class DeleteOrganizationInput:
    """Its record stays, and can be asked about by `asOf`."""

    organization_id: strawberry.ID
    name: str = strawberry.field(description="Its name, to confirm that this one is meant.")
    command_id: str | None = None


@needs(Permission.READ)
@strawberry.type(description="The organization; null when it can't be read yet, or not any more.")
class OrganizationPayload:
    """`lagging` says that the change is recorded but not readable yet."""

    organization: Organization | None
    position: PositionText | None
    lagging: bool


@needs(Permission.READ)
@strawberry.type(description="See OrganizationPayload.")
class CreateOrganizationPayload(OrganizationPayload):
    """The new one."""


@needs(Permission.READ)
@strawberry.type(description="See OrganizationPayload.")
class RenameOrganizationPayload(OrganizationPayload):
    """Under its new name."""


@needs(Permission.READ)
@strawberry.type(description="See OrganizationPayload.")
class DescribeOrganizationPayload(OrganizationPayload):
    """With its new description."""


@needs(Permission.READ)
@strawberry.type(description="See OrganizationPayload.")
class SetOrganizationDomainPayload(OrganizationPayload):
    """With its new domain."""


@needs(Permission.READ)
@strawberry.type(description="The organization is gone.")
class DeleteOrganizationPayload(OrganizationPayload):
    """`organization` is null."""


CreateOrganizationResult = Annotated[CreateOrganizationPayload | Failures, strawberry.union("CreateOrganizationResult")]
RenameOrganizationResult = Annotated[RenameOrganizationPayload | Failures, strawberry.union("RenameOrganizationResult")]
DescribeOrganizationResult = Annotated[
    DescribeOrganizationPayload | Failures, strawberry.union("DescribeOrganizationResult")
]
SetOrganizationDomainResult = Annotated[
    SetOrganizationDomainPayload | Failures, strawberry.union("SetOrganizationDomainResult")
]
DeleteOrganizationResult = Annotated[DeleteOrganizationPayload | Failures, strawberry.union("DeleteOrganizationResult")]


@strawberry.type
class OrganizationMutations:
    """Fields of Mutation."""

    @mutation(Permission.PERSON, "Found an organization, as its owner.")
    async def create_organization(self, info: Info, input: CreateOrganizationInput) -> CreateOrganizationResult:  # noqa: A002
        """Whoever signed in may; the same commandId again answers the same organization."""
        user_id, grants = await person_of(info)
        by = await command_of(info, input, Tenant())
        organization_id = derived_id("organization", grants.actor.kind, grants.actor.id, by.id)
        by = replace(by, tenant=Tenant(organization_id))
        done = await info.context.do(
            commands.create_organization, organization_id, name=input.name, owner=user_id, by=by
        )
        organization = await organization_at(info, done, organization_id)
        return CreateOrganizationPayload(organization=organization, position=done.position_text, lagging=done.lagging)

    @mutation(Permission.MANAGE_ORGANIZATION, "Give an organization another name.")
    async def rename_organization(self, info: Info, input: RenameOrganizationInput) -> RenameOrganizationResult:  # noqa: A002
        """A conflict when another has the name."""
        acting = await organization_of(info, input.organization_id, Permission.MANAGE_ORGANIZATION)
        by = await command_of(info, input, acting.tenant)
        done = await info.context.do(
            commands.rename_organization, acting.id, name=input.name, user_id=acting.user_id, by=by
        )
        organization = await organization_at(info, done, acting.id)
        return RenameOrganizationPayload(organization=organization, position=done.position_text, lagging=done.lagging)

    @mutation(Permission.MANAGE_ORGANIZATION, "Say what an organization is.")
    async def describe_organization(self, info: Info, input: DescribeOrganizationInput) -> DescribeOrganizationResult:  # noqa: A002
        """Becomes part of the record: write nothing personal."""
        acting = await organization_of(info, input.organization_id, Permission.MANAGE_ORGANIZATION)
        by = await command_of(info, input, acting.tenant)
        row = await info.context.loaders.tenancy.organization.load((await info.context.at(), acting.id))
        text = await sealed_text(
            info,
            "description",
            input.description,
            by=by,
            confirmed=input.confirm_personal,
            present="" if row is None else row.description,
        )
        done = await info.context.do(
            commands.describe_organization, acting.id, description=text, user_id=acting.user_id, by=by
        )
        organization = await organization_at(info, done, acting.id)
        return DescribeOrganizationPayload(organization=organization, position=done.position_text, lagging=done.lagging)

    @mutation(Permission.MANAGE_ORGANIZATION, "Say which domain of the internet is an organization's own.")
    async def set_organization_domain(
        self,
        info: Info,
        input: SetOrganizationDomainInput,  # noqa: A002
    ) -> SetOrganizationDomainResult:
        """Shown to its members; nothing follows from it."""
        acting = await organization_of(info, input.organization_id, Permission.MANAGE_ORGANIZATION)
        by = await command_of(info, input, acting.tenant)
        done = await info.context.do(
            commands.set_organization_domain, acting.id, domain=input.domain, user_id=acting.user_id, by=by
        )
        organization = await organization_at(info, done, acting.id)
        return SetOrganizationDomainPayload(
            organization=organization, position=done.position_text, lagging=done.lagging
        )

    @mutation(Permission.OWN_ORGANIZATION, "End an organization and its projects; the record stays.")
    async def delete_organization(self, info: Info, input: DeleteOrganizationInput) -> DeleteOrganizationResult:  # noqa: A002
        """Only owners may. Its name is free then, and its keys open nothing any more."""
        acting = await organization_of(info, input.organization_id, Permission.OWN_ORGANIZATION)
        by = await command_of(info, input, acting.tenant)
        projects = await projects_in(info, acting.id)
        done = await info.context.do(
            commands.delete_organization,
            acting.id,
            name=input.name,
            user_id=acting.user_id,
            project_ids=projects,
            by=by,
        )
        return DeleteOrganizationPayload(organization=None, position=done.position_text, lagging=done.lagging)

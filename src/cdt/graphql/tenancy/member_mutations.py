"""Who belongs to an organization, and as what."""

from typing import Annotated

import strawberry

from cdt.access.permissions import needs
from cdt.commands import tenancy as commands
from cdt.domain.errors import NotFound
from cdt.domain.kernel import Tenant, derived_id
from cdt.domain.tenancy.roles import Permission, Role
from cdt.graphql.commanding import command_of
from cdt.graphql.context import Info
from cdt.graphql.errors import Failures
from cdt.graphql.fields import mutation
from cdt.graphql.ids import id_of
from cdt.graphql.scalars import PositionText
from cdt.graphql.tenancy.members import Member
from cdt.graphql.tenancy.subjects import member_at, member_in, member_of, person_of, project_of
from cdt.readmodels import tenancy_members


@strawberry.input(description="Another role for a member of an organization.")
class ChangeMemberRoleInput:
    """Only an owner makes or unmakes owners, and nobody raises their own role."""

    member_id: strawberry.ID
    role: Role
    command_id: str | None = None


@strawberry.input(description="A member who shall be one no longer.")
class RemoveMemberInput:
    """Ends what they may do at once, in every project too."""

    member_id: strawberry.ID
    command_id: str | None = None


@strawberry.input(description="An organization to belong to no longer.")
class LeaveOrganizationInput:
    """The last owner can't."""

    organization_id: strawberry.ID
    command_id: str | None = None


@strawberry.input(description="A member who shall own the organization in your place.")
class TransferOwnershipInput:
    """You are an admin from then on."""

    member_id: strawberry.ID
    command_id: str | None = None


@strawberry.input(description="What a member is to one project.")
class SetProjectRoleInput:
    """Narrows or widens the role in the organization, an owner's excepted."""

    project_id: strawberry.ID
    member_id: strawberry.ID
    role: Role | None = strawberry.field(
        default=None, description="Any but OWNER; left out, the role in the organization counts again."
    )
    command_id: str | None = None


@needs(Permission.SIGNED_IN)
@strawberry.type(description="The member; null when they are gone or can't be read yet.")
class MemberPayload:
    """`lagging` says that the change is recorded but not readable yet."""

    member: Member | None
    position: PositionText | None
    lagging: bool


@needs(Permission.SIGNED_IN)
@strawberry.type(description="See MemberPayload.")
class ChangeMemberRolePayload(MemberPayload):
    """With the new role."""


@needs(Permission.SIGNED_IN)
@strawberry.type(description="The person is no member any more.")
class RemoveMemberPayload(MemberPayload):
    """`member` is null."""


@needs(Permission.SIGNED_IN)
@strawberry.type(description="You are no member any more.")
class LeaveOrganizationPayload(MemberPayload):
    """`member` is null."""


@needs(Permission.SIGNED_IN)
@strawberry.type(description="The new owner.")
class TransferOwnershipPayload(MemberPayload):
    """See MemberPayload."""


@needs(Permission.SIGNED_IN)
@strawberry.type(description="The member; see `Project.members` for what they are to the project now.")
class SetProjectRolePayload(MemberPayload):
    """See MemberPayload."""


ChangeMemberRoleResult = Annotated[ChangeMemberRolePayload | Failures, strawberry.union("ChangeMemberRoleResult")]
RemoveMemberResult = Annotated[RemoveMemberPayload | Failures, strawberry.union("RemoveMemberResult")]
LeaveOrganizationResult = Annotated[LeaveOrganizationPayload | Failures, strawberry.union("LeaveOrganizationResult")]
TransferOwnershipResult = Annotated[TransferOwnershipPayload | Failures, strawberry.union("TransferOwnershipResult")]
SetProjectRoleResult = Annotated[SetProjectRolePayload | Failures, strawberry.union("SetProjectRoleResult")]


@strawberry.type
class MemberMutations:
    """Fields of Mutation."""

    @mutation(Permission.MANAGE_MEMBERS, "Give a member another role in the organization.")
    async def change_member_role(self, info: Info, input: ChangeMemberRoleInput) -> ChangeMemberRoleResult:  # noqa: A002
        """A conflict when it would leave the organization without an owner."""
        acting = await member_of(info, input.member_id, Permission.MANAGE_MEMBERS)
        by = await command_of(info, input, acting.tenant)
        done = await info.context.do(
            commands.change_member_role,
            acting.member.organization_id,
            member=acting.member.user_id,
            role=input.role,
            user_id=acting.user_id,
            by=by,
        )
        member = await member_at(info, done, acting.member.id)
        return ChangeMemberRolePayload(member=member, position=done.position_text, lagging=done.lagging)

    @mutation(Permission.MANAGE_MEMBERS, "End a person's membership.")
    async def remove_member(self, info: Info, input: RemoveMemberInput) -> RemoveMemberResult:  # noqa: A002
        """What they did stays in the record under their name."""
        acting = await member_of(info, input.member_id, Permission.MANAGE_MEMBERS)
        by = await command_of(info, input, acting.tenant)
        done = await info.context.do(
            commands.remove_member,
            acting.member.organization_id,
            member=acting.member.user_id,
            user_id=acting.user_id,
            by=by,
        )
        return RemoveMemberPayload(member=None, position=done.position_text, lagging=done.lagging)

    @mutation(Permission.PERSON, "End your own membership.")
    async def leave_organization(self, info: Info, input: LeaveOrganizationInput) -> LeaveOrganizationResult:  # noqa: A002
        """Whoever was never a member is answered as for an unknown organization; whoever left may say so again."""
        user_id, _ = await person_of(info)
        organization_id = id_of(input.organization_id, "Organization")
        async with info.context.view(await info.context.at()) as view:
            membership = derived_id("member", organization_id, user_id)
            if not await tenancy_members.members_and_former(view, [membership]):
                raise NotFound(kind="organization")
        by = await command_of(info, input, Tenant(organization_id))
        done = await info.context.do(commands.leave_organization, organization_id, user_id=user_id, by=by)
        return LeaveOrganizationPayload(member=None, position=done.position_text, lagging=done.lagging)

    @mutation(Permission.OWN_ORGANIZATION, "Make another member the owner in your place.")
    async def transfer_ownership(self, info: Info, input: TransferOwnershipInput) -> TransferOwnershipResult:  # noqa: A002
        """Both change in one fact, so that there is an owner at each moment."""
        acting = await member_of(info, input.member_id, Permission.OWN_ORGANIZATION)
        by = await command_of(info, input, acting.tenant)
        done = await info.context.do(
            commands.transfer_ownership,
            acting.member.organization_id,
            member=acting.member.user_id,
            user_id=acting.user_id,
            by=by,
        )
        member = await member_at(info, done, acting.member.id)
        return TransferOwnershipPayload(member=member, position=done.position_text, lagging=done.lagging)

    @mutation(Permission.MANAGE_MEMBERS, "Say what a member is to one project.")
    async def set_project_role(self, info: Info, input: SetProjectRoleInput) -> SetProjectRoleResult:  # noqa: A002
        """Counts at once, in place of the role in the organization."""
        project = await project_of(info, input.project_id, Permission.MANAGE_MEMBERS)
        acting = await member_in(info, input.member_id, project)
        by = await command_of(info, input, acting.tenant)
        done = await info.context.do(
            commands.set_project_role,
            acting.member.organization_id,
            project_id=project.id,
            member=acting.member.user_id,
            role=input.role,
            user_id=acting.user_id,
            by=by,
        )
        member = await member_at(info, done, acting.member.id)
        return SetProjectRolePayload(member=member, position=done.position_text, lagging=done.lagging)

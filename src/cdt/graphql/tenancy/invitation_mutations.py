"""Asking somebody to join an organization, and the answers."""

from typing import Annotated
from uuid import UUID

import strawberry

from cdt.access.joining import addressed
from cdt.access.permissions import needs
from cdt.commands import tenancy as commands
from cdt.database.reading import Scope
from cdt.domain.accounts.state import invited_at
from cdt.domain.errors import Invalid, NotFound
from cdt.domain.kernel import Tenant, derived_id
from cdt.domain.tenancy.roles import Permission, Role
from cdt.graphql.commanding import command_of
from cdt.graphql.context import Done, Info
from cdt.graphql.errors import Failures
from cdt.graphql.fields import mutation
from cdt.graphql.ids import id_of
from cdt.graphql.scalars import PositionText
from cdt.graphql.tenancy.links import InvitationLink, read_link
from cdt.graphql.tenancy.members import Invitation, moment_of
from cdt.graphql.tenancy.subjects import invitation_of, organization_at, organization_of, person_of
from cdt.graphql.tenancy.types import Organization
from cdt.readmodels import tenancy_members
from cdt.vault import addresses, people


@strawberry.input(description="Somebody who shall be asked to join an organization.")
class InviteMemberInput:
    """The mail with the link is good for seven days."""

    organization_id: strawberry.ID
    email: str
    role: Role
    command_id: str | None = None


@strawberry.input(description="An invitation that shall not be accepted any more.")
class WithdrawInvitationInput:
    """Its link opens nothing then."""

    invitation_id: strawberry.ID
    command_id: str | None = None


@strawberry.input(description="An invitation to be accepted.")
class AcceptInvitationInput:
    """Signed in with the invited address."""

    link: str = strawberry.field(description="The mail's link, or what stands in it after #.")
    command_id: str | None = None


@strawberry.input(description="An invitation to be declined: by its link, or by its id among those received.")
class DeclineInvitationInput:
    """Signed in with the invited address."""

    link: str | None = None
    invitation_id: strawberry.ID | None = None
    command_id: str | None = None


@needs(Permission.SIGNED_IN)
@strawberry.type(description="The invitation; null when it can't be read yet.")
class InvitationPayload:
    """`lagging` says that the change is recorded but not readable yet."""

    invitation: Invitation | None
    position: PositionText | None
    lagging: bool


@needs(Permission.SIGNED_IN)
@strawberry.type(description="See InvitationPayload.")
class InviteMemberPayload(InvitationPayload):
    """The mail is on its way."""


@needs(Permission.SIGNED_IN)
@strawberry.type(description="See InvitationPayload.")
class WithdrawInvitationPayload(InvitationPayload):
    """Withdrawn."""


@needs(Permission.SIGNED_IN)
@strawberry.type(description="See InvitationPayload.")
class DeclineInvitationPayload(InvitationPayload):
    """Declined."""


@needs(Permission.SIGNED_IN)
@strawberry.type(description="The organization that you belong to now; null when that can't be read yet.")
class AcceptInvitationPayload:
    """`lagging` says that the change is recorded but not readable yet."""

    organization: Organization | None
    position: PositionText | None
    lagging: bool


InviteMemberResult = Annotated[InviteMemberPayload | Failures, strawberry.union("InviteMemberResult")]
WithdrawInvitationResult = Annotated[WithdrawInvitationPayload | Failures, strawberry.union("WithdrawInvitationResult")]
AcceptInvitationResult = Annotated[AcceptInvitationPayload | Failures, strawberry.union("AcceptInvitationResult")]
DeclineInvitationResult = Annotated[DeclineInvitationPayload | Failures, strawberry.union("DeclineInvitationResult")]


@strawberry.type
class InvitationMutations:
    """Fields of Mutation."""

    @mutation(Permission.MANAGE_MEMBERS, "Ask somebody to join, by a mail to their address.")
    async def invite_member(self, info: Info, input: InviteMemberInput) -> InviteMemberResult:  # noqa: A002
        """The address is sealed under a key of its own before the event is recorded."""
        context = info.context
        acting = await organization_of(info, input.organization_id, Permission.MANAGE_MEMBERS)
        email = addressed("email", input.email)
        by = await command_of(info, input, acting.tenant)
        email_hash = context.services.secret.name_hash("email", email)
        person = invited_at(email_hash)
        async with context.services.writer.transaction() as connection:
            key = await people.new_person(connection, context.services.secret, person)
            invited = await addresses.user_of(connection, email_hash)
        invitation_id = derived_id("invitation", acting.id, by.actor.kind, by.actor.id, by.id)
        done = await context.do(
            commands.invite_member,
            acting.id,
            invitation_id=invitation_id,
            email=people.sealed(person, key, email),
            email_hash=email_hash,
            invited=invited,
            role=input.role,
            user_id=acting.user_id,
            by=by,
        )
        invitation = await _invitation(info, done, acting.id, invitation_id)
        return InviteMemberPayload(invitation=invitation, position=done.position_text, lagging=done.lagging)

    @mutation(Permission.MANAGE_MEMBERS, "Take an invitation back.")
    async def withdraw_invitation(self, info: Info, input: WithdrawInvitationInput) -> WithdrawInvitationResult:  # noqa: A002
        """A conflict when it was accepted or declined."""
        user_id, row = await invitation_of(info, input.invitation_id, Permission.MANAGE_MEMBERS)
        by = await command_of(info, input, Tenant(row.organization_id))
        done = await info.context.do(
            commands.withdraw_invitation, row.organization_id, invitation_id=row.id, user_id=user_id, by=by
        )
        invitation = await _invitation(info, done, row.organization_id, row.id)
        return WithdrawInvitationPayload(invitation=invitation, position=done.position_text, lagging=done.lagging)

    @mutation(Permission.PERSON, "Join an organization by the link of its mail, signed in with the invited address.")
    async def accept_invitation(self, info: Info, input: AcceptInvitationInput) -> AcceptInvitationResult:  # noqa: A002
        """A link that is none of ours is answered as an unknown one."""
        user_id, _ = await person_of(info)
        link = _linked(info, input.link)
        by = await command_of(info, input, Tenant(link.organization_id))
        done = await info.context.do(
            commands.accept_invitation,
            link.organization_id,
            invitation_id=link.invitation_id,
            user_id=user_id,
            email_hash=await _own_address(info, user_id),
            by=by,
        )
        organization = await organization_at(info, done, link.organization_id)
        return AcceptInvitationPayload(organization=organization, position=done.position_text, lagging=done.lagging)

    @mutation(Permission.PERSON, "Say that you don't want to join.")
    async def decline_invitation(self, info: Info, input: DeclineInvitationInput) -> DeclineInvitationResult:  # noqa: A002
        """Needs the address, and not the link: it takes nothing from anybody."""
        user_id, _ = await person_of(info)
        email_hash = await _own_address(info, user_id)
        if (input.link is None) is (input.invitation_id is None):
            raise Invalid("link", "give either the link or the invitationId")
        if input.link is not None:
            organization_id, invitation_id = _linked(info, input.link)
        else:
            assert input.invitation_id is not None
            organization_id, invitation_id = await _received(info, input.invitation_id, user_id, email_hash)
        by = await command_of(info, input, Tenant(organization_id))
        done = await info.context.do(
            commands.decline_invitation, organization_id, invitation_id=invitation_id, email_hash=email_hash, by=by
        )
        invitation = await _invitation(info, done, organization_id, invitation_id)
        return DeclineInvitationPayload(invitation=invitation, position=done.position_text, lagging=done.lagging)


def _linked(info: Info, text: str) -> InvitationLink:
    link = read_link(info.context.services.secret, text)
    if link is None:
        raise NotFound(kind="invitation")
    return link


async def _own_address(info: Info, user_id: UUID) -> str | None:
    async with info.context.services.writer.transaction() as connection:
        return await addresses.hash_of(connection, user_id)


async def _received(info: Info, global_id: strawberry.ID, user_id: UUID, email_hash: str | None) -> InvitationLink:
    invitation_id, at = id_of(global_id, "Invitation"), await info.context.at()
    async with info.context.services.reader.at(at.position, Scope(user_id=user_id)) as view:
        row = next(iter(await tenancy_members.invitations(view, [invitation_id])), None)
    if row is None or row.email_hash != email_hash:
        raise NotFound(kind="invitation")
    return InvitationLink(row.organization_id, row.id)


async def _invitation(info: Info, done: Done, organization_id: UUID, invitation_id: UUID) -> Invitation | None:
    if done.lagging:
        return None
    async with info.context.services.reader.at(done.at.position, Scope(organizations=(organization_id,))) as view:
        row = next(iter(await tenancy_members.invitations(view, [invitation_id])), None)
    return None if row is None else Invitation.of(row, done.at, await moment_of(info, done.at))

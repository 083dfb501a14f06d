"""What organizations and projects refuse."""

from cdt.domain.errors import Conflict, Forbidden


class LastOwner(Conflict):
    """An organization keeps at least one owner: make somebody else an owner first."""


class LastOwnerOf(Conflict):
    """You are the last owner of {names}: first make another member an owner there, or delete the organization."""


class OnlyOwners(Forbidden):
    """Only an owner may make, change or remove an owner."""


class OwnRoleRaised(Forbidden):
    """Nobody raises their own role; ask somebody else who manages members."""


class OwnersMayEverything(Conflict):
    """An owner may do everything in every project: change the role in the organization instead."""


class AlreadyMember(Conflict):
    """This person is a member already."""


class AlreadyInvited(Conflict):
    """This address has an invitation that is still open: withdraw it first to invite anew."""


class TooManyInvitations(Conflict):
    """At most {most} invitations may be open at once: withdraw some, or wait for their answers."""


class InvitationForAnother(Conflict):
    """This invitation is for another address: sign in with the one that it was sent to."""


class InvitationIsUsed(Conflict):
    """This invitation was accepted before and can't be used again: ask for another one."""


class InvitationIsOver(Conflict):
    """This invitation was {answer}: ask for another one."""


class InvitationHasExpired(Conflict):
    """This invitation has expired: ask for another one."""


class ProjectIsArchived(Conflict):
    """This project is archived: it can be read and takes in nothing. Restore it first."""


class KeyIsRevoked(Conflict):
    """This key was revoked and admits nobody: make another one."""


class KeyHasExpired(Conflict):
    """This key has expired: make another one."""


class TooManyKeys(Conflict):
    """At most {most} keys may be in use at once: revoke those that nobody needs."""

"""The link of an invitation's mail: what stands in it after `#`."""

from typing import NamedTuple
from uuid import UUID

from cdt.vault import links
from cdt.vault.secret import VaultSecret


class InvitationLink(NamedTuple):
    """Which invitation of which organization."""

    organization_id: UUID
    invitation_id: UUID


def read_link(secret: VaultSecret, text: str) -> InvitationLink | None:
    """What a link is about; None unless we made it."""
    found = links.read_link(secret, text, links.INVITATION)
    return None if found is None else InvitationLink(*found)

"""The link of an invitation's mail: what stands in it after `#`."""

from typing import NamedTuple
from uuid import UUID

from cdt.vault.links import is_token
from cdt.vault.secret import VaultSecret

PURPOSE = "invitation"
LONGEST = 200


class InvitationLink(NamedTuple):
    """Which invitation of which organization."""

    organization_id: UUID
    invitation_id: UUID


def read_link(secret: VaultSecret, text: str) -> InvitationLink | None:
    """What a link is about; None unless we made it. The whole address may be given, as one copies it."""
    parts = text.strip().rpartition("#")[2].split(".")
    if len(parts) != 3 or len(text) > 10 * LONGEST or max(map(len, parts)) > LONGEST:
        return None
    try:
        link = InvitationLink(UUID(parts[0]), UUID(parts[1]))
    except ValueError:
        return None
    return link if parts[2].isascii() and is_token(secret, parts[2], PURPOSE, *link) else None

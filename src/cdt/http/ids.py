"""Ids in addresses: a UUID, or the global id that GraphQL answers."""

from base64 import b64decode
from uuid import UUID

LONGEST_ID = 100


def id_in(text: str, kind: str) -> UUID | None:
    """The UUID of a thing of a kind, such as "Version"; None for what names none."""
    if len(text) > LONGEST_ID:  # a UUID may have any number of dashes
        return None
    try:
        return UUID(text)
    except ValueError:
        pass
    try:
        named, _, number = b64decode(text + "=" * (-len(text) % 4), validate=True).decode().partition(":")
        return UUID(number) if named == kind else None
    except ValueError:
        return None

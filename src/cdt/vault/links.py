"""Secrets of links that go out by mail: never kept, since each follows from the vault's and what it is about."""

import hmac
from typing import NamedTuple
from uuid import UUID

from cdt.vault.secret import VaultSecret

VERIFY_EMAIL, RESET_PASSWORD, INVITATION = "verify-email", "reset-password", "invitation"
"""What a link is for: one of a kind opens nothing of another."""
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_LENGTH = 32
_LONGEST_TEXT = 2_000


class Link(NamedTuple):
    """Whose a link is, and which of theirs."""

    whose: UUID
    which: UUID


def token_of(secret: VaultSecret, purpose: str, *about: UUID) -> str:
    """32 characters of base 62 (190 bits) that only this installation can make; the same again for the same."""
    rest, text = int.from_bytes(secret.key_for("/".join(("links", purpose, *map(str, about))))), ""
    for _ in range(_LENGTH):
        rest, digit = divmod(rest, len(_ALPHABET))
        text += _ALPHABET[digit]
    return text


def is_token(secret: VaultSecret, text: str, purpose: str, *about: UUID) -> bool:
    """Whether the text is that token, in a time that tells nothing about how much of it is right."""
    return hmac.compare_digest(token_of(secret, purpose, *about).encode(), text.encode())


def read_link(secret: VaultSecret, text: str, purpose: str) -> Link | None:
    """What a link is about; None unless we made it. The whole address may be given, as one copies it."""
    parts = text.strip().rpartition("#")[2].split(".") if len(text) <= _LONGEST_TEXT else []
    if len(parts) != 3 or not parts[2].isascii():
        return None
    try:
        link = Link(UUID(parts[0]), UUID(parts[1]))
    except ValueError:
        return None
    return link if is_token(secret, parts[2], purpose, *link) else None

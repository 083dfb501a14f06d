"""What the facts about the keys of a project, or of a person, add up to."""

from datetime import datetime
from typing import TypeAlias
from uuid import UUID

import msgspec
from msgspec.structs import replace

from cdt.domain.kernel import Decider, Event, derived_id
from cdt.domain.tenancy.events import (
    KeyCreated,
    KeyRevoked,
    KeyRotated,
    PersonalKeyCreated,
    PersonalKeyRevoked,
    PersonalKeyRotated,
)


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """A key by its newest secret, whose id is the key's own until it is rotated."""

    prefix: str
    secret_id: UUID
    expires_at: datetime | None = None
    is_revoked: bool = False

    def is_in_use(self, at: datetime) -> bool:
        """Whether it admits."""
        return not self.is_revoked and (self.expires_at is None or at < self.expires_at)


Keys: TypeAlias = dict[UUID, Key]


class KeyRing(msgspec.Struct, frozen=True):
    """The keys of a person."""

    keys: Keys = {}


def evolve_keys(keys: Keys, event: Event) -> Keys:
    """The keys after one more fact."""
    match event:
        case KeyCreated(key_id=key_id) | PersonalKeyCreated(key_id=key_id):
            return {**keys, key_id: Key(prefix=event.prefix, secret_id=key_id, expires_at=event.expires_at)}
        case KeyRotated(key_id=key_id) | PersonalKeyRotated(key_id=key_id):
            rotated = Key(prefix=event.prefix.new, secret_id=event.secret_id, expires_at=event.expires_at.new)
            return {**keys, key_id: rotated}
        case KeyRevoked(key_id=key_id) | PersonalKeyRevoked(key_id=key_id):
            return {**keys, key_id: replace(keys[key_id], is_revoked=True)}
        case _:
            return keys


def key_ring_of(user_id: UUID) -> UUID:
    """The stream of a person's keys."""
    return derived_id("keys", user_id)


key_rings = Decider(
    kind="key ring", initial=KeyRing(), evolve=lambda ring, event: KeyRing(evolve_keys(ring.keys, event))
)

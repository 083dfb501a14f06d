"""The read models of the keys of projects and people: what may be shown of them, and which of their secrets ended."""

from cdt.domain.accounts.events import UserErased
from cdt.domain.kernel import Envelope
from cdt.domain.tenancy.events import (
    KeyCreated,
    KeyRevoked,
    KeyRotated,
    PersonalKeyCreated,
    PersonalKeyRevoked,
    PersonalKeyRotated,
)
from cdt.domain.text import stored
from cdt.projections.writing import View, projects


@projects(KeyCreated)
def key_created(view: View, event: KeyCreated, of: Envelope) -> None:
    """A new key of a project."""
    del of
    view.write(
        "INSERT INTO tenancy_keys (id, project_id, name, prefix, permissions, model_ids, created, created_at,"
        " created_by_kind, created_by_id, expires_at, secret_id, since)"
        " VALUES (%(key_id)s, %(stream_id)s, %(name)s, %(prefix)s, %(permissions)s, %(model_ids)s, %(position)s,"
        " %(at)s, %(actor_kind)s, %(actor_id)s, %(expires_at)s, %(key_id)s, %(position)s)",
        key_id=event.key_id,
        name=event.name,
        prefix=event.prefix,
        permissions=[each.value for each in event.permissions],
        model_ids=list(event.model_ids),
        expires_at=event.expires_at,
    )


@projects(PersonalKeyCreated)
def personal_key_created(view: View, event: PersonalKeyCreated, of: Envelope) -> None:
    """A new key of a person."""
    del of
    view.write(
        "INSERT INTO tenancy_keys (id, user_id, name_box, prefix, permissions, model_ids, created, created_at,"
        " created_by_kind, created_by_id, expires_at, secret_id, since)"
        " VALUES (%(key_id)s, %(user_id)s, %(name)s, %(prefix)s, %(permissions)s, %(model_ids)s, %(position)s, %(at)s,"
        " %(actor_kind)s, %(actor_id)s, %(expires_at)s, %(key_id)s, %(position)s)",
        key_id=event.key_id,
        user_id=event.user_id,
        name=event.name.box,
        prefix=event.prefix,
        permissions=[each.value for each in event.permissions],
        model_ids=list(event.model_ids),
        expires_at=event.expires_at,
    )


@projects(KeyRotated)
def key_rotated(view: View, event: KeyRotated, of: Envelope) -> None:
    """Another secret."""
    del of
    _rotated(view, event)


@projects(PersonalKeyRotated)
def personal_key_rotated(view: View, event: PersonalKeyRotated, of: Envelope) -> None:
    """Another secret."""
    del of
    _rotated(view, event)


def _rotated(view: View, event: KeyRotated | PersonalKeyRotated) -> None:
    """The newest becomes the former one; one that was the former one ends at once."""
    view.write(
        "INSERT INTO tenancy_ended_secrets (secret_id, key_id, ends_at, position)"
        " SELECT former_secret_id, id, %(at)s, %(position)s FROM tenancy_keys"
        " WHERE id = %(key_id)s AND former_secret_id IS NOT NULL",
        key_id=event.key_id,
    )
    view.write(
        "INSERT INTO tenancy_ended_secrets (secret_id, key_id, ends_at, position)"
        " SELECT secret_id, id, %(ends_at)s, %(position)s FROM tenancy_keys WHERE id = %(key_id)s",
        key_id=event.key_id,
        ends_at=event.former_ends_at,
    )
    view.write(
        "UPDATE tenancy_keys SET former_secret_id = secret_id, former_prefix = prefix, former_ends_at = %(ends_at)s,"
        " secret_id = %(secret_id)s, prefix = %(prefix)s, expires_at = %(expires_at)s, rotated_at = %(at)s,"
        " since = %(position)s WHERE id = %(key_id)s",
        key_id=event.key_id,
        secret_id=event.secret_id,
        prefix=event.prefix.new,
        expires_at=event.expires_at.new,
        ends_at=event.former_ends_at,
    )


@projects(KeyRevoked)
def key_revoked(view: View, event: KeyRevoked, of: Envelope) -> None:
    """It admits nobody from now on."""
    del of
    _secrets_ended(view, event)
    view.write(
        "UPDATE tenancy_keys SET revoked_at = %(at)s, revoked_by_kind = %(actor_kind)s, revoked_by_id = %(actor_id)s,"
        " revoke_reason = %(reason)s, since = %(position)s WHERE id = %(key_id)s",
        key_id=event.key_id,
        reason=stored(event.reason),
    )


@projects(PersonalKeyRevoked)
def personal_key_revoked(view: View, event: PersonalKeyRevoked, of: Envelope) -> None:
    """It admits nobody from now on."""
    del of
    _secrets_ended(view, event)
    view.write(
        "UPDATE tenancy_keys SET revoked_at = %(at)s, revoked_by_kind = %(actor_kind)s, revoked_by_id = %(actor_id)s,"
        " revoke_reason_box = %(reason)s, since = %(position)s WHERE id = %(key_id)s",
        key_id=event.key_id,
        reason=event.reason.box,
    )


@projects(UserErased)
def user_erased(view: View, event: UserErased, of: Envelope) -> None:
    """The keys of whoever deleted the account admit nobody; what they were called can't be read."""
    del event, of
    view.write(
        "INSERT INTO tenancy_ended_secrets (secret_id, key_id, ends_at, position)"
        " SELECT secret_id, id, %(at)s, %(position)s FROM tenancy_keys WHERE user_id = %(stream_id)s"
    )
    view.write(
        "INSERT INTO tenancy_ended_secrets (secret_id, key_id, ends_at, position)"
        " SELECT former_secret_id, id, %(at)s, %(position)s FROM tenancy_keys"
        " WHERE user_id = %(stream_id)s AND former_secret_id IS NOT NULL"
    )


def _secrets_ended(view: View, event: KeyRevoked | PersonalKeyRevoked) -> None:
    """The newest, and a former one that might still admit."""
    view.write(
        "INSERT INTO tenancy_ended_secrets (secret_id, key_id, ends_at, position)"
        " SELECT secret_id, id, %(at)s, %(position)s FROM tenancy_keys WHERE id = %(key_id)s",
        key_id=event.key_id,
    )
    view.write(
        "INSERT INTO tenancy_ended_secrets (secret_id, key_id, ends_at, position)"
        " SELECT former_secret_id, id, %(at)s, %(position)s FROM tenancy_keys"
        " WHERE id = %(key_id)s AND former_secret_id IS NOT NULL",
        key_id=event.key_id,
    )

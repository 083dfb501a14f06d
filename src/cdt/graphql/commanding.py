"""The command that a mutation's input makes: under the id that the client chose, with the digest of what it asks."""

from dataclasses import fields
from hashlib import sha256
from typing import Any, Protocol
from uuid import UUID

import msgspec
from msgspec.structs import replace
from strawberry import UNSET
from uuid_utils.compat import uuid7

from cdt.domain.errors import Invalid
from cdt.domain.kernel import Command, Digest, Tenant
from cdt.graphql.context import Info
from cdt.graphql.errors import OnlyPeople, Unauthenticated

_encoder = msgspec.json.Encoder(order="deterministic")


class Asking(Protocol):
    """An input with which something is done once, however often it is sent."""

    command_id: str | None


async def command_of(info: Info, asking: Asking, tenant: Tenant) -> Command:
    """A command of the one who asks, now."""
    grants = await info.context.grants()
    return Command(
        id=command_id_in(asking.command_id),
        actor=grants.actor,
        at=info.context.services.now(),
        tenant=tenant,
        digest=_digest_of(info.field_name, asking),
    )


async def keyed_command_of(info: Info, asking: Asking, tenant: Tenant) -> Command:
    """As `command_of`, of what nobody shall be able to guess at by its digest."""
    by = await command_of(info, asking, tenant)
    keyed = info.context.services.secret.digest("commands", _content(info.field_name, asking))
    return replace(by, digest=Digest(keyed))


async def own_command_of(info: Info, asking: Asking) -> tuple[UUID, Command]:
    """A person's command about themselves; Forbidden for programs. Its digest is keyed: it may be of a password."""
    identity = info.context.identity
    if identity is None:
        raise Unauthenticated
    if identity.user_id is None:
        raise OnlyPeople
    services = info.context.services
    by = await services.sessions.command(
        identity.user_id,
        command_id_in(asking.command_id),
        services.now(),
        Digest(services.secret.digest("commands", _content(info.field_name, asking))),
    )
    return identity.user_id, by


def command_id_in(text: str | None) -> UUID:
    """The id that the client chose, or a new one."""
    if text is None:
        return uuid7()
    try:
        return UUID(text)
    except ValueError as error:
        raise Invalid("commandId", "give a UUID, or leave it out") from error


def _digest_of(mutation: str, asking: Any) -> Digest:  # noqa: ANN401  a dataclass, which no protocol can say
    """What is left out counts for nothing, so that a field that is added later leaves the digests as they are."""
    return Digest(sha256(_content(mutation, asking)).hexdigest())


def _content(mutation: str, asking: Any) -> bytes:  # noqa: ANN401
    asked = {
        each.name: value
        for each in fields(asking)
        if each.name != "command_id" and not _is_left_out(value := getattr(asking, each.name), default=each.default)
    }
    return _encoder.encode((mutation, asked))


def _is_left_out(value: object, *, default: object) -> bool:
    """Null says something only where it is another thing than to be left out."""
    return value is UNSET or (value is None and default is not UNSET)

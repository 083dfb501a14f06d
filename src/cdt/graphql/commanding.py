"""The command that a mutation's input makes: under the id that the client chose, with the digest of what it asks."""

from dataclasses import fields
from hashlib import sha256
from typing import Any, Protocol
from uuid import UUID

import msgspec
from uuid_utils.compat import uuid7

from cdt.domain.errors import Invalid
from cdt.domain.kernel import Command, Digest, Tenant
from cdt.graphql.context import Info

_encoder = msgspec.json.Encoder(order="deterministic")


class Asking(Protocol):
    """An input with which something is done once, however often it is sent."""

    command_id: str | None


async def command_of(info: Info, asking: Asking, tenant: Tenant) -> Command:
    """A command of the one who asks, now."""
    grants = await info.context.grants()
    return Command(
        id=_id_in(asking.command_id),
        actor=grants.actor,
        at=info.context.services.now(),
        tenant=tenant,
        digest=_digest_of(info.field_name, asking),
    )


def _id_in(text: str | None) -> UUID:
    if text is None:
        return uuid7()
    try:
        return UUID(text)
    except ValueError as error:
        raise Invalid("commandId", "give a UUID, or leave it out") from error


def _digest_of(mutation: str, asking: Any) -> Digest:  # noqa: ANN401  a dataclass, which no protocol can say
    """What is left out counts for nothing, so that a field that is added later leaves the digests as they are."""
    asked = {
        each.name: value
        for each in fields(asking)
        if each.name != "command_id" and (value := getattr(asking, each.name)) is not None
    }
    return Digest(sha256(_encoder.encode((mutation, asked))).hexdigest())

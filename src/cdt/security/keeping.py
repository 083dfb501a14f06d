"""The rows of what happened: for each organization that it concerns, and where from sealed under its person's key."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import AsyncConnection

from cdt.domain.kernel import Actor
from cdt.domain.security import Occurrence, SecurityKind
from cdt.security.bursts import Burst
from cdt.vault import people
from cdt.vault.secret import VaultSecret

Connection = AsyncConnection[Any]
FORGOTTEN_AT_ONCE = 10_000


async def keep(connection: Connection, secret: VaultSecret, noticed: Sequence[tuple[Occurrence, Burst]]) -> None:
    """Keep what was noticed: what is said of a person, in each organization that they belong to now and did then."""
    keys = await people.keys_of(connection, secret, {each.person for each, _ in noticed if each.person is not None})
    for program in {each for each in map(_program_of, (each for each, _ in noticed)) if each is not None}:
        keys[program] = await people.new_person(connection, secret, program)
    of_organizations: list[dict[str, Any]] = []
    of_people: list[dict[str, Any]] = []
    for what, burst in noticed:
        kept_for = of_people if what.organization_id is None else of_organizations
        kept_for.append(_row(what, burst, keys))
    async with connection.cursor() as cursor:
        if of_organizations:
            await cursor.executemany(
                "INSERT INTO security.occurrences (organization_id, kind, reason, subject, actor_kind, actor_id,"
                " person, sealed_for, address_box, times, first_at, last_at)"
                " VALUES (%(organization_id)s, %(kind)s, %(reason)s, %(subject)s, %(actor_kind)s,"
                " %(actor_id)s, %(person)s, %(sealed_for)s, %(address_box)s, %(times)s, %(first_at)s, %(last_at)s)",
                of_organizations,
            )
        if of_people:
            await cursor.executemany(
                "INSERT INTO security.occurrences (organization_id, kind, reason, subject, actor_kind, actor_id,"
                " person, sealed_for, address_box, times, first_at, last_at) SELECT member.organization_id, %(kind)s,"
                " %(reason)s, %(subject)s, %(actor_kind)s, %(actor_id)s, %(person)s, %(sealed_for)s, %(address_box)s,"
                " %(times)s, %(first_at)s, %(last_at)s FROM tenancy_members AS member"
                " WHERE member.user_id = %(person)s AND NOT member.closed AND member.joined_at <= %(last_at)s",
                of_people,
            )


class KeyUse(NamedTuple):
    """A program that has come in, and where from; `network` is what counts as one address."""

    key_id: UUID
    organization_id: UUID | None
    """Whose business it is; None for that of each organization which its person belongs to."""
    address: str
    network: str
    person: UUID | None = None
    """Whose key it is, if no project's: told in each of their organizations."""


async def keep_uses(
    connection: Connection, secret: VaultSecret, uses: Sequence[KeyUse], now: datetime
) -> list[Occurrence]:
    """Remember where keys are used from; what is to be told of those that were never used from there."""
    told: list[Occurrence] = []
    for use in uses:
        cursor = await connection.execute(
            "INSERT INTO security.key_addresses AS known (key_id, organization_id, address_hash, first_at, last_at)"
            " VALUES (%(key_id)s, %(organization_id)s, %(address_hash)s, %(now)s, %(now)s)"
            " ON CONFLICT (key_id, address_hash) DO UPDATE SET last_at = greatest(known.last_at, excluded.last_at)"
            " RETURNING known.xmax = 0, (SELECT count(*) FROM security.key_addresses AS other"
            " WHERE other.key_id = %(key_id)s)",
            {
                "key_id": use.key_id,
                "organization_id": use.organization_id,
                "address_hash": secret.name_hash("address", use.network),
                "now": now,
            },
        )
        is_new, others = await cursor.fetchone() or (False, 0)
        if is_new:
            told.append(new_address(use, is_first=others == 0))
    return told


def new_address(use: KeyUse, *, is_first: bool) -> Occurrence:
    """What is told of a key that is used from somewhere for the first time."""
    return Occurrence(
        kind=SecurityKind.KEY_FROM_NEW_ADDRESS,
        reason="first_use" if is_first else "new_address",
        subject=str(use.key_id),
        actor=Actor("key", str(use.key_id)),
        person=use.person,
        organization_id=use.organization_id,
        address=use.address,
    )


async def forget_before(connection: Connection, moment: datetime) -> int:
    """Remove what is older, so many rows at a time; how many it were."""
    cursor = await connection.execute(
        "DELETE FROM security.occurrences WHERE id IN (SELECT id FROM security.occurrences"
        " WHERE recorded_at < %(moment)s ORDER BY recorded_at LIMIT %(most)s)",
        {"moment": moment, "most": FORGOTTEN_AT_ONCE},
    )
    forgotten = cursor.rowcount
    cursor = await connection.execute(
        "DELETE FROM security.key_addresses WHERE last_at < %(moment)s", {"moment": moment}
    )
    return forgotten + cursor.rowcount


def _row(what: Occurrence, burst: Burst, keys: dict[UUID, bytes]) -> dict[str, Any]:
    sealed_for = what.person or _program_of(what)
    key = None if sealed_for is None else keys.get(sealed_for)
    box = people.sealed(sealed_for, key, what.address).box if sealed_for and key and what.address else None
    return {
        "organization_id": what.organization_id,
        "kind": what.kind.value,
        "reason": what.reason,
        "subject": what.subject,
        "actor_kind": None if what.actor is None else what.actor.kind,
        "actor_id": None if what.actor is None else what.actor.id,
        "person": what.person,
        "sealed_for": None if box is None else sealed_for,
        "address_box": box,
        "times": burst.times,
        "first_at": burst.first_at,
        "last_at": burst.last_at,
    }


def _program_of(what: Occurrence) -> UUID | None:
    """Under whose key the address of nobody's program is sealed: its own."""
    is_program = what.person is None and what.actor is not None and what.actor.kind == "key"
    return UUID(what.actor.id) if is_program and what.actor is not None and what.address else None

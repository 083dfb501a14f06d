"""Look-ups of organizations, projects and their people."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
from strawberry.dataloader import DataLoader

from cdt.database.reading import Scope, View
from cdt.domain.tenancy.roles import Permission
from cdt.domain.text import parsed
from cdt.graphql.batching import one_by_id
from cdt.readmodels import tenancy, tenancy_keys, tenancy_members
from cdt.vault import addresses, keys, people

if TYPE_CHECKING:
    from cdt.graphql.context import Context


class SealedAddress(msgspec.Struct, frozen=True):
    """The address of somebody invited: whose key opens it, and the box."""

    person: UUID
    box: str


class KeyTexts(msgspec.Struct, frozen=True):
    """What people wrote about a key; None where its person is erased."""

    name: str | None
    reason: str | None


class TenancyLoaders:
    """Look-ups by id."""

    def __init__(self, context: "Context") -> None:
        """Reads as far as the context's grants reach."""
        self._context = context
        self.project = one_by_id(context, tenancy.projects, lambda row: row.id)
        self.organization = one_by_id(context, tenancy.organizations, lambda row: row.id)
        self.member = one_by_id(
            context, tenancy_members.members, lambda row: row.id, permission=Permission.READ_MEMBERS
        )
        self.invitation = one_by_id(
            context, self._invitations, lambda row: row.id, permission=Permission.READ_INVITATIONS
        )
        self.key_use: DataLoader[UUID, datetime | None] = DataLoader(load_fn=self._key_uses, cache=False)
        self.key_texts: DataLoader[tenancy_keys.Key, KeyTexts] = DataLoader(
            load_fn=self._key_texts, cache_key_fn=lambda row: row.id, cache=False
        )
        self.address: DataLoader[SealedAddress, str | None] = DataLoader(load_fn=self._addresses, cache=False)

    async def _invitations(self, view: View, ids: list[UUID]) -> list[tenancy_members.Invitation]:
        """Of organizations where the one who asks may see them, and those to their own address."""
        found = await tenancy_members.invitations(view, ids)
        missing, identity = set(ids) - {each.id for each in found}, self._context.identity
        if not missing or identity is None or identity.user_id is None:
            return found
        services = self._context.services
        async with services.writer.transaction() as connection:
            email_hash = await addresses.hash_of(connection, identity.user_id)
        async with services.reader.at(view.position, Scope(user_id=identity.user_id)) as own:
            received = await tenancy_members.invitations(own, sorted(missing))
        return [*found, *(each for each in received if each.email_hash == email_hash)]

    async def _addresses(self, sealed: list[SealedAddress]) -> list[str | None]:
        """None for those whose person was erased, also when another key was made for the same address since."""
        async with self._context.services.writer.transaction() as connection:
            opening = await people.keys_of(connection, self._context.services.secret, {each.person for each in sealed})
        return [people.readable(opening.get(each.person), each.box) for each in sealed]

    async def _key_uses(self, ids: list[UUID]) -> list[datetime | None]:
        async with self._context.services.writer.transaction() as connection:
            found = await keys.last_uses(connection, ids)
        return [found.get(each) for each in ids]

    async def _key_texts(self, rows: list[tenancy_keys.Key]) -> list[KeyTexts]:
        opening: dict[UUID, bytes] = {}
        if persons := {row.user_id for row in rows if row.user_id is not None}:
            async with self._context.services.writer.transaction() as connection:
                opening = await people.keys_of(connection, self._context.services.secret, persons)

        def text(row: tenancy_keys.Key, clear: str | None, box: str | None) -> str | None:
            return clear if row.user_id is None or box is None else people.readable(opening.get(row.user_id), box)

        reasons = await self._context.loaders.text.load_many([parsed(row.revoke_reason or "") for row in rows])
        return [
            KeyTexts(text(row, row.name, row.name_box), text(row, reason or None, row.revoke_reason_box))
            for row, reason in zip(rows, reasons, strict=True)
        ]

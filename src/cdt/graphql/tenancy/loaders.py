"""Look-ups of organizations, projects and their people."""

from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
from strawberry.dataloader import DataLoader

from cdt.domain.tenancy.roles import Permission
from cdt.graphql.batching import one_by_id
from cdt.readmodels import tenancy, tenancy_members
from cdt.vault import people

if TYPE_CHECKING:
    from cdt.graphql.context import Context


class SealedAddress(msgspec.Struct, frozen=True):
    """The address of somebody invited: whose key opens it, and the box."""

    person: UUID
    box: str


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
            context, tenancy_members.invitations, lambda row: row.id, permission=Permission.READ_INVITATIONS
        )
        self.address: DataLoader[SealedAddress, str | None] = DataLoader(load_fn=self._addresses, cache=False)

    async def _addresses(self, sealed: list[SealedAddress]) -> list[str | None]:
        """None for those whose person was erased, also when another key was made for the same address since."""
        async with self._context.services.writer.transaction() as connection:
            keys = await people.keys_of(connection, self._context.services.secret, {each.person for each in sealed})
        return [people.readable(keys.get(each.person), each.box) for each in sealed]

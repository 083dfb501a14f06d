"""The names of actors, opened only here, on reading."""

from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
from strawberry.dataloader import DataLoader

from cdt.domain.tenancy.roles import Permission
from cdt.readmodels import accounts, tenancy_keys
from cdt.vault import people

if TYPE_CHECKING:
    from cdt.graphql.context import At, Context


class Person(msgspec.Struct, frozen=True):
    """A person with what identifies them, opened; one who was erased has a pseudonym and no address."""

    id: UUID
    name: str
    email: str | None


class Program(msgspec.Struct, frozen=True):
    """A key's name, opened if it is a person's, and whose it is."""

    name: str | None
    user_id: UUID | None


class AccountsLoaders:
    """Look-ups about people and keys."""

    def __init__(self, context: "Context") -> None:
        """Reads as far as the context's grants reach."""
        self._context = context
        self.person: DataLoader[tuple[At, UUID], Person | None] = DataLoader(load_fn=self._people, cache=False)
        self.program: DataLoader[tuple[At, UUID], Program | None] = DataLoader(load_fn=self._programs, cache=False)

    async def _people(self, keys: "list[tuple[At, UUID]]") -> list[Person | None]:
        ids = list({each for _, each in keys})
        at = max((at for at, _ in keys), key=lambda at: at.position)
        async with self._context.view(at) as view:
            rows = await accounts.users(view, ids)
        async with self._context.services.writer.transaction() as connection:
            opening = await people.keys_of(connection, self._context.services.secret, ids)
        found = {
            row.id: Person(
                id=row.id,
                name=people.readable(opening.get(row.id), row.name_box) or people.pseudonym(row.id),
                email=people.readable(opening.get(row.id), row.email_box),
            )
            for row in rows
        }
        return [found.get(each) for _, each in keys]

    async def programs(self, ids: list[UUID], at: "At", permission: Permission) -> dict[UUID, Program]:
        """The keys among these that the one who asks can see with a permission."""
        async with self._context.view(at, permission) as view:
            rows = await tenancy_keys.keys(view, ids)
        texts = await self._context.loaders.tenancy.key_texts.load_many(rows)
        return {row.id: Program(each.name, row.user_id) for row, each in zip(rows, texts, strict=True)}

    async def _programs(self, keys: "list[tuple[At, UUID]]") -> list[Program | None]:
        at = max((at for at, _ in keys), key=lambda at: at.position)
        found = await self.programs(list({each for _, each in keys}), at, Permission.READ)
        return [found.get(each) for _, each in keys]

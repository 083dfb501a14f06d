"""People, as known at a position; what identifies them is sealed."""

from uuid import UUID

import msgspec

from cdt.database.reading import View


class User(msgspec.Struct, frozen=True):
    """A person; the boxes open with the person's key in the vault."""

    id: UUID
    name_box: str
    email_box: str


async def users(view: View, ids: list[UUID]) -> list[User]:
    """The people with these ids."""
    return await view.rows(
        User,
        "SELECT id, name_box, email_box FROM accounts_users_at(%(position)s::bigint)"
        " WHERE id = ANY(%(ids)s) AND NOT closed",
        ids=ids,
    )

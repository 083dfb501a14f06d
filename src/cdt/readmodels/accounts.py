"""People, as known at a position; what identifies them is sealed."""

from datetime import datetime
from uuid import UUID

import msgspec

from cdt.database.reading import View
from cdt.readmodels.belonging import belongs, to_person


class User(msgspec.Struct, frozen=True):
    """A person; the boxes open with the person's key in the vault."""

    id: UUID
    name_box: str
    email_box: str


@belongs(to_person)
class Session(msgspec.Struct, frozen=True):
    """A session of a person that still admits. The boxes open with the person's key."""

    id: UUID
    user_id: UUID
    started_at: datetime
    ends_at: datetime
    address_box: str
    agent_box: str


class EndedSession(msgspec.Struct, frozen=True):
    """A session of anybody that ended before its time, and the position of that."""

    id: UUID
    recorded: int


async def users(view: View, ids: list[UUID]) -> list[User]:
    """The people with these ids, also those who deleted their accounts: the record names them still."""
    return await view.rows(
        User,
        "SELECT id, name_box, email_box FROM accounts_users_at(%(position)s::bigint) WHERE id = ANY(%(ids)s)",
        ids=ids,
    )


async def sessions_of(view: View, user_id: UUID, *, now: datetime) -> list[Session]:
    """A person's sessions that still admit, newest first."""
    return await view.rows(
        Session,
        "SELECT id, user_id, started_at, ends_at, address_box, agent_box"
        " FROM accounts_sessions_at(%(position)s::bigint)"
        " WHERE user_id = %(user_id)s AND ended_at IS NULL AND ends_at > %(now)s AND NOT closed"
        " ORDER BY started_at DESC, id DESC",
        user_id=user_id,
        now=now,
    )


async def ended_sessions(view: View, *, after: int, ended_after: datetime) -> list[EndedSession]:
    """Sessions whose end was recorded after a position, and of which a token may still be about."""
    return await view.rows(
        EndedSession,
        "SELECT id, position AS recorded FROM accounts_ended_sessions"
        " WHERE position > %(after)s::bigint AND ended_at > %(ended_after)s",
        after=after,
        ended_after=ended_after,
    )

"""The sessions of the one who asks."""

from datetime import datetime
from typing import Self, TypeVar
from uuid import UUID

import strawberry
from strawberry import relay

from cdt.access.admission import Identity
from cdt.access.permissions import needs
from cdt.access.sessions import Begun
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.accounts.types import ActorKind, Viewer
from cdt.graphql.context import At, Info
from cdt.readmodels import accounts
from cdt.vault import people, sessions


@needs(Permission.PUBLIC)
@strawberry.type(description="The tokens of a session. Send the access token as `Authorization: Bearer <token>`.")
class SessionPayload:
    """The refresh token is good once: `refreshSession` answers the next. A page's browser keeps it in a cookie."""

    access_token: str
    expires_at: datetime = strawberry.field(description="When the access token ends.")
    refresh_token: str | None = strawberry.field(description="Null where a page asked, whose browser keeps it.")
    refresh_expires_at: datetime = strawberry.field(description="When the refresh token ends, unless it is used.")
    viewer: Viewer

    @classmethod
    def of(cls, begun: Begun, *, is_kept: bool) -> Self:
        """From a session's newest tokens; a refresh token that is kept in a cookie is told to no script."""
        return cls(
            access_token=begun.access.text,
            expires_at=begun.access.expires_at,
            refresh_token=None if is_kept else begun.refresh.text,
            refresh_expires_at=begun.refresh.expires_at,
            viewer=Viewer(kind=ActorKind.USER, key=begun.actor.id),
        )


Payload = TypeVar("Payload", bound=SessionPayload)


@needs(Permission.SIGNED_IN)
@strawberry.type(description="A place where you are signed in.")
class Session:
    """It ends by itself, or when you end it; then none of its tokens admits anybody."""

    id: strawberry.ID
    started_at: datetime
    renewed_at: datetime | None = strawberry.field(description="When its tokens were last renewed.")
    ends_at: datetime = strawberry.field(description="When the password is asked for again.")
    is_this: bool = strawberry.field(description="Whether it is the one that asks.")
    address: str | None = strawberry.field(description="The network address that it began from.")
    agent: str | None = strawberry.field(description="The program that it began with, as that names itself.")


async def own_sessions(info: Info) -> list[Session]:
    """Those of a person that still admit, newest first; none of a key's."""
    identity, services = info.context.identity, info.context.services
    if identity is None or identity.user_id is None:
        return []
    rows = await _admitting(info, identity.user_id, await info.context.at())
    if all(row.id != identity.session_id for row in rows):  # who asks has just signed in
        rows = await _admitting(info, identity.user_id, await info.context.caught_up())
    async with services.writer.transaction() as connection:
        key = (await people.keys_of(connection, services.secret, [identity.user_id])).get(identity.user_id)
        kept = {each.session_id: each for each in await sessions.of_user(connection, identity.user_id)}
    return [
        Session(
            id=session_id_of(row.id),
            started_at=row.started_at,
            renewed_at=kept[row.id].renewed_at if row.id in kept else None,
            ends_at=row.ends_at,
            is_this=row.id == identity.session_id,
            address=people.readable(key, row.address_box),
            agent=people.readable(key, row.agent_box),
        )
        for row in rows
    ]


async def _admitting(info: Info, user_id: UUID, at: At) -> list[accounts.Session]:
    async with info.context.view(at) as view:
        return await accounts.sessions_of(view, user_id, now=info.context.services.now())


def come_in(info: Info, begun: Begun, kind: type[Payload]) -> Payload:
    """A session that has begun or goes on; what is asked beside it, is asked by who has come in."""
    context = info.context
    context.identity = Identity(
        begun.actor, user_id=UUID(begun.actor.id), session_id=begun.session_id, expires_at=begun.access.expires_at
    )
    if context.page is not None:
        context.cookie = context.page.keeping(begun.refresh, context.services.now())
    return kind.of(begun, is_kept=context.page is not None)


def go_out(info: Info) -> None:
    """The session that asks has ended: a page's browser need not keep its token."""
    if info.context.page is not None:
        info.context.cookie = info.context.page.forgetting()


def session_id_of(session_id: UUID) -> strawberry.ID:
    """A session's global id."""
    return strawberry.ID(str(relay.GlobalID("Session", str(session_id))))

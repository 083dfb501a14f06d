"""Who asks."""

import strawberry

from cdt.domain.tenancy.roles import Permission
from cdt.graphql.accounts.sessions import Session, own_sessions
from cdt.graphql.accounts.types import ActorKind, Viewer
from cdt.graphql.context import Info
from cdt.graphql.fields import query
from cdt.graphql.scalars import AsOf


@strawberry.type
class AccountsQueries:
    """Fields of Query."""

    @query(Permission.PUBLIC, "The one who asks; null when nobody is signed in.")
    def viewer(self, info: Info, as_of: AsOf | None = None) -> Viewer | None:
        """From the token; `asOf` changes nothing about who asks."""
        del as_of
        identity = info.context.identity
        if identity is None or not info.context.is_fresh:
            return None
        return Viewer(kind=ActorKind(identity.actor.kind), key=identity.actor.id)

    @query(Permission.SIGNED_IN, "Where you are signed in, newest first; of now, whatever `asOf` says.")
    async def sessions(self, info: Info, as_of: AsOf | None = None) -> list[Session]:
        """None for a program, whose key is no session."""
        del as_of
        return await own_sessions(info)

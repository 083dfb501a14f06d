"""Signing in."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from cdt.access.admission import Identity
from cdt.access.permissions import needs
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.accounts.types import ActorKind, Viewer
from cdt.graphql.context import Info
from cdt.graphql.errors import InvalidError, RateLimitedError, UnauthenticatedError
from cdt.graphql.fields import mutation


@strawberry.input(description="Who wants to come in.")
class SignInInput:
    """An address and its password."""

    email: str
    password: str


@needs(Permission.PUBLIC)
@strawberry.type(description="A token, good for an hour.")
class SignInPayload:
    """Send the token as `Authorization: Bearer <token>`."""

    access_token: str
    expires_at: datetime
    viewer: Viewer


SignInResult = Annotated[
    SignInPayload | UnauthenticatedError | RateLimitedError | InvalidError, strawberry.union("SignInResult")
]


@strawberry.type
class AccountsMutations:
    """Fields of Mutation."""

    @mutation(Permission.PUBLIC, "Sign in with an e-mail address and its password.")
    async def sign_in(self, info: Info, input: SignInInput) -> SignInResult:  # noqa: A002
        """See SignInPayload."""
        signed_in = await info.context.services.signing_in.sign_in(
            email=input.email, password=input.password, address=info.context.address, now=info.context.services.now()
        )
        info.context.identity = Identity(
            signed_in.actor, user_id=UUID(signed_in.actor.id), expires_at=signed_in.token.expires_at
        )
        return SignInPayload(
            access_token=signed_in.token.text,
            expires_at=signed_in.token.expires_at,
            viewer=Viewer(kind=ActorKind.USER, key=signed_in.actor.id),
        )

"""Signing in, staying signed in, and signing out, here or everywhere."""

from typing import Annotated
from uuid import UUID

import strawberry

from cdt.access.permissions import needs
from cdt.access.rates.policies import Operation
from cdt.commands import accounts
from cdt.domain.accounts.events import EndOfSession
from cdt.domain.errors import NotFound
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.accounts.sessions import SessionPayload, come_in, go_out
from cdt.graphql.commanding import command_id_in, own_command_of
from cdt.graphql.context import Done, Info
from cdt.graphql.errors import Failures, FailuresOfNobody
from cdt.graphql.fields import mutation
from cdt.graphql.ids import id_of
from cdt.graphql.scalars import PositionText


@strawberry.input(description="Who wants to come in.")
class SignInInput:
    """An address and its password."""

    email: str
    password: str
    command_id: str | None = None


@strawberry.input(description="A session that is to go on.")
class RefreshSessionInput:
    """Give the same commandId when you try again after a lost answer: a token that is used twice ends the session.

    A page leaves the token out: its browser has it in a cookie.
    """

    refresh_token: str | None = None
    command_id: str | None = None


@strawberry.input(description="The session that asks is to end.")
class SignOutInput:
    """Its tokens admit nobody from then on."""

    command_id: str | None = None


@strawberry.input(description="Your sessions are to end.")
class SignOutEverywhereInput:
    """All of them, or all but the one that asks."""

    keep_this: bool = False
    command_id: str | None = None


@strawberry.input(description="One of your sessions is to end.")
class EndSessionInput:
    """Its tokens admit nobody from then on."""

    session_id: strawberry.ID
    command_id: str | None = None


@needs(Permission.PUBLIC)
@strawberry.type(description="See SessionPayload.")
class SignInPayload(SessionPayload):
    """A session has begun."""


@needs(Permission.PUBLIC)
@strawberry.type(description="See SessionPayload.")
class RefreshSessionPayload(SessionPayload):
    """The session goes on; the refresh token that was given is used up."""


@needs(Permission.SIGNED_IN)
@strawberry.type(description="What ended admits nobody any more.")
class EndedPayload:
    """`lagging` says that the end is recorded, and that processes which are behind still admit for a moment."""

    position: PositionText | None
    lagging: bool

    @classmethod
    def of(cls, done: Done) -> "EndedPayload":
        """From the act."""
        return cls(position=done.position_text, lagging=done.lagging)


SignInResult = Annotated[SignInPayload | FailuresOfNobody, strawberry.union("SignInResult")]
RefreshSessionResult = Annotated[RefreshSessionPayload | FailuresOfNobody, strawberry.union("RefreshSessionResult")]
SignOutResult = Annotated[
    EndedPayload | Failures,
    strawberry.union("SignOutResult"),
]
SignOutEverywhereResult = Annotated[
    EndedPayload | Failures,
    strawberry.union("SignOutEverywhereResult"),
]
EndSessionResult = Annotated[
    EndedPayload | Failures,
    strawberry.union("EndSessionResult"),
]


@strawberry.type
class SessionMutations:
    """Fields of Mutation."""

    @mutation(
        Permission.PUBLIC,
        "Sign in with an e-mail address and its password: a session begins.",
        counts=Operation.SIGN_IN,
    )
    async def sign_in(self, info: Info, input: SignInInput) -> SignInResult:  # noqa: A002
        """See SessionPayload."""
        begun = await info.context.services.signing_in.sign_in(
            email=input.email,
            password=input.password,
            address=info.context.address,
            agent=info.context.agent,
            command_id=command_id_in(input.command_id),
            now=info.context.services.now(),
        )
        return come_in(info, begun, SignInPayload)  # pyright: ignore[reportReturnType]

    @mutation(
        Permission.PUBLIC,
        "Renew a session's tokens. A refresh token is good once; a second use ends the session.",
        counts=Operation.SIGN_IN,
    )
    async def refresh_session(self, info: Info, input: RefreshSessionInput) -> RefreshSessionResult:  # noqa: A002
        """See SessionPayload."""
        page = info.context.page
        token = input.refresh_token or (None if page is None else page.refresh_token) or ""
        begun = await info.context.services.sessions.renew(
            token, command_id=command_id_in(input.command_id), now=info.context.services.now()
        )
        return come_in(info, begun, RefreshSessionPayload)  # pyright: ignore[reportReturnType]

    @mutation(Permission.PERSON, "Sign out: the session that asks ends.")
    async def sign_out(self, info: Info, input: SignOutInput) -> SignOutResult:  # noqa: A002
        """A token of no session can't be ended."""
        identity = info.context.identity
        if identity is None or identity.session_id is None:
            raise NotFound(kind="session")
        go_out(info)
        return await _end(info, input, identity.session_id, EndOfSession.SIGNED_OUT)  # pyright: ignore[reportReturnType]

    @mutation(Permission.PERSON, "Sign out everywhere: all your sessions end, or all others.")
    async def sign_out_everywhere(self, info: Info, input: SignOutEverywhereInput) -> SignOutEverywhereResult:  # noqa: A002
        """Without sessions it changes nothing."""
        user_id, by = await own_command_of(info, input)
        assert info.context.identity is not None
        but = info.context.identity.session_id if input.keep_this else None
        done = await info.context.do(accounts.sign_out_everywhere, user_id, but=but, by=by)
        await info.context.services.sessions.forget_ended(user_id)
        if but is None:
            go_out(info)
        return EndedPayload.of(done)  # pyright: ignore[reportReturnType]

    @mutation(Permission.PERSON, "End one of your sessions, such as that of a device which is lost.")
    async def end_session(self, info: Info, input: EndSessionInput) -> EndSessionResult:  # noqa: A002
        """Whose session it is, the log tells: another person's is not found."""
        return await _end(info, input, id_of(input.session_id, "Session"), EndOfSession.REVOKED)  # pyright: ignore[reportReturnType]


async def _end(
    info: Info, asking: SignOutInput | EndSessionInput, session_id: UUID, reason: EndOfSession
) -> EndedPayload:
    user_id, by = await own_command_of(info, asking)
    done = await info.context.do(accounts.end_session, user_id, session_id=session_id, reason=reason, by=by)
    await info.context.services.sessions.forget_ended(user_id)
    return EndedPayload.of(done)

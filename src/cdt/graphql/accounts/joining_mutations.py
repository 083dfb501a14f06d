"""Signing up, showing that an address is one's own, and getting in again without the password."""

from typing import Annotated

import strawberry

from cdt.access.joining import Coming
from cdt.access.permissions import needs
from cdt.access.rates.policies import Operation
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.accounts.sessions import SessionPayload, come_in
from cdt.graphql.commanding import command_id_in
from cdt.graphql.context import Info
from cdt.graphql.errors import FailuresOfNobody
from cdt.graphql.fields import mutation


@strawberry.input(description="Somebody who wants an account.")
class SignUpInput:
    """The name is what others see. The password is chosen with the link that goes to the address."""

    email: str
    name: str
    command_id: str | None = None


@strawberry.input(description="A link that was sent to an address, and the password that its owner chooses.")
class VerifyEmailInput:
    """`link` is what stands in it after the `#`."""

    link: str
    password: str
    command_id: str | None = None


@strawberry.input(description="An address whose password is forgotten.")
class RequestPasswordResetInput:
    """A link goes there, if it has an account."""

    email: str
    command_id: str | None = None


@strawberry.input(description="Another password, for whoever has the link.")
class ResetPasswordInput:
    """`link` is what stands in it after the `#`."""

    link: str
    new_password: str
    command_id: str | None = None


@needs(Permission.PUBLIC)
@strawberry.type(description="A mail is on its way, if there is reason for one; nothing here tells whether there is.")
class MailPayload:
    """The same for every address."""

    message: str


@needs(Permission.PUBLIC)
@strawberry.type(description="It is done, and you are signed in.")
class LinkPayload:
    """The session began with it."""

    message: str
    session: SessionPayload


SignUpResult = Annotated[MailPayload | FailuresOfNobody, strawberry.union("SignUpResult")]
VerifyEmailResult = Annotated[LinkPayload | FailuresOfNobody, strawberry.union("VerifyEmailResult")]
RequestPasswordResetResult = Annotated[MailPayload | FailuresOfNobody, strawberry.union("RequestPasswordResetResult")]
ResetPasswordResult = Annotated[LinkPayload | FailuresOfNobody, strawberry.union("ResetPasswordResult")]


@strawberry.type
class JoiningMutations:
    """Fields of Mutation."""

    @mutation(
        Permission.PUBLIC,
        "Sign up: an account begins when the link is followed that goes to the address.",
        counts=Operation.SIGN_IN,
    )
    async def sign_up(self, info: Info, input: SignUpInput) -> SignUpResult:  # noqa: A002
        """The same answer, in the same time, for an address that has an account."""
        await info.context.services.joining.sign_up(
            email=input.email,
            name=input.name,
            command_id=command_id_in(input.command_id),
            now=info.context.services.now(),
        )
        return MailPayload(message="Follow the link in the mail that was sent to this address.")  # pyright: ignore[reportReturnType]

    @mutation(
        Permission.PUBLIC,
        "Show that an address is yours, by the link that was sent there, and choose your password: a session begins.",
        counts=Operation.SIGN_IN,
    )
    async def verify_email(self, info: Info, input: VerifyEmailInput) -> VerifyEmailResult:  # noqa: A002
        """The link is good once; who has it has the mailbox, and nobody else's password counts."""
        begun = await info.context.services.joining.verify_email(
            input.link, password=input.password, coming=_coming(info, input)
        )
        return LinkPayload(
            message="Your address is verified, and you are signed in.", session=come_in(info, begun, SessionPayload)
        )  # pyright: ignore[reportReturnType]

    @mutation(Permission.PUBLIC, "Have a link for another password sent to your address.", counts=Operation.SIGN_IN)
    async def request_password_reset(
        self,
        info: Info,
        input: RequestPasswordResetInput,  # noqa: A002
    ) -> RequestPasswordResetResult:
        """The same answer, in the same time, for an address that is unknown."""
        await info.context.services.joining.request_reset(
            email=input.email, command_id=command_id_in(input.command_id), now=info.context.services.now()
        )
        message = "If this address has an account, a mail with a link is on its way."
        return MailPayload(message=message)  # pyright: ignore[reportReturnType]

    @mutation(
        Permission.PUBLIC,
        "Set another password by the link that was sent. Every session of yours ends, and a new one begins.",
        counts=Operation.SIGN_IN,
    )
    async def reset_password(self, info: Info, input: ResetPasswordInput) -> ResetPasswordResult:  # noqa: A002
        """The link is good once."""
        begun = await info.context.services.joining.reset_password(
            input.link, password=input.new_password, coming=_coming(info, input)
        )
        return LinkPayload(
            message="Your password is changed, and you are signed in.", session=come_in(info, begun, SessionPayload)
        )  # pyright: ignore[reportReturnType]


def _coming(info: Info, asking: VerifyEmailInput | ResetPasswordInput) -> Coming:
    return Coming(
        command_id=command_id_in(asking.command_id),
        now=info.context.services.now(),
        address=info.context.address,
        agent=info.context.agent,
    )

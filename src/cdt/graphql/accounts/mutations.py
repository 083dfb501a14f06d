"""What people change about their own accounts."""

from typing import Annotated

import strawberry

from cdt.access.known_passwords import known_passwords
from cdt.access.permissions import needs
from cdt.access.rates.policies import Operation
from cdt.access.signing_in import WrongPassword
from cdt.commands import accounts
from cdt.domain.accounts.passwords import require_good
from cdt.domain.tenancy.roles import Permission
from cdt.domain.text import named
from cdt.graphql.accounts.deletion import DeletionMutations
from cdt.graphql.accounts.joining_mutations import JoiningMutations
from cdt.graphql.accounts.session_mutations import SessionMutations
from cdt.graphql.accounts.types import ActorKind, Viewer
from cdt.graphql.commanding import own_command_of
from cdt.graphql.context import Info
from cdt.graphql.errors import (
    Failures,
)
from cdt.graphql.fields import mutation
from cdt.graphql.scalars import PositionText
from cdt.vault import credentials, people


@strawberry.input(description="Another password for yourself.")
class ChangePasswordInput:
    """The present one is asked for once more."""

    current_password: str
    new_password: str
    command_id: str | None = None


@strawberry.input(description="What others see of you.")
class ChangeProfileInput:
    """Your name."""

    name: str
    command_id: str | None = None


@needs(Permission.SIGNED_IN)
@strawberry.type(description="You, as you are now.")
class ViewerPayload:
    """`lagging` says that the change is recorded but not readable yet."""

    viewer: Viewer
    position: PositionText | None
    lagging: bool


ChangePasswordResult = Annotated[
    ViewerPayload | Failures,
    strawberry.union("ChangePasswordResult"),
]
ChangeProfileResult = Annotated[
    ViewerPayload | Failures,
    strawberry.union("ChangeProfileResult"),
]


@strawberry.type
class AccountsMutations(JoiningMutations, SessionMutations, DeletionMutations):
    """Fields of Mutation."""

    @mutation(Permission.PERSON, "Change your password. Everywhere else you are signed out.", counts=Operation.SIGN_IN)
    async def change_password(self, info: Info, input: ChangePasswordInput) -> ChangePasswordResult:  # noqa: A002
        """The fact is recorded while the vault's change is held: after a crash the former password is good still."""
        context, services = info.context, info.context.services
        user_id, by = await own_command_of(info, input)
        viewer = Viewer(kind=ActorKind.USER, key=str(user_id))
        person = await context.loaders.accounts.person.load((await context.at(), user_id))
        own_words = [] if person is None else [person.name or "", person.email or ""]
        require_good("newPassword", input.new_password, common=known_passwords(), own_words=own_words)
        async with services.writer.transaction() as connection:
            credential = await credentials.of_user(connection, user_id)
        # passwords are checked in turn, perhaps for long: no connection waits for that
        proved = await services.signing_in.prove_own(credential, input.current_password, address=context.address)
        password_hash = await services.signing_in.hash(input.new_password)
        async with services.writer.transaction() as connection:
            if await credentials.of_user(connection, user_id) != proved:
                raise WrongPassword  # another password was set meanwhile
            await credentials.change(connection, user_id, password_hash=password_hash)
            assert context.identity is not None
            done = await context.do(accounts.change_password, user_id, but=context.identity.session_id, by=by)
        await services.sessions.forget_ended(user_id)
        return ViewerPayload(viewer=viewer, position=done.position_text, lagging=done.lagging)  # pyright: ignore[reportReturnType]

    @mutation(Permission.PERSON, "Change the name that others see.")
    async def change_profile(self, info: Info, input: ChangeProfileInput) -> ChangeProfileResult:  # noqa: A002
        """The same name again changes nothing."""
        context, services, name = info.context, info.context.services, named("name", input.name)
        user_id, by = await own_command_of(info, input)
        viewer = Viewer(kind=ActorKind.USER, key=str(user_id))
        if await viewer.name(info) == name:  # type: ignore[operator]
            return ViewerPayload(viewer=viewer, position=None, lagging=False)  # pyright: ignore[reportReturnType]
        async with services.writer.transaction() as connection:
            key = await people.new_person(connection, services.secret, user_id)
        done = await context.do(accounts.change_profile, user_id, name=people.sealed(user_id, key, name), by=by)
        return ViewerPayload(viewer=viewer, position=done.position_text, lagging=done.lagging)  # pyright: ignore[reportReturnType]

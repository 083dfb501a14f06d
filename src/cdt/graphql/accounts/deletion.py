"""Deleting one's own account: what tells who somebody was is destroyed, and the record stays."""

from typing import Annotated

import strawberry

from cdt.access.permissions import needs
from cdt.access.rates.policies import Operation
from cdt.access.signing_in import WrongPassword
from cdt.commands import accounts
from cdt.database.reading import Scope
from cdt.domain.accounts.state import invited_at
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.commanding import own_command_of
from cdt.graphql.context import Info
from cdt.graphql.errors import Failures
from cdt.graphql.fields import mutation
from cdt.graphql.scalars import PositionText
from cdt.readmodels import tenancy
from cdt.vault import credentials, people
from cdt.vault.erasing import forget_person


@strawberry.input(description="Your account is to be deleted, for good.")
class DeleteAccountInput:
    """The password is asked for once more."""

    password: str
    command_id: str | None = None


@needs(Permission.SIGNED_IN)
@strawberry.type(description="The account is gone, and nobody can bring it back.")
class DeleteAccountPayload:
    """`lagging` says that the deletion is recorded, and that a screen may show the name for a moment."""

    pseudonym: str = strawberry.field(description="What you are called from now on, wherever the record names you.")
    position: PositionText | None
    lagging: bool


DeleteAccountResult = Annotated[DeleteAccountPayload | Failures, strawberry.union("DeleteAccountResult")]


@strawberry.type
class DeletionMutations:
    """Fields of Mutation."""

    @mutation(
        Permission.PERSON,
        "Delete your account: you leave every organization, and nothing tells any more who you were.",
        counts=Operation.SIGN_IN,
    )
    async def delete_account(self, info: Info, input: DeleteAccountInput) -> DeleteAccountResult:  # noqa: A002
        """A conflict for the last owner of an organization. Again it is refused as for nobody: there is no session.

        The facts are recorded while the vault's rows are held, then these are destroyed; after a crash in between the
        reaction to the facts destroys them.
        """
        context, services = info.context, info.context.services
        user_id, by = await own_command_of(info, input)
        async with services.reader.at(None, Scope(user_id=user_id)) as view:
            memberships = await tenancy.memberships_of(view, user_id)
        async with services.writer.transaction() as connection:
            found = await credentials.of_user(connection, user_id)
        # passwords are checked in turn, perhaps for long: no connection waits for that
        credential = await services.signing_in.prove_own(found, input.password, address=context.address)
        async with services.writer.transaction() as connection:
            if await credentials.of_user(connection, user_id) != credential:
                raise WrongPassword  # another password was set meanwhile
            belongs_to = [each.organization_id for each in memberships]
            done = await context.do(accounts.delete_account, user_id, organization_ids=belongs_to, by=by)
            await forget_person(connection, user_id=user_id, invited=invited_at(credential.email_hash))
        pseudonym = people.pseudonym(user_id)
        return DeleteAccountPayload(pseudonym=pseudonym, position=done.position_text, lagging=done.lagging)  # pyright: ignore[reportReturnType]

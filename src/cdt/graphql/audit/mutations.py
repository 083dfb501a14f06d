"""Redacting what somebody wrote, when it told of a person."""

from typing import Annotated

import strawberry

from cdt.access.permissions import needs
from cdt.commands import tenancy as commands
from cdt.domain.errors import Invalid, NotFound
from cdt.domain.kernel import Tenant
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.audit.types import organization_of
from cdt.graphql.commanding import command_of
from cdt.graphql.context import Info
from cdt.graphql.errors import Failures
from cdt.graphql.fields import mutation
from cdt.graphql.scalars import PositionText
from cdt.readmodels import audit
from cdt.vault import people


@strawberry.input(description="A text that nobody shall read any more.")
class RedactTextInput:
    """By its entry in the audit trail."""

    position: PositionText = strawberry.field(description="Of an entry that `hasText`.")
    command_id: str | None = None


@needs(Permission.READ_AUDIT)
@strawberry.type(description="The text is destroyed, in every copy of the record, and nobody can bring it back.")
class RedactTextPayload:
    """`lagging` says that it is recorded but not readable yet."""

    position: PositionText | None
    lagging: bool


RedactTextResult = Annotated[RedactTextPayload | Failures, strawberry.union("RedactTextResult")]


@strawberry.type
class AuditMutations:
    """Fields of Mutation."""

    @mutation(Permission.MANAGE_ORGANIZATION, "Destroy a reason or a description for good; that it was there stays.")
    async def redact_text(self, info: Info, input: RedactTextInput) -> RedactTextResult:  # noqa: A002
        """Screens, history and exports show '[redacted]' from then on. Again changes nothing."""
        context, grants = info.context, await info.context.grants()
        if not (input.position.isascii() and input.position.isdigit() and len(input.position) < 19):
            raise Invalid("position", "give the position of an entry of the audit trail")
        position = int(input.position)
        async with context.view(await context.at(), Permission.READ_AUDIT) as view:
            rows = await audit.entries_before(view, audit.Filter(), before=position + 1, limit=1)
        row = next((each for each in rows if each.position == position), None)
        if row is None or row.text is None:
            raise NotFound(kind="text")
        organization_id = organization_of(row, grants)
        if organization_id is None:
            raise NotFound(kind="text")
        grants.require_in(Permission.MANAGE_ORGANIZATION, organization_id)
        field, text = row.text
        by = await command_of(info, input, Tenant(organization_id, row.project_id))
        done = await context.do(commands.redact_text, text.person, of=position, field=field, by=by)
        async with context.services.writer.transaction() as connection:
            await people.erase(connection, text.person)
        return RedactTextPayload(position=done.position_text, lagging=done.lagging)

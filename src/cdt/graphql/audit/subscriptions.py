"""The audit trail as it grows: every entry once, in order, resumable."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress

import strawberry

from cdt.database.notifications import PROJECTED
from cdt.domain.errors import DomainError
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.audit.queries import AuditFilter, audit_cursor, audit_position
from cdt.graphql.audit.types import AuditEntry
from cdt.graphql.context import At, Info
from cdt.graphql.errors import graphql_error
from cdt.graphql.fields import subscription
from cdt.graphql.following import LOOK_AGAIN_SECONDS, admitted
from cdt.graphql.paging import Edge
from cdt.graphql.patience import patiently
from cdt.graphql.scalars import Cursor
from cdt.readmodels import audit

PAGE = 100


@strawberry.type
class AuditSubscriptions:
    """Fields of Subscription."""

    @subscription(Permission.READ_AUDIT, "A log: every entry once, in order, from `after` or from now on.")
    async def audit_log(
        self,
        info: Info,
        after: Cursor | None = None,
        filter: AuditFilter | None = None,  # noqa: A002
    ) -> AsyncGenerator[Edge[AuditEntry], None]:
        """A reader that is too slow is not buffered for: it reads on from its own place."""
        context = info.context
        try:
            await context.admit(Permission.READ_AUDIT)
            wanted = audit.Filter() if filter is None else filter.to_filter()
            await admitted(context, Permission.READ_AUDIT, wanted.project_id)
        except DomainError as error:
            raise graphql_error(error) from error
        place = (await context.present()).position if after is None else audit_position(after)
        moved = asyncio.Event()

        async def read() -> tuple[At, list[audit.Entry]]:
            at = await context.present()
            async with context.view(at, Permission.READ_AUDIT) as view:
                return at, await audit.entries_after(view, wanted, after=place, limit=PAGE)

        async with context.services.notifications.following(PROJECTED, lambda _: moved.set()):
            while True:
                moved.clear()
                at, rows = await patiently(read)
                for row in rows:
                    yield Edge(cursor=audit_cursor(row.position), node=AuditEntry.of(row, at))
                    place = row.position
                if len(rows) < PAGE:
                    with suppress(TimeoutError):
                        async with asyncio.timeout(LOOK_AGAIN_SECONDS):
                            await moved.wait()
                try:
                    await admitted(context, Permission.READ_AUDIT, wanted.project_id)
                except DomainError as error:
                    raise graphql_error(error) from error

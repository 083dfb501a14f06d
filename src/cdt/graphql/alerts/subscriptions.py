"""Alerts as they change: every change once, in order, resumable."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress

import strawberry

from cdt.database.notifications import PROJECTED
from cdt.domain.errors import DomainError
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.alerts.types import Alert, AlertEvent
from cdt.graphql.context import At, Info
from cdt.graphql.errors import graphql_error
from cdt.graphql.fields import subscription
from cdt.graphql.following import LOOK_AGAIN_SECONDS, admitted
from cdt.graphql.ids import id_of
from cdt.graphql.patience import patiently
from cdt.graphql.scalars import Cursor, cursor_of, places_of
from cdt.readmodels import alerts

PAGE = 100


@strawberry.type
class AlertsSubscriptions:
    """Fields of Subscription."""

    @subscription(Permission.READ, "A log: alerts as they ring and change, from `after` or from now on.")
    async def alerts(
        self, info: Info, project_id: strawberry.ID | None = None, after: Cursor | None = None
    ) -> AsyncGenerator[AlertEvent, None]:
        """Each event carries the alert as it is when it is sent."""
        context = info.context
        try:
            await context.admit(Permission.READ)
            wanted = None if project_id is None else id_of(project_id, "Project")
            await admitted(context, Permission.READ, wanted)
        except DomainError as error:
            raise graphql_error(error) from error
        place = (await context.present()).position if after is None else places_of(after, "alerts")[0]
        moved = asyncio.Event()

        async def read() -> tuple[At, list[alerts.Alert]]:
            at = await context.present()
            async with context.view(at) as view:
                return at, await alerts.changed_after(view, after=place, limit=PAGE)

        async with context.services.notifications.following(PROJECTED, lambda _: moved.set()):
            while True:
                moved.clear()
                at, rows = await patiently(read)
                for row in rows:
                    place = row.since
                    if wanted in {None, row.project_id}:
                        yield AlertEvent(cursor=cursor_of("alerts", row.since), alert=Alert.of(row, at))
                if len(rows) < PAGE:
                    with suppress(TimeoutError):
                        async with asyncio.timeout(LOOK_AGAIN_SECONDS):
                            await moved.wait()
                try:
                    await admitted(context, Permission.READ, wanted)
                except DomainError as error:
                    raise graphql_error(error) from error

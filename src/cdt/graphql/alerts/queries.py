"""Alerts, their rules and deliveries."""

import strawberry

from cdt.domain.tenancy.roles import Permission
from cdt.graphql.alerts.lists import AlertFilter, alerts_page
from cdt.graphql.alerts.types import Alert, AlertRule, Delivery
from cdt.graphql.context import Info
from cdt.graphql.fields import query
from cdt.graphql.ids import sought
from cdt.graphql.paging import Connection, page, page_size
from cdt.graphql.scalars import AsOf, Cursor, cursor_of, places_of
from cdt.readmodels import alerts, notifications
from cdt.workers.leases import attempted


@strawberry.type
class AlertsQueries:
    """Fields of Query."""

    @query(Permission.READ, "Alerts that you can see, newest first.")
    async def alerts(
        self,
        info: Info,
        first: int | None = None,
        after: Cursor | None = None,
        filter: AlertFilter | None = None,  # noqa: A002
        as_of: AsOf | None = None,
    ) -> Connection[Alert]:
        """Paged by when they rang."""
        return await alerts_page(info, await info.context.at(as_of), first=first, after=after, wanted=filter)

    @query(Permission.READ, "An alert; null when there is none with this id, or none that you may see.")
    async def alert(self, info: Info, id: strawberry.ID, as_of: AsOf | None = None) -> Alert | None:  # noqa: A002
        """As known at the moment that is asked about."""
        at = await info.context.at(as_of)
        row = await info.context.loaders.alerts.alert.load((at, sought(id, "Alert")))
        return None if row is None else Alert.of(row, at)

    @query(Permission.READ, "The rules of a model, oldest first.")
    async def alert_rules(self, info: Info, model_id: strawberry.ID, as_of: AsOf | None = None) -> list[AlertRule]:
        """Enabled or not."""
        at = await info.context.at(as_of)
        async with info.context.view(at) as view:
            rows = await alerts.rules_of_models(view, [sought(model_id, "Model")])
        return [AlertRule.of(row, at) for row in rows]

    @query(Permission.READ, "How an alert was delivered, newest first.")
    async def deliveries(
        self,
        info: Info,
        alert_id: strawberry.ID,
        first: int | None = None,
        after: Cursor | None = None,
        as_of: AsOf | None = None,
    ) -> Connection[Delivery]:
        """Paged by when they were asked for."""
        size, at = page_size(first), await info.context.at(as_of)
        before = notifications.END if after is None else places_of(after, "delivery")[0]
        wanted = sought(alert_id, "Alert")
        async with info.context.view(at) as view:
            rows = await notifications.deliveries_of_alert(view, wanted, before=before, limit=size + 1)
            total = await notifications.count_of_alert(view, wanted)
        async with info.context.services.writer.transaction(sorted({row.project_id for row in rows})) as connection:
            tried = await attempted(connection, [row.id for row in rows])
        return page(
            rows,
            size=size,
            node=lambda row: Delivery.of(row, tried.get(row.id)),
            cursor=lambda row: cursor_of("delivery", row.requested_position),
            after=after,
            total_count=total,
        )

"""The alerts of a model."""

import strawberry

from cdt.graphql.alerts.lists import AlertFilter, alerts_page
from cdt.graphql.alerts.types import Alert
from cdt.graphql.context import At, Info
from cdt.graphql.paging import Connection
from cdt.graphql.scalars import Cursor
from cdt.readmodels import registry


@strawberry.type
class AlertsOfModel:
    """Fields of Model."""

    row: strawberry.Private[registry.Model]
    at: strawberry.Private[At]

    @strawberry.field(description="Its alerts, newest first.")
    async def alerts(
        self,
        info: Info,
        first: int | None = None,
        after: Cursor | None = None,
        filter: AlertFilter | None = None,  # noqa: A002
    ) -> Connection[Alert]:
        """Paged by when they rang."""
        return await alerts_page(info, self.at, first=first, after=after, wanted=filter, model_id=self.row.id)

    @strawberry.field(description="How many of its alerts are not resolved.")
    async def open_alert_count(self, info: Info) -> int:
        """Open and acknowledged ones."""
        row = await info.context.loaders.alerts.open_count.load((self.at, self.row.id))
        return 0 if row is None else row.count

"""Endpoints and deliveries, as known at a position."""

from datetime import datetime
from typing import LiteralString
from uuid import UUID

import msgspec

from cdt.database.reading import View
from cdt.readmodels.belonging import belongs, to_project
from cdt.readmodels.evaluations import END


@belongs(to_project)
class Endpoint(msgspec.Struct, frozen=True):
    """Where a project's alerts are sent."""

    id: UUID
    project_id: UUID
    kind: str
    url: str
    added_at: datetime
    added_by_kind: str
    added_by_id: str


@belongs(to_project)
class Delivery(msgspec.Struct, frozen=True):
    """One message to one endpoint; `state` is pending, delivered or failed.

    `fact` is the position of what it tells. Attempts, status and error are known when it is over.
    """

    id: UUID
    project_id: UUID
    model_id: UUID
    alert_id: UUID
    endpoint_id: UUID
    url: str
    what: str
    fact: int
    state: str
    requested_at: datetime
    requested_position: int
    finished_at: datetime | None
    attempts: int
    status: int | None
    error: str | None


_ENDPOINTS: LiteralString = (
    "SELECT id, project_id, kind, url, added_at, added_by_kind, added_by_id"
    " FROM notifications_endpoints_at(%(position)s::bigint)"
)
_DELIVERIES: LiteralString = (
    "SELECT delivery.id, delivery.project_id, delivery.model_id, delivery.alert_id, delivery.endpoint_id, endpoint.url,"
    " delivery.what, delivery.fact, delivery.state, delivery.requested_at, delivery.requested_position,"
    " delivery.finished_at, delivery.attempts, delivery.status, delivery.error"
    " FROM notifications_deliveries_at(%(position)s::bigint) AS delivery"
    " JOIN notifications_endpoints_at(%(position)s::bigint) AS endpoint ON endpoint.id = delivery.endpoint_id"
)


async def endpoints(view: View, ids: list[UUID]) -> list[Endpoint]:
    """The endpoints with these ids that were not removed."""
    return await view.rows(Endpoint, _ENDPOINTS + " WHERE id = ANY(%(ids)s) AND NOT closed", ids=ids)


async def endpoints_of_project(view: View, project_id: UUID) -> list[Endpoint]:
    """Where a project's alerts are sent, oldest first."""
    return await view.rows(
        Endpoint,
        _ENDPOINTS + " WHERE project_id = %(project_id)s AND NOT closed ORDER BY added_at, id",
        project_id=project_id,
    )


async def deliveries(view: View, ids: list[UUID]) -> list[Delivery]:
    """The deliveries with these ids."""
    return await view.rows(Delivery, _DELIVERIES + " WHERE delivery.id = ANY(%(ids)s)", ids=ids)


async def deliveries_of_alert(view: View, alert_id: UUID, *, before: int = END, limit: int) -> list[Delivery]:
    """What was sent of an alert, newest first.

    Messages to several endpoints about one fact have positions of their own.
    """
    return await view.rows(
        Delivery,
        _DELIVERIES + " WHERE delivery.alert_id = %(alert_id)s AND delivery.requested_position < %(before)s::bigint"
        " ORDER BY delivery.requested_position DESC LIMIT %(limit)s",
        alert_id=alert_id,
        before=before,
        limit=limit,
    )


async def count_of_alert(view: View, alert_id: UUID) -> int:
    """How many messages were sent of an alert."""
    count = await view.value(
        int,
        "SELECT count(*) FROM notifications_deliveries_at(%(position)s::bigint)"
        " WHERE project_id = ANY(%(projects)s) AND alert_id = %(alert_id)s",
        alert_id=alert_id,
    )
    return count or 0


async def pending(view: View, *, limit: int) -> list[Delivery]:
    """The scope's messages that have neither arrived nor been given up, oldest first."""
    return await view.rows(
        Delivery,
        _DELIVERIES + " WHERE delivery.state = 'pending' ORDER BY delivery.requested_position LIMIT %(limit)s",
        limit=limit,
    )

"""The read models of endpoints and deliveries."""

from cdt.domain.kernel import Envelope
from cdt.domain.notifications.events import Delivered, DeliveryRequested, EndpointAdded, EndpointRemoved, GaveUp
from cdt.projections.writing import View, projects


@projects(EndpointAdded)
def endpoint_added(view: View, event: EndpointAdded, of: Envelope) -> None:
    """A new endpoint."""
    del of
    view.write(
        "INSERT INTO notifications_endpoints (id, project_id, kind, url, added_at, added_by_kind, added_by_id, since)"
        " VALUES (%(stream_id)s, %(project_id)s, %(kind)s, %(url)s, %(at)s, %(actor_kind)s, %(actor_id)s,"
        " %(position)s)",
        kind=event.kind,
        url=event.url,
    )


@projects(EndpointRemoved)
def endpoint_removed(view: View, event: EndpointRemoved, of: Envelope) -> None:
    """Nothing is sent there any more."""
    del event, of
    view.write("UPDATE notifications_endpoints SET closed = true, since = %(position)s WHERE id = %(stream_id)s")


@projects(DeliveryRequested)
def delivery_requested(view: View, event: DeliveryRequested, of: Envelope) -> None:
    """A new delivery."""
    del of
    view.write(
        "INSERT INTO notifications_deliveries (id, project_id, model_id, alert_id, endpoint_id, what, fact, state,"
        " requested_at, requested_position, attempts, since)"
        " VALUES (%(stream_id)s, %(project_id)s, %(model_id)s, %(alert_id)s, %(endpoint_id)s, %(what)s, %(fact)s,"
        " 'pending', %(at)s, %(position)s, 0, %(position)s)",
        model_id=event.model_id,
        alert_id=event.alert_id,
        endpoint_id=event.endpoint_id,
        what=event.what,
        fact=event.fact,
    )


@projects(Delivered)
def delivered(view: View, event: Delivered, of: Envelope) -> None:
    """The message arrived."""
    del of
    view.write(
        "UPDATE notifications_deliveries SET state = 'delivered', finished_at = %(at)s, attempts = %(attempts)s,"
        " status = %(status)s, since = %(position)s WHERE id = %(stream_id)s",
        attempts=event.attempts,
        status=event.status,
    )


@projects(GaveUp)
def gave_up(view: View, event: GaveUp, of: Envelope) -> None:
    """It is tried no more."""
    del of
    view.write(
        "UPDATE notifications_deliveries SET state = 'failed', finished_at = %(at)s, attempts = %(attempts)s,"
        " status = %(status)s, error = %(error)s, since = %(position)s WHERE id = %(stream_id)s",
        attempts=event.attempts,
        status=event.status,
        error=event.error,
    )

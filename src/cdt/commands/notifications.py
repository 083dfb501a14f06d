"""Commands about endpoints and deliveries."""

from uuid import UUID

from cdt.database.deciding import Decides, Outcome
from cdt.domain.kernel import AlertId, Command, DeliveryId, EndpointId, Position
from cdt.domain.notifications import decisions
from cdt.domain.notifications.events import Occasion
from cdt.domain.notifications.state import deliveries, delivery_id_of, endpoints


def add_webhook(log: Decides[Outcome], endpoint_id: EndpointId, *, url: str, by: Command) -> Outcome:
    """Send the project's alerts to an address; the vault already keeps the secret that signs them."""
    return log.decide(endpoints, endpoint_id, lambda endpoint: decisions.add_webhook(endpoint, url=url), by=by)


def remove_endpoint(log: Decides[Outcome], endpoint_id: EndpointId, *, by: Command) -> Outcome:
    """Send nothing there any more."""
    return log.decide(endpoints, endpoint_id, decisions.remove_endpoint, by=by)


def request_delivery(
    log: Decides[Outcome],
    endpoint_id: EndpointId,
    *,
    alert_id: AlertId,
    model_id: UUID,
    what: Occasion,
    fact: Position,
    by: Command,
) -> Outcome:
    """Tell an endpoint what happened to an alert; once for each fact."""
    return log.decide(
        deliveries,
        delivery_id_of(fact, endpoint_id),
        lambda delivery: decisions.request_delivery(
            delivery, endpoint_id=endpoint_id, alert_id=alert_id, model_id=model_id, what=what, fact=fact
        ),
        by=by,
    )


def record_delivered(
    log: Decides[Outcome], delivery_id: DeliveryId, *, attempts: int, status: int, by: Command
) -> Outcome:
    """Record that a message arrived."""
    return log.decide(
        deliveries,
        delivery_id,
        lambda delivery: decisions.record_delivered(delivery, attempts=attempts, status=status),
        by=by,
    )


def give_up_delivery(
    log: Decides[Outcome], delivery_id: DeliveryId, *, attempts: int, status: int | None, error: str, by: Command
) -> Outcome:
    """Record that a message is tried no more."""
    return log.decide(
        deliveries,
        delivery_id,
        lambda delivery: decisions.give_up(delivery, attempts=attempts, status=status, error=error),
        by=by,
    )

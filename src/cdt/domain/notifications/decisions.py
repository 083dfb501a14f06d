"""What may happen next to an endpoint or a delivery."""

from urllib.parse import urlsplit
from uuid import UUID

from cdt.domain.errors import Conflict, Invalid, NotFound
from cdt.domain.kernel import AlertId, Change, EndpointId, Event, Position
from cdt.domain.notifications.events import (
    Delivered,
    DeliveryRequested,
    EndpointAdded,
    EndpointRemoved,
    GaveUp,
    Occasion,
)
from cdt.domain.notifications.state import Delivery, Endpoint

MAXIMUM_URL_LENGTH = 2_000
MAXIMUM_ERROR_LENGTH = 2_000


class EndpointExists(Conflict):
    """An endpoint with this id already exists, or was removed; add another."""


class DeliveryIsOver(Conflict):
    """The delivery is already {state}; its record stays."""


def add_webhook(endpoint: Endpoint, *, url: str) -> list[Event]:
    """Send the project's alerts to an address."""
    url = checked_url(url)
    if endpoint.url == url:
        return []
    if endpoint.url is not None or endpoint.is_removed:
        raise EndpointExists
    return [EndpointAdded(kind="webhook", url=url)]


def remove_endpoint(endpoint: Endpoint) -> list[Event]:
    """Send nothing there any more."""
    if endpoint.is_removed:
        return []
    if endpoint.url is None:
        raise NotFound(kind="endpoint")
    return [EndpointRemoved(url=Change[str | None](endpoint.url, None))]


def request_delivery(
    delivery: Delivery,
    *,
    endpoint_id: EndpointId,
    alert_id: AlertId,
    model_id: UUID,
    what: Occasion,
    fact: Position,
) -> list[Event]:
    """Tell an endpoint; once for each fact."""
    if delivery.state is not None:
        return []
    return [DeliveryRequested(endpoint_id=endpoint_id, alert_id=alert_id, model_id=model_id, what=what, fact=fact)]


def record_delivered(delivery: Delivery, *, attempts: int, status: int) -> list[Event]:
    """Record that the message arrived."""
    _require_attempted(delivery, attempts)
    if delivery.state == "delivered":
        return []
    if delivery.state == "failed":
        raise DeliveryIsOver(state=delivery.state)
    return [Delivered(attempts=attempts, status=status)]


def give_up(delivery: Delivery, *, attempts: int, status: int | None, error: str) -> list[Event]:
    """Record that it is tried no more."""
    _require_attempted(delivery, attempts)
    if delivery.state == "failed":
        return []
    if delivery.state == "delivered":
        raise DeliveryIsOver(state=delivery.state)
    return [GaveUp(attempts=attempts, status=status, error=error.replace("\x00", "")[:MAXIMUM_ERROR_LENGTH])]


def checked_url(url: str) -> str:
    """An http or https address with a host, and without a password, which would become part of the record.

    >>> checked_url(" https://hooks.example.org/cdt ")
    'https://hooks.example.org/cdt'
    """
    url = url.strip()
    if len(url) > MAXIMUM_URL_LENGTH:
        raise Invalid("url", f"write at most {MAXIMUM_URL_LENGTH} characters")
    if not url.isascii() or any(character.isspace() or not character.isprintable() for character in url):
        raise Invalid("url", "write visible ASCII characters only")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise Invalid("url", "write an address such as https://hooks.example.org/alerts") from error
    if parts.scheme not in {"http", "https"} or not host or port == 0:
        raise Invalid("url", "write an address such as https://hooks.example.org/alerts")
    if parts.username is not None or parts.password is not None:
        raise Invalid("url", "write no user name or password into the address; messages are signed instead")
    if parts.fragment:
        raise Invalid("url", "leave out what follows the #; it is never sent")
    return url


def _require_attempted(delivery: Delivery, attempts: int) -> None:
    if delivery.state is None:
        raise NotFound(kind="delivery")
    if attempts < 1:
        raise Invalid("attempts", "at least 1")

"""What the facts about an endpoint, and about a delivery, add up to."""

from typing import Literal

import msgspec
from msgspec.structs import replace

from cdt.domain.kernel import Decider, DeliveryId, EndpointId, Event, Position, derived_id
from cdt.domain.notifications.events import Delivered, DeliveryRequested, EndpointAdded, EndpointRemoved, GaveUp

DeliveryState = Literal["pending", "delivered", "failed"]


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """Where messages go; None when they no longer do."""

    url: str | None = None
    is_removed: bool = False


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """Whether one message arrived."""

    state: DeliveryState | None = None


def delivery_id_of(fact: Position, endpoint_id: EndpointId) -> DeliveryId:
    """An endpoint is told once of each fact."""
    return DeliveryId(derived_id("delivery", fact, endpoint_id))


def evolve_endpoint(endpoint: Endpoint, event: Event) -> Endpoint:
    """The endpoint after one more fact."""
    match event:
        case EndpointAdded(url=url):
            return replace(endpoint, url=url)
        case EndpointRemoved():
            return replace(endpoint, url=None, is_removed=True)
        case _:
            return endpoint


def evolve_delivery(delivery: Delivery, event: Event) -> Delivery:
    """The delivery after one more fact."""
    match event:
        case DeliveryRequested():
            return replace(delivery, state="pending")
        case Delivered():
            return replace(delivery, state="delivered")
        case GaveUp():
            return replace(delivery, state="failed")
        case _:
            return delivery


endpoints = Decider(kind="endpoint", initial=Endpoint(), evolve=evolve_endpoint)
deliveries = Decider(kind="delivery", initial=Delivery(), evolve=evolve_delivery)

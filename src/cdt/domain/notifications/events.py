"""Facts about endpoints and deliveries; each is a stream."""

from typing import Literal
from uuid import UUID

from cdt.domain.kernel import AlertId, Change, EndpointId, Event, Position

EndpointKind = Literal["webhook"]
Occasion = Literal["raised", "reopened", "acknowledged", "resolved"]


class EndpointAdded(Event, frozen=True, kw_only=True):
    """The project's alerts are sent here from now on. The secret that signs them is in the vault."""

    kind: EndpointKind
    url: str


class EndpointRemoved(Event, frozen=True, kw_only=True):
    """Nothing is sent here any more."""

    url: Change[str | None]


class DeliveryRequested(Event, frozen=True, kw_only=True):
    """An endpoint is to be told what happened to an alert; `fact` is the position of that."""

    endpoint_id: EndpointId
    alert_id: AlertId
    model_id: UUID
    what: Occasion
    fact: Position


class Delivered(Event, frozen=True, kw_only=True):
    """The endpoint took the message, with this HTTP status."""

    attempts: int
    status: int


class GaveUp(Event, frozen=True, kw_only=True):
    """No attempt succeeded; `status` is the last answer's, if there was one."""

    attempts: int
    status: int | None
    error: str

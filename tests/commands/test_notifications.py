"""Commands about endpoints and deliveries, on a real log."""

from cdt.commands import notifications
from cdt.domain.kernel import AlertId, EndpointId, Position
from cdt.domain.notifications.events import Delivered, DeliveryRequested
from cdt.domain.notifications.state import delivery_id_of
from tests.builders import a_command, an_id
from tests.domain.builders import A_MODEL
from tests.readmodels.recording import Recording

AN_ENDPOINT = EndpointId(an_id(41))
ABOUT = {"alert_id": AlertId(an_id(42)), "model_id": A_MODEL, "what": "raised", "fact": Position(9)}


async def test_an_endpoint_is_told_once_of_a_fact(recording: Recording) -> None:
    recording.do(notifications.add_webhook, AN_ENDPOINT, url="https://hooks.example.org/")
    recording.do(notifications.request_delivery, AN_ENDPOINT, **ABOUT)

    again = notifications.request_delivery(recording.log, AN_ENDPOINT, **ABOUT, by=a_command(id=an_id(7)))

    assert again is None


async def test_a_delivery_ends_once(recording: Recording) -> None:
    delivery_id = delivery_id_of(Position(9), AN_ENDPOINT)
    recording.do(notifications.request_delivery, AN_ENDPOINT, **ABOUT)
    recording.do(notifications.record_delivered, delivery_id, attempts=1, status=200)

    again = notifications.record_delivered(
        recording.log, delivery_id, attempts=2, status=200, by=a_command(id=an_id(7))
    )

    assert again is None
    assert [type(each.event) for each in recording.log.history(delivery_id)] == [DeliveryRequested, Delivered]

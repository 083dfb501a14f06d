"""Endpoints and deliveries, as read."""

from typing import Any

from cdt.commands import notifications as commands
from cdt.domain.kernel import AlertId, DeliveryId, EndpointId, Position
from cdt.domain.notifications.state import delivery_id_of
from cdt.readmodels import notifications
from tests.builders import A_TENANT, an_id
from tests.domain.builders import A_MODEL
from tests.readmodels.recording import ANOTHER_SCOPE, Recording

AN_ALERT = AlertId(an_id(42))


def add(recording: Recording, number: int) -> EndpointId:
    endpoint_id = EndpointId(an_id(number))
    recording.do(commands.add_webhook, endpoint_id, url=f"https://hooks.example.org/{number}")
    return endpoint_id


def tell(recording: Recording, endpoint_id: EndpointId, fact: int, what: Any = "raised") -> DeliveryId:
    recording.do(
        commands.request_delivery, endpoint_id, alert_id=AN_ALERT, model_id=A_MODEL, what=what, fact=Position(fact)
    )
    return delivery_id_of(Position(fact), endpoint_id)


async def test_an_endpoint_is_read_until_it_is_removed(recording: Recording) -> None:
    first, second = add(recording, 41), add(recording, 43)
    recording.do(commands.remove_endpoint, first)
    await recording.project()

    assert A_TENANT.project_id is not None
    async with recording.at(2) as view:
        found = await notifications.endpoints_of_project(view, A_TENANT.project_id)
        assert [(each.id, each.url) for each in found] == [
            (first, "https://hooks.example.org/41"), (second, "https://hooks.example.org/43"),
        ]  # fmt: skip
    async with recording.at(3) as view:
        assert [each.id for each in await notifications.endpoints_of_project(view, A_TENANT.project_id)] == [second]
        assert await notifications.endpoints(view, [first]) == []


async def test_a_delivery_is_read_as_it_stood_at_each_position(recording: Recording) -> None:
    endpoint_id = add(recording, 41)
    arrived = tell(recording, endpoint_id, 100)
    recording.do(commands.record_delivered, arrived, attempts=2, status=204)
    lost = tell(recording, endpoint_id, 101, "resolved")
    recording.do(commands.give_up_delivery, lost, attempts=5, status=None, error="timed out")
    await recording.project()

    async with recording.at(2) as view:
        (delivery,) = await notifications.deliveries(view, [arrived])
        assert [each.id for each in await notifications.pending(view, limit=9)] == [arrived]
    assert (delivery.state, delivery.attempts, delivery.status, delivery.fact) == ("pending", 0, None, 100)
    assert (delivery.url, delivery.what, delivery.alert_id) == ("https://hooks.example.org/41", "raised", AN_ALERT)

    async with recording.at() as view:
        newest, oldest = await notifications.deliveries_of_alert(view, AN_ALERT, limit=9)
        assert await notifications.deliveries_of_alert(view, AN_ALERT, before=newest.requested_position, limit=9) == [
            oldest
        ]
        assert await notifications.count_of_alert(view, AN_ALERT) == 2
        assert await notifications.pending(view, limit=9) == []
    assert (oldest.state, oldest.attempts, oldest.status, oldest.error) == ("delivered", 2, 204, None)
    assert (newest.state, newest.attempts, newest.status, newest.error) == ("failed", 5, None, "timed out")
    assert newest.finished_at == recording.now()


async def test_what_was_sent_to_an_endpoint_outlives_it(recording: Recording) -> None:
    endpoint_id = add(recording, 41)
    delivery_id = tell(recording, endpoint_id, 100)
    recording.do(commands.remove_endpoint, endpoint_id)
    await recording.project()

    async with recording.at() as view:
        assert [each.url for each in await notifications.deliveries(view, [delivery_id])] == [
            "https://hooks.example.org/41"
        ]


async def test_another_tenant_sees_none_of_it(recording: Recording) -> None:
    endpoint_id = add(recording, 41)
    tell(recording, endpoint_id, 100)
    await recording.project()

    assert A_TENANT.project_id is not None
    async with recording.at(scope=ANOTHER_SCOPE) as view:
        assert await notifications.endpoints_of_project(view, A_TENANT.project_id) == []
        assert await notifications.deliveries_of_alert(view, AN_ALERT, limit=9) == []
        assert await notifications.count_of_alert(view, AN_ALERT) == 0

"""Who is told, and whether it arrived."""

from typing import Any

import pytest

from cdt.domain.errors import Invalid, NotFound
from cdt.domain.kernel import AlertId, Change, EndpointId, Position
from cdt.domain.notifications import decisions
from cdt.domain.notifications.decisions import DeliveryIsOver, EndpointExists, checked_url
from cdt.domain.notifications.events import Delivered, DeliveryRequested, EndpointAdded, EndpointRemoved, GaveUp
from cdt.domain.notifications.state import Delivery, Endpoint, deliveries, delivery_id_of, endpoints
from tests.builders import an_id
from tests.domain.builders import A_MODEL, state_of

URL = "https://hooks.example.org/cdt?team=risk"
AN_ENDPOINT, AN_ALERT = EndpointId(an_id(41)), AlertId(an_id(42))
ASKED: dict[str, Any] = {
    "endpoint_id": AN_ENDPOINT,
    "alert_id": AN_ALERT,
    "model_id": A_MODEL,
    "what": "raised",
    "fact": Position(7),
}
ADDED = state_of(endpoints, EndpointAdded(kind="webhook", url=URL))
REMOVED = state_of(endpoints, EndpointAdded(kind="webhook", url=URL), EndpointRemoved(url=Change(URL, None)))
PENDING = state_of(deliveries, DeliveryRequested(**ASKED))
DONE = state_of(deliveries, DeliveryRequested(**ASKED), Delivered(attempts=1, status=200))
GIVEN_UP = state_of(deliveries, DeliveryRequested(**ASKED), GaveUp(attempts=5, status=None, error="timed out"))


def test_alerts_are_sent_to_an_address() -> None:
    assert decisions.add_webhook(Endpoint(), url=f" {URL} ") == [EndpointAdded(kind="webhook", url=URL)]


def test_the_same_address_again_changes_nothing() -> None:
    assert decisions.add_webhook(ADDED, url=URL) == []


@pytest.mark.parametrize("endpoint", [ADDED, REMOVED])
def test_an_endpoint_keeps_its_address_and_does_not_come_back(endpoint: Endpoint) -> None:
    with pytest.raises(EndpointExists):
        decisions.add_webhook(endpoint, url="https://other.example.org/")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks.example.org/cdt",
        "ftp://hooks.example.org/",
        "file:///etc/passwd",
        "https://",
        "https:///path",
        "https://hooks.example.org:99999/",
        "https://hooks.example.org:0/",
        "https://[::1/",
        "https://user:secret@hooks.example.org/",
        "https://user@hooks.example.org/",
        "https://hooks.example.org/#part",
        "https://hooks.example.org/a b",
        "https://hooks.example.org/a\r\nHost: other",
        "https://hooks.example.org/\x00",
        "https://höks.example.org/",
        "https://hooks.example.org/" + "x" * 2_000,
    ],
)
def test_an_address_is_a_plain_web_address_with_a_host(url: str) -> None:
    with pytest.raises(Invalid) as refusal:
        checked_url(url)

    assert refusal.value.field == "url"


@pytest.mark.parametrize("url", [URL, "http://localhost:8080/hook", "https://[::1]:8443/", "HTTPS://HOOKS.EXAMPLE.ORG"])
def test_http_and_https_addresses_are_good(url: str) -> None:
    assert checked_url(url) == url


def test_an_endpoint_is_removed_once() -> None:
    assert decisions.remove_endpoint(ADDED) == [EndpointRemoved(url=Change(URL, None))]
    assert decisions.remove_endpoint(REMOVED) == []
    with pytest.raises(NotFound):
        decisions.remove_endpoint(Endpoint())


def test_an_endpoint_is_told_once_of_each_fact() -> None:
    assert decisions.request_delivery(Delivery(), **ASKED) == [DeliveryRequested(**ASKED)]
    assert decisions.request_delivery(PENDING, **ASKED) == []
    assert delivery_id_of(Position(7), AN_ENDPOINT) != delivery_id_of(Position(8), AN_ENDPOINT)


def test_a_delivery_arrives_once() -> None:
    assert decisions.record_delivered(PENDING, attempts=2, status=204) == [Delivered(attempts=2, status=204)]
    assert decisions.record_delivered(DONE, attempts=3, status=200) == []


def test_a_delivery_is_given_up_once_with_its_last_error() -> None:
    assert decisions.give_up(PENDING, attempts=5, status=500, error="no\x00 " + "x" * 3_000) == [
        GaveUp(attempts=5, status=500, error=("no " + "x" * 3_000)[:2_000])
    ]
    assert decisions.give_up(GIVEN_UP, attempts=6, status=None, error="again") == []


def test_what_is_over_does_not_end_otherwise() -> None:
    with pytest.raises(DeliveryIsOver):
        decisions.record_delivered(GIVEN_UP, attempts=6, status=200)
    with pytest.raises(DeliveryIsOver):
        decisions.give_up(DONE, attempts=6, status=500, error="late")


def test_only_what_was_asked_for_is_attempted_at_least_once() -> None:
    with pytest.raises(NotFound):
        decisions.record_delivered(Delivery(), attempts=1, status=200)
    with pytest.raises(Invalid):
        decisions.record_delivered(PENDING, attempts=0, status=200)

"""Adding a webhook, and how an alert was delivered there."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from strawberry.relay import GlobalID

from cdt.commands import notifications as commands
from cdt.domain.kernel import AlertId, EndpointId, Position
from cdt.domain.notifications.events import Occasion
from cdt.domain.notifications.state import delivery_id_of
from cdt.domain.tenancy.roles import Role
from tests.api import Api, Someone, a_system_command, global_id, newest
from tests.graphql.operations import FAILURE, a_model, act
from tests.graphql.test_documents import an_alert

ADD = f"""
mutation ($input: AddWebhookInput!) {{
  addWebhook(input: $input) {{ ... on AddWebhookPayload {{ id secret position lagging }} {FAILURE} }}
}}"""
DELIVERIES = """
query ($alert: ID!, $first: Int, $after: Cursor, $asOf: AsOf) {
  deliveries(alertId: $alert, first: $first, after: $after, asOf: $asOf) {
    totalCount pageInfo { hasNextPage endCursor } nodes { id endpoint what state attempts lastStatus lastError }
  }
}"""
URL = "https://hooks.example.org/cdt"
WHERE = "write an address such as https://hooks.example.org/alerts"
ASCII = "write visible ASCII characters only"


async def test_a_webhook_is_answered_with_its_secret_which_no_fact_holds(api: Api) -> None:
    answer = await act(api, ADD, by=api.owner, projectId=api.owner.project, url=f" {URL} ")

    assert answer["secret"].startswith("whsec_")
    assert (len(answer["secret"]), answer["lagging"], answer["position"]) == (49, False, str(await newest(api)))
    facts = await api.ask("{ auditLog(first: 1) { nodes { action } } }", by=api.owner)
    assert facts["auditLog"]["nodes"] == [{"action": "notifications.EndpointAdded"}]


async def test_the_same_command_twice_is_one_webhook_with_one_secret(api: Api) -> None:
    fields = {"projectId": api.owner.project, "url": URL, "commandId": str(uuid4())}
    first = await act(api, ADD, by=api.owner, **fields)
    again = await act(api, ADD, by=api.owner, **fields)

    assert again == first
    assert str(await newest(api)) == first["position"]


async def test_the_same_command_of_somebody_else_is_another_webhook(api: Api) -> None:
    fields = {"url": URL, "commandId": str(uuid4())}
    mine = await act(api, ADD, by=api.owner, projectId=api.owner.project, **fields)
    theirs = await act(api, ADD, by=api.stranger, projectId=api.stranger.project, **fields)

    assert mine["id"] != theirs["id"]
    assert mine["secret"] != theirs["secret"]


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("", WHERE), ("hooks.example.org", WHERE), ("ftp://hooks.example.org", WHERE), ("http://", WHERE),
        ("https://h:99999", WHERE), ("https://[::1", WHERE), ("https://h/a\x00b", ASCII), ("https://h/a b", ASCII),
        ("https://hé", ASCII), ("https://h/" + "x" * 1_991, "write at most 2000 characters"),
        ("https://a:b@h", "write no user name or password into the address; messages are signed instead"),
        ("https://h/#x", "leave out what follows the #; it is never sent"),
    ],
)  # fmt: skip
async def test_what_is_no_address_is_refused_and_leaves_no_secret(api: Api, url: str, problem: str) -> None:
    before = await newest(api)

    answer = await act(api, ADD, by=api.owner, projectId=api.owner.project, url=url)

    assert answer == {"__typename": "InvalidError", "code": "INVALID", "message": f"url: {problem}", "path": ["url"]}
    assert await newest(api) == before


async def test_who_only_reads_or_does_not_belong_adds_none(api: Api) -> None:
    viewer, key = await api.make_member(Role.VIEWER), await api.make_key()
    before = await newest(api)
    refusals: list[tuple[Someone | None, str, str]] = [
        (viewer, api.owner.project, "ForbiddenError"),
        (key, api.owner.project, "ForbiddenError"),
        (None, api.owner.project, "UnauthenticatedError"),
        (api.stranger, api.owner.project, "NotFoundError"),
        (api.owner, global_id("Project", uuid4()), "NotFoundError"),
        (api.owner, global_id("Model", api.owner.project_id), "NotFoundError"),
    ]
    for by, project, kind in refusals:
        assert (await act(api, ADD, by=by, projectId=project, url=URL))["__typename"] == kind
    assert await newest(api) == before


async def told(api: Api, alert: str, *occasions: Occasion) -> list[str]:
    """Messages about an alert to a new webhook, asked for in this order; their ids."""
    added = await act(api, ADD, by=api.owner, projectId=api.owner.project, url=URL)
    endpoint = EndpointId(UUID(GlobalID.from_id(added["id"]).node_id))
    ids: list[str] = []
    for number, what in enumerate(occasions):
        fact = Position(int(added["position"]) + number)
        await do(
            api, commands.request_delivery, endpoint, alert_id=AlertId(UUID(GlobalID.from_id(alert).node_id)),
            model_id=uuid4(), what=what, fact=fact,
        )  # fmt: skip
        ids.append(str(delivery_id_of(fact, endpoint)))
    return ids


async def do(api: Api, command: Any, *args: Any, **fields: Any) -> None:
    """As the system does it."""
    position = await asyncio.to_thread(command, api.log, *args, **fields, by=a_system_command(api.owner.tenant))
    await api.settle(position)


async def deliveries(api: Api, alert: str, *, by: Someone | None = None, **variables: Any) -> dict[str, Any]:
    return (await api.ask(DELIVERIES, {"alert": alert, **variables}, by=by or api.owner))["deliveries"]


@pytest.fixture
async def alert(api: Api) -> str:
    return await an_alert(api, UUID(GlobalID.from_id((await a_model(api))["id"]).node_id))


async def test_deliveries_are_newest_first_and_as_they_were_at_any_position(api: Api, alert: str) -> None:
    raised, resolved = await told(api, alert, "raised", "resolved")
    then = await newest(api)
    await do(api, commands.record_delivered, UUID(raised), attempts=2, status=204)
    await do(api, commands.give_up_delivery, UUID(resolved), attempts=5, status=None, error="timed out")

    lost = {
        "id": global_id("Delivery", resolved), "endpoint": URL, "what": "resolved", "state": "FAILED", "attempts": 5,
        "lastStatus": None, "lastError": "timed out",
    }  # fmt: skip
    arrived = {
        "id": global_id("Delivery", raised), "endpoint": URL, "what": "raised", "state": "DELIVERED", "attempts": 2,
        "lastStatus": 204, "lastError": None,
    }  # fmt: skip
    answer = await deliveries(api, alert)
    assert (answer["nodes"], answer["totalCount"]) == ([lost, arrived], 2)
    before = await deliveries(api, alert, asOf=str(then))
    assert [(each["id"], each["state"], each["attempts"]) for each in before["nodes"]] == [
        (lost["id"], "PENDING", 0), (arrived["id"], "PENDING", 0),
    ]  # fmt: skip


async def test_deliveries_are_paged(api: Api, alert: str) -> None:
    ids = await told(api, alert, "raised", "acknowledged", "resolved")
    first = await deliveries(api, alert, first=2)
    rest = await deliveries(api, alert, first=2, after=first["pageInfo"]["endCursor"])

    shown = [each["id"] for each in (*first["nodes"], *rest["nodes"])]
    assert shown == [global_id("Delivery", each) for each in reversed(ids)]
    assert (first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)


async def test_nobody_else_learns_of_deliveries(api: Api, alert: str) -> None:
    await told(api, alert, "raised")
    nothing = {"totalCount": 0, "pageInfo": {"hasNextPage": False, "endCursor": None}, "nodes": []}

    assert await deliveries(api, alert, by=api.stranger) == nothing
    assert await deliveries(api, global_id("Alert", uuid4())) == nothing
    assert await deliveries(api, global_id("Model", uuid4())) == nothing
    assert await api.refused(DELIVERIES, {"alert": alert}, by=await api.make_key()) == "FORBIDDEN"
    assert await api.refused(DELIVERIES, {"alert": alert, "after": "x"}, by=api.owner) == "INVALID"
    assert await api.refused(DELIVERIES, {"alert": alert, "first": 0}, by=api.owner) == "INVALID"

"""The alerts' log: every change once, in order, resumable, and for its own tenant alone."""

from typing import Any
from uuid import UUID

import pytest
from strawberry.relay import GlobalID

from cdt.graphql.scalars import cursor_of
from tests.api import Api, Socket, Someone, global_id, newest
from tests.graphql.operations import a_model, act
from tests.graphql.test_alerts import ACKNOWLEDGE, RESOLVE
from tests.graphql.test_documents import an_alert
from tests.graphql.test_trust_score import code_of

WATCH = """
subscription ($project: ID, $after: Cursor) {
  alerts(projectId: $project, after: $after) { cursor alert { id state note } }
}"""


async def ringing(api: Api, *, of: Someone | None = None) -> str:
    model = await a_model(api, by=of)
    return await an_alert(api, UUID(GlobalID.from_id(model["id"]).node_id), of=of)


async def now(api: Api) -> str:
    """A cursor after which nothing has changed yet."""
    return cursor_of("alerts", await newest(api))


async def next_changes(socket: Socket, count: int) -> list[dict[str, Any]]:
    return [(await socket.next())["alerts"] for _ in range(count)]


async def begun(socket: Socket) -> None:
    """Wait until what was subscribed to before has begun."""
    await socket.subscribe("{ __typename }", named="begun")
    assert await socket.next() == {"__typename": "Query"}
    assert (await socket.receive())["type"] == "complete"


async def test_each_change_comes_once_and_in_order_and_from_any_cursor_on(api: Api) -> None:
    start = await now(api)
    async with api.socket(by=api.owner) as socket:
        await socket.subscribe(WATCH, {"after": start})
        alert = await ringing(api)
        (raised,) = await next_changes(socket, 1)
        await act(api, ACKNOWLEDGE, by=api.owner, alertId=alert, note="looking")
        (acknowledged,) = await next_changes(socket, 1)
        await act(api, RESOLVE, by=api.owner, alertId=alert, note="over")
        (resolved,) = await next_changes(socket, 1)

    assert [each["alert"] for each in (raised, acknowledged, resolved)] == [
        {"id": alert, "state": "OPEN", "note": None},
        {"id": alert, "state": "ACKNOWLEDGED", "note": "looking"},
        {"id": alert, "state": "RESOLVED", "note": "over"},
    ]
    async with api.socket(by=api.owner) as socket:
        await socket.subscribe(WATCH, {"after": acknowledged["cursor"]})
        other = await ringing(api)
        assert [each["alert"]["id"] for each in await next_changes(socket, 2)] == [alert, other]


async def test_many_changes_are_resumed_without_a_gap_or_a_repetition(api: Api) -> None:
    start = await now(api)
    alerts = [await ringing(api) for _ in range(6)]
    seen: list[str] = []
    after = start
    for count in (2, 3, 1):
        async with api.socket(by=api.owner) as socket:
            await socket.subscribe(WATCH, {"after": after, "project": api.owner.project})
            changes = await next_changes(socket, count)
        seen += [each["alert"]["id"] for each in changes]
        after = changes[-1]["cursor"]

    assert seen == alerts


async def test_a_page_that_is_full_is_followed_by_the_next(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cdt.graphql.alerts.subscriptions.PAGE", 2)
    start = await now(api)
    alerts = [await ringing(api) for _ in range(5)]
    async with api.socket(by=api.owner) as socket:
        await socket.subscribe(WATCH, {"after": start})

        assert [each["alert"]["id"] for each in await next_changes(socket, 5)] == alerts


async def test_without_a_cursor_it_begins_now(api: Api) -> None:
    await ringing(api)
    async with api.socket(by=api.owner) as socket:
        await socket.subscribe(WATCH)
        await begun(socket)
        alert = await ringing(api)

        assert (await next_changes(socket, 1))[0]["alert"]["id"] == alert


async def test_another_tenant_sees_its_own_alone(api: Api) -> None:
    start = await now(api)
    await ringing(api)
    theirs = await ringing(api, of=api.stranger)
    for project in (None, api.stranger.project):
        async with api.socket(by=api.stranger) as socket:
            await socket.subscribe(WATCH, {"after": start, "project": project})

            assert (await next_changes(socket, 1))[0]["alert"]["id"] == theirs


@pytest.mark.parametrize(
    "after", ["x", "", cursor_of("audit", 1), cursor_of("alerts", -1), cursor_of("alerts", 10**30)]
)
async def test_a_cursor_of_something_else_is_refused(api: Api, after: str) -> None:
    async with api.socket(by=api.owner) as socket:
        await socket.subscribe(WATCH, {"after": after})

        assert await code_of(socket) == "INVALID"


@pytest.mark.parametrize("project", [global_id("Model", UUID(int=1)), global_id("Project", UUID(int=1)), "x", None])
async def test_a_project_that_nobody_can_see_is_not_watched(api: Api, project: str | None) -> None:
    async with api.socket(by=api.owner) as socket:
        await socket.subscribe(WATCH, {"project": project or api.stranger.project})

        assert await code_of(socket) == "NOT_FOUND"


async def test_a_key_that_only_sends_may_not_watch(api: Api) -> None:
    async with api.socket(by=await api.make_key()) as socket:
        await socket.subscribe(WATCH)

        assert await code_of(socket) == "FORBIDDEN"

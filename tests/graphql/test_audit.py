"""The audit trail: every fact once, in order, to those who may see it; and it can be taken up where it was left."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from cdt.domain.tenancy.roles import Role
from tests.api import Api, Socket, Someone, global_id
from tests.graphql.operations import a_model, a_version, promoted

LOG = """
query ($first: Int, $after: Cursor, $filter: AuditFilter, $asOf: AsOf) {
  auditLog(first: $first, after: $after, filter: $filter, asOf: $asOf) {
    pageInfo { hasNextPage endCursor }
    nodes {
      position recordedAt at action subjectKind subjectId subjectName commandId causedBy
      actor { kind id name }
      changes { field old new }
    }
  }
}"""
FOLLOW = """
subscription ($after: Cursor, $filter: AuditFilter) {
  auditLog(after: $after, filter: $filter) { cursor node { position action subjectId } }
}"""


async def test_a_fact_is_told_with_who_what_and_each_changed_field(api: Api) -> None:
    model = await a_model(api, name="the subject")
    first = await a_version(api, model["id"], "1")
    second = await a_version(api, model["id"], "2")
    await promoted(api, first["id"])
    position = (await promoted(api, second["id"], reason="it got better"))["position"]

    (entry,) = await entries(api, first=1)

    assert entry["position"] == position
    assert entry["action"] == "registry.Promoted"
    assert entry["actor"] == {"kind": "USER", "id": global_id("User", api.owner.user_id or ""), "name": "Ada"}
    assert (entry["subjectKind"], entry["subjectId"], entry["subjectName"]) == ("model", model["id"], "the subject")
    changes = {each["field"]: (each["old"], each["new"]) for each in entry["changes"]}
    assert changes["reason"] == (None, '"it got better"')
    old, new = changes["serving"]
    assert [global_id("Version", json.loads(each or "")) for each in (old, new)] == [first["id"], second["id"]]


async def test_the_trail_is_read_newest_first_in_pages_without_gap(api: Api) -> None:
    everything = await entries(api, first=200)
    pages: list[dict[str, Any]] = []
    after = None
    while True:
        page = (await api.ask(LOG, {"first": 3, "after": after}, by=api.owner))["auditLog"]
        pages += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break

    assert pages == everything
    positions = [int(each["position"]) for each in everything]
    assert positions == sorted(positions, reverse=True)


async def test_new_entries_do_not_move_the_pages(api: Api) -> None:
    first = (await api.ask(LOG, {"first": 2}, by=api.owner))["auditLog"]
    expected = (await entries(api, first=4))[2:]
    await a_model(api)

    second = (await api.ask(LOG, {"first": 2, "after": first["pageInfo"]["endCursor"]}, by=api.owner))["auditLog"]

    assert second["nodes"] == expected


@pytest.mark.parametrize("field", ["from", "to"])
async def test_a_filters_time_needs_a_zone(api: Api, field: str) -> None:
    document = "query ($filter: AuditFilter) { auditLog(filter: $filter) { nodes { position } } }"

    assert await api.refused(document, {"filter": {field: "2026-01-01T00:00:00"}}, by=api.owner) == "INVALID"


async def test_filters_narrow_the_trail(api: Api) -> None:
    model = await a_model(api)
    version = await a_version(api, model["id"])
    await promoted(api, version["id"])
    actor = global_id("User", api.owner.user_id or "")

    by_subject = await entries(api, filter={"subjectId": model["id"]})
    by_action = await entries(api, filter={"subjectId": model["id"], "action": "registry.VersionAdded"})
    by_actor = await entries(api, filter={"actorId": actor})
    moment = by_subject[1]["recordedAt"]
    since = await entries(api, filter={"subjectId": model["id"], "from": moment})
    before = await entries(api, filter={"subjectId": model["id"], "to": moment})

    assert [each["action"] for each in by_subject] == [
        "registry.Promoted", "registry.VersionAdded", "registry.ModelRegistered",
    ]  # fmt: skip
    assert by_action == by_subject[1:2]
    assert {each["actor"]["id"] for each in by_actor} == {actor}
    assert (since, before) == (by_subject[:2], by_subject[2:])
    assert await entries(api, filter={"projectId": api.stranger.project}) == []


async def test_the_trail_of_the_past_ends_at_its_moment(api: Api) -> None:
    then = (await entries(api, first=1))[0]["position"]
    await a_model(api)

    assert (await entries(api, first=1, asOf=then))[0]["position"] == then


async def test_nobody_sees_anothers_facts_nor_the_person_behind_them(api: Api) -> None:
    await a_model(api, name="a secret name")

    seen = json.dumps(await entries(api, by=api.stranger, first=200))

    assert "a secret name" not in seen
    assert "Ada" not in seen
    assert str(api.owner.user_id) not in seen


async def test_no_personal_value_stands_in_the_trail_in_clear(api: Api) -> None:
    seen = json.dumps([each["changes"] for each in await entries(api, first=200)])

    assert "ada@example.com" not in seen
    assert "Ada" not in seen


@pytest.mark.parametrize(("role", "may"), [(Role.AUDITOR, True), (Role.MEMBER, True), (Role.VIEWER, False)])
async def test_the_trail_needs_its_own_permission(api: Api, role: Role, may: bool) -> None:
    answer = (await api.post(LOG, by=await api.make_member(role))).json()

    assert ("errors" not in answer) is may
    assert may or answer["errors"][0]["extensions"] == {"code": "FORBIDDEN"}


async def test_a_subscription_sends_every_entry_once_in_order(api: Api) -> None:
    async with api.socket(by=api.owner) as one, api.socket(by=api.owner) as two:
        before = (await entries(api, first=1))[0]["position"]
        for socket in (one, two):
            await socket.subscribe(FOLLOW, {"after": await cursor_at(api, before)})
        models = await asyncio.gather(*(a_model(api) for _ in range(12)))
        for model in models:
            await a_version(api, model["id"])
        expected = [each["position"] for each in await entries(api, first=200) if int(each["position"]) > int(before)]

        for socket in (one, two):
            received = [await positions(socket) for _ in expected]
            assert received == expected[::-1]


async def test_a_subscription_goes_on_after_a_cursor(api: Api) -> None:
    models = [await a_model(api) for _ in range(3)]
    known = await cursor_of_subject(api, models[0]["id"])

    registrations = {"action": "registry.ModelRegistered"}
    async with api.socket(by=api.owner) as socket:
        await socket.subscribe(FOLLOW, {"after": known, "filter": registrations})
        first = (await socket.next())["auditLog"]
        second = (await socket.next())["auditLog"]
        assert [each["node"]["subjectId"] for each in (first, second)] == [models[1]["id"], models[2]["id"]]

    async with api.socket(by=api.owner) as again:
        await again.subscribe(FOLLOW, {"after": first["cursor"], "filter": registrations})
        assert (await again.next())["auditLog"] == second


async def test_a_subscription_without_a_cursor_begins_now(api: Api) -> None:
    async with api.socket(by=api.owner) as socket:
        await socket.subscribe(FOLLOW, {"filter": {"action": "registry.ModelRegistered"}})
        await socket.subscribe("{ __typename }", named="so that the first has begun")
        assert await socket.next() == {"__typename": "Query"}
        assert (await socket.receive())["type"] == "complete"
        model = await a_model(api)

        assert (await socket.next())["auditLog"]["node"]["subjectId"] == model["id"]


async def test_a_subscription_sends_what_its_filter_lets_through_to_whom_it_belongs(api: Api) -> None:
    mine = await a_model(api)
    after = await cursor_of_subject(api, mine["id"])
    async with api.socket(by=api.owner) as socket, api.socket(by=api.stranger) as strangers:
        await socket.subscribe(FOLLOW, {"after": after, "filter": {"action": "registry.VersionAdded"}})
        await strangers.subscribe(FOLLOW, {"after": after, "filter": {"action": "registry.ModelRegistered"}})
        await a_version(api, mine["id"])
        theirs = await a_model(api, by=api.stranger)

        assert (await socket.next())["auditLog"]["node"]["action"] == "registry.VersionAdded"
        assert (await strangers.next())["auditLog"]["node"]["subjectId"] == theirs["id"]


async def test_the_same_stream_comes_as_server_sent_events(api: Api) -> None:
    model = await a_model(api)
    after = await cursor_of_subject(api, model["id"])
    version = asyncio.create_task(a_version(api, model["id"]))

    async with (
        httpx.AsyncClient(base_url=api.address, timeout=10) as client,
        client.stream(
            "POST",
            "/graphql/stream",
            json={"query": FOLLOW, "variables": {"after": after}},
            headers={**api.owner.headers, "accept": "text/event-stream"},
        ) as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        async for line in answer.aiter_lines():
            if line.startswith("data:") and "auditLog" in line:
                break

    assert json.loads(line.removeprefix("data:"))["data"]["auditLog"]["node"] == {
        "position": (await entries(api, filter={"subjectId": model["id"]}))[0]["position"],
        "action": "registry.VersionAdded",
        "subjectId": model["id"],
    }
    await version


@pytest.mark.parametrize("after", ["x", "WyJtb2RlbCIsMV0", "WyJhdWRpdCIsIjEiXQ"])
async def test_a_subscription_refuses_a_cursor_that_is_none(api: Api, after: str) -> None:
    async with api.socket(by=api.owner) as socket:
        await socket.subscribe(FOLLOW, {"after": after})

        assert "INVALID" in str(await socket.receive())


async def entries(api: Api, *, by: Someone | None = None, **variables: Any) -> list[dict[str, Any]]:
    return (await api.ask(LOG, variables, by=by or api.owner))["auditLog"]["nodes"]


async def positions(socket: Socket) -> str:
    return (await socket.next())["auditLog"]["node"]["position"]


async def cursor_at(api: Api, position: str) -> str:
    document = "query ($first: Int) { auditLog(first: $first) { edges { cursor node { position } } } }"
    edges = (await api.ask(document, {"first": 200}, by=api.owner))["auditLog"]["edges"]
    return next(edge["cursor"] for edge in edges if edge["node"]["position"] == position)


async def cursor_of_subject(api: Api, subject: str) -> str:
    document = "query ($filter: AuditFilter) { auditLog(filter: $filter) { edges { cursor } } }"
    edges = (await api.ask(document, {"filter": {"subjectId": subject}}, by=api.owner))["auditLog"]["edges"]
    return edges[0]["cursor"]

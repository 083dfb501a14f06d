"""Those who look after an organization are told what concerns its safety, and who read its models; nobody else is."""

import asyncio
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import jwt
import psycopg
import pytest
from strawberry.relay import GlobalID

from cdt.access.tokens import LIFETIME
from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.domain.tenancy.roles import Role
from cdt.vault import keys
from tests.api import PASSWORD, Api, Someone, global_id
from tests.graphql.key_operations import a_key, an_own_key, is_refused_soon, with_key
from tests.graphql.key_operations import done as done_with_keys
from tests.graphql.operations import CREATE_KEY, SIGN_IN, a_model, a_version, act
from tests.graphql.tenancy_operations import done, member_id, organization_of

EVENTS = """
query ($id: ID!, $first: Int, $after: Cursor, $filter: SecurityEventFilter, $asOf: AsOf) {
  securityEvents(organizationId: $id, first: $first, after: $after, filter: $filter, asOf: $asOf) {
    pageInfo { hasNextPage endCursor }
    nodes {
      id kind reason subject address count firstAt lastAt recordedAt position
      actor { kind id name } person { id name }
    }
  }
}"""
ACCESSES = """
query ($id: ID!, $first: Int, $after: Cursor, $filter: ModelAccessFilter, $asOf: AsOf) {
  modelAccesses(organizationId: $id, first: $first, after: $after, filter: $filter, asOf: $asOf) {
    pageInfo { hasNextPage endCursor }
    nodes { how from to firstAt lastAt count modelId model { name } actor { kind id name } }
  }
}"""
END = "mutation { signOutEverywhere(input: {}) { ... on EndedPayload { lagging } } }"
VIEWER = "{ viewer { id } }"
WHERE = "203.0.113.7"
"""An address that the proxy, which is us, says of whoever asks."""


@pytest.fixture
async def ada(api: Api) -> Someone:
    """The owner of an organization of this test's own."""
    return await api.make_owner(f"ada-{uuid4().hex[:8]}")


async def events(api: Api, by: Someone, *, of: Someone | None = None, **given: Any) -> list[dict[str, Any]]:
    asked = {"id": organization_of(of or by), "first": 200, **given}
    return (await api.ask(EVENTS, asked, by=by))["securityEvents"]["nodes"]


async def accesses(api: Api, by: Someone, **given: Any) -> list[dict[str, Any]]:
    asked = {"id": organization_of(by), "first": 200, **given}
    return (await api.ask(ACCESSES, asked, by=by))["modelAccesses"]["nodes"]


async def told(api: Api, by: Someone, kind: str, *, enough: Callable[[list[Any]], bool] = bool) -> list[dict[str, Any]]:
    """The events of a kind, as soon as they have been kept: whoever causes them doesn't wait for that."""
    async with asyncio.timeout(10):
        while not enough(found := await events(api, by, filter={"kinds": [kind]})):
            pass
    return found


async def read(api: Api, by: Someone, *, enough: Callable[[list[Any]], bool] = bool, **given: Any) -> list[Any]:
    """The reads, as soon as they have been kept."""
    async with asyncio.timeout(10):
        while not enough(found := await accesses(api, by, **given)):
            pass
    return found


async def sign_in(api: Api, email: str | None, password: str, *, address: str = WHERE) -> dict[str, Any]:
    answer = await api.post(SIGN_IN, {"input": {"email": email, "password": password}}, x_forwarded_for=address)
    return answer.json()["data"]["signIn"]


def user(someone: Someone) -> str:
    assert someone.user_id is not None
    return global_id("User", someone.user_id)


async def test_a_wrong_password_is_told_where_the_account_belongs_and_the_caller_learns_nothing(
    api: Api, ada: Someone
) -> None:
    known = await sign_in(api, ada.email, "wrong")
    unknown = await sign_in(api, f"nobody-{uuid4()}@example.com", "wrong")

    (event,) = await told(api, ada, "SIGN_IN_FAILED")
    assert known == unknown
    assert (event["reason"], event["address"], event["count"]) == ("wrong_password", WHERE, 1)
    assert (event["actor"], event["position"], event["person"]["id"]) == (None, None, user(ada))
    assert await events(api, api.stranger, filter={"actorId": user(ada)}) == []


async def test_where_from_is_sealed_in_every_table_and_ends_with_the_persons_key(api: Api, ada: Someone) -> None:
    address = "203.0.113.201"
    await sign_in(api, ada.email, "wrong", address=address)
    await sign_in(api, ada.email, PASSWORD, address=address)
    (failure,) = await told(api, ada, "SIGN_IN_FAILED")
    (success,) = await told(api, ada, "SIGNED_IN")
    assert failure["address"] == success["address"] == address

    with psycopg.connect(conninfo_as(api.dsn, DatabaseRole.SYSTEM)) as connection:
        kept = connection.execute("SELECT jsonb_agg(to_jsonb(each)) FROM security.occurrences AS each").fetchone()
        connection.execute("DELETE FROM vault.person_keys WHERE person = %s", (ada.user_id,))
    assert address not in json.dumps(kept)

    nobody = await events(api, ada, filter={"kinds": ["SIGN_IN_FAILED", "SIGNED_IN"]})
    assert [(each["address"], each["person"]["id"]) for each in nobody] == [(None, user(ada))] * 2
    await sign_in(api, ada.email, "wrong", address="203.0.113.202")
    after = await told(api, ada, "SIGN_IN_FAILED", enough=lambda found: len(found) == 2)
    assert [each["address"] for each in after] == [None, None]


async def test_facts_of_the_log_are_told_once_with_their_place_in_it(api: Api, ada: Someone) -> None:
    await sign_in(api, ada.email, PASSWORD)
    role = await api.make_owner(f"bob-{uuid4().hex[:8]}")
    del role
    key = await act(api, CREATE_KEY, by=ada, projectId=ada.project, name="ingest")

    found = await events(api, ada)

    assert [(each["kind"], each["reason"]) for each in found] == [
        ("KEY_CHANGED", "created"), ("SIGNED_IN", "right_password"), ("ROLE_CHANGED", "none>owner"),
    ]  # fmt: skip
    created, signed_in, _ = found
    assert created["position"] == key["position"]
    assert signed_in["actor"] == {"kind": "USER", "id": user(ada), "name": signed_in["person"]["name"]}
    assert {each["count"] for each in found} == {1}


async def test_another_role_is_told_with_who_gave_it_to_whom(api: Api) -> None:
    member = await api.make_member(Role.MEMBER)
    await done(api, "changeMemberRole", memberId=member_id(member), role="VIEWER")

    (event, *_) = await events(api, api.owner, filter={"kinds": ["ROLE_CHANGED"], "actorId": user(member)})

    assert (event["reason"], event["actor"]["id"], event["person"]["id"]) == (
        "member>viewer", user(api.owner), user(member),
    )  # fmt: skip


async def test_what_somebody_may_not_do_is_told_with_what_it_was_however_it_was_asked(api: Api) -> None:
    viewer = await api.make_member(Role.VIEWER)
    organization = organization_of(api.owner)
    answer = await act(api, CREATE_KEY, by=viewer, projectId=viewer.project, name="mine")
    assert answer["code"] == "FORBIDDEN"
    asked = await api.post("{ auditLog { nodes { at } } }", by=viewer, x_forwarded_for=WHERE)
    assert asked.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    nested = "query ($id: ID!) { organization(id: $id) { members { nodes { role } } } }"
    assert await api.refused(nested, {"id": organization}, by=viewer) == "FORBIDDEN"
    async with api.socket(by=viewer) as socket:
        await socket.subscribe("subscription { auditLog { cursor } }")
        refusal = await socket.receive()
        assert "FORBIDDEN" in json.dumps(refusal)
    refused = await api.client.get("/v1/audit/export", headers=viewer.headers)
    assert refused.status_code == 403

    def is_all(found: list[Any]) -> bool:
        return len([each for each in found if each["actor"]["id"] == user(viewer)]) == 5

    found = await told(api, api.owner, "PERMISSION_REFUSED", enough=is_all)
    assert sorted((each["subject"], each["reason"]) for each in found if each["actor"]["id"] == user(viewer)) == [
        ("audit/export", "read_audit"),
        ("auditLog", "read_audit"),
        ("auditLog", "read_audit"),
        ("createApiKey", "manage_keys"),
        ("organization.members", "read_members"),
    ]


async def test_what_happened_before_somebody_belonged_there_is_told_to_nobody_there(api: Api, ada: Someone) -> None:
    assert ada.email is not None
    await sign_in(api, ada.email, "wrong before", address="203.0.113.8")
    await told(api, ada, "SIGN_IN_FAILED")
    founded = await done(api, "createOrganization", by=ada, name=f"Founded {uuid4().hex[:8]}")
    await sign_in(api, ada.email, "wrong after", address="203.0.113.9")

    asked = {"id": founded["organization"]["id"], "first": 200, "filter": {"kinds": ["SIGN_IN_FAILED"]}}
    async with asyncio.timeout(10):
        while not (found := (await api.ask(EVENTS, asked, by=ada))["securityEvents"]["nodes"]):
            pass
    assert [each["address"] for each in found] == ["203.0.113.9"]


async def test_what_was_noticed_before_they_belonged_and_is_kept_after_is_told_to_nobody_there(
    api: Api, ada: Someone
) -> None:
    assert ada.email is not None
    for _ in range(3):  # what is noticed again within a while is held back, and kept together
        await sign_in(api, ada.email, "wrong", address="203.0.113.8")
    founded = await done(api, "createOrganization", by=ada, name=f"Founded {uuid4().hex[:8]}")

    def is_all(found: list[Any]) -> bool:
        return sum(each["count"] for each in found) == 3

    await told(api, ada, "SIGN_IN_FAILED", enough=is_all)
    asked = {"id": founded["organization"]["id"], "first": 200, "filter": {"kinds": ["SIGN_IN_FAILED"]}}
    assert (await api.ask(EVENTS, asked, by=ada))["securityEvents"]["nodes"] == []


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
async def test_only_owners_admins_and_auditors_see_them(api: Api, role: Role) -> None:
    nobody = await api.make_member(role)
    for document in (EVENTS, ACCESSES):
        for allowed in (Role.ADMIN, Role.AUDITOR):
            someone = await api.make_member(allowed)
            await api.ask(document, {"id": organization_of(api.owner)}, by=someone)
        assert await api.refused(document, {"id": organization_of(api.owner)}, by=nobody) == "FORBIDDEN"
        for unknown in (organization_of(api.owner), global_id("Organization", uuid4()), "nonsense", ""):
            assert await api.refused(document, {"id": unknown}, by=api.stranger) == "NOT_FOUND"


async def test_tokens_that_admit_nobody_are_told_with_why(api: Api, ada: Someone) -> None:
    assert ada.user_id is not None
    begun = await sign_in(api, ada.email, PASSWORD)
    ended = Someone(begun["accessToken"], ada.organization_id, ada.project_id, ada.user_id)
    expired = api.tokens.issue(ada.user_id, now=datetime.now(UTC) - LIFETIME - timedelta(seconds=1)).text
    claims = {"sub": str(ada.user_id), "exp": 2**31, "iss": "cdt", "aud": "cdt-api"}
    forged = jwt.encode(claims, "k" * 32, algorithm="HS256", headers={"kid": "1"})
    unsigned = jwt.encode(claims, None, algorithm="none")
    for number, token in enumerate((expired, forged, unsigned, "no token at all", "cdt_nokey")):
        assert await show(api, token, f"192.0.2.{number}") == {"viewer": None}
    await api.ask(END, by=ended)
    async with asyncio.timeout(5):
        while await show(api, ended.token, "192.0.2.9") != {"viewer": None}:
            pass

    found = await told(api, ada, "CREDENTIAL_REFUSED", enough=lambda found: len(found) >= 4)

    assert sorted((each["reason"], each["address"], each["count"]) for each in found) == [
        ("expired", "192.0.2.0", 1), ("forged", "192.0.2.1", 1), ("forged", "192.0.2.2", 1),
        ("session_ended", "192.0.2.9", 1),
    ]  # fmt: skip
    assert {(each["actor"], each["person"]["id"]) for each in found} == {(None, user(ada))}


async def test_a_key_that_ended_is_told_as_that_key_however_often_it_is_shown(api: Api, ada: Someone) -> None:
    program, key = await a_key(api, of=ada, name="churn service")
    rotated = await done_with_keys(api, "rotateApiKey", by=ada, keyId=key["id"], overlapHours=0)
    assert await is_refused_soon(api, program)
    assert await show(api, program.token, "192.0.2.1") == {"viewer": None}
    await told(api, ada, "CREDENTIAL_REFUSED", enough=lambda found: len(found) == 2)

    newest = with_key(rotated, ada)
    await done_with_keys(api, "revokeApiKey", by=ada, keyId=key["id"], reason="lost")
    assert await is_refused_soon(api, newest)
    for _ in range(300):
        assert await show(api, newest.token, "192.0.2.2") == {"viewer": None}
    found = await told(api, ada, "CREDENTIAL_REFUSED", enough=lambda found: len(found) >= 4)

    key_id = str(GlobalID.from_id(key["id"]).node_id)
    assert {(each["actor"]["kind"], each["actor"]["name"], each["subject"]) for each in found} == {
        ("KEY", "churn service", key_id)
    }
    assert {(each["reason"], each["address"]) for each in found} == {
        ("replaced_key", "127.0.0.1"), ("replaced_key", "192.0.2.1"),
        ("revoked_key", "127.0.0.1"), ("revoked_key", "192.0.2.2"),
    }  # fmt: skip
    assert len(found) == 4, "more of the same is counted, and told later"
    assert await events(api, api.stranger, filter={"kinds": ["CREDENTIAL_REFUSED"]}) == []


async def test_a_persons_key_that_ended_is_told_with_whose_it_was(api: Api, ada: Someone) -> None:
    program, key = await an_own_key(api, ada, "READ")
    await done_with_keys(api, "revokeOwnApiKey", by=ada, keyId=key["id"], reason="lost")
    assert await is_refused_soon(api, program)
    await show(api, program.token, WHERE)

    found = await told(
        api, ada, "CREDENTIAL_REFUSED", enough=lambda found: WHERE in {each["address"] for each in found}
    )
    assert {(each["reason"], each["person"]["id"]) for each in found} == {("revoked_key", user(ada))}


async def test_what_is_nobodys_is_counted_for_the_metrics(api: Api) -> None:
    before = await nobodys(api)
    unknown = keys.KeyTexts(api.secret).made_of("never given to anybody")
    for token in ("no token at all", "cdt_nokey", unknown, unknown):
        assert await show(api, token, WHERE) == {"viewer": None}

    after = await nobodys(api)
    assert {reason: after[reason] - before.get(reason, 0) for reason in ("malformed", "unknown_key")} == {
        "malformed": 1, "unknown_key": 3,
    }  # fmt: skip


async def nobodys(api: Api) -> dict[str, float]:
    """How many requests there were with what is nobody's, by why."""
    text = (await api.client.get("/metrics")).text
    pattern = r'cdt_nobodys_credentials_total\{reason="(\w+)"\} (\S+)'
    return {reason: float(count) for reason, count in re.findall(pattern, text)}


async def show(api: Api, token: str, address: str) -> dict[str, Any]:
    answer = await api.post(VIEWER, by=Someone(token, UUID(int=0), UUID(int=0)), x_forwarded_for=address)
    return answer.json()["data"]


async def test_a_key_is_told_once_for_each_address_that_it_is_used_from(api: Api) -> None:
    key = await api.make_key()
    name = {"kinds": ["KEY_FROM_NEW_ADDRESS"]}
    for address, count in (("198.51.100.1", 1), ("198.51.100.1", 1), ("198.51.100.2", 2), ("198.51.100.1", 2)):
        await api.post(VIEWER, by=key, x_forwarded_for=address)
        found = await told(
            api, api.owner, "KEY_FROM_NEW_ADDRESS", enough=lambda found, count=count: len(found) == count
        )

    assert found == await events(api, api.owner, filter=name)
    assert [(each["reason"], each["address"], each["actor"]["kind"]) for each in found] == [
        ("new_address", "198.51.100.2", "KEY"), ("first_use", "198.51.100.1", "KEY"),
    ]  # fmt: skip
    assert await events(api, api.stranger, filter=name) == []


async def test_an_export_is_told_before_it_is_handed_out(api: Api, ada: Someone) -> None:
    answer = await api.client.get("/v1/audit/export", headers={**ada.headers, "x-forwarded-for": WHERE})

    assert answer.status_code == 200
    (event,) = await events(api, ada, filter={"kinds": ["EXPORTED"]})
    assert (event["reason"], event["address"], event["actor"]["id"]) == ("audit", WHERE, user(ada))
    assert event["subject"] == f"until {json.loads(answer.text.splitlines()[0])['until']}"


async def test_the_list_of_both_kinds_is_read_newest_first_in_pages_without_gap(api: Api, ada: Someone) -> None:
    for number in range(3):
        await sign_in(api, ada.email, "wrong", address=f"192.0.2.{number}")
        await sign_in(api, ada.email, PASSWORD, address=f"192.0.2.{number}")
    await told(api, ada, "SIGN_IN_FAILED", enough=lambda found: len(found) == 3)
    everything = await events(api, ada)

    pages: list[dict[str, Any]] = []
    after = None
    while True:
        asked = {"id": organization_of(ada), "first": 2, "after": after}
        page = (await api.ask(EVENTS, asked, by=ada))["securityEvents"]
        pages += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break

    assert pages == everything
    assert len({each["id"] for each in everything}) == len(everything) == 7
    times = [each["recordedAt"] for each in everything]
    assert times == sorted(times, reverse=True)
    assert await api.refused(EVENTS, {"id": organization_of(ada), "after": "WyJhdWRpdCIsIDFd"}, by=ada) == "INVALID"


async def test_filters_narrow_and_the_past_is_as_it_was(api: Api, ada: Someone) -> None:
    await sign_in(api, ada.email, PASSWORD)
    await sign_in(api, ada.email, "wrong")
    await told(api, ada, "SIGN_IN_FAILED")
    before = await events(api, ada)
    (newest, *older) = before
    await sign_in(api, ada.email, "wrong", address="192.0.2.99")
    await told(api, ada, "SIGN_IN_FAILED", enough=lambda found: len(found) == 2)

    assert newest["kind"] == "SIGN_IN_FAILED"
    assert await events(api, ada, asOf=newest["recordedAt"]) == before
    assert await events(api, ada, asOf=older[0]["position"]) == older
    assert await events(api, ada, filter={"to": newest["recordedAt"]}) == older
    assert len(await events(api, ada, filter={"from": newest["recordedAt"]})) == 2
    assert await events(api, ada, filter={"kinds": []}) == []
    assert [each["kind"] for each in await events(api, ada, filter={"kinds": ["SIGNED_IN"]})] == ["SIGNED_IN"]
    assert await events(api, ada, filter={"actorId": user(api.owner)}) == []
    assert await api.refused(EVENTS, {"id": organization_of(ada), "filter": {"to": "2026-01-01"}}, by=ada) == "INVALID"


async def test_who_opened_and_who_listed_a_model_is_told_with_how_often(api: Api, ada: Someone) -> None:
    model = await a_model(api, by=ada, name="watched")
    version = await a_version(api, model["id"], by=ada)
    asked = {"id": model["id"]}
    await api.ask("query ($id: ID!) { model(id: $id) { name } node(id: $id) { id } }", asked, by=ada)
    await api.ask("query ($id: ID!) { version(id: $id) { tag } }", {"id": version["id"]}, by=ada)
    await api.ask("{ models { nodes { name } } }", by=ada)

    def is_all(found: list[Any]) -> bool:
        return sum(each["count"] for each in found) == 4

    found = {each["how"]: each for each in await read(api, ada, enough=is_all)}

    assert {how: each["count"] for how, each in found.items()} == {"OPENED": 3, "LISTED": 1}
    opened = found["OPENED"]
    assert (opened["modelId"], opened["model"], opened["actor"]["id"]) == (model["id"], {"name": "watched"}, user(ada))
    assert opened["from"] <= opened["firstAt"] <= opened["lastAt"] < opened["to"]
    assert [each["how"] for each in await accesses(api, ada, filter={"how": "LISTED"})] == ["LISTED"]
    assert await accesses(api, ada, filter={"modelId": global_id("Model", uuid4())}) == []
    assert await accesses(api, ada, filter={"to": opened["from"], "how": "OPENED"}) == []
    assert await accesses(api, ada, filter={"from": opened["to"], "how": "OPENED"}) == []
    assert await accesses(api, ada, filter={"actorId": user(api.stranger)}) == []
    assert await accesses(api, ada, asOf="1") == []


async def test_a_model_that_cant_be_seen_is_not_read(api: Api, ada: Someone) -> None:
    model = await a_model(api, by=ada)
    await api.ask("query ($id: ID!) { model(id: $id) { name } }", {"id": model["id"]}, by=api.stranger)
    await api.ask("query ($id: ID!) { model(id: $id) { name } }", {"id": model["id"]}, by=ada)

    (access,) = await read(api, ada)
    assert access["actor"]["id"] == user(ada)


async def test_reads_are_paged_by_their_beginnings(api: Api, ada: Someone) -> None:
    models = [await a_model(api, by=ada) for _ in range(3)]
    for model in models:
        await api.ask("query ($id: ID!) { model(id: $id) { name } }", {"id": model["id"]}, by=ada)
    everything = await read(api, ada, enough=lambda found: len(found) == 3)

    first = (await api.ask(ACCESSES, {"id": organization_of(ada), "first": 2}, by=ada))["modelAccesses"]
    asked = {"id": organization_of(ada), "first": 2, "after": first["pageInfo"]["endCursor"]}
    second = (await api.ask(ACCESSES, asked, by=ada))["modelAccesses"]

    assert first["nodes"] + second["nodes"] == everything
    assert not second["pageInfo"]["hasNextPage"]

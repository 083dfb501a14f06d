"""Keys of projects: what they open, how they are rotated and revoked, who manages them, and that none is kept."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql
from strawberry.relay import GlobalID

from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.domain.tenancy.roles import Role
from cdt.vault import keys
from tests.api import Api, Someone, global_id
from tests.graphql.key_operations import KEYS, a_key, do, done, is_known, is_refused_soon, with_key
from tests.graphql.operations import CREATE_KEY, REGISTER, a_model, a_version, act
from tests.graphql.tenancy_operations import a_project
from tests.graphql.tenancy_operations import done as done_in_tenancy

A_ROW = {
    "predictionId": "by graphql", "predictedAt": "2026-03-01T12:00:00Z", "decision": "1",
    "features": {"age": 1, "sex": "1"},
}  # fmt: skip
EVERYTHING = sql.SQL("SELECT t::text FROM {} AS t")
NO_KEY = {
    "__typename": "NotFoundError", "code": "NOT_FOUND", "path": None,
    "message": "There is no such key, or you may not see it.",
}  # fmt: skip


async def sent(api: Api, version: str, by: Someone) -> tuple[int, str | None]:
    """The status of sending a row, and the code of the refusal."""
    row = {
        "prediction_id": str(uuid4()), "predicted_at": A_ROW["predictedAt"], "decision": "1",
        "features": A_ROW["features"],
    }  # fmt: skip
    answer = await api.client.post(
        f"/v1/versions/{version}/predictions",
        content=json.dumps(row),
        headers={**by.headers, "content-type": "application/x-ndjson"},
    )
    return answer.status_code, answer.json().get("code")


def table(name: str) -> sql.Identifier:
    return sql.Identifier(*name.split("."))


async def keys_of(api: Api, project: str, *, by: Someone | None = None, **given: Any) -> list[dict[str, Any]]:
    return (await api.ask(KEYS, {"project": project, **given}, by=by or api.owner))["apiKeys"]["nodes"]


async def test_a_key_is_shown_once_and_listed_with_all_but_its_secret(api: Api) -> None:
    project, ends = await a_project(api), (datetime.now(UTC) + timedelta(days=90)).isoformat()
    made = await done(
        api, "createApiKey", projectId=project.project, name="ci", permissions=["WRITE", "READ"], expiresAt=ends
    )
    (listed,) = await keys_of(api, project.project)

    assert made["apiKey"] == listed
    assert listed | {"id": None, "createdAt": None, "expiresAt": None} == {
        "id": None, "name": "ci", "prefix": made["key"][:8], "state": "ACTIVE", "permissions": ["READ", "WRITE"],
        "createdAt": None, "createdBy": {"kind": "USER", "name": "Ada"}, "expiresAt": None, "rotatedAt": None,
        "formerPrefix": None, "formerEndsAt": None, "revokedAt": None, "revokeReason": None, "revokedBy": None,
        "models": [], "lastUsedAt": None,
    }  # fmt: skip
    assert datetime.fromisoformat(listed["expiresAt"]) == datetime.fromisoformat(ends)
    assert made["key"] not in str(listed)


async def test_a_key_that_reads_sees_its_project_and_no_other_of_the_organization(api: Api) -> None:
    other = await a_project(api)
    await act(api, REGISTER, by=api.owner, projectId=other.project, name="unseen")
    program, _ = await a_key(api, of=await a_project(api), permissions=["READ"])
    asked = """query ($other: ID!, $organization: ID!) {
      projects { nodes { id organization { name projects { nodes { id } } } } } organizations { nodes { id } }
      models { totalCount } project(id: $other) { id } organization(id: $organization) { name }
    }"""

    answer = await api.ask(
        asked, {"other": other.project, "organization": global_id("Organization", program.organization_id)}, by=program
    )

    assert answer == {
        "projects": {
            "nodes": [
                {
                    "id": program.project,
                    "organization": {
                        "name": "ada's organization", "projects": {"nodes": [{"id": program.project}]},
                    },
                }
            ]
        },
        "organizations": {"nodes": []}, "models": {"totalCount": 0}, "project": None,
        "organization": {"name": "ada's organization"},
    }  # fmt: skip
    assert (await act(api, REGISTER, by=program, projectId=program.project, name="x"))["code"] == "FORBIDDEN"


async def test_a_key_learns_of_nobody_who_belongs(api: Api) -> None:
    program, _ = await a_key(api, permissions=["READ", "WRITE", "INGEST"])

    audit = "{ auditLog(first: 50) { nodes { actor { kind name } } } }"
    actors = [each["actor"] for each in (await api.ask(audit, by=program))["auditLog"]["nodes"]]
    assert {each["name"] for each in actors if each["kind"] == "USER"} <= {None}
    members = "query ($id: ID!) { project(id: $id) { members { nodes { role } } } }"
    assert await api.refused(members, {"id": program.project}, by=program) == "FORBIDDEN"


async def test_what_a_key_does_names_the_key_for_ever(api: Api) -> None:
    program, key = await a_key(api, permissions=["WRITE"], name="release robot")
    made = await act(api, REGISTER, by=program, projectId=program.project, name=f"by a robot {uuid4()}")
    await done(api, "revokeApiKey", keyId=key["id"], reason="no releases any more")

    audit = "{ auditLog(first: 50) { nodes { position actor { id kind name person { id } } } } }"
    entries = (await api.ask(audit, by=api.owner))["auditLog"]["nodes"]
    assert [each["actor"] for each in entries if each["position"] == made["position"]] == [
        {"id": key["id"], "kind": "KEY", "name": "release robot", "person": None}
    ]


async def test_a_key_for_certain_models_sends_rows_for_those_and_knows_no_others(api: Api) -> None:
    allowed, other = await a_model(api), await a_model(api)
    versions = [(await a_version(api, each["id"]))["id"] for each in (allowed, other)]
    program, key = await a_key(api, modelIds=[allowed["id"]])
    mutation = "mutation ($input: IngestPredictionsInput!) { ingestPredictions(input: $input) { __typename } }"

    assert key["models"] == [{"name": allowed["name"]}]
    assert [await sent(api, each, program) for each in versions] == [(200, None), (404, "NOT_FOUND")]
    assert await sent(api, versions[1], api.owner) == (200, None)
    assert await sent(api, versions[1], program) == (404, "NOT_FOUND"), "also when it was found for another before"
    answers = [await act(api, mutation, by=program, versionId=each, rows=[A_ROW]) for each in versions]
    assert [each["__typename"] for each in answers] == ["IngestReceipt", "NotFoundError"]


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("permissions", {"permissions": []}),
        ("expiresAt", {"expiresAt": "2020-01-01T00:00:00Z"}),
        ("expiresAt", {"expiresAt": "2999-01-01T00:00:00Z"}),
        ("expiresAt", {"expiresAt": "2999-01-01T00:00:00"}),
        ("name", {"name": "\u202etxt.exe"}),
        ("name", {"name": "x" * 10_000}),
    ],
)
async def test_what_is_no_key_is_told_by_its_field(api: Api, field: str, given: dict[str, Any]) -> None:
    answer = await do(api, "createApiKey", projectId=api.owner.project, **{"name": "x", **given})

    assert (answer["code"], answer["path"]) == ("INVALID", [field])


async def test_a_key_is_for_models_of_its_own_project_that_its_maker_sees(api: Api) -> None:
    elsewhere = await act(
        api, REGISTER, by=api.owner, projectId=(await a_project(api)).project, name=f"elsewhere {uuid4()}"
    )
    theirs = await act(api, REGISTER, by=api.stranger, projectId=api.stranger.project, name=f"theirs {uuid4()}")

    for each in (elsewhere["model"]["id"], theirs["model"]["id"], global_id("Model", uuid4()), "nonsense"):
        answer = await do(api, "createApiKey", projectId=api.owner.project, name="x", modelIds=[each])
        assert (answer["code"], answer["message"]) == ("NOT_FOUND", "There is no such model, or you may not see it.")


async def test_a_revoked_key_is_refused_everywhere_within_a_moment(api: Api) -> None:
    version = (await a_version(api, (await a_model(api))["id"]))["id"]
    program, key = await a_key(api, permissions=["READ", "INGEST"])
    assert await sent(api, version, program) == (200, None)
    async with api.socket(by=program) as socket:
        await socket.subscribe("subscription { alerts { cursor } }")
        revoked = await done(api, "revokeApiKey", keyId=key["id"], reason=" in a public repository ")

        assert await is_refused_soon(api, program)
        async with asyncio.timeout(20):  # five seconds are promised, on a machine that does nothing else
            while (await socket.receive())["type"] not in {"error", "complete"}:
                pass
    assert await sent(api, version, program) == (401, "UNAUTHENTICATED")
    assert (await api.client.get("/v1/audit/export", headers=program.headers)).status_code == 401
    shown = revoked["apiKey"]
    assert (shown["state"], shown["revokeReason"]) == ("REVOKED", "in a public repository")
    assert shown["revokedBy"] == {"kind": "USER", "name": "Ada"}
    again = await done(api, "revokeApiKey", keyId=key["id"], reason="again")
    again["apiKey"]["lastUsedAt"] = shown["lastUsedAt"]  # which is written down at any moment in between
    assert again == {"position": None, "lagging": False, "apiKey": shown}


async def test_a_rotated_key_stays_itself_and_its_former_secret_admits_for_the_overlap(api: Api) -> None:
    program, key = await a_key(api, permissions=["READ"])
    command = {"keyId": key["id"], "overlapHours": 1, "commandId": str(uuid4())}
    answer = await done(api, "rotateApiKey", **command)
    rotated, shown = with_key(answer, program), answer["apiKey"]

    assert (shown["id"], shown["formerPrefix"], shown["prefix"]) == (key["id"], key["prefix"], answer["key"][:8])
    ends = datetime.fromisoformat(shown["formerEndsAt"]) - datetime.fromisoformat(shown["rotatedAt"])
    assert ends == timedelta(hours=1)
    for each in (program, rotated):
        assert (await api.ask("{ viewer { id name } }", by=each))["viewer"] == {"id": key["id"], "name": "a program"}
    assert await done(api, "rotateApiKey", **command) == answer, "the same command is answered alike"

    newest = with_key(await done(api, "rotateApiKey", keyId=key["id"], overlapHours=1), program)
    assert await is_refused_soon(api, program), "two rotations later"
    assert await is_known(api, rotated)
    assert await is_known(api, newest)

    last = with_key(await done(api, "rotateApiKey", keyId=key["id"], overlapHours=0), program)
    assert await is_refused_soon(api, newest), "without an overlap"
    assert not await is_known(api, rotated)
    await done(api, "revokeApiKey", keyId=key["id"], reason="done with")
    assert await is_refused_soon(api, last)
    assert (await do(api, "rotateApiKey", keyId=key["id"]))["code"] == "CONFLICT"


async def test_two_rotations_at_once_leave_two_secrets_that_admit(api: Api) -> None:
    program, key = await a_key(api)

    both = await asyncio.gather(*(done(api, "rotateApiKey", keyId=key["id"]) for _ in range(2)))

    assert [await is_known(api, with_key(each, program)) for each in both] == [True, True]
    assert await is_refused_soon(api, program)


@pytest.mark.parametrize("hours", [-1, 169, 2**31 - 1])
async def test_an_overlap_is_a_week_at_most(api: Api, hours: int) -> None:
    _, key = await a_key(api)

    answer = await do(api, "rotateApiKey", keyId=key["id"], overlapHours=hours)

    assert (answer["code"], answer["path"]) == ("INVALID", ["overlapHours"])


async def test_anothers_key_is_neither_rotated_nor_revoked_and_answered_as_an_unknown_one(api: Api) -> None:
    _, key = await a_key(api)
    for unknown in (key["id"], global_id("ApiKey", uuid4()), "nonsense"):
        for mutation, rest in (("rotateApiKey", {}), ("revokeApiKey", {"reason": "mine now"})):
            assert (await do(api, mutation, by=api.stranger, keyId=unknown, **rest))["code"] == "NOT_FOUND"
    assert await do(api, "revokeApiKey", by=api.stranger, keyId=key["id"], reason="mine now") == NO_KEY
    member = await api.make_member(Role.MEMBER)
    assert (await do(api, "revokeApiKey", by=member, keyId=key["id"], reason="not mine"))["code"] == "FORBIDDEN"


async def test_keys_are_listed_for_those_who_manage_them_alone_and_page_by_page(api: Api) -> None:
    project, member = await a_project(api), await api.make_member(Role.MEMBER)
    made = [(await a_key(api, of=project, name=f"key {each}"))[1] for each in range(3)]

    first = (await api.ask(KEYS, {"project": project.project, "first": 2}, by=api.owner))["apiKeys"]
    after = {"project": project.project, "after": first["pageInfo"]["endCursor"]}
    assert [each["name"] for each in first["nodes"]] == ["key 2", "key 1"]
    assert await keys_of(api, project.project, after=after["after"]) == [made[0]]
    assert await api.refused(KEYS, {"project": project.project}, by=member) == "FORBIDDEN"
    for unknown in (project.project, global_id("Project", uuid4()), "nonsense"):
        assert await keys_of(api, unknown, by=api.stranger) == []


async def test_a_key_is_known_as_it_was(api: Api) -> None:
    project = await a_project(api)
    answer = await done(api, "createApiKey", projectId=project.project, name="then")
    revoked = await done(api, "revokeApiKey", keyId=answer["apiKey"]["id"], reason="over")

    assert await keys_of(api, project.project, asOf=str(int(answer["position"]) - 1)) == []
    assert await keys_of(api, project.project, asOf=answer["position"]) == [answer["apiKey"]]
    assert await keys_of(api, project.project, asOf=revoked["position"]) == [revoked["apiKey"]]


async def test_when_a_key_was_used_last_is_shown_of_now(api: Api) -> None:
    project = await a_project(api)
    _, key = await a_key(api, of=project)
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    async with api.writer.transaction() as connection:
        await keys.note_uses(connection, [UUID(GlobalID.from_id(key["id"]).node_id)], noon)

    (listed,) = await keys_of(api, project.project)
    assert datetime.fromisoformat(listed["lastUsedAt"]) == noon


async def test_a_key_takes_in_nothing_for_an_archived_project_and_a_new_one_is_refused(api: Api) -> None:
    project = await a_project(api)
    model = await act(api, REGISTER, by=project, projectId=project.project, name="archived")
    version = (await a_version(api, model["model"]["id"]))["id"]
    program, key = await a_key(api, of=project)
    assert await sent(api, version, program) == (200, None)

    await done_in_tenancy(api, "archiveProject", projectId=project.project)
    assert await sent(api, version, program) == (409, "CONFLICT")
    answer = await do(api, "createApiKey", projectId=project.project, name="late")
    assert (answer["code"], answer["message"]) == (
        "CONFLICT", "This project is archived: it can be read and takes in nothing. Restore it first.",
    )  # fmt: skip
    assert (await done(api, "revokeApiKey", keyId=key["id"], reason="archived"))["apiKey"]["state"] == "REVOKED"


async def test_a_key_of_a_deleted_project_opens_nothing(api: Api) -> None:
    project = await a_project(api, name=(name := f"gone {uuid4()}"))
    model = await act(api, REGISTER, by=project, projectId=project.project, name="gone")
    version = (await a_version(api, model["model"]["id"]))["id"]
    program, _ = await a_key(api, of=project, permissions=["READ", "INGEST"])
    assert await sent(api, version, program) == (200, None)

    await done_in_tenancy(api, "deleteProject", projectId=project.project, name=name)
    assert await sent(api, version, program) == (404, "NOT_FOUND")
    assert await api.refused("{ models { totalCount } }", by=program) == "FORBIDDEN"


async def test_a_repeated_command_answers_the_same_key_also_after_its_project_was_archived(api: Api) -> None:
    project = await a_project(api)
    fields = {"projectId": project.project, "name": "once", "commandId": str(uuid4())}
    first = await act(api, CREATE_KEY, by=api.owner, **fields)
    await done_in_tenancy(api, "archiveProject", projectId=project.project)

    assert await act(api, CREATE_KEY, by=api.owner, **fields) == first
    assert (await act(api, CREATE_KEY, by=api.owner, **{**fields, "name": "other"}))["code"] == "CONFLICT"


async def test_a_key_is_in_no_event_and_in_no_table(api: Api) -> None:
    program, key = await a_key(api)
    rotated = (await done(api, "rotateApiKey", keyId=key["id"]))["key"]

    async with await psycopg.AsyncConnection.connect(conninfo_as(api.dsn, DatabaseRole.SYSTEM)) as connection:
        texts = [
            str(row)
            for name in ("log.cdt_events", "vault.api_keys", "read.tenancy_keys", "read.audit_entries")
            for row in await (await connection.execute(EVERYTHING.format(table(name)))).fetchall()
        ]
    for secret in (program.token, rotated):
        assert not any(secret in each or secret.encode().hex() in each for each in texts)

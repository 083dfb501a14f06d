"""Keys of people: a person's program may do what the person may, and no more; what it is called is theirs alone."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from strawberry.relay import GlobalID

from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.domain.tenancy.roles import Role
from cdt.vault import keys
from tests.api import Api, Someone, global_id
from tests.graphql.key_operations import OWN_KEYS, an_own_key, do, done, is_known, is_refused_soon, with_key
from tests.graphql.operations import REGISTER, act
from tests.graphql.tenancy_operations import done as done_in_tenancy
from tests.graphql.tenancy_operations import in_project, member_id
from tests.graphql.test_deletion import carol, delete

MODELS = "{ models { totalCount } }"
NAMED = f"laptop of Ada Lovelace {uuid4()}"
REASON = f"stolen on the way {uuid4()}"


@pytest.fixture
async def ada(api: Api) -> Someone:
    """An owner of an organization of her own."""
    return await api.make_owner(f"ada-{uuid4().hex[:8]}")


@pytest.fixture
async def member(api: Api) -> Someone:
    return await api.make_member(Role.MEMBER)


async def own_keys(api: Api, person: Someone, **given: Any) -> list[dict[str, Any]]:
    return (await api.ask(OWN_KEYS, given, by=person))["ownApiKeys"]["nodes"]


async def registers(api: Api, someone: Someone) -> str | None:
    """The code with which registering a model is refused."""
    answer = await act(api, REGISTER, by=someone, projectId=someone.project, name=f"model {uuid4()}")
    return answer.get("code")


async def test_a_persons_program_does_what_its_key_says_and_the_person_may(api: Api, member: Someone) -> None:
    reading, key = await an_own_key(api, member, "READ")
    writing, _ = await an_own_key(api, member, "WRITE", "INGEST")

    assert (await own_keys(api, member))[1] == key
    assert (key["name"], key["state"], key["permissions"]) == ("a laptop", "ACTIVE", ["READ"])
    assert (await api.ask(MODELS, by=reading))["models"]["totalCount"] >= 0
    assert await registers(api, reading) == "FORBIDDEN"
    assert await registers(api, writing) is None


async def test_a_key_narrows_and_never_widens(api: Api) -> None:
    auditor = await api.make_member(Role.AUDITOR)
    program, _ = await an_own_key(api, auditor, "READ", "WRITE", "INGEST")

    assert (await api.ask("{ auditLog(first: 1) { nodes { position } } }", by=program))["auditLog"]["nodes"]
    assert await registers(api, program) == "FORBIDDEN"


async def test_what_a_program_may_follows_its_persons_role(api: Api, member: Someone) -> None:
    program, _ = await an_own_key(api, member, "READ", "WRITE")
    assert await registers(api, program) is None

    await done_in_tenancy(api, "changeMemberRole", memberId=member_id(member), role="VIEWER")
    assert await registers(api, program) == "FORBIDDEN"
    await done_in_tenancy(api, "setProjectRole", projectId=api.owner.project, memberId=member_id(member), role="MEMBER")
    assert await registers(api, in_project(program, api.owner)) is None


async def test_a_key_of_somebody_who_was_removed_opens_nothing(api: Api, member: Someone) -> None:
    program, _ = await an_own_key(api, member, "READ", "WRITE", "INGEST")
    assert await registers(api, program) is None

    await done_in_tenancy(api, "removeMember", memberId=member_id(member))
    assert await api.refused(MODELS, by=program) == "FORBIDDEN"
    assert await registers(api, program) == "FORBIDDEN"


async def test_a_program_is_not_its_person(api: Api, ada: Someone) -> None:
    program, key = await an_own_key(api, ada, "READ", "WRITE", "INGEST")

    assert (await api.ask("{ viewer { kind id name email } }", by=program))["viewer"] == {
        "kind": "KEY", "id": key["id"], "name": "a laptop", "email": None,
    }  # fmt: skip
    own = "{ sessions { id } ownApiKeys { nodes { id } } receivedInvitations { nodes { id } } }"
    assert await api.ask(own, by=program) == {
        "sessions": [], "ownApiKeys": {"nodes": []}, "receivedInvitations": {"nodes": []},
    }  # fmt: skip
    organization = {"organizationId": global_id("Organization", ada.organization_id)}
    refused = [
        await do(api, "createOwnApiKey", by=program, name="x", permissions=["READ"]),
        await do(api, "rotateOwnApiKey", by=program, keyId=key["id"]),
        await do(api, "revokeOwnApiKey", by=program, keyId=key["id"], reason="x"),
        await do(api, "createApiKey", by=program, projectId=ada.project, name="x"),
    ]
    assert [each["code"] for each in refused] == ["FORBIDDEN"] * 4
    rename = "mutation ($input: RenameOrganizationInput!) { renameOrganization(input: $input) { __typename } }"
    assert await act(api, rename, by=program, name="mine", **organization) == {"__typename": "ForbiddenError"}


async def test_what_a_program_does_names_the_key_and_its_person(api: Api, ada: Someone) -> None:
    program, key = await an_own_key(api, ada, "WRITE")
    made = await act(api, REGISTER, by=program, projectId=ada.project, name="by a program")

    audit = "{ auditLog(first: 1) { nodes { position actor { id kind name person { id } } } } }"
    assert (await api.ask(audit, by=ada))["auditLog"]["nodes"] == [
        {
            "position": made["position"],
            "actor": {
                "id": key["id"], "kind": "KEY", "name": "a laptop",
                "person": {"id": global_id("User", ada.user_id or "")},
            },
        }
    ]  # fmt: skip


async def test_a_persons_key_is_rotated_and_revoked_as_a_projects_is(api: Api, ada: Someone) -> None:
    program, key = await an_own_key(api, ada, "READ")
    command = {"keyId": key["id"], "overlapHours": 2, "commandId": str(uuid4())}
    answer = await done(api, "rotateOwnApiKey", by=ada, **command)
    rotated = with_key(answer, ada)

    assert await done(api, "rotateOwnApiKey", by=ada, **command) == answer
    assert [await is_known(api, each) for each in (program, rotated)] == [True, True]
    revoked = await done(api, "revokeOwnApiKey", by=ada, keyId=key["id"], reason=REASON)
    assert (revoked["apiKey"]["state"], revoked["apiKey"]["revokeReason"]) == ("REVOKED", REASON)
    assert await is_refused_soon(api, program)
    assert await is_refused_soon(api, rotated)
    assert await own_keys(api, ada, asOf=answer["position"]) == [answer["apiKey"]]
    assert await own_keys(api, ada) == [revoked["apiKey"]]


async def test_the_same_command_again_answers_the_same_key(api: Api, ada: Someone) -> None:
    fields = {"name": "once", "permissions": ["READ"], "commandId": str(uuid4())}
    first = await done(api, "createOwnApiKey", by=ada, **fields)

    assert await done(api, "createOwnApiKey", by=ada, **fields) == first
    assert (await do(api, "createOwnApiKey", by=ada, **{**fields, "permissions": ["WRITE"]}))["code"] == "CONFLICT"
    assert (await done(api, "createOwnApiKey", by=api.stranger, **fields))["key"] != first["key"]


async def test_anothers_own_key_is_answered_as_an_unknown_one(api: Api, member: Someone) -> None:
    _, key = await an_own_key(api, member, "READ")

    for someone in (api.owner, api.stranger):
        for each in (key["id"], global_id("ApiKey", uuid4()), "nonsense"):
            assert (await do(api, "rotateOwnApiKey", by=someone, keyId=each))["code"] == "NOT_FOUND"
            for mutation in ("revokeOwnApiKey", "revokeApiKey"):
                assert (await do(api, mutation, by=someone, keyId=each, reason="x"))["code"] == "NOT_FOUND"


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("name", {"name": "a\x00b"}),
        ("permissions", {"permissions": []}),
        ("expiresAt", {"expiresAt": "2020-01-01T00:00:00Z"}),
    ],
)
async def test_what_is_no_key_is_told_by_its_field(api: Api, ada: Someone, field: str, given: dict[str, Any]) -> None:
    answer = await do(api, "createOwnApiKey", by=ada, **{"name": "x", "permissions": ["READ"], **given})

    assert (answer["code"], answer["path"]) == ("INVALID", [field])


async def test_what_a_person_wrote_about_a_key_is_nowhere_in_clear(api: Api, ada: Someone) -> None:
    _, key = await an_own_key(api, ada, "READ", name=NAMED)
    await done(api, "revokeOwnApiKey", by=ada, keyId=key["id"], reason=REASON)

    async with await psycopg.AsyncConnection.connect(conninfo_as(api.dsn, DatabaseRole.SYSTEM)) as connection:
        found = await connection.execute(
            "SELECT convert_from(state, 'UTF8') FROM log.cdt_events"
            " UNION ALL SELECT t::text FROM read.tenancy_keys AS t"
            " UNION ALL SELECT t::text FROM read.audit_entries AS t"
        )
        texts = [row[0] for row in await found.fetchall()]
    assert texts
    assert not any(NAMED in each or REASON in each for each in texts)


async def test_a_key_of_somebody_who_deleted_the_account_admits_nobody_and_is_forgotten(
    api: Api,
) -> None:
    _, visitor = await carol(api)
    program, key = await an_own_key(api, visitor.someone, "READ", name=NAMED)
    key_id = UUID(GlobalID.from_id(key["id"]).node_id)
    async with api.writer.transaction() as connection:
        await keys.note_uses(connection, [key_id], datetime.now(UTC))
    assert await is_known(api, program)

    assert "pseudonym" in await delete(visitor)
    assert await is_refused_soon(api, program)
    async with await psycopg.AsyncConnection.connect(conninfo_as(api.dsn, DatabaseRole.SYSTEM)) as connection:
        found = await connection.execute(
            "SELECT (SELECT count(*) FROM vault.api_keys WHERE key_id = %(key)s),"
            " (SELECT count(*) FROM vault.key_uses WHERE key_id = %(key)s)",
            {"key": key_id},
        )
        assert await found.fetchone() == (0, 0)


async def test_those_who_look_after_an_organization_are_told_of_its_members_keys(api: Api, member: Someone) -> None:
    _, key = await an_own_key(api, member, "READ")
    await done(api, "rotateOwnApiKey", by=member, keyId=key["id"])
    await done(api, "revokeOwnApiKey", by=member, keyId=key["id"], reason=REASON)

    events = (
        "query ($id: ID!) { securityEvents(organizationId: $id, first: 3) { nodes { kind reason person { id } } } }"
    )
    told = await api.ask(events, {"id": global_id("Organization", api.owner.organization_id)}, by=api.owner)
    assert told["securityEvents"]["nodes"] == [
        {"kind": "KEY_CHANGED", "reason": reason, "person": {"id": global_id("User", member.user_id or "")}}
        for reason in ("revoked", "rotated", "created")
    ]

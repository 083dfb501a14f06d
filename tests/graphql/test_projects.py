"""Projects: opened, named, set, archived, restored, deleted; and what follows for rows, keys and questions."""

import asyncio
from uuid import uuid4

import pytest

from cdt.domain.tenancy.roles import Role
from tests.api import Api, Someone, global_id
from tests.graphql.operations import CREATE_KEY, REGISTER, a_model, a_version, act
from tests.graphql.tenancy_operations import a_project, do, done, organization_of

ONE = """query ($id: ID!, $asOf: AsOf) {
  project(id: $id, asOf: $asOf) { name description timeZone retentionDays archivedAt viewerRole }
}"""
MODELS = "query ($asOf: AsOf) { models(asOf: $asOf, first: 200) { nodes { id } } }"
ROW = b"prediction_id,predicted_at,age,sex,decision,score\np1,2026-03-02T12:00:00Z,41,1,1,0.7\n"
UNKNOWN = ("NOT_FOUND", "There is no such project, or you may not see it.")


async def now(api: Api) -> str:
    return (await api.ask("{ recordedTime { position } }", by=api.owner))["recordedTime"]["position"]


async def sent(api: Api, version: str, by: Someone) -> tuple[int, str]:
    """The status and the code of an answer to one row."""
    answer = await api.client.post(
        f"/v1/versions/{version}/predictions", content=ROW, headers={**by.headers, "content-type": "text/csv"}
    )
    return answer.status_code, answer.json().get("code", "OK")


async def test_a_project_begins_as_it_was_asked_for(api: Api) -> None:
    fields = {
        "organizationId": organization_of(api.owner), "name": f" Loans {uuid4()}", "description": "who pays back",
        "timeZone": "Europe/Berlin", "commandId": str(uuid4()),
    }  # fmt: skip
    answer = await done(api, "createProject", **fields)

    assert answer["project"] == {
        "id": answer["project"]["id"], "name": fields["name"].strip(), "description": "who pays back",
        "timeZone": "Europe/Berlin", "retentionDays": None, "archivedAt": None, "viewerRole": "OWNER",
        "organization": {"id": fields["organizationId"]},
    }  # fmt: skip
    assert await done(api, "createProject", **fields) == answer


async def test_a_changed_project_was_otherwise_before(api: Api) -> None:
    project = await a_project(api, name=f"before {uuid4()}")
    then, name = await now(api), f"after {uuid4()}"
    await done(api, "renameProject", projectId=project.project, name=name)
    await done(api, "describeProject", projectId=project.project, description="who works")
    answer = await done(
        api, "changeProjectSettings", projectId=project.project, timeZone="Asia/Tokyo", retentionDays=365
    )

    assert [answer["project"][each] for each in ("name", "description", "timeZone", "retentionDays")] == [
        name, "who works", "Asia/Tokyo", 365,
    ]  # fmt: skip
    before = (await api.ask(ONE, {"id": project.project, "asOf": then}, by=api.owner))["project"]
    assert before["name"].startswith("before")
    assert [before[each] for each in ("description", "timeZone", "retentionDays")] == ["", "UTC", None]


async def test_a_name_is_unique_in_its_organization_and_free_when_it_is_given_up(api: Api) -> None:
    name = f"Loans {uuid4()}"
    first, second = await a_project(api, name=name), await a_project(api)
    assert (await do(api, "renameProject", projectId=second.project, name=name.lower()))["code"] == "CONFLICT"
    theirs = {"organizationId": organization_of(api.stranger), "name": name}
    await done(api, "createProject", by=api.stranger, **theirs)
    await done(api, "archiveProject", projectId=first.project)
    assert (await do(api, "renameProject", projectId=second.project, name=name))["code"] == "CONFLICT"
    await done(api, "deleteProject", projectId=first.project, name=name)

    assert (await done(api, "renameProject", projectId=second.project, name=name))["project"]["name"] == name


async def test_an_archived_project_is_readable_and_takes_in_nothing(own_api: Api) -> None:
    api = own_api
    model, program = await a_model(api), await api.make_key()
    version = (await a_version(api, model["id"]))["id"]
    assert await sent(api, version, program) == (200, "OK")

    answer = await done(api, "archiveProject", projectId=api.owner.project)

    assert answer["project"]["archivedAt"] is not None
    assert (await done(api, "archiveProject", projectId=api.owner.project))["position"] is None
    for someone in (program, api.owner):
        assert await sent(api, version, someone) == (409, "CONFLICT")
    refused = await act(api, REGISTER, by=api.owner, projectId=api.owner.project, name="x")
    assert (refused["code"], refused["message"]) == (
        "CONFLICT", "This project is archived: it can be read and takes in nothing. Restore it first.",
    )  # fmt: skip
    assert (await do(api, "renameProject", projectId=api.owner.project, name="x"))["code"] == "CONFLICT"
    assert (await api.ask(MODELS, by=api.owner))["models"]["nodes"] == [{"id": model["id"]}]
    viewer = await api.make_member(Role.VIEWER)
    refused = await act(api, REGISTER, by=viewer, projectId=api.owner.project, name="x")
    assert refused["code"] == "FORBIDDEN", "who may not do it anyway is not told to restore"

    await done(api, "restoreProject", projectId=api.owner.project)

    assert await sent(api, version, program) == (200, "OK")


async def test_a_deleted_project_is_gone_now_and_stays_in_the_past_and_in_the_record(own_api: Api) -> None:
    api = own_api
    model, program = await a_model(api), await api.make_key()
    version = (await a_version(api, model["id"]))["id"]
    then, kept = await now(api), await a_project(api)
    command = {"projectId": api.owner.project, "commandId": str(uuid4())}
    refused = await do(api, "deleteProject", **command, name="another")
    assert (refused["code"], refused["path"]) == ("INVALID", ["name"])

    gone = await done(api, "deleteProject", **command, name="ada's project")

    assert await done(api, "deleteProject", **command, name="ada's project") == gone
    after = await now(api)
    for as_of in (None, after):
        assert (await api.ask(MODELS, {"asOf": as_of}, by=api.owner))["models"]["nodes"] == []
        assert (await api.ask(ONE, {"id": api.owner.project, "asOf": as_of}, by=api.owner))["project"] is None
    assert (await api.ask(MODELS, {"asOf": then}, by=api.owner))["models"]["nodes"] == [{"id": model["id"]}]
    assert (await api.ask(ONE, {"id": api.owner.project, "asOf": then}, by=api.owner))["project"]
    assert await sent(api, version, program) == (404, "NOT_FOUND")
    assert await sent(api, version, api.owner) == (404, "NOT_FOUND")
    for document in (REGISTER, CREATE_KEY):
        assert (await act(api, document, by=api.owner, projectId=api.owner.project, name="x"))["code"] == "NOT_FOUND"
    for name, fields in (("renameProject", {"name": "x"}), ("archiveProject", {}), ("restoreProject", {})):
        answer = await do(api, name, projectId=api.owner.project, **fields)
        assert (answer["code"], answer["message"]) == UNKNOWN, name
    entries = "query ($id: ID!) { auditLog(filter: {subjectId: $id}) { nodes { action subjectKind } } }"
    trail = (await api.ask(entries, {"id": api.owner.project}, by=api.owner))["auditLog"]["nodes"]
    assert trail[0] == {"action": "tenancy.ProjectDeleted", "subjectKind": "project"}
    assert (await api.ask(ONE, {"id": kept.project}, by=api.owner))["project"]
    assert (await api.ask(MODELS, {"asOf": then}, by=api.stranger))["models"]["nodes"] == []
    export = await api.client.get("/v1/audit/export", headers=api.owner.headers)
    assert "tenancy.ProjectDeleted" in export.text


async def test_rows_that_are_sent_while_a_project_is_archived_are_taken_or_refused_whole(own_api: Api) -> None:
    version = (await a_version(own_api, (await a_model(own_api))["id"]))["id"]

    *answers, archived = await asyncio.gather(
        *(sent(own_api, version, own_api.owner) for _ in range(10)),
        done(own_api, "archiveProject", projectId=own_api.owner.project),
    )

    assert archived["project"]
    assert set(answers) <= {(200, "OK"), (409, "CONFLICT")}
    assert await sent(own_api, version, own_api.owner) == (409, "CONFLICT")


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER, Role.AUDITOR])
async def test_who_does_not_manage_projects_changes_none(api: Api, role: Role) -> None:
    someone = await api.make_member(role)
    for name, fields in (
        ("renameProject", {"name": "x"}), ("describeProject", {"description": "x"}),
        ("changeProjectSettings", {"timeZone": "UTC"}), ("archiveProject", {}), ("restoreProject", {}),
        ("deleteProject", {"name": "ada's project"}),
    ):  # fmt: skip
        assert (await do(api, name, by=someone, projectId=api.owner.project, **fields))["code"] == "FORBIDDEN", name


async def test_anothers_project_is_answered_as_an_unknown_one(api: Api) -> None:
    for ids in (api.owner.project, global_id("Project", uuid4()), organization_of(api.stranger), "nonsense"):
        assert (await api.ask(ONE, {"id": ids}, by=api.stranger))["project"] is None
        for name, fields in (
            ("renameProject", {"name": "x"}), ("describeProject", {"description": "x"}),
            ("changeProjectSettings", {"timeZone": "UTC"}), ("archiveProject", {}), ("restoreProject", {}),
            ("deleteProject", {"name": "ada's project"}), ("setProjectRole", {"memberId": "x", "role": "VIEWER"}),
        ):  # fmt: skip
            answer = await do(api, name, by=api.stranger, projectId=ids, **fields)
            assert (answer["code"], answer["message"]) == UNKNOWN, name


@pytest.mark.parametrize(
    ("name", "fields", "path"),
    [
        ("renameProject", {"name": "x" * 10_000}, ["name"]),
        ("renameProject", {"name": "a\u202eb"}, ["name"]),
        ("describeProject", {"description": "x" * 4_001}, ["description"]),
        ("describeProject", {"description": "a\x00"}, ["description"]),
        ("changeProjectSettings", {"timeZone": "Mars/Base"}, ["timeZone"]),
        ("changeProjectSettings", {"timeZone": "UTC", "retentionDays": 0}, ["retentionDays"]),
    ],
)
async def test_what_can_mean_nothing_is_refused_by_its_field(api: Api, name: str, fields: dict, path: list) -> None:
    answer = await do(api, name, projectId=api.owner.project, **fields)

    assert (answer["code"], answer["path"]) == ("INVALID", path)

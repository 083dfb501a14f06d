"""Projects and their keys: who sees them, who may make them, and what a key opens."""

from uuid import uuid4

import pytest

from cdt.domain.tenancy.roles import PERMISSIONS, Permission, Role, permissions_in_project, roles_to_give
from tests.api import Api, Someone, global_id
from tests.graphql.operations import CREATE_KEY, REGISTER, act
from tests.graphql.tenancy_operations import a_project, done, in_project, member_id

PROJECTS = (
    "query ($asOf: AsOf) { projects(asOf: $asOf) { totalCount nodes { id name timeZone organization { id name } } } }"
)
MAY = """query ($organization: ID!, $project: ID!, $asOf: AsOf) {
  organization(id: $organization, asOf: $asOf) { permissions rolesToGive }
  project(id: $project, asOf: $asOf) { permissions rolesToGive }
}"""
UNKNOWN = {
    "__typename": "NotFoundError", "code": "NOT_FOUND",
    "message": "There is no such project, or you may not see it.", "path": None,
}  # fmt: skip


async def test_one_sees_the_projects_of_ones_own_organizations(api: Api) -> None:
    for someone, name in ((api.owner, "ada"), (api.stranger, "bob")):
        answer = (await api.ask(PROJECTS, by=someone))["projects"]

        assert answer == {
            "totalCount": 1,
            "nodes": [
                {
                    "id": someone.project,
                    "name": f"{name}'s project",
                    "timeZone": "UTC",
                    "organization": {
                        "id": global_id("Organization", someone.organization_id),
                        "name": f"{name}'s organization",
                    },
                }
            ],
        }


async def test_before_a_project_was_opened_there_is_none(api: Api) -> None:
    assert (await api.ask(PROJECTS, {"asOf": "1"}, by=api.owner))["projects"]["totalCount"] == 0


@pytest.mark.parametrize("kind", ["Project", "Organization", "Model", "Version", "User", "Nothing"])
async def test_a_node_that_is_anothers_is_answered_as_an_unknown_one(api: Api, kind: str) -> None:
    document = "query ($id: ID!) { node(id: $id) { __typename id } }"
    theirs = {"Project": api.owner.project_id, "Organization": api.owner.organization_id, "User": api.owner.user_id}

    seen = [
        (await api.post(document, {"id": global_id(kind, key or uuid4())}, by=api.stranger)).json()
        for key in (theirs.get(kind), uuid4())
    ]

    assert seen[0] == seen[1] == {"data": {"node": None}}


async def test_a_node_of_ones_own_is_found_by_its_id(api: Api) -> None:
    document = "query ($id: ID!) { node(id: $id) { __typename id ... on Project { name } } }"

    assert await api.ask(document, {"id": api.owner.project}, by=api.owner) == {
        "node": {"__typename": "Project", "id": api.owner.project, "name": "ada's project"}
    }


async def test_a_new_key_admits_the_program_that_holds_it(api: Api) -> None:
    answer = await act(api, CREATE_KEY, by=api.owner, projectId=api.owner.project, name="intake of the shop")

    program = Someone(answer["key"], api.owner.organization_id, api.owner.project_id)
    assert answer["prefix"] == answer["key"][:8]
    assert (await api.ask("{ viewer { kind name } }", by=program))["viewer"] == {
        "kind": "KEY", "name": "intake of the shop",
    }  # fmt: skip


async def test_the_same_command_again_answers_the_same_key(api: Api) -> None:
    fields = {"projectId": api.owner.project, "name": "once", "commandId": str(uuid4())}
    first = await act(api, CREATE_KEY, by=api.owner, **fields)

    assert await act(api, CREATE_KEY, by=api.owner, **fields) == first


async def test_no_key_comes_of_anothers_command(api: Api) -> None:
    fields = {"projectId": api.owner.project, "name": "hers", "commandId": str(uuid4())}
    await act(api, CREATE_KEY, by=api.owner, **fields)

    answer = await act(api, CREATE_KEY, by=await api.make_member(Role.ADMIN), **fields)

    assert answer["code"] == "CONFLICT"


async def test_a_key_opens_intake_and_nothing_else(api: Api) -> None:
    program = await api.make_key()

    for document in ("{ projects { totalCount } }", "{ models { totalCount } }", "{ auditLog { totalCount } }",
                     "{ recordedTime { position } }"):  # fmt: skip
        assert await api.refused(document, by=program) == "FORBIDDEN"
    assert (await act(api, REGISTER, by=program, projectId=program.project, name="x"))["code"] == "FORBIDDEN"
    assert (await act(api, CREATE_KEY, by=program, projectId=program.project, name="x"))["code"] == "FORBIDDEN"


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER, Role.AUDITOR])
async def test_only_owners_and_admins_make_keys(api: Api, role: Role) -> None:
    answer = await act(api, CREATE_KEY, by=await api.make_member(role), projectId=api.owner.project, name="x")

    assert (answer["code"], answer["message"]) == (
        "FORBIDDEN", "You may not do this; it needs the permission manage_keys.",
    )  # fmt: skip


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "a\x00b"])
async def test_a_key_has_a_name(api: Api, name: str) -> None:
    answer = await act(api, CREATE_KEY, by=api.owner, projectId=api.owner.project, name=name)

    assert (answer["code"], answer["path"]) == ("INVALID", ["name"])


async def test_a_key_to_anothers_project_is_refused_as_to_an_unknown_one(api: Api) -> None:
    for project in (api.owner.project, global_id("Project", uuid4()), global_id("Model", api.stranger.project_id)):
        assert await act(api, CREATE_KEY, by=api.stranger, projectId=project, name="x") == UNKNOWN


async def test_a_new_member_may_act_as_soon_as_the_membership_can_be_read(api: Api) -> None:
    member = await api.make_member(Role.MEMBER)

    answer = await act(api, REGISTER, by=member, projectId=api.owner.project, name=f"of a member {uuid4()}")

    assert answer["model"]["versionCount"] == 0


@pytest.mark.parametrize("role", list(Role))
async def test_each_is_told_what_they_may_do_by_the_servers_own_table(api: Api, role: Role) -> None:
    someone = api.owner if role is Role.OWNER else await api.make_member(role)

    assert await _may(api, someone) == {
        "organization": _told(PERMISSIONS[role]), "project": _told(permissions_in_project(role, None)),
    }  # fmt: skip


async def test_what_somebody_may_do_in_a_project_follows_their_role_there_and_its_archiving(api: Api) -> None:
    project, viewer = await a_project(api), await api.make_member(Role.VIEWER)
    await done(api, "setProjectRole", projectId=project.project, memberId=member_id(viewer), role="MEMBER")
    there = in_project(viewer, project)
    assert (await _may(api, there))["project"] == _told(PERMISSIONS[Role.MEMBER])

    archived = await done(api, "archiveProject", projectId=project.project)

    reading = PERMISSIONS[Role.VIEWER] | {Permission.READ_AUDIT, Permission.READ_MEMBERS, Permission.RECOMPUTE}
    assert (await _may(api, there))["project"] == _told(frozenset(reading))
    before = str(int(archived["position"]) - 1)
    assert (await _may(api, there, as_of=before))["project"] == _told(frozenset(reading)), "of now"


async def _may(api: Api, someone: Someone, *, as_of: str | None = None) -> dict[str, object]:
    ids = {"organization": global_id("Organization", someone.organization_id), "project": someone.project}
    return await api.ask(MAY, {**ids, "asOf": as_of}, by=someone)


def _told(permissions: frozenset[Permission]) -> dict[str, list[str]]:
    return {
        "permissions": [each.name for each in sorted(permissions)],
        "rolesToGive": [each.name for each in roles_to_give(permissions)],
    }

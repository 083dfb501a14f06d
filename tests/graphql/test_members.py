"""Members: seen by those who may, changed by those who manage them, and what follows counts at once."""

from uuid import uuid4

import pytest

from cdt.domain.tenancy.roles import Role
from tests.api import Api, global_id
from tests.graphql.operations import CREATE_KEY, REGISTER, act
from tests.graphql.tenancy_operations import a_project, do, done, in_project, member_id, organization_of

MEMBERS = """query ($id: ID!, $asOf: AsOf) {
  organization(id: $id, asOf: $asOf) { members(first: 200) { nodes { id role email actor { name } } } }
}"""
PROJECT_MEMBERS = """query ($id: ID!) {
  project(id: $id) { viewerRole members(first: 200) { totalCount nodes { role projectRole member { id role } } } }
}"""


async def roles(api: Api, as_of: str | None = None) -> dict[str, str]:
    answer = await api.ask(MEMBERS, {"id": organization_of(api.owner), "asOf": as_of}, by=api.owner)
    return {each["id"]: each["role"] for each in answer["organization"]["members"]["nodes"]}


async def test_members_have_names_and_addresses(api: Api) -> None:
    answer = await api.ask(MEMBERS, {"id": organization_of(api.owner)}, by=api.owner)

    assert {
        "id": member_id(api.owner), "role": "OWNER", "email": "ada@example.com", "actor": {"name": "Ada"},
    } in answer["organization"]["members"]["nodes"]  # fmt: skip


async def test_a_viewer_does_not_read_who_the_members_are(api: Api) -> None:
    viewer, auditor = await api.make_member(Role.VIEWER), await api.make_member(Role.AUDITOR)
    asked = {"id": organization_of(api.owner)}

    assert await api.refused(MEMBERS, asked, by=viewer) == "FORBIDDEN"
    assert (await api.ask(MEMBERS, asked, by=auditor))["organization"]
    node = "query ($id: ID!) { node(id: $id) { id } }"
    assert (await api.ask(node, {"id": member_id(auditor)}, by=viewer))["node"] is None
    assert (await api.ask(node, {"id": member_id(auditor)}, by=api.stranger))["node"] is None
    assert (await api.ask(node, {"id": member_id(viewer)}, by=auditor))["node"] == {"id": member_id(viewer)}


async def test_another_role_counts_at_once_and_the_former_is_known_of_then(api: Api) -> None:
    someone = await api.make_member(Role.VIEWER)
    asked = {"projectId": api.owner.project, "name": f"model {uuid4()}"}
    assert (await act(api, REGISTER, by=someone, **asked))["code"] == "FORBIDDEN"
    then = (await api.ask("{ recordedTime { position } }", by=api.owner))["recordedTime"]["position"]

    answer = await done(api, "changeMemberRole", memberId=member_id(someone), role="MEMBER")

    assert answer["member"]["role"] == "MEMBER"
    assert (await act(api, REGISTER, by=someone, **asked))["model"]
    await done(api, "changeMemberRole", memberId=member_id(someone), role="AUDITOR")
    assert (await act(api, REGISTER, by=someone, **{**asked, "name": "x"}))["code"] == "FORBIDDEN"
    assert (await roles(api))[member_id(someone)] == "AUDITOR"
    assert (await roles(api, then))[member_id(someone)] == "VIEWER"


async def test_who_was_removed_may_nothing_from_then_on(api: Api) -> None:
    someone, project = await api.make_member(Role.MEMBER), await a_project(api)
    await done(api, "setProjectRole", projectId=project.project, memberId=member_id(someone), role="ADMIN")
    assert (await act(api, CREATE_KEY, by=someone, projectId=project.project, name="x"))["key"]
    command = {"memberId": member_id(someone), "commandId": str(uuid4())}

    first = await done(api, "removeMember", **command)

    assert first["member"] is None
    assert await done(api, "removeMember", **command) == first
    assert (await done(api, "removeMember", memberId=member_id(someone)))["position"] is None
    for document in ("{ projects { totalCount } }", "{ models { totalCount } }", "{ auditLog { totalCount } }"):
        assert await api.refused(document, by=someone) == "FORBIDDEN"
    assert (await api.ask("{ organizations { totalCount } }", by=someone))["organizations"]["totalCount"] == 0
    assert (await act(api, REGISTER, by=someone, projectId=project.project, name="x"))["code"] == "FORBIDDEN"
    assert member_id(someone) not in await roles(api)


async def test_one_leaves_by_oneself_and_may_say_so_twice(api: Api) -> None:
    someone = await api.make_member(Role.VIEWER)
    command = {"organizationId": organization_of(api.owner), "commandId": str(uuid4())}

    first = await done(api, "leaveOrganization", by=someone, **command)

    assert await done(api, "leaveOrganization", by=someone, **command) == first
    assert (await done(api, "leaveOrganization", by=someone, organizationId=command["organizationId"]))[
        "position"
    ] is None
    assert await api.refused("{ projects { totalCount } }", by=someone) == "FORBIDDEN"


async def test_the_last_owner_stays(own_api: Api) -> None:
    answers = [
        await do(own_api, "leaveOrganization", organizationId=organization_of(own_api.owner)),
        await do(own_api, "removeMember", memberId=member_id(own_api.owner)),
        await do(own_api, "changeMemberRole", memberId=member_id(own_api.owner), role="ADMIN"),
    ]

    assert {(each["code"], each["message"]) for each in answers} == {
        ("CONFLICT", "An organization keeps at least one owner: make somebody else an owner first.")
    }


async def test_ownership_is_handed_over(own_api: Api) -> None:
    someone = await own_api.make_member(Role.MEMBER)

    answer = await done(own_api, "transferOwnership", memberId=member_id(someone))

    assert answer["member"]["role"] == "OWNER"
    assert await roles(own_api) == {member_id(own_api.owner): "ADMIN", member_id(someone): "OWNER"}
    again = await do(own_api, "transferOwnership", memberId=member_id(someone))
    assert again["code"] == "FORBIDDEN"


async def test_nobody_raises_their_own_role(api: Api) -> None:
    for role in (Role.ADMIN, Role.MEMBER, Role.VIEWER, Role.AUDITOR):
        someone = await api.make_member(role)
        for wanted in ("OWNER", "ADMIN", "MEMBER"):
            if wanted.lower() == role.value:
                continue
            answer = await do(api, "changeMemberRole", by=someone, memberId=member_id(someone), role=wanted)
            assert answer.get("code") == "FORBIDDEN" or (role is Role.ADMIN and wanted == "MEMBER"), (role, wanted)


async def test_an_admin_does_not_touch_owners(api: Api) -> None:
    admin, other = await api.make_member(Role.ADMIN), await api.make_member(Role.VIEWER)
    for name, fields in (
        ("changeMemberRole", {"memberId": member_id(other), "role": "OWNER"}),
        ("changeMemberRole", {"memberId": member_id(api.owner), "role": "VIEWER"}),
        ("removeMember", {"memberId": member_id(api.owner)}),
        ("inviteMember", {"organizationId": organization_of(api.owner), "email": "o@example.com", "role": "OWNER"}),
    ):
        answer = await do(api, name, by=admin, **fields)
        assert (answer["code"], answer["message"]) == (
            "FORBIDDEN", "Only an owner may make, change or remove an owner.",
        ), name  # fmt: skip


@pytest.mark.parametrize("name", ["changeMemberRole", "removeMember", "transferOwnership", "setProjectRole"])
async def test_anothers_member_is_answered_as_an_unknown_one(api: Api, name: str) -> None:
    fields = {"changeMemberRole": {"role": "VIEWER"}, "setProjectRole": {"projectId": api.stranger.project}}.get(
        name, {}
    )
    for ids in (member_id(api.owner), global_id("Member", uuid4()), global_id("User", uuid4()), ""):
        answer = await do(api, name, by=api.stranger, memberId=ids, **fields)
        assert (answer["code"], answer["message"]) == ("NOT_FOUND", "There is no such member, or you may not see it.")


async def test_a_role_in_a_project_widens_there_alone_and_counts_at_once(api: Api) -> None:
    viewer, project = await api.make_member(Role.VIEWER), await a_project(api)
    there = in_project(viewer, project)

    await done(api, "setProjectRole", projectId=project.project, memberId=member_id(viewer), role="MEMBER")

    assert (await act(api, REGISTER, by=there, projectId=project.project, name="x"))["model"]
    assert (await act(api, REGISTER, by=viewer, projectId=viewer.project, name="x"))["code"] == "FORBIDDEN"
    answer = (await api.ask(PROJECT_MEMBERS, {"id": project.project}, by=there))["project"]
    assert answer["viewerRole"] == "MEMBER"
    shown = {each["member"]["id"]: each for each in answer["members"]["nodes"]}
    assert shown[member_id(viewer)] == {
        "role": "MEMBER", "projectRole": "MEMBER", "member": {"id": member_id(viewer), "role": "VIEWER"},
    }  # fmt: skip
    assert shown[member_id(api.owner)]["projectRole"] is None
    assert await api.refused(PROJECT_MEMBERS, {"id": viewer.project}, by=viewer) == "FORBIDDEN"
    await done(api, "setProjectRole", projectId=project.project, memberId=member_id(viewer))
    assert (await act(api, REGISTER, by=there, projectId=project.project, name="y"))["code"] == "FORBIDDEN"


async def test_a_role_in_a_project_narrows_there_alone(api: Api) -> None:
    member, project = await api.make_member(Role.MEMBER), await a_project(api)

    await done(api, "setProjectRole", projectId=project.project, memberId=member_id(member), role="VIEWER")

    assert (await act(api, REGISTER, by=member, projectId=project.project, name="x"))["code"] == "FORBIDDEN"
    assert (await act(api, REGISTER, by=member, projectId=member.project, name=f"x {uuid4()}"))["model"]
    entries = "query ($project: ID!) { auditLog(filter: {projectId: $project}) { nodes { action } } }"
    assert (await api.ask(entries, {"project": project.project}, by=member))["auditLog"]["nodes"] == []
    assert (await api.ask(entries, {"project": project.project}, by=api.owner))["auditLog"]["nodes"]


async def test_an_admin_of_a_project_manages_it_and_nothing_else(api: Api) -> None:
    viewer, member, project = (
        await api.make_member(Role.VIEWER),
        await api.make_member(Role.MEMBER),
        await a_project(api),
    )
    await done(api, "setProjectRole", projectId=project.project, memberId=member_id(viewer), role="ADMIN")

    await done(api, "renameProject", by=viewer, projectId=project.project, name=f"renamed {uuid4()}")
    narrowed = await do(
        api, "setProjectRole", by=viewer, projectId=project.project, memberId=member_id(member), role="VIEWER"
    )

    assert narrowed["member"] is None, "who a member is, is for those who read members in the organization"
    assert (await act(api, REGISTER, by=member, projectId=project.project, name="x"))["code"] == "FORBIDDEN"
    for name, fields in (
        ("renameProject", {"projectId": api.owner.project, "name": "x"}),
        ("setProjectRole", {"projectId": api.owner.project, "memberId": member_id(member), "role": "VIEWER"}),
        ("createProject", {"organizationId": organization_of(api.owner), "name": "x"}),
    ):
        assert (await do(api, name, by=viewer, **fields))["code"] == "FORBIDDEN", name
    unseen = await do(api, "changeMemberRole", by=viewer, memberId=member_id(member), role="VIEWER")
    assert unseen["code"] == "NOT_FOUND", "who is a member is for those who read members in the organization"


async def test_what_is_no_role_of_a_project_is_refused(api: Api) -> None:
    member, project = await api.make_member(Role.MEMBER), await a_project(api)
    fields = {"projectId": project.project, "memberId": member_id(member)}

    assert (await do(api, "setProjectRole", **fields, role="OWNER"))["path"] == ["role"]
    assert (await do(api, "setProjectRole", **{**fields, "memberId": member_id(api.owner)}, role="VIEWER"))[
        "code"
    ] == "CONFLICT"
    theirs = {**fields, "memberId": member_id(api.stranger)}
    assert (await do(api, "setProjectRole", **theirs, role="VIEWER"))["code"] == "NOT_FOUND"

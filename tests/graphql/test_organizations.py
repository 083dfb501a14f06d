"""Organizations: founded by anybody, seen by their members, changed by those who may, gone when they are deleted."""

import asyncio
from uuid import uuid4

import pytest

from cdt.domain.tenancy.roles import Role
from tests.api import Api, global_id
from tests.graphql.operations import REGISTER, a_model, act
from tests.graphql.tenancy_operations import do, done, member_id, organization_of

ORGANIZATIONS = "query ($asOf: AsOf) { organizations(asOf: $asOf) { totalCount nodes { id name viewerRole } } }"
ONE = """query ($id: ID!, $asOf: AsOf) {
  organization(id: $id, asOf: $asOf) {
    name description domain viewerRole projects { totalCount nodes { name } } members { totalCount nodes { role } }
  }
}"""


async def test_whoever_signed_in_founds_an_organization_and_owns_it(api: Api) -> None:
    carol = await api.make_owner(f"carol{uuid4().hex[:6]}")
    answer = await done(api, "createOrganization", by=carol, name=" Her other one ")

    assert answer["organization"] == {
        "id": answer["organization"]["id"], "name": "Her other one", "description": "", "domain": None,
        "viewerRole": "OWNER",
    }  # fmt: skip
    seen = (await api.ask(ORGANIZATIONS, by=carol))["organizations"]
    assert seen["totalCount"] == 2
    assert answer["organization"]["id"] in [node["id"] for node in seen["nodes"]]


async def test_the_same_command_again_is_the_same_organization(api: Api) -> None:
    fields = {"name": f"once {uuid4()}", "commandId": str(uuid4())}

    assert await done(api, "createOrganization", **fields) == await done(api, "createOrganization", **fields)


async def test_a_program_founds_nothing(api: Api) -> None:
    answer = await do(api, "createOrganization", by=await api.make_key(), name="of a program")

    assert (answer["__typename"], answer["message"].partition(":")[0]) == (
        "ForbiddenError", "Only a person may do this",
    )  # fmt: skip


async def test_a_name_has_one_organization_until_it_is_given_up(api: Api) -> None:
    name, other = f"Census {uuid4()}", f"Bureau {uuid4()}"
    first = (await done(api, "createOrganization", name=name))["organization"]["id"]
    assert (await do(api, "createOrganization", by=api.stranger, name=name.upper()))["code"] == "CONFLICT"
    await done(api, "renameOrganization", organizationId=first, name=other)

    second = (await done(api, "createOrganization", by=api.stranger, name=name))["organization"]["id"]
    assert (await do(api, "renameOrganization", organizationId=first, name=name))["code"] == "CONFLICT"
    await done(api, "deleteOrganization", by=api.stranger, organizationId=second, name=name)

    assert (await done(api, "renameOrganization", organizationId=first, name=name))["organization"]["name"] == name


async def test_of_many_who_want_a_name_at_once_one_gets_it(api: Api) -> None:
    name = f"wanted {uuid4()}"

    answers = await asyncio.gather(*(do(api, "createOrganization", name=name) for _ in range(5)))

    assert sorted(each.get("code", "OK") for each in answers) == ["CONFLICT"] * 4 + ["OK"]


async def test_what_is_said_of_an_organization_is_seen_by_its_members_and_was_not_before(api: Api) -> None:
    made = await done(api, "createOrganization", name=f"described {uuid4()}")
    organization = made["organization"]["id"]
    await done(api, "describeOrganization", organizationId=organization, description="who counts")
    answer = await done(api, "setOrganizationDomain", organizationId=organization, domain="Census.example")

    assert (answer["organization"]["description"], answer["organization"]["domain"]) == ("who counts", "census.example")
    then = (await api.ask(ONE, {"id": organization, "asOf": made["position"]}, by=api.owner))["organization"]
    assert (then["description"], then["domain"]) == ("", None)
    assert (await done(api, "setOrganizationDomain", organizationId=organization))["organization"]["domain"] is None


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER, Role.AUDITOR])
async def test_who_does_not_manage_changes_nothing(api: Api, role: Role) -> None:
    someone, organization = await api.make_member(role), organization_of(api.owner)
    for name, fields in (
        ("renameOrganization", {"name": "x"}),
        ("describeOrganization", {"description": "x"}),
        ("setOrganizationDomain", {"domain": "x.example"}),
        ("deleteOrganization", {"name": "ada's organization"}),
        ("createProject", {"name": "x"}),
        ("inviteMember", {"email": "x@example.com", "role": "VIEWER"}),
    ):
        answer = await do(api, name, by=someone, organizationId=organization, **fields)
        assert answer["code"] == "FORBIDDEN", name
    assert (await do(api, "deleteOrganization", by=await api.make_member(Role.ADMIN), organizationId=organization,
                     name="ada's organization"))["code"] == "FORBIDDEN"  # fmt: skip


async def test_anothers_organization_is_answered_as_an_unknown_one(api: Api) -> None:
    theirs = organization_of(api.owner)
    for ids in (
        theirs,
        global_id("Organization", uuid4()),
        global_id("Project", api.owner.organization_id),
        "nonsense",
    ):
        assert (await api.ask(ONE, {"id": ids}, by=api.stranger))["organization"] is None
        for name, fields in (
            ("renameOrganization", {"name": "x"}),
            ("describeOrganization", {"description": "x"}),
            ("setOrganizationDomain", {}),
            ("deleteOrganization", {"name": "ada's organization"}),
            ("leaveOrganization", {}),
            ("createProject", {"name": "x"}),
            ("inviteMember", {"email": "x@example.com", "role": "VIEWER"}),
        ):
            answer = await do(api, name, by=api.stranger, organizationId=ids, **fields)
            assert (answer["code"], answer["message"]) == (
                "NOT_FOUND", "There is no such organization, or you may not see it.",
            ), name  # fmt: skip


async def test_a_deleted_organization_is_gone_and_its_past_is_there(own_api: Api) -> None:
    api, dora = own_api, await own_api.make_owner("dora")
    model = await a_model(api, by=dora)
    then = str((await api.ask("{ recordedTime { position } }", by=dora))["recordedTime"]["position"])
    fields = {"organizationId": organization_of(dora), "commandId": str(uuid4())}
    refused = await do(api, "deleteOrganization", by=dora, **{**fields, "name": "another"})
    assert (refused["code"], refused["path"]) == ("INVALID", ["name"])

    gone = await done(api, "deleteOrganization", by=dora, **fields, name="dora's organization")

    assert gone["organization"] is None
    assert await done(api, "deleteOrganization", by=dora, **fields, name="dora's organization") == gone
    assert (await api.ask(ORGANIZATIONS, by=dora))["organizations"]["nodes"] == []
    for asked in ("{ projects { totalCount } }", "{ models { totalCount } }"):
        assert [each["totalCount"] for each in (await api.ask(asked, by=dora)).values()] == [0]
    assert (await act(api, REGISTER, by=dora, projectId=dora.project, name="x"))["code"] == "NOT_FOUND"
    assert (await do(api, "renameProject", by=dora, projectId=dora.project, name="x"))["code"] == "NOT_FOUND"
    before = await api.ask(
        "query ($at: AsOf) { organizations(asOf: $at) { nodes { name } } models(asOf: $at) { nodes { id } } }",
        {"at": then}, by=dora,
    )  # fmt: skip
    assert before == {
        "organizations": {"nodes": [{"name": "dora's organization"}]}, "models": {"nodes": [{"id": model["id"]}]},
    }  # fmt: skip
    actions = await api.ask("{ auditLog(first: 1) { nodes { action } } }", by=dora)
    assert actions["auditLog"]["nodes"] == [{"action": "tenancy.OrganizationDeleted"}]
    assert (await api.ask(ONE, {"id": organization_of(dora), "asOf": then}, by=api.owner))["organization"] is None


async def test_a_key_of_a_deleted_organization_opens_nothing(own_api: Api) -> None:
    program = await own_api.make_key()
    version = global_id("Version", uuid4())
    path = f"/v1/versions/{version}/predictions"
    before = await own_api.client.post(path, content=b"", headers={**program.headers, "content-type": "text/csv"})

    await done(own_api, "deleteOrganization", organizationId=organization_of(own_api.owner), name="ada's organization")

    after = await own_api.client.post(path, content=b"", headers={**program.headers, "content-type": "text/csv"})
    assert (before.status_code, after.status_code) == (404, 404)
    assert (await own_api.ask("{ viewer { name } }", by=program))["viewer"] == {"name": None}


async def test_pages_of_organizations_and_members_meet(own_api: Api) -> None:
    for number in range(3):
        await done(own_api, "createOrganization", name=f"organization {number}")
        await own_api.make_member(Role.VIEWER)
    names: list[str] = []
    after = None
    while True:
        asked = "query ($after: Cursor) { organizations(first: 2, after: $after) { edges { cursor node { name } } } }"
        edges = (await own_api.ask(asked, {"after": after}, by=own_api.owner))["organizations"]["edges"]
        if not edges:
            break
        names += [each["node"]["name"] for each in edges]
        after = edges[-1]["cursor"]
    assert names == ["ada's organization", "organization 0", "organization 1", "organization 2"]

    asked = """query ($id: ID!, $after: Cursor) { organization(id: $id) {
      members(first: 3, after: $after) { totalCount pageInfo { hasNextPage endCursor } nodes { id } } } }"""
    organization = organization_of(own_api.owner)
    first = (await own_api.ask(asked, {"id": organization}, by=own_api.owner))["organization"]["members"]
    rest = await own_api.ask(asked, {"id": organization, "after": first["pageInfo"]["endCursor"]}, by=own_api.owner)
    nodes = [*first["nodes"], *rest["organization"]["members"]["nodes"]]
    assert (first["totalCount"], len(nodes), len({each["id"] for each in nodes})) == (4, 4, 4)
    assert nodes[0]["id"] == member_id(own_api.owner)
    assert await own_api.refused(asked, {"id": organization, "after": "bm9uc2Vuc2U"}, by=own_api.owner) == "INVALID"

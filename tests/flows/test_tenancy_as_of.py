"""At each position of a random history, an organization is what a plain-Python model of it was then."""

import copy
import random
from typing import Any

import pytest

from cdt.domain.tenancy.roles import Role, role_in_project
from tests.api import Api, Someone, newest
from tests.flows.test_as_of import everything, rebuild
from tests.graphql.tenancy_operations import do, done, member_id, organization_of

STEPS, SEED = 50, 20261122
ROLES = ("ADMIN", "MEMBER", "VIEWER", "AUDITOR")
EVERYTHING = """
query ($id: ID!, $asOf: AsOf) {
  organization(id: $id, asOf: $asOf) {
    name
    description
    members(first: 200) { totalCount nodes { id role } }
    projects(first: 200) {
      nodes { name description timeZone retentionDays archivedAt members(first: 200) { nodes { role member { id } } } }
    }
  }
}"""
Known = dict[str, Any]


class TenancyHistory:
    """Sends random commands of an organization's owner, and notes after each what is known from its position on."""

    def __init__(self, api: Api, owner: Someone, seed: int) -> None:
        self.api, self.owner, self.random = api, owner, random.Random(seed)
        self.organization: Known = {"name": "ada's organization", "description": ""}
        self.members: dict[str, str] = {member_id(owner): "OWNER"}
        self.projects: dict[str, Known] = {
            owner.project: {"name": "ada's project", "description": "", "zone": "UTC", "days": None, "archived": False}
        }
        self.own_roles: dict[tuple[str, str], str] = {}
        self.known_from: dict[int, Known] = {}
        self.number = 0

    async def go_on(self, steps: int) -> None:
        self._note(await newest(self.api))
        commands = [
            self.join, self.change_role, self.change_role, self.remove, self.rename, self.describe, self.open_project,
            self.change_project, self.archive, self.restore, self.delete_project, *[self.set_role] * 5,
        ]  # fmt: skip
        for _ in range(3):
            await self.join()
        for number in range(steps):
            self.number = number
            await self.random.choice(commands)()

    def known_at(self, position: int) -> Known:
        return self.known_from[max(each for each in self.known_from if each <= position)]

    async def join(self) -> None:
        role = self.random.choice(list(Role))
        someone = await self.api.make_member(role)
        self.members[member_id(someone)] = role.name
        self._note(await newest(self.api))

    async def change_role(self) -> None:
        others = [each for each in self.members if each != member_id(self.owner)]  # who goes on acting stays an owner
        if not others:
            return
        member, role = self.random.choice(others), self.random.choice(ROLES)
        answer = await done(self.api, "changeMemberRole", memberId=member, role=role)
        assert (answer["position"] is None) is (self.members[member] == role)
        if answer["position"] is not None:
            self.members[member] = role
            self._note(int(answer["position"]))

    async def remove(self) -> None:
        others = [each for each in self.members if each != member_id(self.owner)]
        if not others:
            return
        gone = self.random.choice(others)
        answer = await done(self.api, "removeMember", memberId=gone)
        del self.members[gone]
        self.own_roles = {key: role for key, role in self.own_roles.items() if key[1] != gone}
        self._note(int(answer["position"]))

    async def rename(self) -> None:
        await self._change("renameOrganization", name=f"name {self.number % 3}")

    async def describe(self) -> None:
        await self._change("describeOrganization", description=f"text {self.number % 3}")

    async def _change(self, mutation: str, **fields: Any) -> None:
        answer = await done(self.api, mutation, organizationId=organization_of(self.owner), **fields)
        if answer["position"] is not None:
            self.organization.update(fields)
            self._note(int(answer["position"]))

    async def open_project(self) -> None:
        fields = {"name": f"project {self.number}", "description": self.random.choice(["", "for something"])}
        answer = await done(self.api, "createProject", organizationId=organization_of(self.owner), **fields)
        project = {**fields, "zone": "UTC", "days": None, "archived": False}
        if fields["description"]:  # is the fact after the one that there is a project
            self.projects[answer["project"]["id"]] = {**project, "description": ""}
            self._note(int(answer["position"]) - 1)
        self.projects[answer["project"]["id"]] = project
        self._note(int(answer["position"]))

    async def change_project(self) -> None:
        zone, days = self.random.choice(["UTC", "Asia/Tokyo"]), self.random.choice([None, 30])
        await self._project("changeProjectSettings", {"zone": zone, "days": days}, timeZone=zone, retentionDays=days)
        await self._project("renameProject", {"name": f"renamed {self.number}"}, name=f"renamed {self.number}")

    async def archive(self) -> None:
        await self._project("archiveProject", {"archived": True})

    async def restore(self) -> None:
        await self._project("restoreProject", {"archived": False})

    async def delete_project(self) -> None:
        if len(self.projects) > 1 and self.random.random() < 0.5:
            project = self.random.choice(list(self.projects))
            name = self.projects.pop(project)["name"]
            answer = await done(self.api, "deleteProject", projectId=project, name=name)
            self._note(int(answer["position"]))

    async def _project(self, mutation: str, after: Known, **fields: Any) -> None:
        project = self.random.choice(list(self.projects))
        answer = await do(self.api, mutation, projectId=project, **fields)
        if mutation.startswith(("change", "rename")) and self.projects[project]["archived"]:
            assert answer["code"] == "CONFLICT"
        elif answer["position"] is not None:
            self.projects[project].update(after)
            self._note(int(answer["position"]))

    async def set_role(self) -> None:
        project, member = self.random.choice(list(self.projects)), self.random.choice(list(self.members))
        role = self.random.choice([*ROLES, None])
        answer = await do(self.api, "setProjectRole", projectId=project, memberId=member, role=role)
        if answer.get("position") is None:
            assert self.members[member] == "OWNER" or self.own_roles.get((project, member)) == role
            return
        self.own_roles.pop((project, member), None)
        if role is not None:
            self.own_roles[project, member] = role
        self._note(int(answer["position"]))

    def _note(self, position: int) -> None:
        self.known_from[position] = copy.deepcopy(self._known())

    def _known(self) -> Known:
        def counts(project: str, member: str) -> str:
            own = self.own_roles.get((project, member))
            return role_in_project(Role[self.members[member]], None if own is None else Role[own]).name

        return {
            **self.organization,
            "members": dict(self.members),
            "projects": {
                each["name"]: {**each, "roles": {member: counts(project, member) for member in self.members}}
                for project, each in self.projects.items()
            },
        }


def known_of(answer: dict[str, Any]) -> Known:
    """What an answer says, as the model says it."""
    organization = answer["organization"]
    assert organization["members"]["totalCount"] == len(organization["members"]["nodes"])
    return {
        "name": organization["name"],
        "description": organization["description"],
        "members": {each["id"]: each["role"] for each in organization["members"]["nodes"]},
        "projects": {
            each["name"]: {
                "name": each["name"], "description": each["description"], "zone": each["timeZone"],
                "days": each["retentionDays"], "archived": each["archivedAt"] is not None,
                "roles": {row["member"]["id"]: row["role"] for row in each["members"]["nodes"]},
            }
            for each in organization["projects"]["nodes"]
        },
    }  # fmt: skip


@pytest.fixture(scope="module")
async def history(api: Api) -> TenancyHistory:
    made = TenancyHistory(api, api.owner, SEED)
    await made.go_on(STEPS)
    return made


async def test_at_every_position_the_organization_is_what_it_was_then(api: Api, history: TenancyHistory) -> None:
    asked = {"id": organization_of(api.owner)}
    for position in range(min(history.known_from), await newest(api) + 1):
        answer = await api.ask(EVERYTHING, {**asked, "asOf": str(position)}, by=api.owner)

        assert known_of(answer) == history.known_at(position), position
    assert known_of(await api.ask(EVERYTHING, asked, by=api.owner)) == history.known_at(await newest(api))


async def test_a_rebuild_changes_no_row_of_it(api: Api, history: TenancyHistory) -> None:
    before = everything(api.dsn)

    await rebuild(api)

    after = everything(api.dsn)
    assert {table: after[table] == rows for table, rows in before.items()} == dict.fromkeys(before, True)
    for table in ("organizations", "members", "projects", "project_roles"):
        assert after[f"tenancy_{table}_history"], table


async def test_a_stranger_sees_none_of_it_at_any_position(api: Api, history: TenancyHistory) -> None:
    asked = {"id": organization_of(api.owner)}
    for position in range(0, await newest(api) + 1, 5):
        answer = await api.ask(EVERYTHING, {**asked, "asOf": str(position)}, by=api.stranger)
        assert answer["organization"] is None, position

"""What tests send about organizations, members, invitations and projects, and the people they need for it."""

from base64 import b64decode
from typing import Any
from uuid import UUID, uuid4

from cdt.domain.kernel import derived_id
from cdt.vault.links import token_of
from tests.api import Api, Someone, global_id
from tests.graphql.operations import FAILURE, act

ORGANIZATION = "organization { id name description domain viewerRole }"
MEMBER = "member { id role email actor { name } }"
INVITATION = "invitation { id organizationName role state email invitee }"
PROJECT = "project { id name description timeZone retentionDays archivedAt viewerRole organization { id } }"


def document(name: str, thing: str) -> str:
    """The mutation of that name; answers the thing, the position, or a failure."""
    kind = name[0].upper() + name[1:]
    given = "ProjectInput" if name in {"archiveProject", "restoreProject"} else f"{kind}Input"
    return f"""
mutation ($input: {given}!) {{
  {name}(input: $input) {{ ... on {kind}Payload {{ position lagging {thing} }} {FAILURE} }}
}}"""


THINGS = {
    "createOrganization": ORGANIZATION, "renameOrganization": ORGANIZATION, "describeOrganization": ORGANIZATION,
    "setOrganizationDomain": ORGANIZATION, "deleteOrganization": ORGANIZATION, "acceptInvitation": ORGANIZATION,
    "changeMemberRole": MEMBER, "removeMember": MEMBER, "leaveOrganization": MEMBER, "transferOwnership": MEMBER,
    "setProjectRole": MEMBER, "inviteMember": INVITATION, "withdrawInvitation": INVITATION,
    "declineInvitation": INVITATION, "createProject": PROJECT, "renameProject": PROJECT, "describeProject": PROJECT,
    "changeProjectSettings": PROJECT, "archiveProject": PROJECT, "restoreProject": PROJECT, "deleteProject": PROJECT,
}  # fmt: skip


async def do(api: Api, mutation: str, /, *, by: Someone | None = None, **fields: Any) -> dict[str, Any]:
    """The answer of a mutation, given by the first owner or by somebody else."""
    return await act(api, document(mutation, THINGS[mutation]), by=by or api.owner, **fields)


async def done(api: Api, mutation: str, /, *, by: Someone | None = None, **fields: Any) -> dict[str, Any]:
    """As `do`, for what must not be refused."""
    answer = await do(api, mutation, by=by, **fields)
    assert "code" not in answer, answer
    return answer


def organization_of(someone: Someone) -> str:
    """The global id of somebody's organization."""
    return global_id("Organization", someone.organization_id)


def member_id(someone: Someone, organization_id: UUID | None = None) -> str:
    """The global id of somebody's membership."""
    return global_id("Member", derived_id("member", organization_id or someone.organization_id, someone.user_id))


def link_of(api: Api, organization: str, invitation: str) -> str:
    """What stands after # in the mail's link."""
    about = [UUID(b64decode(each).decode().partition(":")[2]) for each in (organization, invitation)]
    return ".".join([*map(str, about), token_of(api.secret, "invitation", *about)])


async def a_project(api: Api, **fields: Any) -> Someone:
    """The first owner, in a new project."""
    given = {"organizationId": organization_of(api.owner), "name": f"project {uuid4()}", **fields}
    made = (await done(api, "createProject", **given))["project"]["id"]
    project_id = UUID(b64decode(made).decode().partition(":")[2])
    return Someone(api.owner.token, api.owner.organization_id, project_id, api.owner.user_id, api.owner.email)


def in_project(someone: Someone, project: Someone) -> Someone:
    """Somebody, in another's project."""
    return Someone(someone.token, someone.organization_id, project.project_id, someone.user_id, someone.email)

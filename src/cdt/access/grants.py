"""What an actor may do, and where: from the read models of tenancy, kept in memory until they change."""

from collections import OrderedDict
from uuid import UUID

import msgspec

from cdt.database.reading import Reader, Scope
from cdt.domain.errors import Forbidden
from cdt.domain.kernel import Actor, Tenant
from cdt.domain.tenancy.roles import KEY_PERMISSIONS, PERMISSIONS, Permission, Role
from cdt.readmodels import tenancy
from cdt.vault.keys import ApiKey

MAXIMUM_KEPT = 10_000

Reach = frozenset[tuple[UUID, UUID, frozenset[Permission]]]


class Grants(msgspec.Struct, frozen=True):
    """The projects an actor knows, with their organizations, and the permissions in each organization."""

    actor: Actor
    user_id: UUID | None
    projects: dict[UUID, UUID]
    permissions: dict[UUID, frozenset[Permission]]
    reach: Reach
    """Equal for all who may do the same in the same projects."""

    @classmethod
    def of(
        cls,
        actor: Actor,
        user_id: UUID | None,
        projects: dict[UUID, UUID],
        permissions: dict[UUID, frozenset[Permission]],
    ) -> "Grants":
        """With what they amount to."""
        reach = frozenset((project, each, permissions[each]) for project, each in projects.items())
        return cls(actor, user_id, projects, permissions, reach)

    def may(self, permission: Permission, project_id: UUID) -> bool:
        """Whether the actor has the permission in the project."""
        organization_id = self.projects.get(project_id)
        return organization_id is not None and permission in self.permissions[organization_id]

    def may_anywhere(self, permission: Permission) -> bool:
        """Whether the actor has the permission in any organization."""
        return any(permission in each for each in self.permissions.values())

    def require(self, permission: Permission, project_id: UUID) -> None:
        """Raise Forbidden when the actor sees the project but may not do this in it."""
        if not self.may(permission, project_id):
            raise Forbidden(permission=permission.value)

    def tenant(self, project_id: UUID) -> Tenant:
        """Whose fact a command in the project is."""
        return Tenant(self.projects[project_id], project_id)

    def scope(self, permission: Permission) -> Scope:
        """The rows that the permission opens."""
        return Scope(
            user_id=self.user_id,
            organizations=tuple(sorted(each for each, granted in self.permissions.items() if permission in granted)),
            projects=tuple(sorted(each for each in self.projects if self.may(permission, each))),
        )


class GrantBook:
    """Looks grants up and keeps them; forgets all when anything of tenancy changes."""

    def __init__(self, reader: Reader) -> None:
        """Reads with the API's own role."""
        self._reader = reader
        self._kept: OrderedDict[UUID, Grants] = OrderedDict()
        self._forgotten = 0

    def forget(self, payload: str) -> None:
        """Listen to the projected channel with this."""
        contexts = payload.partition(" ")[2].split(",")
        if not payload or "tenancy" in contexts or "all" in contexts:
            self._kept.clear()
            self._forgotten += 1

    async def of_user(self, user_id: UUID) -> Grants:
        """A person's grants by their memberships."""
        if (kept := self._kept.get(user_id)) is not None:
            self._kept.move_to_end(user_id)
            return kept
        forgotten = self._forgotten
        async with self._reader.at(None, Scope(user_id=user_id)) as view:
            memberships = await tenancy.memberships_of(view, user_id)
        organizations = tuple(each.organization_id for each in memberships)
        async with self._reader.at(None, Scope(user_id=user_id, organizations=organizations)) as view:
            projects = await tenancy.projects_of_organizations(view)
        grants = Grants.of(
            actor=Actor("user", str(user_id)),
            user_id=user_id,
            projects={each.id: each.organization_id for each in projects},
            permissions={each.organization_id: PERMISSIONS[Role(each.role)] for each in memberships},
        )
        if forgotten == self._forgotten:  # else what was read may be of before the change
            self._kept[user_id] = grants
        if len(self._kept) > MAXIMUM_KEPT:
            self._kept.popitem(last=False)
        return grants

    @staticmethod
    def of_key(key: ApiKey) -> Grants:
        """What an API key may do: take in data, for its one project."""
        return Grants.of(
            actor=Actor("key", str(key.key_id)),
            user_id=None,
            projects={key.project_id: key.organization_id},
            permissions={key.organization_id: KEY_PERMISSIONS},
        )

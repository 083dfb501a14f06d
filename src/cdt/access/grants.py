"""What an actor may do, and where: from the read models of tenancy, kept in memory until they change."""

from collections import OrderedDict
from collections.abc import Hashable, Iterable, Mapping
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from cdt.access.keys import ApiKey
from cdt.database.reading import Reader, Scope
from cdt.domain.errors import Forbidden, NotFound
from cdt.domain.kernel import Actor, Tenant
from cdt.domain.tenancy.errors import ProjectIsArchived
from cdt.domain.tenancy.roles import (
    IN_ARCHIVED_PROJECTS,
    PERMISSIONS,
    Permission,
    Role,
    permissions_in_project,
)
from cdt.readmodels import tenancy

MAXIMUM_KEPT = 10_000
MAXIMUM_FOUND = 1_000

Thing = TypeVar("Thing")
Permissions = frozenset[Permission]
Reach = frozenset[tuple[UUID, UUID, Permissions]]
NONE: Permissions = frozenset()
KNOWN_ALONE: Permissions = frozenset({Permission.PUBLIC, Permission.SIGNED_IN})


class InProject(msgspec.Struct, frozen=True):
    """What somebody may do in a project while it is in use; and whether it is."""

    organization_id: UUID
    permissions: Permissions
    is_archived: bool = False

    @property
    def present(self) -> Permissions:
        """What they may do now."""
        return self.permissions & IN_ARCHIVED_PROJECTS if self.is_archived else self.permissions


class Ended(msgspec.Struct, frozen=True):
    """An organization or project that is gone from a position on; what was before it may be asked for."""

    id: UUID
    organization_id: UUID
    permissions: Permissions
    since: int

    @property
    def is_project(self) -> bool:
        """Whether it is no organization."""
        return self.id != self.organization_id


class Grants(msgspec.Struct, frozen=True):
    """The projects an actor knows, with their organizations, and the permissions in each of both."""

    actor: Actor
    user_id: UUID | None
    projects: dict[UUID, UUID]
    permissions: dict[UUID, Permissions]
    """By organization."""
    in_projects: dict[UUID, InProject]
    ended: tuple[Ended, ...]
    anywhere: Permissions
    reach: Reach
    """Equal for all who may do the same in the same projects."""
    scopes: dict[Permission, Scope] = {}
    """Those that were asked for."""
    name: str = ""
    """The actor's, as limits count them."""
    models: frozenset[UUID] = frozenset()
    """Those that a key sends rows for; empty is for all."""
    found: dict[Hashable, Any] = {}
    """What was acted on lately: it was found as far as these grants reach, and they are made anew when they change."""

    @classmethod
    def of(
        cls,
        actor: Actor,
        user_id: UUID | None,
        projects: Mapping[UUID, InProject],
        permissions: Mapping[UUID, Permissions],
        ended: Iterable[Ended] = (),
        models: frozenset[UUID] = frozenset(),
    ) -> "Grants":
        """With what they amount to."""
        gone = tuple(ended)
        return cls(
            actor=actor,
            user_id=user_id,
            projects={key: each.organization_id for key, each in projects.items()},
            permissions=dict(permissions),
            in_projects=dict(projects),
            ended=gone,
            anywhere=NONE.union(
                *permissions.values(),
                *(each.permissions for each in projects.values()),  # in an archived one the refusal says that it is
                *(each.permissions for each in gone),
            ),
            reach=frozenset((key, each.organization_id, each.present) for key, each in projects.items()),
            name=f"{actor.kind} {actor.id}",
            models=models,
        )

    def knows_model(self, model_id: UUID) -> bool:
        """Whether it is one of those that a key sends rows for."""
        return not self.models or model_id in self.models

    def may(self, permission: Permission, project_id: UUID) -> bool:
        """Whether the actor has the permission in the project."""
        return permission in self.in_project(project_id)

    def in_project(self, project_id: UUID) -> Permissions:
        """What the actor may do in the project now."""
        project = self.in_projects.get(project_id)
        return NONE if project is None else project.present

    def in_organization(self, organization_id: UUID) -> Permissions:
        """What the actor may do in the organization."""
        return self.permissions.get(organization_id, NONE)

    def may_anywhere(self, permission: Permission) -> bool:
        """Whether the actor has the permission in any organization or project, or had it in one that is gone.

        Or will have it again in one that is archived.
        """
        return permission in self.anywhere

    def require(self, permission: Permission, project_id: UUID) -> None:
        """Raise when the actor sees the project but may not do this in it, or nobody may while it is archived."""
        if self.may(permission, project_id):
            return
        project = self.in_projects.get(project_id)
        if project is not None and permission in project.permissions:
            raise ProjectIsArchived
        raise Forbidden(permission=permission.value, organization_id=self.projects.get(project_id))

    def may_in(self, permission: Permission, organization_id: UUID) -> bool:
        """Whether the actor has the permission in the organization."""
        return permission in self.in_organization(organization_id)

    def require_in(self, permission: Permission, organization_id: UUID) -> None:
        """Raise NotFound for an organization that the actor does not know, Forbidden for what they may not do in it."""
        if organization_id not in self.permissions:
            raise NotFound(kind="organization")
        if not self.may_in(permission, organization_id):
            raise Forbidden(permission=permission.value, organization_id=organization_id)

    def had(self, permission: Permission, ended_id: UUID) -> "Ended | None":
        """What is gone and the actor had the permission in: ending it again is answered as the first time."""
        return next((each for each in self.ended if each.id == ended_id and permission in each.permissions), None)

    def remembered(self, key: Hashable) -> object:
        """What was found under a key; None for nothing."""
        return self.found.get(key)

    def remember(self, key: Hashable, thing: Thing) -> Thing:
        """For the next time."""
        if len(self.found) >= MAXIMUM_FOUND:
            self.found.clear()
        self.found[key] = thing
        return thing

    def tenant(self, project_id: UUID) -> Tenant:
        """Whose fact a command in the project is."""
        return Tenant(self.projects[project_id], project_id)

    def scope(self, permission: Permission, position: int | None = None) -> Scope:
        """The rows that the permission opens: at a position, also of what was there then and is gone.

        The record itself stays open to whoever may read it.
        """
        scope = self.scopes.get(permission)
        if scope is None:
            opened = {key: each for key, each in self.in_projects.items() if permission in each.present}
            scope = self.scopes[permission] = Scope(
                user_id=self.user_id,
                organizations=tuple(sorted(key for key, granted in self.permissions.items() if permission in granted)),
                projects=tuple(sorted(opened)),
                around=tuple(sorted({each.organization_id for each in opened.values()})),
            )
        was_there = [
            each
            for each in self.ended
            if permission in each.permissions
            and (permission is Permission.READ_AUDIT or (position is not None and position < each.since))
        ]
        if not was_there:
            return scope
        return Scope(
            user_id=scope.user_id,
            organizations=(*scope.organizations, *(each.id for each in was_there if not each.is_project)),
            projects=(*scope.projects, *(each.id for each in was_there if each.is_project)),
            around=(*scope.around, *(each.organization_id for each in was_there if each.is_project)),
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
        if (kept := self.known(user_id)) is not None:
            return kept
        forgotten = self._forgotten
        async with self._reader.at(None, Scope(user_id=user_id)) as view:
            position = view.position
            memberships = await tenancy.memberships_of(view, user_id)
            own = {each.project_id: Role(each.role) for each in await tenancy.project_roles_of(view, user_id)}
        role_in = {each.organization_id: Role(each.role) for each in memberships}
        async with self._reader.at(position, Scope(user_id=user_id, organizations=tuple(sorted(role_in)))) as view:
            organizations = await tenancy.lifetimes_of_organizations(view, list(role_in))
            projects = await tenancy.lifetimes_of_projects(view, list(role_in))
        there = {each.id for each in organizations if each.ended is None}

        def in_project(each: tenancy.Lifetime) -> Permissions:
            return permissions_in_project(role_in[each.organization_id], own.get(each.id))

        grants = Grants.of(
            actor=Actor("user", str(user_id)),
            user_id=user_id,
            projects={
                each.id: InProject(each.organization_id, in_project(each), each.is_archived)
                for each in projects
                if each.ended is None and each.organization_id in there
            },
            permissions={key: PERMISSIONS[role] for key, role in role_in.items() if key in there},
            ended=(
                *(Ended(o.id, o.id, PERMISSIONS[role_in[o.id]], o.ended) for o in organizations if o.ended is not None),
                *(Ended(p.id, p.organization_id, in_project(p), p.ended) for p in projects if p.ended is not None),
            ),
        )
        return self._keep(user_id, grants, forgotten)

    async def of_key(self, key: ApiKey) -> Grants:
        """What an API key may do: in its one project while that is in use, or wherever its person may."""
        if (kept := self.known(key.key_id)) is not None:
            return kept
        forgotten = self._forgotten
        grants = await self._of_project(key) if key.user_id is None else await self._of_person(key, key.user_id)
        return self._keep(key.key_id, grants, forgotten)

    async def _of_project(self, key: ApiKey) -> Grants:
        """Of the organization it knows no more than that it is there."""
        assert key.organization_id is not None
        async with self._reader.at(None, Scope(organizations=(key.organization_id,))) as view:
            organizations = await tenancy.lifetimes_of_organizations(view, [key.organization_id])
            projects = await tenancy.lifetimes_of_projects(view, [key.organization_id])
        is_there = any(each.ended is None for each in organizations)
        return Grants.of(
            actor=key.actor,
            user_id=None,
            projects={
                each.id: InProject(each.organization_id, key.permissions, each.is_archived)
                for each in projects
                if each.id == key.project_id and each.ended is None and is_there
            },
            permissions={key.organization_id: key.permissions & KNOWN_ALONE} if is_there else {},
            models=key.model_ids,
        )

    async def _of_person(self, key: ApiKey, user_id: UUID) -> Grants:
        """What the person may do now and the key allows; a program is not the person, and sees nothing of their own."""
        own = await self.of_user(user_id)
        return Grants.of(
            actor=key.actor,
            user_id=None,
            projects={
                project_id: msgspec.structs.replace(each, permissions=each.permissions & key.permissions)
                for project_id, each in own.in_projects.items()
            },
            permissions={each: granted & key.permissions for each, granted in own.permissions.items()},
            ended=(msgspec.structs.replace(each, permissions=each.permissions & key.permissions) for each in own.ended),
            models=key.model_ids,
        )

    def known(self, who: UUID) -> Grants | None:
        """A person's or a key's, if they are in memory."""
        kept = self._kept.get(who)
        if kept is not None:
            self._kept.move_to_end(who)
        return kept

    def _keep(self, who: UUID, grants: Grants, forgotten: int) -> Grants:
        if forgotten == self._forgotten:  # else what was read may be of before the change
            self._kept[who] = grants
        if len(self._kept) > MAXIMUM_KEPT:
            self._kept.popitem(last=False)
        return grants

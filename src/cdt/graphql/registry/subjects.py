"""What a command is about: seen under the tenant's policy and allowed, or refused before any stream is loaded."""

from collections import OrderedDict
from typing import Literal, NamedTuple
from uuid import UUID

import strawberry

from cdt.domain.errors import NotFound
from cdt.domain.kernel import Tenant
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.context import Context, Info
from cdt.graphql.ids import id_of
from cdt.readmodels import registry

MAXIMUM_KEPT = 10_000


class Subject(NamedTuple):
    """A model, or a version of it, by what never changes about it."""

    kind: Literal["model", "version"]
    id: UUID
    model_id: UUID
    project_id: UUID


class Subjects:
    """Those that were acted on lately: whoever acts again needs no look at the tables. Who may is asked each time."""

    def __init__(self) -> None:
        """None yet."""
        self._kept: OrderedDict[tuple[str, UUID], Subject] = OrderedDict()

    def find(self, kind: str, subject_id: UUID) -> Subject | None:
        """One that was kept."""
        if (subject := self._kept.get((kind, subject_id))) is not None:
            self._kept.move_to_end((kind, subject_id))
        return subject

    def keep(self, subject: Subject) -> Subject:
        """For the next time."""
        self._kept[subject.kind, subject.id] = subject
        if len(self._kept) > MAXIMUM_KEPT:
            self._kept.popitem(last=False)
        return subject


async def model_of(info: Info, global_id: strawberry.ID, permission: Permission) -> tuple[Subject, Tenant]:
    """The model and whose it is; NotFound when it can't be seen, Forbidden when only seeing is allowed."""
    subjects, model_id = info.context.services.subjects, id_of(global_id, "Model")
    subject = subjects.find("model", model_id)
    if subject is None:
        row = await info.context.loaders.registry.model.load((await info.context.at(), model_id))
        if row is None:
            raise NotFound(kind="model")
        subject = subjects.keep(Subject("model", row.id, row.id, row.project_id))
    return subject, await _whose(info.context, "model", subject.project_id, permission)


async def version_of(info: Info, global_id: strawberry.ID, permission: Permission) -> tuple[Subject, Tenant]:
    """The version and whose it is; NotFound when it can't be seen, Forbidden when only seeing is allowed."""
    subject = info.context.services.subjects.find("version", id_of(global_id, "Version"))
    if subject is None:
        row, tenant = await version_row_of(info, global_id, permission)
        return Subject("version", row.id, row.model_id, row.project_id), tenant
    return subject, await _whose(info.context, "version", subject.project_id, permission)


async def version_row_of(
    info: Info, global_id: strawberry.ID, permission: Permission
) -> tuple[registry.Version, Tenant]:
    """As `version_of`, with everything that is known of the version."""
    at, version_id = await info.context.at(), id_of(global_id, "Version")
    row = await info.context.loaders.registry.version.load((at, version_id))
    if row is None:
        raise NotFound(kind="version")
    info.context.services.subjects.keep(Subject("version", row.id, row.model_id, row.project_id))
    return row, await _whose(info.context, "version", row.project_id, permission)


async def _whose(context: Context, kind: str, project_id: UUID, permission: Permission) -> Tenant:
    grants = await context.grants()
    if not grants.may(Permission.READ, project_id):
        raise NotFound(kind=kind)
    grants.require(permission, project_id)
    return grants.tenant(project_id)

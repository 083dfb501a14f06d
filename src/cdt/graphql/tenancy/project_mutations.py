"""Opening, naming, archiving and ending a project."""

from typing import Annotated

import strawberry
from msgspec.structs import replace

from cdt.access.permissions import needs
from cdt.commands import tenancy as commands
from cdt.domain.kernel import Tenant, derived_id
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.commanding import command_of
from cdt.graphql.context import Info
from cdt.graphql.errors import Failures
from cdt.graphql.fields import mutation
from cdt.graphql.scalars import PositionText
from cdt.graphql.tenancy.subjects import organization_of, project_at, project_of
from cdt.graphql.tenancy.types import Project
from cdt.graphql.texts import CONFIRM, sealed_text


@strawberry.input(description="A new project of an organization.")
class CreateProjectInput:
    """No other project of the organization has the name."""

    organization_id: strawberry.ID
    name: str
    description: str = ""
    time_zone: str = strawberry.field(default="UTC", description="Of the IANA list, such as Europe/Berlin.")
    confirm_personal: bool | None = strawberry.field(default=None, description=CONFIRM)
    command_id: str | None = None


@strawberry.input(description="Another name; the old one is free in the organization then.")
class RenameProjectInput:
    """No other project of the organization has the name."""

    project_id: strawberry.ID
    name: str
    command_id: str | None = None


@strawberry.input(description="What the project is for.")
class DescribeProjectInput:
    """An empty text is none."""

    project_id: strawberry.ID
    description: str
    confirm_personal: bool | None = strawberry.field(default=None, description=CONFIRM)
    command_id: str | None = None


@strawberry.input(description="All settings of a project as they shall be.")
class ChangeProjectSettingsInput:
    """Windows that were recorded stay as they are."""

    project_id: strawberry.ID
    time_zone: str = strawberry.field(description="Of the IANA list, such as Europe/Berlin.")
    retention_days: int | None = strawberry.field(
        default=None,
        description="For how many days rows are kept, by `predicted_at`; left out, for ever. Older ones go for good.",
    )
    command_id: str | None = None


@strawberry.input(description="A project.")
class ProjectInput:
    """Which one."""

    project_id: strawberry.ID
    command_id: str | None = None


@strawberry.input(description="A project that shall end.")
class DeleteProjectInput:
    """Its record stays, and can be asked about by `asOf`."""

    project_id: strawberry.ID
    name: str = strawberry.field(description="Its name, to confirm that this one is meant.")
    command_id: str | None = None


@needs(Permission.READ)
@strawberry.type(description="The project; null when it can't be read yet, or not any more.")
class ProjectPayload:
    """`lagging` says that the change is recorded but not readable yet."""

    project: Project | None
    position: PositionText | None
    lagging: bool


@needs(Permission.READ)
@strawberry.type(description="See ProjectPayload.")
class CreateProjectPayload(ProjectPayload):
    """The new one."""


@needs(Permission.READ)
@strawberry.type(description="See ProjectPayload.")
class RenameProjectPayload(ProjectPayload):
    """Under its new name."""


@needs(Permission.READ)
@strawberry.type(description="See ProjectPayload.")
class DescribeProjectPayload(ProjectPayload):
    """With its new description."""


@needs(Permission.READ)
@strawberry.type(description="See ProjectPayload.")
class ChangeProjectSettingsPayload(ProjectPayload):
    """With its new settings."""


@needs(Permission.READ)
@strawberry.type(description="See ProjectPayload.")
class ArchiveProjectPayload(ProjectPayload):
    """It can be read and takes in nothing."""


@needs(Permission.READ)
@strawberry.type(description="See ProjectPayload.")
class RestoreProjectPayload(ProjectPayload):
    """It is in use again."""


@needs(Permission.READ)
@strawberry.type(description="The project is gone.")
class DeleteProjectPayload(ProjectPayload):
    """`project` is null."""


CreateProjectResult = Annotated[CreateProjectPayload | Failures, strawberry.union("CreateProjectResult")]
RenameProjectResult = Annotated[RenameProjectPayload | Failures, strawberry.union("RenameProjectResult")]
DescribeProjectResult = Annotated[DescribeProjectPayload | Failures, strawberry.union("DescribeProjectResult")]
ChangeProjectSettingsResult = Annotated[
    ChangeProjectSettingsPayload | Failures, strawberry.union("ChangeProjectSettingsResult")
]
ArchiveProjectResult = Annotated[ArchiveProjectPayload | Failures, strawberry.union("ArchiveProjectResult")]
RestoreProjectResult = Annotated[RestoreProjectPayload | Failures, strawberry.union("RestoreProjectResult")]
DeleteProjectResult = Annotated[DeleteProjectPayload | Failures, strawberry.union("DeleteProjectResult")]


@strawberry.type
class ProjectMutations:
    """Fields of Mutation."""

    @mutation(Permission.MANAGE_PROJECTS, "Open a project of an organization.")
    async def create_project(self, info: Info, input: CreateProjectInput) -> CreateProjectResult:  # noqa: A002
        """The same commandId again answers the same project."""
        acting = await organization_of(info, input.organization_id, Permission.MANAGE_PROJECTS)
        by = await command_of(info, input, acting.tenant)
        project_id = derived_id("project", acting.id, by.actor.kind, by.actor.id, by.id)
        text = await sealed_text(info, "description", input.description, by=by, confirmed=input.confirm_personal)
        done = await info.context.do(
            commands.create_project,
            project_id,
            organization_id=acting.id,
            name=input.name,
            time_zone=input.time_zone,
            description=text,
            by=replace(by, tenant=Tenant(acting.id, project_id)),
        )
        project = await project_at(info, done, project_id)
        return CreateProjectPayload(project=project, position=done.position_text, lagging=done.lagging)

    @mutation(Permission.MANAGE_PROJECTS, "Give a project another name.")
    async def rename_project(self, info: Info, input: RenameProjectInput) -> RenameProjectResult:  # noqa: A002
        """A conflict when another of the organization has the name."""
        acting = await project_of(info, input.project_id, Permission.MANAGE_PROJECTS)
        by = await command_of(info, input, acting.tenant)
        done = await info.context.do(commands.rename_project, acting.id, name=input.name, by=by)
        project = await project_at(info, done, acting.id)
        return RenameProjectPayload(project=project, position=done.position_text, lagging=done.lagging)

    @mutation(Permission.MANAGE_PROJECTS, "Say what a project is for.")
    async def describe_project(self, info: Info, input: DescribeProjectInput) -> DescribeProjectResult:  # noqa: A002
        """Becomes part of the record: write nothing personal."""
        acting = await project_of(info, input.project_id, Permission.MANAGE_PROJECTS)
        by = await command_of(info, input, acting.tenant)
        row = await info.context.loaders.tenancy.project.load((await info.context.at(), acting.id))
        text = await sealed_text(
            info,
            "description",
            input.description,
            by=by,
            confirmed=input.confirm_personal,
            present="" if row is None else row.description,
        )
        done = await info.context.do(commands.describe_project, acting.id, description=text, by=by)
        project = await project_at(info, done, acting.id)
        return DescribeProjectPayload(project=project, position=done.position_text, lagging=done.lagging)

    @mutation(Permission.MANAGE_PROJECTS, "Change a project's settings.")
    async def change_project_settings(
        self,
        info: Info,
        input: ChangeProjectSettingsInput,  # noqa: A002
    ) -> ChangeProjectSettingsResult:
        """All of them at once: what is left out is unset."""
        acting = await project_of(info, input.project_id, Permission.MANAGE_PROJECTS)
        by = await command_of(info, input, acting.tenant)
        done = await info.context.do(
            commands.change_project_settings,
            acting.id,
            time_zone=input.time_zone,
            retention_days=input.retention_days,
            by=by,
        )
        project = await project_at(info, done, acting.id)
        return ChangeProjectSettingsPayload(project=project, position=done.position_text, lagging=done.lagging)

    @mutation(Permission.MANAGE_PROJECTS, "Let a project be read, and take in nothing.")
    async def archive_project(self, info: Info, input: ProjectInput) -> ArchiveProjectResult:  # noqa: A002
        """What writes into it is refused at once."""
        acting = await project_of(info, input.project_id, Permission.MANAGE_PROJECTS)
        by = await command_of(info, input, acting.tenant)
        done = await info.context.do(commands.archive_project, acting.id, by=by)
        project = await project_at(info, done, acting.id)
        return ArchiveProjectPayload(project=project, position=done.position_text, lagging=done.lagging)

    @mutation(Permission.MANAGE_PROJECTS, "Use an archived project again.")
    async def restore_project(self, info: Info, input: ProjectInput) -> RestoreProjectResult:  # noqa: A002
        """It takes in rows as before."""
        acting = await project_of(info, input.project_id, Permission.MANAGE_PROJECTS)
        by = await command_of(info, input, acting.tenant)
        done = await info.context.do(commands.restore_project, acting.id, by=by)
        project = await project_at(info, done, acting.id)
        return RestoreProjectPayload(project=project, position=done.position_text, lagging=done.lagging)

    @mutation(Permission.MANAGE_PROJECTS, "End a project; the record stays.")
    async def delete_project(self, info: Info, input: DeleteProjectInput) -> DeleteProjectResult:  # noqa: A002
        """Queries of now don't find it any more; its name is free, and its keys open nothing."""
        acting = await project_of(info, input.project_id, Permission.MANAGE_PROJECTS, may_be_gone=True)
        by = await command_of(info, input, acting.tenant)
        done = await info.context.do(commands.delete_project, acting.id, name=input.name, by=by)
        return DeleteProjectPayload(project=None, position=done.position_text, lagging=done.lagging)

"""What may happen next to a project; who may do it is asked before."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cdt.domain.errors import Invalid, NotFound
from cdt.domain.kernel import Change, Event
from cdt.domain.tenancy.errors import ProjectIsArchived
from cdt.domain.tenancy.events import (
    ProjectArchived,
    ProjectDeleted,
    ProjectDescribed,
    ProjectRenamed,
    ProjectRestored,
    ProjectSettingsChanged,
)
from cdt.domain.tenancy.organizations import confirm
from cdt.domain.tenancy.state import Project
from cdt.domain.text import Text, described, named

MOST_RETENTION_DAYS = 36_500


def rename_project(project: Project, *, name: str) -> list[Event]:
    """Call it otherwise."""
    require_in_use(project)
    assert project.name is not None
    name = named("name", name)
    return [] if name == project.name else [ProjectRenamed(name=Change(project.name, name))]


def describe_project(project: Project, *, description: Text) -> list[Event]:
    """Say what it is for."""
    require_in_use(project)
    text = described("description", description)
    return [] if text == project.description else [ProjectDescribed(description=Change(project.description, text))]


def change_project_settings(project: Project, *, time_zone: str, retention_days: int | None) -> list[Event]:
    """Cut windows by another time zone, or want rows for another time; None is for ever."""
    require_in_use(project)
    check_time_zone(time_zone)
    if retention_days is not None and not 1 <= retention_days <= MOST_RETENTION_DAYS:
        raise Invalid("retentionDays", f"give 1 to {MOST_RETENTION_DAYS} days, or leave it out for ever")
    if (time_zone, retention_days) == (project.time_zone, project.retention_days):
        return []
    return [
        ProjectSettingsChanged(
            time_zone=Change(project.time_zone, time_zone),
            retention_days=Change(project.retention_days, retention_days),
        )
    ]


def archive_project(project: Project) -> list[Event]:
    """Let it be read, and take in nothing."""
    _require_there(project)
    return [] if project.is_archived else [ProjectArchived()]


def restore_project(project: Project) -> list[Event]:
    """Use an archived one again."""
    _require_there(project)
    return [ProjectRestored()] if project.is_archived else []


def delete_project(project: Project, *, name: str) -> list[Event]:
    """End it; whoever does repeats its name."""
    if project.is_deleted:
        return []
    _require_there(project)
    confirm(name, project.name)
    return [ProjectDeleted()]


def require_in_use(project: Project) -> None:
    """Raise for one that is not there, or archived: nothing is changed in it."""
    _require_there(project)
    if project.is_archived:
        raise ProjectIsArchived


def check_time_zone(name: str) -> None:
    """Raise Invalid for what is no time zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # OSError: a name longer than a file's may be
        problem = f"{name[:40]!r} is no time zone of the IANA list, such as Europe/Berlin"
        raise Invalid("timeZone", problem) from error


def _require_there(project: Project) -> None:
    if not project.is_there:
        raise NotFound(kind="project")

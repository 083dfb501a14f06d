"""What may happen to a project: named anew, set, archived, restored, deleted."""

from collections.abc import Callable

import pytest

from cdt.domain.errors import Invalid, NotFound
from cdt.domain.kernel import Change, Event, Name
from cdt.domain.tenancy import decisions, projects
from cdt.domain.tenancy.errors import ProjectIsArchived
from cdt.domain.tenancy.events import (
    ProjectArchived,
    ProjectCreated,
    ProjectDeleted,
    ProjectDescribed,
    ProjectRenamed,
    ProjectRestored,
    ProjectSettingsChanged,
)
from cdt.domain.tenancy.state import Project, names_of_project
from cdt.domain.tenancy.state import projects as decider
from tests.builders import an_id
from tests.domain.builders import state_of

CREATED = ProjectCreated(organization_id=an_id(2), name="Employment", time_zone="UTC")


def a_project(*events: Event) -> Project:
    return state_of(decider, CREATED, *events)


def rename(project: Project) -> list[Event]:
    return projects.rename_project(project, name="Work")


def describe(project: Project) -> list[Event]:
    return projects.describe_project(project, description="who works")


def settle(project: Project) -> list[Event]:
    return projects.change_project_settings(project, time_zone="Europe/Berlin", retention_days=365)


def delete(project: Project) -> list[Event]:
    return projects.delete_project(project, name="Employment")


CHANGES = [rename, describe, settle]


@pytest.mark.parametrize(
    ("change", "event"),
    [
        (rename, ProjectRenamed(name=Change("Employment", "Work"))),
        (describe, ProjectDescribed(description=Change("", "who works"))),
        (settle, ProjectSettingsChanged(time_zone=Change("UTC", "Europe/Berlin"), retention_days=Change(None, 365))),
        (projects.archive_project, ProjectArchived()),
        (delete, ProjectDeleted()),
    ],
)
def test_a_change_is_a_fact_with_both_values_and_the_same_again_is_none(
    change: Callable[[Project], list[Event]], event: Event
) -> None:
    assert change(a_project()) == [event]
    assert change(a_project(event)) == []


def test_a_project_may_begin_with_a_description() -> None:
    assert decisions.create_project(
        Project(), organization_id=an_id(2), name="Employment", time_zone="UTC", description=" who works "
    ) == [CREATED, ProjectDescribed(description=Change("", "who works"))]


@pytest.mark.parametrize("change", CHANGES)
def test_an_archived_project_is_not_changed_until_it_is_restored(change: Callable[[Project], list[Event]]) -> None:
    with pytest.raises(ProjectIsArchived):
        change(a_project(ProjectArchived()))
    assert len(change(a_project(ProjectArchived(), ProjectRestored()))) == 1


def test_restoring_is_for_the_archived() -> None:
    assert projects.restore_project(a_project()) == []
    assert projects.restore_project(a_project(ProjectArchived())) == [ProjectRestored()]
    assert delete(a_project(ProjectArchived())) == [ProjectDeleted()]


@pytest.mark.parametrize("change", [*CHANGES, projects.archive_project, projects.restore_project])
@pytest.mark.parametrize("project", [Project(), a_project(ProjectDeleted())])
def test_what_is_not_there_is_not_changed(change: Callable[[Project], list[Event]], project: Project) -> None:
    with pytest.raises(NotFound):
        change(project)


def test_whoever_deletes_repeats_the_name() -> None:
    with pytest.raises(Invalid, match="exactly"):
        projects.delete_project(a_project(), name="employment")
    with pytest.raises(NotFound):
        projects.delete_project(Project(), name="Employment")


@pytest.mark.parametrize("days", [0, -1, 36_501, 2**31])
def test_rows_are_wanted_for_a_number_of_days(days: int) -> None:
    with pytest.raises(Invalid):
        projects.change_project_settings(a_project(), time_zone="UTC", retention_days=days)


@pytest.mark.parametrize("zone", ["", "Atlantis/Sunken", "Europe", "../etc/passwd", "x" * 10_000, "UTC\x00"])
def test_a_time_zone_is_one_of_the_list(zone: str) -> None:
    with pytest.raises(Invalid):
        projects.change_project_settings(a_project(), time_zone=zone, retention_days=None)


def test_its_name_is_its_own_in_its_organization_until_it_is_renamed_or_deleted() -> None:
    assert names_of_project(Project()) == ()
    assert names_of_project(a_project(ProjectArchived())) == (Name(f"project/{an_id(2)}", "Employment"),)
    assert names_of_project(a_project(ProjectDeleted())) == ()

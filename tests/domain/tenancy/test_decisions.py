"""What may happen to organizations and projects."""

import pytest

from cdt.domain.errors import Invalid
from cdt.domain.kernel import Change
from cdt.domain.tenancy import decisions
from cdt.domain.tenancy.decisions import IdIsUsed
from cdt.domain.tenancy.events import MemberAdded, OrganizationCreated, ProjectCreated
from cdt.domain.tenancy.roles import Role
from cdt.domain.tenancy.state import Organization, Project, organizations, projects
from tests.builders import an_id
from tests.domain.builders import state_of

AN_OWNER, AN_ORGANIZATION = an_id(1), an_id(2)
FOUNDED = state_of(
    organizations, OrganizationCreated(name="Census"), MemberAdded(user_id=AN_OWNER, role=Change(None, Role.OWNER))
)
OPENED = state_of(
    projects, ProjectCreated(organization_id=AN_ORGANIZATION, name="Employment", time_zone="America/New_York")
)


def test_an_organization_begins_with_an_owner() -> None:
    assert decisions.create_organization(Organization(), name=" Census ", owner=AN_OWNER) == [
        OrganizationCreated(name="Census"),
        MemberAdded(user_id=AN_OWNER, role=Change(None, Role.OWNER)),
    ]


def test_the_same_organization_again_changes_nothing() -> None:
    assert decisions.create_organization(FOUNDED, name="Census", owner=AN_OWNER) == []


@pytest.mark.parametrize(("name", "owner"), [("Other", AN_OWNER), ("Census", an_id(9))])
def test_another_organization_under_the_same_id_is_refused(name: str, owner) -> None:
    with pytest.raises(IdIsUsed):
        decisions.create_organization(FOUNDED, name=name, owner=owner)


def test_a_project_has_a_time_zone() -> None:
    assert decisions.create_project(
        Project(), organization_id=AN_ORGANIZATION, name="Employment", time_zone="America/New_York"
    ) == [ProjectCreated(organization_id=AN_ORGANIZATION, name="Employment", time_zone="America/New_York")]


@pytest.mark.parametrize("time_zone", ["", "Atlantis/Sunken", "../etc/passwd", "/etc/localtime"])
def test_a_time_zone_is_one_of_the_list(time_zone: str) -> None:
    with pytest.raises(Invalid):
        decisions.create_project(Project(), organization_id=AN_ORGANIZATION, name="Employment", time_zone=time_zone)


def test_the_same_project_again_changes_nothing_and_another_is_refused() -> None:
    assert decisions.create_project(OPENED, organization_id=AN_ORGANIZATION, name="Employment", time_zone="UTC") == []
    with pytest.raises(IdIsUsed):
        decisions.create_project(OPENED, organization_id=AN_ORGANIZATION, name="Other", time_zone="UTC")

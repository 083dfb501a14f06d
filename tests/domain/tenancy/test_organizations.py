"""What may happen to an organization itself, and who may do it."""

from collections.abc import Callable

import pytest

from cdt.domain.errors import Forbidden, Invalid, NotFound
from cdt.domain.kernel import Change, Event, Name
from cdt.domain.tenancy import organizations as decisions
from cdt.domain.tenancy.events import (
    OrganizationDeleted,
    OrganizationDescribed,
    OrganizationDomainSet,
    OrganizationRenamed,
)
from cdt.domain.tenancy.state import Organization, names_of_organization, organizations
from tests.domain.tenancy.organizations import ADMIN, AUDITOR, MEMBER, OWNER, STRANGER, VIEWER, an_organization

Decide = Callable[..., list[Event]]


def rename(organization: Organization, by: object) -> list[Event]:
    return decisions.rename_organization(organization, name="Bureau", by=by)  # type: ignore[arg-type]


def describe(organization: Organization, by: object) -> list[Event]:
    return decisions.describe_organization(organization, description="x", by=by)  # type: ignore[arg-type]


def set_domain(organization: Organization, by: object) -> list[Event]:
    return decisions.set_organization_domain(organization, domain="census.example", by=by)  # type: ignore[arg-type]


def delete(organization: Organization, by: object) -> list[Event]:
    return decisions.delete_organization(organization, name="Census", by=by)  # type: ignore[arg-type]


@pytest.mark.parametrize("decide", [rename, describe, set_domain])
@pytest.mark.parametrize("by", [MEMBER, VIEWER, AUDITOR, STRANGER])
def test_only_owners_and_admins_change_the_organization(decide: Decide, by: object) -> None:
    assert len(decide(an_organization(), OWNER)) == len(decide(an_organization(), ADMIN)) == 1
    with pytest.raises(Forbidden):
        decide(an_organization(), by)


@pytest.mark.parametrize("by", [ADMIN, MEMBER, VIEWER, AUDITOR, STRANGER])
def test_only_owners_delete_it(by: object) -> None:
    assert delete(an_organization(), OWNER) == [OrganizationDeleted()]
    with pytest.raises(Forbidden):
        delete(an_organization(), by)


def test_whoever_deletes_repeats_the_name() -> None:
    with pytest.raises(Invalid, match="exactly"):
        decisions.delete_organization(an_organization(), name="census", by=OWNER)


def test_what_was_deleted_can_only_be_deleted_again() -> None:
    gone = an_organization(OrganizationDeleted())

    assert delete(gone, OWNER) == []
    for decide in (rename, describe, set_domain):
        with pytest.raises(NotFound):
            decide(gone, OWNER)


def test_a_change_tells_both_values_and_no_change_is_no_fact() -> None:
    organization = an_organization()
    assert rename(organization, OWNER) == [OrganizationRenamed(name=Change("Census", "Bureau"))]
    assert describe(organization, OWNER) == [OrganizationDescribed(description=Change("", "x"))]
    assert set_domain(organization, OWNER) == [OrganizationDomainSet(domain=Change(None, "census.example"))]
    for decide in (rename, describe, set_domain):
        (event,) = decide(organization, OWNER)
        assert decide(organizations.evolve(organization, event), OWNER) == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Census.Example.", "census.example"),
        ("  a-b.example ", "a-b.example"),
        ("xn--mnchen-3ya.de", "xn--mnchen-3ya.de"),
    ],
)
def test_a_domain_is_kept_in_one_form(given: str, kept: str) -> None:
    assert decisions.set_organization_domain(an_organization(), domain=given, by=OWNER) == [
        OrganizationDomainSet(domain=Change(None, kept))
    ]


@pytest.mark.parametrize(
    "domain",
    ["localhost", "a..b", "-a.example", "a_b.example", "münchen.de", "https://a.example", "a.example/x", "10.0.0.1",
     "a." * 200 + "example", "x" * 64 + ".example", "a\u202e.example", "a\x00.example"],
)  # fmt: skip
def test_a_domain_is_one(domain: str) -> None:
    with pytest.raises(Invalid):
        decisions.set_organization_domain(an_organization(), domain=domain, by=OWNER)


@pytest.mark.parametrize("name", ["", " ", "x" * 10_000, "a\x00b", "a\u202eb", "a\nb"])
def test_a_name_is_one(name: str) -> None:
    with pytest.raises(Invalid):
        decisions.rename_organization(an_organization(), name=name, by=OWNER)


def test_its_name_is_its_own_until_it_is_renamed_or_deleted() -> None:
    assert names_of_organization(Organization()) == ()
    assert names_of_organization(an_organization()) == (Name("organization", "Census"),)
    renamed = an_organization(OrganizationRenamed(name=Change("Census", "Bureau")))
    assert names_of_organization(renamed) == (Name("organization", "Bureau"),)
    assert names_of_organization(an_organization(OrganizationDeleted())) == ()

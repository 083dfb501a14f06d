"""What may happen next to an organization itself."""

import re
from uuid import UUID

from cdt.domain.errors import Forbidden, Invalid, NotFound
from cdt.domain.kernel import Change, Event
from cdt.domain.tenancy.events import (
    OrganizationDeleted,
    OrganizationDescribed,
    OrganizationDomainSet,
    OrganizationRenamed,
)
from cdt.domain.tenancy.roles import PERMISSIONS, Permission, Role
from cdt.domain.tenancy.state import Organization
from cdt.domain.text import Text, described, named

MAXIMUM_DOMAIN_LENGTH = 253
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def require(organization: Organization, permission: Permission, by: UUID) -> Role:
    """The role of whoever acts; refused unless the organization is there and the role has the permission."""
    role = organization.members.get(by)
    if not organization.is_there:
        raise NotFound(kind="organization")
    if role is None or permission not in PERMISSIONS[role]:
        raise Forbidden(permission=permission.value)
    return role


def rename_organization(organization: Organization, *, name: str, by: UUID) -> list[Event]:
    """Call it otherwise."""
    require(organization, Permission.MANAGE_ORGANIZATION, by)
    assert organization.name is not None
    name = named("name", name)
    return [] if name == organization.name else [OrganizationRenamed(name=Change(organization.name, name))]


def describe_organization(organization: Organization, *, description: Text, by: UUID) -> list[Event]:
    """Say what it is."""
    require(organization, Permission.MANAGE_ORGANIZATION, by)
    text = described("description", description)
    if text == organization.description:
        return []
    return [OrganizationDescribed(description=Change(organization.description, text))]


def set_organization_domain(organization: Organization, *, domain: str | None, by: UUID) -> list[Event]:
    """Say which domain of the internet is its own, or that none is."""
    require(organization, Permission.MANAGE_ORGANIZATION, by)
    wanted = _domain(domain)
    return [] if wanted == organization.domain else [OrganizationDomainSet(domain=Change(organization.domain, wanted))]


def delete_organization(organization: Organization, *, name: str, by: UUID) -> list[Event]:
    """End it, with its projects; whoever does repeats its name."""
    if organization.is_deleted:
        return []
    require(organization, Permission.OWN_ORGANIZATION, by)
    confirm(name, organization.name)
    return [OrganizationDeleted()]


def confirm(given: str, name: str | None) -> None:
    """Raise Invalid unless somebody who deletes a thing knows which."""
    if given.strip() != name:
        raise Invalid("name", "write the name exactly as it is, to confirm that this is meant")


def _domain(text: str | None) -> str | None:
    domain = (text or "").strip().rstrip(".").lower()
    if not domain:
        return None
    labels = domain.split(".")
    is_one = len(labels) > 1 and all(_LABEL.fullmatch(label) for label in labels) and not labels[-1].isdigit()
    if not is_one or len(domain) > MAXIMUM_DOMAIN_LENGTH:
        raise Invalid("domain", "write a domain name such as example.org, in ASCII")
    return domain

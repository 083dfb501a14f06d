"""The first owner, organization and project of an installation, and what the demo needs of them."""

import asyncio
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from uuid_utils.compat import uuid7

from cdt.commands import accounts, tenancy
from cdt.database.log import Log
from cdt.database.writing import Writer
from cdt.domain.accounts.state import account_of
from cdt.domain.accounts.state import accounts as people_with_accounts
from cdt.domain.kernel import Actor, Command, Tenant, derived_id
from cdt.domain.tenancy.state import organizations, projects
from cdt.vault import credentials, people
from cdt.vault.password_hashes import hash_password
from cdt.vault.secret import VaultSecret

SETUP = Actor("system", "setup")


class FirstOwner(NamedTuple):
    """Whom and what an installation begins with; the ids follow from the address, so doing it again finds them."""

    user_id: UUID
    organization_id: UUID
    project_id: UUID
    is_new: bool


async def ensure(
    log: Log,
    writer: Writer,
    secret: VaultSecret,
    *,
    name: str,
    email: str,
    password: str,
    organization: str,
    project: str,
    now: datetime,
) -> FirstOwner:
    """Make them, or find them; every step may be done again after a stop in the middle.

    Whoever deleted that account since is not made again.
    """
    email_hash = secret.name_hash("email", email)
    user_id = account_of(email_hash)
    organization_id = derived_id("organization", email_hash)
    project_id = derived_id("project", organization_id)
    user = (await asyncio.to_thread(log.load, user_id, people_with_accounts)).state
    if user.is_erased:
        return FirstOwner(user_id, organization_id, project_id, is_new=False)
    async with writer.transaction() as connection:
        key = await people.new_person(connection, secret, user_id)
        is_new = await credentials.keep(
            connection,
            email_hash=email_hash,
            user_id=user_id,
            password_hash=await asyncio.to_thread(hash_password, password),
        )

    def act() -> None:
        by = Command(id=uuid7(), actor=SETUP, at=now, tenant=Tenant(organization_id))
        accounts.register_user(
            log,
            user_id,
            name=people.sealed(user_id, key, name),
            email=people.sealed(user_id, key, email),
            email_hash=email_hash,
            by=by,
        )
        # what is there already may have another name, or be gone, by now
        if not log.load(organization_id, organizations).version:
            tenancy.create_organization(log, organization_id, name=organization, owner=user_id, by=by)
        if not log.load(project_id, projects).version:
            tenancy.create_project(
                log,
                project_id,
                organization_id=organization_id,
                name=project,
                time_zone="UTC",
                by=Command(id=uuid7(), actor=SETUP, at=now, tenant=Tenant(organization_id, project_id)),
            )

    await asyncio.to_thread(act)
    return FirstOwner(user_id, organization_id, project_id, is_new)

"""From a fact to a mail: whoever asks for a link gets it, once, and no link that is void by then."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from cdt.commands import accounts, tenancy
from cdt.domain.kernel import Actor, Command, Position, Tenant, derived_id
from cdt.domain.tenancy.roles import Role
from cdt.vault import people
from cdt.vault.links import is_token
from cdt.workers import leases
from cdt.workers.send_mail import send_mail
from tests.mail_servers import MailServer, mail_server
from tests.reactions.world import World

ADA = "ada@example.org"


async def ada(world: World) -> UUID:
    """Somebody who signed up, and whose address is not verified."""
    user_id = uuid7()
    await sign_up(world, user_id, request_id=uuid7())
    return user_id


async def sign_up(world: World, user_id: UUID, *, request_id: UUID) -> Position:
    async with world.writer.transaction() as connection:
        key = await people.new_person(connection, world.secret, user_id)
    return await world.do(
        accounts.sign_up,
        user_id,
        name=people.sealed(user_id, key, "Ada"),
        email=people.sealed(user_id, key, ADA),
        email_hash=world.secret.name_hash("email", ADA),
        request_id=request_id,
    )


async def verified_ada(world: World) -> UUID:
    user_id, request_id = uuid7(), uuid7()
    await sign_up(world, user_id, request_id=request_id)
    await world.do(accounts.verify_email, user_id, request_id=request_id)
    return user_id


async def work(world: World, server: MailServer | None = None) -> list[leases.DueLease]:
    """Send what is due, as workers do; what that was."""
    await world.react()
    async with world.writer.transaction() as connection:
        due = await leases.due(connection)
    for each in due:
        assert each.kind == "mail"
        tools = world.mailing if server is None else world.mailing_by(server.server())
        await send_mail(tools, each.fact, each.attempt)
    return due


def link_of(message: Any) -> tuple[str, list[str]]:
    """The page that a mail's link leads to, and what it names."""
    text = message.get_body(["plain"]).get_content()
    (link,) = [line for line in text.split() if line.startswith("https://cdt.example.com/")]
    page, _, rest = link.removeprefix("https://cdt.example.com/").partition("#")
    return page, rest.split(".")


async def states(world: World) -> list[tuple[str, str]]:
    return await world.rows("SELECT kind, state FROM work.mails ORDER BY fact")


async def test_whoever_signs_up_gets_a_link_that_confirms_the_address(world: World) -> None:
    user_id, request_id = uuid7(), uuid7()
    await sign_up(world, user_id, request_id=request_id)
    async with mail_server() as server:
        assert len(await work(world, server)) == 1
        assert await work(world, server) == []

    (got,) = server.got
    assert got["To"] == ADA
    page, (whose, which, token) = link_of(got)
    assert (page, UUID(whose), UUID(which)) == ("verify", user_id, request_id)
    assert is_token(world.secret, token, "verify-email", user_id, request_id)
    assert _until(world.time + timedelta(days=2)) in got.get_body(["plain"]).get_content()  # type: ignore[union-attr,attr-defined]
    assert await states(world) == [("verification", "sent")]


async def test_whoever_forgot_the_password_gets_a_link_that_sets_another(world: World) -> None:
    user_id, request_id = await verified_ada(world), uuid7()
    await world.do(accounts.request_password_reset, user_id, request_id=request_id)
    async with mail_server() as server:
        await work(world, server)

    (got,) = server.got
    page, (whose, which, token) = link_of(got)
    assert (page, UUID(whose), UUID(which)) == ("reset", user_id, request_id)
    assert is_token(world.secret, token, "reset-password", user_id, request_id)
    assert await states(world) == [("reset", "sent")]


async def test_of_two_links_only_the_newer_is_sent(world: World) -> None:
    user_id, newer = await ada(world), uuid7()
    world.time += timedelta(minutes=5)
    await sign_up(world, user_id, request_id=newer)
    async with mail_server() as server:
        await work(world, server)

    (got,) = server.got
    assert UUID(link_of(got)[1][1]) == newer


async def test_a_link_for_a_password_that_was_set_meanwhile_is_not_sent(world: World) -> None:
    user_id, request_id = await verified_ada(world), uuid7()
    await world.do(accounts.request_password_reset, user_id, request_id=request_id)
    await world.do(accounts.reset_password, user_id, request_id=request_id)

    assert len(await work(world)) == 2
    assert await states(world) == []


@pytest.mark.parametrize("after", [timedelta(days=2, seconds=1)])
async def test_a_link_that_ended_before_a_worker_came_is_not_sent(world: World, after: timedelta) -> None:
    await ada(world)
    world.time += after

    await work(world)

    assert await states(world) == [("verification", "expired")]


@dataclass
class Invited:
    """Somebody whom Ada, who owns an organization of her own, invites to it."""

    world: World
    owner: UUID
    organization_id: UUID = field(default_factory=uuid7)
    invitation_id: UUID = field(default_factory=uuid7)
    email_hash: str = "a hash"

    async def do(self, command: Callable[..., Any], **values: Any) -> None:
        """Act as Ada."""
        tenant, actor = Tenant(self.organization_id), Actor("user", str(self.owner))
        by = Command(id=uuid7(), actor=actor, at=self.world.time, tenant=tenant)
        await asyncio.to_thread(lambda: command(self.world.log, self.organization_id, **values, by=by))
        await self.world.settle()

    @property
    def person(self) -> UUID:
        return derived_id("invited", self.email_hash)


async def invited(world: World) -> Invited:
    found = Invited(world, await verified_ada(world))
    await found.do(tenancy.create_organization, name="Analytical Engines", owner=found.owner)
    async with world.writer.transaction() as connection:
        key = await people.new_person(connection, world.secret, found.person)
    await found.do(
        tenancy.invite_member,
        invitation_id=found.invitation_id,
        email=people.sealed(found.person, key, "bob@example.org"),
        email_hash=found.email_hash,
        invited=None,
        role=Role.VIEWER,
        user_id=found.owner,
    )
    return found


async def test_whoever_is_invited_gets_a_link_and_is_told_by_whom_to_what_and_as_what(world: World) -> None:
    found = await invited(world)
    async with mail_server() as server:
        await work(world, server)

    (got,) = server.got
    page, (whose, which, token) = link_of(got)
    text = got.get_body(["plain"]).get_content().replace("\r\n", "\n")  # type: ignore[union-attr,attr-defined]
    assert got["To"] == "bob@example.org"
    assert (page, UUID(whose), UUID(which)) == ("invitation", found.organization_id, found.invitation_id)
    assert is_token(world.secret, token, "invitation", found.organization_id, found.invitation_id)
    assert "Ada invites you to this organization at CDT, as a viewer:\n\nAnalytical Engines\n" in text
    assert _until(world.time + timedelta(days=7)) in text
    assert await states(world) == [("invitation", "sent")]


async def test_an_invitation_that_was_withdrawn_is_not_sent(world: World) -> None:
    found = await invited(world)
    await found.do(tenancy.withdraw_invitation, invitation_id=found.invitation_id, user_id=found.owner)

    await work(world)

    assert await states(world) == []


async def test_an_invitation_by_somebody_who_was_erased_names_nobody(world: World) -> None:
    found = await invited(world)
    await world.rows("DELETE FROM vault.person_keys WHERE person = %s", found.owner)
    async with mail_server() as server:
        await work(world, server)

    (got,) = server.got
    assert "Somebody invites you" in got.get_body(["plain"]).get_content()  # type: ignore[union-attr,attr-defined]


def _until(at: datetime) -> str:
    return f"{at:%A}, {at.day} {at:%B %Y, %H:%M} UTC"

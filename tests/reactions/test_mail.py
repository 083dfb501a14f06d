"""From a fact to a mail: whoever asks for a link gets it, once, and no link that is void by then."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from cdt.commands import accounts
from cdt.domain.kernel import Position
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


def _until(at: datetime) -> str:
    return f"{at:%A}, {at.day} {at:%B %Y, %H:%M} UTC"

"""A session goes on by refresh tokens that are good once; using one twice ends it, everywhere."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from cdt import first_owner
from cdt.access.sessions import Begun, SessionIsOver, Sessions
from cdt.access.tokens import Tokens
from cdt.commands import accounts as commands
from cdt.database.log import Log
from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.database.writing import Writer
from cdt.domain.accounts.events import EndOfSession, SessionEnded, SignedIn
from cdt.domain.kernel import Event
from cdt.vault import people, sessions
from cdt.vault.secret import VaultSecret
from tests.builders import NOON


class Door:
    """Sessions of one person, and what the log says of them."""

    def __init__(self, log: Log, writer: Writer, secret: VaultSecret, user_id: UUID) -> None:
        self.log, self.writer, self.secret, self.user_id, self.now = log, writer, secret, user_id, NOON
        self.sessions = Sessions(log, writer, secret, Tokens(secret))

    async def begin(self, command_id: UUID | None = None, *, agent: str = "a browser") -> Begun:
        return await self.sessions.begin(
            self.user_id, address="192.0.2.1", agent=agent, command_id=command_id or uuid4(), now=self.now
        )

    async def renew(self, token: str, command_id: UUID | None = None) -> Begun:
        return await self.sessions.renew(token, command_id=command_id or uuid4(), now=self.now)

    async def is_over(self, token: str) -> bool:
        try:
            await self.renew(token)
        except SessionIsOver:
            return True
        return False

    def facts(self, kind: type[Event]) -> list[Event]:
        return [each.event for each in self.log.history(self.user_id) if isinstance(each.event, kind)]


@pytest.fixture
async def door(module_dsn: str) -> AsyncIterator[Door]:
    conninfo, secret = conninfo_as(module_dsn, DatabaseRole.API), VaultSecret("A" * 43)
    writer = Writer(conninfo, connections=4)
    await writer.open()
    with Log(conninfo, connections=2) as log:
        owner = await first_owner.ensure(
            log, writer, secret, name="Ada", email=f"{uuid4()}@example.com", password="a good long password",
            organization=str(uuid4()), project="Notes", now=NOON,
        )  # fmt: skip
        yield Door(log, writer, secret, owner.user_id)
    await writer.close()


async def test_a_session_begins_with_two_tokens_and_where_from_it_came_is_sealed(door: Door) -> None:
    begun = await door.begin(agent="x" * 5_000)

    assert begun.access.expires_at == NOON + timedelta(hours=1)
    assert begun.refresh.expires_at == NOON + timedelta(days=7)
    (signed_in,) = door.facts(SignedIn)
    assert isinstance(signed_in, SignedIn)
    assert (signed_in.session_id, signed_in.session_ends_at) == (begun.session_id, NOON + timedelta(days=30))
    assert signed_in.address is not None
    assert signed_in.agent is not None
    async with door.writer.transaction() as connection:
        key = (await people.keys_of(connection, door.secret, [door.user_id]))[door.user_id]
    assert people.opened(key, signed_in.address.box) == "192.0.2.1"
    assert people.opened(key, signed_in.agent.box) == "x" * 300


async def test_the_same_sign_in_again_is_the_same_session(door: Door) -> None:
    command_id = uuid4()
    first, again = await door.begin(command_id), await door.begin(command_id)

    assert (again.session_id, again.refresh.text) == (first.session_id, first.refresh.text)
    assert len(door.facts(SignedIn)) == 1


async def test_each_refresh_token_is_good_once_and_answers_the_next(door: Door) -> None:
    begun = await door.begin()
    second = await door.renew(begun.refresh.text)
    third = await door.renew(second.refresh.text)

    assert len({begun.refresh.text, second.refresh.text, third.refresh.text}) == 3
    assert {second.session_id, third.session_id} == {begun.session_id}


async def test_a_token_that_is_used_twice_ends_the_session_and_is_recorded_once(door: Door) -> None:
    begun = await door.begin()
    second = await door.renew(begun.refresh.text)

    assert await door.is_over(begun.refresh.text)
    assert await door.is_over(second.refresh.text)
    assert await door.is_over(begun.refresh.text)
    assert door.facts(SessionEnded) == [SessionEnded(session_id=begun.session_id, reason=EndOfSession.REUSE)]


async def test_of_many_who_use_a_token_at_once_one_at_most_goes_on(door: Door) -> None:
    begun = await door.begin()
    answers = await asyncio.gather(*(door.renew(begun.refresh.text) for _ in range(5)), return_exceptions=True)

    went_on = [each for each in answers if isinstance(each, Begun)]
    assert len(went_on) <= 1
    assert {type(each) for each in answers} - {Begun} == {SessionIsOver}
    for each in went_on:
        assert await door.is_over(each.refresh.text)


async def test_who_tries_again_after_a_lost_answer_is_answered_the_same(door: Door) -> None:
    begun, command_id = await door.begin(), uuid4()
    answers = [await door.renew(begun.refresh.text, command_id) for _ in range(3)]

    assert len({each.refresh.text for each in answers}) == 1
    assert not await door.is_over(answers[0].refresh.text)
    assert door.facts(SessionEnded) == []


async def test_a_token_ends_a_week_after_it_was_made(door: Door) -> None:
    begun = await door.begin()
    door.now = begun.refresh.expires_at
    assert await door.is_over(begun.refresh.text)
    assert door.facts(SessionEnded) == []


async def test_a_session_ends_after_thirty_days_however_often_it_was_renewed(door: Door) -> None:
    begun = await door.begin()
    for _ in range(5):
        door.now += timedelta(days=6) - timedelta(seconds=1)
        begun = await door.renew(begun.refresh.text)
    door.now += timedelta(seconds=5)
    assert await door.is_over(begun.refresh.text)


async def test_a_session_that_ended_goes_on_nowhere_also_when_its_token_was_left_behind(door: Door) -> None:
    begun = await door.begin()
    by = await door.sessions.command(door.user_id, uuid4(), NOON)
    commands.end_session(door.log, door.user_id, session_id=begun.session_id, reason=EndOfSession.SIGNED_OUT, by=by)
    assert await door.is_over(begun.refresh.text)


async def test_a_session_whose_beginning_was_not_recorded_admits_nobody(door: Door) -> None:
    begun = await door.begin()
    await door.sessions.forget_ended(door.user_id)
    assert not await door.is_over(begun.refresh.text)


@pytest.mark.parametrize("change", ["", "x", "cdtr_", "other session", "other proof", "next", "huge", "letters", "ä"])
async def test_what_was_made_up_is_no_token_and_ends_nothing(door: Door, change: str) -> None:
    begun = await door.begin()
    session, generation, proof = begun.refresh.text.removeprefix("cdtr_").split("_")
    text = {
        "other session": f"cdtr_{uuid4().hex}_{generation}_{proof}",
        "other proof": f"cdtr_{session}_{generation}_{'0' * 64}",
        "next": f"cdtr_{session}_1_{proof}",
        "huge": f"cdtr_{session}_{generation}_{proof}" + "0" * 100_000,
        "letters": f"cdtr_{session}_x_{proof}",
        "ä": f"cdtr_{session}_{generation}_{'ä' * 64}",
    }.get(change, change)

    assert await door.is_over(text)
    assert not await door.is_over(begun.refresh.text)


async def test_tokens_that_ended_by_themselves_are_forgotten_with_the_next_sign_in(door: Door) -> None:
    first = await door.begin()
    door.now += timedelta(days=3)
    second = await door.begin()
    door.now += timedelta(days=5)
    third = await door.begin()

    async with door.writer.transaction() as connection:
        kept = {each.session_id for each in await sessions.of_user(connection, door.user_id)}
    assert kept == {second.session_id, third.session_id}
    assert await door.is_over(first.refresh.text)
    assert not await door.is_over(second.refresh.text)

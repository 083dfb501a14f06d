"""Whoever was erased is forgotten, whatever died in between: the fact alone is enough, and told twice is told once."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from cdt.commands import accounts, tenancy
from cdt.database.log import Log
from cdt.domain.accounts.events import UserErased
from cdt.domain.accounts.state import account_of, invited_at
from cdt.domain.kernel import Actor, Change, Command, Envelope, Event, Position, Sealed, Tenant
from cdt.domain.tenancy.events import InvitationWithdrawn, MemberAdded, MemberLeft, OrganizationDeleted
from cdt.domain.tenancy.roles import Role
from cdt.domain.tenancy.state import organizations
from cdt.reactions import erasure
from cdt.vault import credentials, people
from tests.reactions.world import World

ADA = "ada@example.org"


def by(world: World, tenant: Tenant) -> Command:
    return Command(id=uuid7(), actor=Actor("system", "test"), at=world.time, tenant=tenant)


async def a_sealed(world: World, person: UUID, text: str) -> Sealed:
    async with world.writer.transaction() as connection:
        return people.sealed(person, await people.new_person(connection, world.secret, person), text)


class Ada:
    """A person, an owner of an organization with another one, and invited to a third."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.email_hash = world.secret.name_hash("email", ADA)
        self.user_id, self.invited = account_of(self.email_hash), invited_at(self.email_hash)
        self.other, self.ours, self.theirs, self.invitation = (uuid7() for _ in range(4))

    async def lives(self) -> None:
        """Signed up, a member here, invited there; the outbox holds a mail to each of the two that she is."""
        world, user_id = self.world, self.user_id
        await self.run(
            accounts.register_user,
            user_id,
            name=await a_sealed(world, user_id, "Ada"),
            email=await a_sealed(world, user_id, ADA),
            email_hash=self.email_hash,
            by=by(world, Tenant()),
        )
        async with world.writer.transaction() as connection:
            await credentials.keep(connection, email_hash=self.email_hash, user_id=user_id, password_hash="hash")
        for organization, owner in ((self.ours, user_id), (self.theirs, self.other)):
            made = by(world, Tenant(organization))
            await self.run(
                tenancy.create_organization, organization, name=f"organization {organization}", owner=owner, by=made
            )
        await self.record(self.ours, MemberAdded(user_id=self.other, role=Change(None, Role.OWNER)))
        await self.invite()
        for fact, person in ((1, user_id), (2, self.invited), (3, self.other)):
            await world.rows(
                "INSERT INTO work.mails (fact, kind, person, state, recipient_box, written_at)"
                " VALUES (%s, 'invitation', %s, 'kept', '', now())",
                fact,
                person,
            )

    async def invite(self) -> None:
        await self.run(
            tenancy.invite_member,
            self.theirs,
            invitation_id=self.invitation,
            email=await a_sealed(self.world, self.invited, ADA),
            email_hash=self.email_hash,
            invited=None,
            role=Role.MEMBER,
            user_id=self.other,
            by=by(self.world, Tenant(self.theirs)),
        )

    async def deletes_the_account(self) -> Envelope:
        """As far as the log, after which the process dies; the fact."""
        await self.run(accounts.delete_account, self.user_id, organization_ids=[self.ours], by=by(self.world, Tenant()))
        (fact,) = await self.world.facts(UserErased)
        return fact

    async def record(self, organization: UUID, *events: Event) -> Position:
        def decide(log: Log, *, by: Command) -> Position | None:
            return log.decide(organizations, organization, lambda _: events, by=by)

        return await self.run(decide, by=by(self.world, Tenant(organization)))

    async def run(self, command: Callable[..., Position | None], *about: Any, **values: Any) -> Position:
        position = await asyncio.to_thread(lambda: command(self.world.log, *about, **values))
        assert position is not None
        await self.world.settle()
        return position

    async def is_forgotten(self) -> bool:
        """Nothing of her is left in the vault, nor in the outbox."""
        hers = [self.user_id, self.invited]
        found = await self.world.rows(
            "SELECT 'key' FROM vault.person_keys WHERE person = ANY(%s) AND wrapped_key IS NOT NULL"
            " UNION ALL SELECT 'credential' FROM vault.credentials WHERE user_id = %s"
            " UNION ALL SELECT 'mail' FROM work.mails WHERE person = ANY(%s)",
            hers,
            self.user_id,
            hers,
        )
        return not found

    async def keys(self, *people_: UUID) -> list[UUID]:
        async with self.world.writer.transaction() as connection:
            return list(await people.keys_of(connection, self.world.secret, people_))


@pytest.fixture
async def ada(world: World) -> Ada:
    ada = Ada(world)
    await ada.lives()
    return ada


async def test_what_the_process_did_not_come_to_do_is_done_by_the_reaction(world: World, ada: Ada) -> None:
    await ada.deletes_the_account()
    assert not await ada.is_forgotten()

    await world.react()

    assert await ada.is_forgotten()
    (withdrawn,) = await world.facts(InvitationWithdrawn)
    assert (withdrawn.stream_id, withdrawn.actor) == (ada.theirs, Actor("system", "erasure"))
    assert [each.stream_id for each in await world.facts(MemberLeft)] == [ada.ours]
    assert await world.rows("SELECT fact FROM work.mails") == [(3,)]


async def test_told_twice_it_forgets_nobody_who_has_the_address_since(world: World, ada: Ada) -> None:
    fact = await ada.deletes_the_account()
    await erasure.user_erased(world.reacting, UserErased(), fact)
    ada.invitation, second = uuid7(), account_of(ada.email_hash, 1)
    await world.settle()
    await ada.invite()
    async with world.writer.transaction() as connection:
        await people.new_person(connection, world.secret, second)
        assert await credentials.keep(connection, email_hash=ada.email_hash, user_id=second, password_hash="hash")
    recorded = await world.facts()

    await erasure.user_erased(world.reacting, UserErased(), fact)

    assert await world.facts() == recorded
    assert set(await ada.keys(ada.user_id, ada.invited, second)) == {ada.invited, second}
    async with world.writer.transaction() as connection:
        assert await credentials.of_user(connection, second) is not None


class Killed(BaseException):
    """The process ended here."""


async def test_it_may_die_at_each_step_and_is_finished_then(
    world: World, ada: Ada, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The keys are destroyed first, so that nothing opens however long the rest takes."""
    fact = await ada.deletes_the_account()
    steps = [
        (erasure, "forget_person"),
        (erasure.mails, "forget"),
        (erasure.tenancy_members, "unanswered_invitations_to"),
        (erasure.tenancy, "memberships_of"),
    ]

    async def die(*_: object, **__: object) -> None:
        raise Killed

    for number, (room, name) in enumerate(steps):
        with monkeypatch.context() as patch:
            patch.setattr(room, name, die)
            with pytest.raises(Killed):
                await erasure.user_erased(world.reacting, UserErased(), fact)
        assert await ada.is_forgotten() is (number > 1)
    assert await world.facts(InvitationWithdrawn) == []

    await world.react()

    assert await ada.is_forgotten()
    assert len(await world.facts(InvitationWithdrawn)) == 1


async def test_whoever_was_let_in_at_that_moment_is_no_member(world: World, ada: Ada) -> None:
    await ada.deletes_the_account()
    await ada.record(ada.theirs, MemberAdded(user_id=ada.user_id, role=Change(None, Role.VIEWER)))
    alone = uuid7()
    await ada.run(tenancy.create_organization, alone, name="Alone", owner=ada.user_id, by=by(world, Tenant(alone)))

    await world.react()

    left = [each.stream_id for each in await world.facts(MemberLeft)]
    assert sorted(left) == sorted([ada.ours, ada.theirs, alone])
    assert [each.stream_id for each in await world.facts(OrganizationDeleted)] == [alone]


async def test_a_text_whose_redaction_was_only_recorded_is_destroyed_by_the_reaction(world: World) -> None:
    text_id = uuid7()
    sealed = await a_sealed(world, text_id, "Ada said so")
    await world.do(tenancy.redact_text, text_id, of=1, field="reason")

    await world.react()
    await world.react()

    async with world.writer.transaction() as connection:
        assert await people.keys_of(connection, world.secret, [sealed.person]) == {}

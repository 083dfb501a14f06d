"""Signing in: only the right password admits, wrong ones cost growing patience, and nothing tells who is known."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID

import pytest
from redis.asyncio import Redis
from uuid_utils.compat import uuid7

from cdt import first_owner
from cdt.access.failures import Failures
from cdt.access.hashing import Hashing
from cdt.access.sessions import Sessions
from cdt.access.sharing_failures import SharingFailures
from cdt.access.signing_in import SigningIn, TooManyFailures, WrongCredentials
from cdt.access.tokens import Tokens
from cdt.database.log import Log
from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.database.writing import Writer
from cdt.domain.security import Occurrence, SecurityKind
from cdt.vault.secret import VaultSecret
from tests.access.clock import Clock

PASSWORD = "correct horse battery staple"
NOW = datetime.now(UTC)


class Door:
    """Signing in, with one person known."""

    def __init__(self, log: Log, writer: Writer, user_id: UUID, secret: VaultSecret, redis: Redis) -> None:
        self.noticed: list[Occurrence] = []
        self.user_id, self.log, self.clock, self.tokens = user_id, log, Clock(), Tokens(secret)
        self.hashing, self._writer, self._secret, self.redis = Hashing(), writer, secret, redis
        self.begin()

    def begin(self) -> SigningIn:
        """Sign in by a process that was just started, from now on."""
        self.failures = Failures(clock=self.clock)
        self.signing_in = SigningIn(
            self._writer,
            self._secret,
            Sessions(self.log, self._writer, self._secret, self.tokens),
            notice=self.noticed.append,
            hashing=self.hashing,
            failures=self.failures,
            sharing=SharingFailures(self.failures, self.redis, clock=self.clock),
        )
        return self.signing_in

    async def enter(self, password: str, *, email: str = "ada@example.com", address: str = "192.0.2.1") -> str:
        """The token, or the name of the refusal."""
        try:
            begun = await self.signing_in.sign_in(
                email=email, password=password, address=address, agent="a test", command_id=uuid7(), now=NOW
            )
        except (WrongCredentials, TooManyFailures) as error:
            return type(error).__name__
        return begun.access.text

    def admits(self, token: str) -> bool:
        read = self.tokens.read(token)
        return read is not None and read.user_id == self.user_id


@pytest.fixture
async def door(module_dsn: str, redis: Redis, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Door]:
    monkeypatch.setattr("cdt.access.sharing_failures.PATIENCE_SECONDS", 10.0)  # other tests keep this machine busy
    conninfo = conninfo_as(module_dsn, DatabaseRole.API)
    secret = VaultSecret("A" * 43)
    writer = Writer(conninfo, connections=1)
    await writer.open()
    with Log(conninfo, connections=1) as log:
        owner = await first_owner.ensure(
            log, writer, secret, name="Ada", email="ada@example.com", password=PASSWORD, organization="Engines",
            project="Notes", now=NOW,
        )  # fmt: skip
        door = Door(log, writer, owner.user_id, secret, redis)
        yield door
        await door.hashing.close()
    await writer.close()


async def test_the_right_password_admits_and_is_recorded(door: Door) -> None:
    before = len(door.log.history(door.user_id))

    assert door.admits(await door.enter(PASSWORD))
    assert len(door.log.history(door.user_id)) == before + 1


@pytest.mark.parametrize("email", [" ADA@example.com", "Ada@Example.COM "])
async def test_an_address_is_the_same_in_any_case(door: Door, email: str) -> None:
    assert door.admits(await door.enter(PASSWORD, email=email))


@pytest.mark.parametrize(
    "password",
    [
        "",
        " ",
        PASSWORD + " ",
        PASSWORD.upper(),
        PASSWORD + "\x00",
        "\x00",
        "x" * 1_000,
        "x" * 1_000_000,
        "🜂" * 500,
        "'",
    ],
)
async def test_another_password_does_not(door: Door, password: str) -> None:
    assert await door.enter(password) == "WrongCredentials"


@pytest.mark.parametrize(
    "email", ["nobody@example.com", "", "\x00", "ada@example.com\x00", "x" * 1_000_000, "' OR 1=1"]
)
async def test_an_unknown_address_is_refused_like_a_wrong_password(door: Door, email: str) -> None:
    assert await door.enter(PASSWORD, email=email) == "WrongCredentials"


async def test_a_thousand_wrong_passwords_are_looked_at_a_few_times_only(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[str] = []
    check = door.hashing.is_password

    async def counted(password: str, kept: str) -> bool:
        looked_at.append(password)
        return await check(password, kept)

    monkeypatch.setattr(door.hashing, "is_password", counted)

    answers = await asyncio.gather(*(door.enter(f"wrong {n}") for n in range(1_000)))

    assert answers.count("WrongCredentials") == len(looked_at) == 5
    assert answers.count("TooManyFailures") == 995
    assert await door.enter(PASSWORD) == "TooManyFailures"


async def test_who_goes_away_while_a_password_is_checked_leaves_the_next_one_their_own_answer(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, exchange = asyncio.Event(), door.hashing._exchange

    async def noted(line: bytes) -> bytes:
        asked.set()
        return await exchange(line)

    monkeypatch.setattr(door.hashing, "_exchange", noted)
    gone = asyncio.create_task(door.enter("wrong"))
    async with asyncio.timeout(10):
        await asked.wait()

    gone.cancel()

    assert door.admits(await door.enter(PASSWORD))
    assert await door.enter("wrong") == "WrongCredentials"


async def test_a_new_password_is_hashed_before_a_crowds_tries_are_looked_at(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    released, begun, exchange = asyncio.Event(), asyncio.Event(), door.hashing._exchange

    async def held(line: bytes) -> bytes:
        asked.append(json.loads(line)["password"])
        begun.set()
        await released.wait()
        return await exchange(line)

    monkeypatch.setattr(door.hashing, "_exchange", held)
    crowd = [asyncio.create_task(door.enter(f"wrong {n}", address=f"192.0.2.{n}")) for n in range(4)]
    async with asyncio.timeout(10):
        await begun.wait()
        chosen = asyncio.create_task(door.signing_in.hash("a new password"))
        await asyncio.sleep(0)  # until it has asked for its turn
        released.set()
        await asyncio.gather(chosen, *crowd)

    assert sorted(asked) == ["a new password", *(f"wrong {n}" for n in range(4))]
    assert asked[1] == "a new password"


async def test_the_wait_doubles_with_each_failure_up_to_five_minutes(door: Door) -> None:
    for _ in range(5):
        assert await door.enter("wrong") == "WrongCredentials"
    waits: list[float] = []
    for _ in range(10):
        assert await door.enter("wrong") == "TooManyFailures"
        with pytest.raises(TooManyFailures) as refused:
            await door.signing_in.sign_in(
                email="ada@example.com", password="", address="192.0.2.1", agent="", command_id=uuid7(), now=NOW
            )
        waits.append(float(str(refused.value.details["seconds"])))
        door.clock.seconds += waits[-1]
        assert await door.enter("wrong") == "WrongCredentials"

    assert waits == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 300.0]


async def test_after_the_wait_the_right_password_admits_and_all_is_forgotten(door: Door) -> None:
    for _ in range(5):
        await door.enter("wrong")
    door.clock.seconds += 1.0

    assert door.admits(await door.enter(PASSWORD, address="192.0.2.2"))
    assert await door.enter("wrong", address="192.0.2.2") == "WrongCredentials"
    assert door.admits(await door.enter(PASSWORD, address="192.0.2.2"))


async def test_an_office_that_mistypes_now_and_then_is_not_locked_out(door: Door) -> None:
    for n in range(40):
        assert await door.enter("wrong", email=f"{n}@example.com") == "WrongCredentials"
        door.clock.seconds += 4 * 3600

    assert door.admits(await door.enter(PASSWORD))


async def test_failures_are_halved_by_each_quiet_quarter_of_an_hour(door: Door) -> None:
    for _ in range(8):  # the last makes wait 8 s
        await door.enter("wrong")
        door.clock.seconds += 8.0
    door.clock.seconds += 900.0
    assert [await door.enter("wrong") for _ in range(2)] == ["WrongCredentials", "TooManyFailures"]


async def test_who_comes_in_is_forgiven_their_own_failures_and_nobody_elses(door: Door) -> None:
    for _ in range(3):
        await door.enter("wrong")
        door.clock.seconds += 60.0
        await door.enter("wrong", email="nobody@example.com")
        door.clock.seconds += 60.0
    assert door.admits(await door.enter(PASSWORD))

    tries = [await door.enter("wrong", email=f"{n}@example.com") for n in range(3)]
    assert tries == ["WrongCredentials", "WrongCredentials", "TooManyFailures"]


async def test_unknown_addresses_wait_just_as_known_ones_do(door: Door) -> None:
    known = [await door.enter("wrong", address=f"192.0.2.{n}") for n in range(7)]
    unknown = [await door.enter("wrong", email="nobody@example.com", address=f"198.51.100.{n}") for n in range(7)]

    assert known == unknown == ["WrongCredentials"] * 5 + ["TooManyFailures"] * 2


async def test_a_client_that_tries_many_addresses_waits_too(door: Door) -> None:
    tries = [await door.enter("wrong", email=f"{n}@example.com") for n in range(6)]

    assert tries == ["WrongCredentials"] * 5 + ["TooManyFailures"]
    assert door.admits(await door.enter(PASSWORD, address="192.0.2.9"))


async def test_failures_are_noticed_with_the_account_that_was_tried_if_there_is_one(door: Door) -> None:
    await door.enter("wrong", address="192.0.2.1")
    await door.enter("wrong", email="nobody@example.com", address="192.0.2.2")
    for n in range(5):
        await door.enter("wrong", address=f"192.0.2.{n + 3}")

    tried = [(each.reason, each.person, each.address) for each in door.noticed]
    assert tried == [
        ("wrong_password", door.user_id, "192.0.2.1"),
        ("wrong_password", None, "192.0.2.2"),
        *(("wrong_password", door.user_id, f"192.0.2.{n}") for n in range(3, 7)),
        ("too_many_failures", door.user_id, "192.0.2.7"),
    ]
    assert {each.kind for each in door.noticed} == {SecurityKind.SIGN_IN_FAILED}


async def test_what_is_remembered_of_failures_is_bounded(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cdt.access.failures.MAXIMUM_REMEMBERED", 10)

    for n in range(12):
        await door.enter("wrong", email=f"{n}@example.com", address=f"192.0.2.{n}")

    assert len(door.failures) == 10


async def test_two_processes_count_together_and_a_new_one_goes_on(door: Door) -> None:
    one, other = door.signing_in, door.begin()
    for n in range(5):
        door.signing_in = (one, other)[n % 2]
        assert await door.enter("wrong") == "WrongCredentials"

    door.signing_in = other
    assert await door.enter(PASSWORD) == "TooManyFailures"
    door.begin()
    assert await door.enter(PASSWORD) == "TooManyFailures"

    door.clock.seconds += 1.0
    assert door.admits(await door.enter(PASSWORD))
    for door.signing_in in (one, other):
        assert [await door.enter("wrong") for _ in range(2)] == ["WrongCredentials"] * 2


async def test_what_is_shared_tells_no_address(door: Door) -> None:
    await door.enter("wrong", email="ada@example.com", address="192.0.2.1")

    kept = [key.decode() for key in await door.redis.keys("*failures*")]

    assert len(kept) == 3
    assert not [key for key in kept if "ada" in key or "192.0" in key]


async def test_a_network_of_one_customer_counts_as_one_address(door: Door) -> None:
    tries = [await door.enter("wrong", email=f"{n}@example.com", address=f"2001:db8::{n}") for n in range(6)]

    assert tries == ["WrongCredentials"] * 5 + ["TooManyFailures"]

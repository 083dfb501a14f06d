"""What is noticed is kept soon after, in full, for those whom it concerns; what is too old goes."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.database.writing import Writer
from cdt.domain.kernel import Actor
from cdt.domain.security import Access, Occurrence, SecurityKind
from cdt.security.journal import Journal
from cdt.security.keeping import KeyUse
from cdt.vault import people
from cdt.vault.secret import VaultSecret
from tests.builders import an_id

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
OURS, THEIRS, PROJECT, ADA, MODEL, KEY = (an_id(number) for number in range(1, 7))
SECRET = VaultSecret("A" * 43)


class Clock:
    """Seconds, and a moment, that pass when a test says so."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.seconds)


class World:
    """Ada, who belongs to two organizations; ours has a project."""

    def __init__(self, dsn: str, writer: Writer) -> None:
        self.dsn, self.writer, self.clock = dsn, writer, Clock()
        self.journal = self.another()

    def another(self) -> Journal:
        return Journal(self.writer, SECRET, self.clock.now, security_days=30, access_days=10, clock=self.clock)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(conninfo_as(self.dsn, DatabaseRole.SYSTEM)) as connection:
            return connection.execute(sql).fetchall()  # type: ignore[arg-type]

    def occurrences(self) -> list[tuple[Any, ...]]:
        return self.rows("SELECT organization_id, reason, times, last_at FROM security.occurrences ORDER BY id")

    def do(self, sql: str, *, by: DatabaseRole = DatabaseRole.OWNER) -> None:
        with psycopg.connect(conninfo_as(self.dsn, by)) as connection:
            connection.execute(sql)  # type: ignore[arg-type]


@pytest.fixture
async def world(dsn: str) -> AsyncIterator[World]:
    conninfo = conninfo_as(dsn, DatabaseRole.SYSTEM)
    with psycopg.connect(conninfo) as connection:
        for organization in (OURS, THEIRS):
            connection.execute(
                "INSERT INTO read.tenancy_members (id, organization_id, user_id, role, added, joined_at, since)"
                " VALUES (gen_random_uuid(), %s, %s, 'member', 1, '2020-01-01Z', 1)",
                (organization, ADA),
            )
        connection.execute(
            "INSERT INTO read.tenancy_projects (id, organization_id, name, description, time_zone, created_at, since)"
            " VALUES (%s, %s, 'ours', '', 'UTC', now(), 1)",
            (PROJECT, OURS),
        )
    writer = Writer(conninfo, connections=1)
    await writer.open()
    async with writer.transaction() as connection:
        await people.new_person(connection, SECRET, ADA)
    yield World(dsn, writer)
    await writer.close()


def a_failure(**changes: Any) -> Occurrence:
    given: dict[str, Any] = {"reason": "wrong_password", "person": ADA, "address": "192.0.2.1", **changes}
    return Occurrence(kind=SecurityKind.SIGN_IN_FAILED, **given)


async def test_what_concerns_a_person_is_kept_in_each_of_their_organizations(world: World) -> None:
    world.journal.notice(a_failure())
    await world.journal.keep()

    assert world.occurrences() == [(OURS, "wrong_password", 1, NOON), (THEIRS, "wrong_password", 1, NOON)]


async def test_what_concerns_one_organization_is_kept_there_alone(world: World) -> None:
    world.journal.notice(a_failure(organization_id=OURS))
    await world.journal.keep()

    assert world.occurrences() == [(OURS, "wrong_password", 1, NOON)]


async def test_what_concerns_nobody_that_is_known_is_counted_and_not_kept(world: World) -> None:
    world.journal.notice(a_failure(person=None))
    world.journal.notice(a_failure(person=an_id(99)))
    await world.journal.keep()

    assert world.journal.nobodys == 1
    assert world.occurrences() == []


async def test_ten_thousand_of_the_same_are_a_row_at_once_and_another_for_all_that_followed(world: World) -> None:
    failure = a_failure(organization_id=OURS)
    world.journal.notice(failure)
    await world.journal.keep()
    for _ in range(9_999):
        world.journal.notice(failure)
    world.clock.seconds = 59
    await world.journal.keep()
    assert [row[2] for row in world.occurrences()] == [1]
    world.clock.seconds = 60
    await world.journal.keep()

    assert [row[2] for row in world.occurrences()] == [1, 9_999]


async def test_what_can_not_be_kept_is_kept_once_when_that_is_possible_again(world: World) -> None:
    world.do("REVOKE INSERT ON security.occurrences, security.accesses FROM cdt_system")
    world.journal.notice(a_failure(organization_id=OURS))
    world.journal.used("key", "192.0.2.1", lambda: KeyUse(KEY, OURS, "192.0.2.1", "192.0.2.1"))
    world.journal.read(Actor("user", str(ADA)), MODEL, PROJECT, Access.OPENED)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await world.journal.keep()
    world.journal.notice(a_failure(organization_id=OURS))
    world.do("GRANT INSERT ON security.occurrences, security.accesses TO cdt_system")
    for _ in range(2):
        await world.journal.keep()

    assert [(row[1], row[2]) for row in world.occurrences()] == [("first_use", 1), ("wrong_password", 2)]
    assert world.rows("SELECT organization_id, times FROM security.accesses") == [(OURS, 1)]


async def test_a_process_that_ends_keeps_what_it_held_back(world: World) -> None:
    for _ in range(3):
        world.journal.notice(a_failure(organization_id=OURS))
        await world.journal.keep()
    await world.journal.end()

    assert [row[2] for row in world.occurrences()] == [1, 2]


async def test_several_processes_count_in_one_interval(world: World) -> None:
    first, second = world.journal, world.another()
    for journal, times in ((first, 2), (second, 3)):
        for _ in range(times):
            journal.read(Actor("user", str(ADA)), MODEL, PROJECT, Access.OPENED)
            world.clock.seconds += 1
    await second.keep()
    await first.keep()

    assert world.rows("SELECT times, first_at, last_at FROM security.accesses") == [
        (5, NOON, NOON + timedelta(seconds=4))
    ]


async def test_an_address_that_a_key_was_used_from_is_known_to_every_process(world: World) -> None:
    for journal in (world.journal, world.another()):
        for host in ("2001:db8::1", "2001:db8::2"):
            journal.used("key", host, lambda host=host: KeyUse(KEY, OURS, host, "2001:db8::/64"))
        await journal.keep()

    assert [row[1] for row in world.occurrences()] == ["first_use"]
    assert world.rows("SELECT count(*) FROM security.key_addresses") == [(1,)]


async def test_a_persons_own_key_is_told_in_each_of_their_organizations_and_sealed_with_theirs(world: World) -> None:
    world.journal.used("key", "192.0.2.1", lambda: KeyUse(KEY, None, "192.0.2.1", "192.0.2.1", person=ADA))
    await world.journal.keep()

    assert [(row[0], row[1]) for row in world.occurrences()] == [(OURS, "first_use"), (THEIRS, "first_use")]
    assert world.rows("SELECT DISTINCT sealed_for, person FROM security.occurrences") == [(ADA, ADA)]
    assert world.rows("SELECT count(*) FROM vault.person_keys") == [(1,)]


async def test_what_is_older_than_its_days_is_removed_and_nothing_else(world: World) -> None:
    for age in (31, 29):
        world.do(
            "INSERT INTO security.occurrences (organization_id, kind, reason, subject, times, first_at, last_at,"
            f" recorded_at) SELECT gen_random_uuid(), 'exported', '{age}', '', 1, at, at, at"
            f" FROM (SELECT timestamptz '{NOON}' - interval '{age} days' AS at) AS aged",
            by=DatabaseRole.SYSTEM,
        )
    world.journal.used("key", "192.0.2.1", lambda: KeyUse(KEY, OURS, "192.0.2.1", "192.0.2.1"))
    world.journal.read(Actor("user", str(ADA)), MODEL, PROJECT, Access.OPENED)
    await world.journal.keep()
    world.do("DELETE FROM security.occurrences WHERE reason = 'first_use'", by=DatabaseRole.SYSTEM)

    await world.journal.tidy()
    assert [row[1] for row in world.occurrences()] == ["29"]
    assert world.rows("SELECT count(*) FROM security.accesses") == [(1,)]
    world.clock.seconds = timedelta(days=31).total_seconds()
    await world.journal.tidy()
    for table in ("occurrences", "accesses", "key_addresses"):
        assert world.rows(f"SELECT count(*) FROM security.{table}") == [(0,)], table

"""What Postgres enforces holds without the checks of the code, and what the code checks holds without Postgres."""

from collections.abc import AsyncIterator

import psycopg
import pytest
from psycopg import sql

from bench.unchecked import ANSWERS
from cdt.database.roles import DatabaseRole, conninfo_as
from tests.conftest import CASES
from tests.permissions.comparing import Case, Count, compared, is_refused, telling, told
from tests.permissions.operations import operations
from tests.permissions.people import EACH_KIND
from tests.permissions.places import Place
from tests.permissions.world import World


@pytest.fixture(scope="module")
async def ours(running: World) -> Place:
    """A tenant to which everybody stands in their own way."""
    (place,) = await running.places(EACH_KIND)
    await telling(running, place)
    return place


@pytest.fixture
def without_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every check of a permission answers yes. No setting can do that: only whoever replaces the code."""
    for checks, name, answer in ANSWERS:
        monkeypatch.setattr(checks, name, answer)


@pytest.fixture
async def without_policies(module_dsn: str) -> AsyncIterator[None]:
    """Every table of this database shows all its rows to the API's role, which stays what it is.

    Waits for what the API still does of the last questions, which needs the event loop: so it must not hold that up.
    """
    owner = conninfo_as(module_dsn, DatabaseRole.OWNER)
    async with await psycopg.AsyncConnection.connect(owner, autocommit=True) as connection:
        await connection.execute("SET lock_timeout = '2min'")
        cursor = await connection.execute(
            "SELECT n.nspname, c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace"
            " WHERE c.relrowsecurity"
        )
        protected = await cursor.fetchall()
        assert protected
        for change in ("DISABLE", "ENABLE"):
            for table in protected:
                await connection.execute(
                    sql.SQL("ALTER TABLE {} {} ROW LEVEL SECURITY").format(sql.Identifier(*table), sql.SQL(change))
                )
            if change == "DISABLE":
                yield


def test_the_api_is_no_superuser_and_passes_no_policy_by(module_dsn: str) -> None:
    with psycopg.connect(conninfo_as(module_dsn, DatabaseRole.API)) as connection:
        row = connection.execute(
            "SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        ).fetchone()

    assert row == ("cdt_api", False, False)


@pytest.mark.usefixtures("without_code")
async def test_the_policies_alone_show_each_what_the_table_says(
    running: World, ours: Place, record_property: Count
) -> None:
    asked = _questions(ours)
    record_property(CASES, len(asked))

    wrong = await compared(running, asked, by_code=False)

    assert wrong == [], told(wrong)


@pytest.mark.usefixtures("without_code")
async def test_the_policies_alone_let_nothing_be_changed_that_is_refused(
    running: World, ours: Place, record_property: Count
) -> None:
    asked = _refused(ours)
    record_property(CASES, len(asked))
    before = running.fingerprints()

    wrong = await compared(running, asked, by_code=False)

    assert wrong == [], told(wrong)
    assert running.fingerprints() == before


@pytest.mark.usefixtures("without_policies")
async def test_the_code_alone_answers_each_as_the_table_says(
    running: World, ours: Place, record_property: Count
) -> None:
    asked = [*_questions(ours), *_refused(ours)]
    record_property(CASES, len(asked))
    before = running.fingerprints()

    wrong = await compared(running, asked)

    assert wrong == [], told(wrong)
    assert running.fingerprints() == before


@pytest.mark.usefixtures("without_policies", "without_code")
async def test_with_neither_a_stranger_is_shown_what_is_not_theirs(running: World, ours: Place) -> None:
    """Else the tests above would see no leak."""
    asked = [each for each in _questions(ours) if each[0].way == "stranger"]

    wrong = await compared(running, asked, by_code=False)

    assert {each.asked for each in wrong} >= {"Query.model", "Query.models", "Query.node of Member"}


def _questions(place: Place) -> list[Case]:
    return [(who, each, place) for each in operations("Query") for who in EACH_KIND]


def _refused(place: Place) -> list[Case]:
    return [(who, each, place) for each in operations("Mutation") for who in EACH_KIND if is_refused(who, each)]

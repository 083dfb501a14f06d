"""Postgres shows an invitation to its organization and to whoever has the invited address, and to nobody else."""

from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest

from cdt.database.roles import DatabaseRole, conninfo_as
from tests.builders import an_id

OURS, THEIRS, INVITED, STRANGER = (an_id(number) for number in range(1, 5))
HASH = "a" * 64


@pytest.fixture(scope="module")
def filled(module_dsn: str) -> str:
    """An invitation of another organization to the address of one of two people."""
    with psycopg.connect(conninfo_as(module_dsn, DatabaseRole.SYSTEM)) as connection:
        for user_id, email_hash in ((INVITED, HASH), (STRANGER, "b" * 64)):
            connection.execute(
                "INSERT INTO vault.credentials (email_hash, user_id, password_hash) VALUES (%s, %s, '')",
                (email_hash, user_id),
            )
        connection.execute(
            "INSERT INTO read.tenancy_invitations (id, organization_id, organization_name, person, email_box,"
            " email_hash, role, invited, invited_at, invited_by_kind, invited_by_id, expires_at, since)"
            " VALUES (%s, %s, 'Theirs', %s, '', %s, 'viewer', 1, now(), 'user', '', now(), 1)",
            (an_id(9), THEIRS, an_id(8), HASH),
        )
        connection.execute("UPDATE read.tenancy_invitations SET answer = 'declined', since = 2")
    return module_dsn


@pytest.fixture
def as_api(filled: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(conninfo_as(filled, DatabaseRole.API)) as connection:
        yield connection
        connection.rollback()


def seen(connection: psycopg.Connection, *, user: UUID | None = None, organization: UUID | None = None) -> list[str]:
    """The answers that are seen of now and of before."""
    connection.execute("SELECT set_config('cdt.user', %s, true)", (str(user or ""),))
    connection.execute(
        "SELECT set_config('cdt.organizations', %s, true)", ("" if organization is None else f"{{{organization}}}",)
    )
    rows = connection.execute("SELECT coalesce(answer, 'open') FROM read.tenancy_invitations_all ORDER BY since DESC")
    return [answer for (answer,) in rows.fetchall()]


def test_whoever_has_the_address_sees_the_invitation_now_and_then(as_api: psycopg.Connection) -> None:
    assert seen(as_api, user=INVITED) == ["declined", "open"]


def test_the_organization_sees_it(as_api: psycopg.Connection) -> None:
    assert seen(as_api, organization=THEIRS) == ["declined", "open"]


def test_nobody_else_sees_it(as_api: psycopg.Connection) -> None:
    assert seen(as_api) == []
    assert seen(as_api, user=STRANGER, organization=OURS) == []
    assert seen(as_api, user=an_id(77)) == []

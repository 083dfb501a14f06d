"""Passwords: kept as argon2id hashes that are dear to guess, one to an address."""

import importlib.util
from collections.abc import AsyncIterator
from typing import Any

import psycopg
import pytest
from argon2 import Parameters, Type, extract_parameters

from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.vault import credentials
from tests.builders import an_id


@pytest.fixture
async def connection(module_dsn: str) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    async with await psycopg.AsyncConnection.connect(conninfo_as(module_dsn, DatabaseRole.API)) as connection:
        yield connection
        await connection.rollback()


def test_in_service_a_hash_takes_64_megabytes() -> None:
    spec = importlib.util.find_spec("cdt.vault.credentials")
    assert spec is not None
    assert spec.loader is not None
    as_in_service = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(as_in_service)

    parameters = extract_parameters(as_in_service.hash_password("a password"))

    assert parameters == Parameters(
        type=Type.ID, version=19, salt_len=16, hash_len=32, time_cost=3, memory_cost=65536, parallelism=4
    )


def test_who_is_unknown_takes_as_long_by_the_same_parameters() -> None:
    spec = importlib.util.find_spec("cdt.vault.credentials")
    assert spec is not None
    assert spec.loader is not None
    as_in_service = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(as_in_service)

    assert extract_parameters(as_in_service._NOBODY) == extract_parameters(as_in_service.hash_password("a password"))
    assert not as_in_service.is_password("nobody has this password", None)


def test_the_same_password_is_hashed_otherwise_each_time() -> None:
    assert credentials.hash_password("x") != credentials.hash_password("x")


async def test_a_credential_is_found_by_its_hash_and_kept_once(connection: psycopg.AsyncConnection[Any]) -> None:
    hashed = credentials.hash_password("right")
    kept = [
        await credentials.keep(connection, email_hash="hash", user_id=an_id(1), password_hash=each)
        for each in (hashed, credentials.hash_password("other"))
    ]
    found = await credentials.find(connection, "hash")

    assert kept == [True, False]
    assert found == credentials.Credential(an_id(1), "hash", hashed)
    assert credentials.is_password("right", found)
    assert not credentials.is_password("other", found)
    assert await credentials.find(connection, "another") is None


async def test_another_password_takes_the_place_of_the_former_one(connection: psycopg.AsyncConnection[Any]) -> None:
    former, later = credentials.hash_password("former"), credentials.hash_password("later")
    await credentials.keep(connection, email_hash="hash", user_id=an_id(1), password_hash=former)
    await credentials.keep(connection, email_hash="other", user_id=an_id(2), password_hash=former)
    await credentials.change(connection, an_id(1), password_hash=later)

    assert await credentials.of_user(connection, an_id(1)) == credentials.Credential(an_id(1), "hash", later)
    assert await credentials.of_user(connection, an_id(2)) == credentials.Credential(an_id(2), "other", former)
    assert await credentials.of_user(connection, an_id(3)) is None


def test_a_damaged_hash_admits_nobody() -> None:
    assert not credentials.is_password("right", credentials.Credential(an_id(1), "hash", "no hash"))

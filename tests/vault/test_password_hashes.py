"""argon2id hashes of passwords, which are dear to guess."""

import importlib.util
from types import ModuleType

import pytest
from argon2 import Parameters, Type, extract_parameters

from cdt.vault import password_hashes


@pytest.fixture(scope="module")
def as_in_service() -> ModuleType:
    """The module as it is without the tests' haste."""
    spec = importlib.util.find_spec("cdt.vault.password_hashes")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_in_service_a_hash_takes_64_megabytes(as_in_service: ModuleType) -> None:
    assert extract_parameters(as_in_service.hash_password("a password")) == Parameters(
        type=Type.ID, version=19, salt_len=16, hash_len=32, time_cost=3, memory_cost=65536, parallelism=4
    )


def test_who_is_unknown_takes_as_long_by_the_same_parameters(as_in_service: ModuleType) -> None:
    assert extract_parameters(as_in_service._NOBODY) == extract_parameters(as_in_service.hash_password("a password"))
    assert not as_in_service.is_password("nobody has this password", "")


def test_the_same_password_is_hashed_otherwise_each_time() -> None:
    assert password_hashes.hash_password("x") != password_hashes.hash_password("x")


def test_a_hash_is_its_passwords_alone() -> None:
    kept = password_hashes.hash_password("right")

    assert password_hashes.is_password("right", kept)
    assert not password_hashes.is_password("other", kept)


@pytest.mark.parametrize("kept", ["no hash", ""])
def test_a_damaged_hash_admits_nobody_and_neither_does_none(kept: str) -> None:
    assert not password_hashes.is_password("nobody has this password", kept)


def test_a_check_takes_as_long_when_nobody_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    verified: list[str] = []

    class Hasher:
        def verify(self, hashed: str, _password: str) -> bool:
            verified.append(hashed)
            return True

    monkeypatch.setattr(password_hashes, "_HASHER", Hasher())

    assert password_hashes.is_password("x", "") is False
    assert len(verified) == 1

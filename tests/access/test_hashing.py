"""Passwords are hashed and checked one at a time, by a process that gives way to everything else."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator

import pytest

from cdt.access import hashing as rooms
from cdt.access.hashing import Hashing, HashingFailed
from cdt.vault.password_process import NICENESS


@pytest.fixture
async def hashing() -> AsyncIterator[Hashing]:
    hashing = Hashing()
    yield hashing
    await hashing.close()


def process_of(hashing: Hashing) -> int:
    assert hashing._process is not None
    return hashing._process.pid


@pytest.mark.parametrize("password", ["correct horse", "", "\n", "\x00", "ünï✓", "x" * 100_000])
async def test_a_password_is_told_from_others_by_its_hash(hashing: Hashing, password: str) -> None:
    kept = await hashing.hash(password)

    assert await hashing.is_password(password, kept)
    assert not await hashing.is_password(password + "x", kept)


async def test_half_of_a_character_is_nobodys_password_and_the_next_one_is_answered(hashing: Hashing) -> None:
    kept = await hashing.hash("right")

    with pytest.raises(HashingFailed):
        await hashing.hash("\ud800")

    assert not await hashing.is_password("\ud800", kept)
    assert await hashing.is_password("right", kept)


@pytest.mark.parametrize("kept", ["", "no hash", "$argon2id$v=19$m=64,t=1,p=1$broken$broken"])
async def test_what_is_no_hash_admits_nobody(hashing: Hashing, kept: str) -> None:
    assert not await hashing.is_password("nobody has this password", kept)


async def test_its_process_gives_way_and_this_one_stays_as_it_was(hashing: Hashing) -> None:
    before = os.getpriority(os.PRIO_PROCESS, 0)

    await hashing.hash("a password")

    assert os.getpriority(os.PRIO_PROCESS, process_of(hashing)) == before + NICENESS
    assert os.getpriority(os.PRIO_PROCESS, 0) == before


async def test_many_at_once_each_get_their_own_answer(hashing: Hashing) -> None:
    kept = await asyncio.gather(*(hashing.hash(f"password {number}") for number in range(20)))

    checked = await asyncio.gather(
        *(hashing.is_password(f"password {asked}", kept[owner]) for asked in range(20) for owner in range(20))
    )

    assert checked == [asked == owner for asked in range(20) for owner in range(20)]


async def test_one_is_asked_about_after_another_in_the_order_of_coming(
    hashing: Hashing, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    exchange = hashing._exchange

    async def noted(line: bytes) -> bytes:
        password = json.loads(line)["password"]
        said.append(f"{password} begins")
        answer = await exchange(line)
        said.append(f"{password} ends")
        return answer

    monkeypatch.setattr(hashing, "_exchange", noted)

    await asyncio.gather(*(hashing.hash(str(number)) for number in range(20)))

    assert said == [f"{number} {what}" for number in range(20) for what in ("begins", "ends")]


async def test_who_goes_away_leaves_nobody_else_their_answer(hashing: Hashing) -> None:
    kept = await hashing.hash("right")
    asked = [asyncio.create_task(hashing.is_password("right", kept)) for _ in range(10)]
    await asyncio.sleep(0)
    for each in asked[::2]:
        each.cancel()

    assert not await hashing.is_password("wrong", kept)
    assert await asyncio.gather(*asked[1::2]) == [True] * 5


async def test_a_process_that_was_killed_is_replaced_and_nobody_notices(hashing: Hashing) -> None:
    kept = await hashing.hash("right")
    former = process_of(hashing)

    os.kill(former, signal.SIGKILL)

    assert await hashing.is_password("right", kept)
    assert process_of(hashing) != former


async def test_a_process_that_can_not_start_admits_nobody(hashing: Hashing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "PROGRAM", "cdt.no_such_program")

    with pytest.raises(HashingFailed):
        await hashing.is_password("right", "")


async def test_a_process_that_does_not_answer_is_replaced(hashing: Hashing, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = await hashing.hash("right")
    former = process_of(hashing)
    monkeypatch.setattr(rooms, "ANSWER_SECONDS", 3.0)

    os.kill(former, signal.SIGSTOP)

    assert await hashing.is_password("right", kept)
    assert process_of(hashing) != former


async def test_it_ends_with_whoever_asks(hashing: Hashing) -> None:
    await hashing.hash("a password")
    process = hashing._process
    assert process is not None
    assert process.stdin is not None

    process.stdin.close()

    async with asyncio.timeout(10):
        assert await process.wait() == 0

"""Passwords are checked one at a time, and give way to everything else."""

import asyncio
import os
import threading

import pytest

from cdt.access.hashing import NICENESS, Hashing


async def test_the_thread_is_nice_and_the_process_is_as_before() -> None:
    before = os.getpriority(os.PRIO_PROCESS, 0)
    hashing = Hashing()

    niceness = await hashing.run(lambda: os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))

    assert niceness == NICENESS
    assert os.getpriority(os.PRIO_PROCESS, 0) == before
    hashing.close()


async def test_one_is_done_after_another_and_in_the_order_of_coming() -> None:
    hashing = Hashing()
    begun: list[int] = []
    at_once: list[int] = []
    busy = threading.Lock()

    def work(number: int) -> None:
        begun.append(number)
        at_once.append(busy.acquire(blocking=False))
        busy.release()

    await asyncio.gather(*(hashing.run(lambda number=number: work(number)) for number in range(50)))

    assert begun == list(range(50))
    assert all(at_once)
    hashing.close()


async def test_what_fails_says_so_and_the_next_is_done() -> None:
    hashing = Hashing()

    with pytest.raises(ZeroDivisionError):
        await hashing.run(lambda: 1 // 0)

    assert await hashing.run(lambda: 7) == 7
    hashing.close()

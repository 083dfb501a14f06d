"""Tasks beside the main work end when they are told to, however deaf, and what they failed with is raised."""

import asyncio
from contextlib import suppress

import pytest

from cdt.background import beside, done_unless, ended


async def deaf(times: int) -> None:
    """Goes on after so many cancellations."""
    for _ in range(times):
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
    await asyncio.Event().wait()


async def fails() -> None:
    raise ValueError("it broke")


async def test_a_task_that_passes_over_cancellations_ends() -> None:
    tasks = [asyncio.create_task(deaf(times)) for times in (0, 1, 3)]
    await asyncio.sleep(0)

    await ended(*tasks, again_seconds=0.01)

    assert all(each.cancelled() for each in tasks)


async def test_a_task_that_has_failed_has_ended() -> None:
    task = asyncio.create_task(fails())
    await asyncio.wait({task})

    await ended(task)

    assert str(task.exception()) == "it broke"


async def test_work_goes_on_until_the_block_is_left() -> None:
    going = asyncio.Event()

    async def work() -> None:
        going.set()
        await deaf(0)

    async with beside(work(), name="work"):
        await going.wait()
        (task,) = [each for each in asyncio.all_tasks() if each.get_name() == "work"]
        assert not task.done()

    assert task.cancelled()


async def test_what_work_failed_with_is_raised_at_the_end() -> None:
    with pytest.raises(ValueError, match="it broke"):
        async with beside(fails(), name="work"):
            await asyncio.sleep(0)


async def test_work_is_done_unless_it_is_stopped() -> None:
    stop = asyncio.Event()
    assert await done_unless(stop, asyncio.sleep(0), name="work") is True

    asyncio.get_running_loop().call_soon(stop.set)
    assert await done_unless(stop, deaf(0), name="work") is False

    with pytest.raises(ValueError, match="it broke"):
        await done_unless(asyncio.Event(), fails(), name="work")

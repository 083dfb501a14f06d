"""Passwords, checked where nothing waits for it: one at a time, in a thread that gives way to all other work."""

import asyncio
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")

NICENESS = 15
"""A thirtieth of the weight of other threads: on busy cores a password takes a second. With less weight this thread
would be kept waiting while it holds the interpreter's lock, and everybody with it."""


class Hashing:
    """The thread for argon2, which takes 64 MB and a core for some 50 ms: a crowd that signs in waits for itself."""

    def __init__(self) -> None:
        """The thread is started with the first password."""
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="hashing", initializer=_give_way)

    async def run(self, work: Callable[[], T]) -> T:
        """What the work answers, in its turn."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def close(self) -> None:
        """Begin nothing more; what has begun ends by itself."""
        self._thread.shutdown(wait=False, cancel_futures=True)


def _give_way() -> None:
    """This thread, and those that argon2 starts from it; Linux has a niceness for each thread."""
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)

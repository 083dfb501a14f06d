"""Passwords, hashed and checked where nothing waits for it: one at a time, in a process that gives way to all others.

A thread would not do: one that gives way is kept waiting while it holds the interpreter's lock, and everybody with it.
Giving way is not enough either: each password goes through 64 MB, and leaves the others' caches cold. So a crowd is
let in more slowly while the API has other work.
"""

import asyncio
import json
import sys
import time
from asyncio.subprocess import PIPE, Process
from contextlib import suppress

from cdt.background import ended

PROGRAM = "cdt.vault.password_process"
ANSWER_SECONDS = 60.0
"""However busy the machine is."""
RESTS = 8.0
"""After a password the next one waits for so many of its times while the API is as busy as it can be."""
LONGEST_REST_SECONDS = 5.0
"""A password can take a minute where the cores are taken from its process: nobody behind it waits for eight."""


class HashingFailed(RuntimeError):
    """The process that hashes passwords died twice over one, or could not hash it."""


class Hashing:
    """The process for argon2, which takes 64 MB and a core for some 50 ms: a crowd that signs in waits for itself."""

    def __init__(self) -> None:
        """The process is started with the first password, and anew when it has died."""
        self._process: Process | None = None
        self._turns = asyncio.Lock()
        """One question at a time, to its answer: also while whoever asked has gone away."""
        self._rest = 0.0
        self._asked: set[asyncio.Task[str | bool | None]] = set()

    async def hash(self, password: str) -> str:
        """An argon2id hash, in its turn."""
        answer = await self._ask({"password": password})
        assert isinstance(answer, str)
        return answer

    async def is_password(self, password: str, kept: str) -> bool:
        """Whether the kept hash is the password's, in its turn; takes as long when there is none."""
        return await self._ask({"password": password, "kept": kept}) is True

    async def close(self) -> None:
        """Whoever still waits is cancelled, and the process ended."""
        await ended(*self._asked)
        await self._end()

    async def _ask(self, question: dict[str, str]) -> str | bool | None:
        # asked to the end, whoever goes away meanwhile: the next answer is the next question's
        asked = asyncio.create_task(self._in_turn(json.dumps(question).encode() + b"\n"), name="password")
        self._asked.add(asked)
        asked.add_done_callback(self._asked.discard)
        answer = await asyncio.shield(asked)
        if answer is None:
            raise HashingFailed
        return answer

    async def _in_turn(self, line: bytes) -> str | bool | None:
        async with self._turns:
            await asyncio.sleep(self._rest)
            began, worked = time.monotonic(), time.process_time()
            try:
                return await self._answer(line)
            finally:
                self._rest = rest_after(time.monotonic() - began, time.process_time() - worked)

    async def _answer(self, line: bytes) -> str | bool | None:
        for _ in range(2):
            with suppress(BrokenPipeError, ConnectionResetError, TimeoutError):
                async with asyncio.timeout(ANSWER_SECONDS):
                    if said := await self._exchange(line):
                        answer: str | bool | None = json.loads(said)
                        return answer
            await self._end()
        return None

    async def _exchange(self, line: bytes) -> bytes:
        if self._process is None:  # in a session of its own: a Ctrl-C is its parent's to understand
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", PROGRAM), stdin=PIPE, stdout=PIPE, start_new_session=True
            )
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(line)
        await stdin.drain()
        return await stdout.readline()

    async def _end(self) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
            self._process = None


def rest_after(took: float, worked: float) -> float:
    """How many seconds to let the others alone, after a password took so long and this process worked meanwhile.

    >>> rest_after(0.1, 0.0), round(rest_after(0.1, 0.05), 6), round(rest_after(0.1, 0.2), 6), rest_after(60.0, 60.0)
    (0.0, 0.4, 0.8, 5.0)
    """
    return min(RESTS * min(took, worked), LONGEST_REST_SECONDS)

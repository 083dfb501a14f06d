"""Heavy computing in a process of its own, which can be killed without harm to the worker that waits for it."""

import asyncio
import multiprocessing
import multiprocessing.connection
import multiprocessing.process
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Literal, ParamSpec, TypeVar

from cdt.database.away import is_away
from cdt.storage.storage import StorageIsAway

P = ParamSpec("P")
T = TypeVar("T")

_CONTEXT = multiprocessing.get_context("spawn")


class ChildFailed(RuntimeError):
    """The child process raised, died, or took too long; the message says which."""


class ChildCutShort(ChildFailed):
    """It has lost its database or the object storage; the same call may succeed in a moment."""


class ChildDied(ChildFailed):
    """Its process was killed; by chance, or because of what it was to compute."""


Outcome = Literal["done", "failed", "cut short"]


class Child:
    """One process that computes, one call at a time; it is made at the first call, and anew after it was killed."""

    def __init__(self) -> None:
        """No process yet."""
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: multiprocessing.connection.Connection[Any, Any] | None = None
        self._free = asyncio.Lock()

    async def run(self, seconds: float, function: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
        """The function's result; ChildFailed when it raises, dies, or takes longer than `seconds`, then killed."""
        async with self._free:
            pipe = self._ready()
            try:
                async with asyncio.timeout(seconds):
                    await asyncio.to_thread(pipe.send, (function, arguments, options))
                    outcome, answer = await _received(pipe)
            except TimeoutError as error:
                self.kill()
                raise ChildFailed(f"it took longer than {seconds:.0f} s") from error
            except (EOFError, OSError) as error:
                self.kill()
                raise ChildDied("its process died") from error
            except asyncio.CancelledError:
                self.kill()
                raise
        match outcome:
            case "done":
                return answer
            case "failed":
                raise ChildFailed(str(answer))
            case "cut short":
                raise ChildCutShort(str(answer))

    def kill(self) -> None:
        """End the process, whatever it does."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process = None
        if self._pipe is not None:
            with suppress(OSError):
                self._pipe.close()
            self._pipe = None

    def _ready(self) -> "multiprocessing.connection.Connection[Any, Any]":
        if self._process is None or not self._process.is_alive() or self._pipe is None:
            self.kill()
            self._pipe, theirs = _CONTEXT.Pipe()
            self._process = _CONTEXT.Process(target=_serve, args=(theirs,), daemon=True)
            self._process.start()
            theirs.close()
        return self._pipe


async def _received(pipe: "multiprocessing.connection.Connection[Any, Any]") -> tuple[Outcome, Any]:
    readable = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(pipe.fileno(), readable.set)
    try:
        await readable.wait()
    finally:
        loop.remove_reader(pipe.fileno())
    return await asyncio.to_thread(pipe.recv)


def _serve(pipe: "multiprocessing.connection.Connection[Any, Any]") -> None:
    with suppress(EOFError, OSError, KeyboardInterrupt):
        while True:
            function, arguments, options = pipe.recv()
            pipe.send(_outcome(function, arguments, options))


def _outcome(function: Callable[..., Any], arguments: tuple[Any, ...], options: dict[str, Any]) -> tuple[Outcome, Any]:
    try:
        return "done", function(*arguments, **options)
    except Exception as error:  # noqa: BLE001  whatever it is, the parent is told
        is_cut_short = is_away(error) or isinstance(error, StorageIsAway)
        return "cut short" if is_cut_short else "failed", f"{type(error).__name__}: {error}"

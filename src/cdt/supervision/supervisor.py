"""Watches processes: starts again what dies, stops all of it in order when it is asked to."""

import os
import select
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from cdt.supervision.log_files import keep_small, last_lines
from cdt.supervision.programs import CannotStart, Change, Program, Restart, RunningProgram, Server, never

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SHORTEST_DELAY_SECONDS = 0.2
LONGEST_DELAY_SECONDS = 5.0
HEALTHY_SECONDS = 10.0
"""A process that ran this long counts as healthy: when it dies, its delay begins anew."""
LOOK_SECONDS = 1.0
"""How often log files are looked at; a death is seen at once, by SIGCHLD."""
UNTIL_SECONDS = 0.05
"""How often the condition of `run` is asked."""
SAME_REQUEST_SECONDS = 0.5
"""Signals this close together are one request: make and a shell pass on what the terminal has sent already."""


Handler = signal.Handlers | Callable[[int, FrameType | None], object] | int | None


def ignore(_change: Change) -> None:
    """Tell nobody."""


@dataclass
class _Kept:
    """A server and what is known of its health; `start_at` is set while it is down."""

    server: Server
    restart: Restart
    started_at: float
    delay_seconds: float = 0.0
    start_at: float | None = None
    is_over: bool = False

    def put_off(self, now: float, *, was_healthy: bool) -> float:
        """Set and answer how long to wait before the next start: twice as long as before, unless it was healthy."""
        doubled = 0.0 if was_healthy else self.delay_seconds * 2
        self.delay_seconds = min(max(doubled, SHORTEST_DELAY_SECONDS), LONGEST_DELAY_SECONDS)
        self.start_at = now + self.delay_seconds
        return self.delay_seconds


class Supervisor:
    """Keeps servers and programs running; a context manager, for the main thread.

    Inside of the `with`, SIGINT, SIGTERM and SIGHUP end `run`; outside of `run` they raise KeyboardInterrupt. Leaving
    the `with` stops everything, last started first. A second signal meanwhile hurries: what still runs is killed.

        with Supervisor(logs=state / "logs", tell=print) as supervisor:
            supervisor.add_server(EmbeddedPostgres(state))
            supervisor.add_program(Program(name="api", arguments=[sys.executable, "-m", "cdt", "api"]))
            supervisor.run()

    Parameters: logs, the folder of the programs' log files; tell, called in the main thread with each change.
    """

    def __init__(self, *, logs: Path, tell: Callable[[Change], None] = ignore) -> None:
        self._logs = logs
        self._tell_watcher = tell
        self._kept: list[_Kept] = []
        self._requests = 0
        self._last_request_at = float("-inf")
        self._only_counts_requests = False
        self._former_handlers: dict[signal.Signals, Handler] = {}
        self._former_wake = -1
        self._wake_reader, self._wake_writer = -1, -1

    def __enter__(self) -> Self:
        self._wake_reader, self._wake_writer = os.pipe()
        for end in (self._wake_reader, self._wake_writer):
            os.set_blocking(end, False)
        self._former_wake = signal.set_wakeup_fd(self._wake_writer, warn_on_full_buffer=False)
        self._former_handlers = {number: signal.signal(number, self._asked_to_stop) for number in STOP_SIGNALS}
        self._former_handlers[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, _child_ended)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._only_counts_requests = True
        self._stop_all()
        for number, handler in self._former_handlers.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._former_wake)
        os.close(self._wake_reader)
        os.close(self._wake_writer)

    def add_server(self, server: Server) -> None:
        """Start a server, wait until it answers, and keep it running. Raises what its `start` raises."""
        self._add(server, restart="always")

    def add_program(self, program: Program) -> None:
        """Start a program and keep it running."""
        self._add(RunningProgram(program, logs=self._logs), restart=program.restart)

    def run(self, *, until: Callable[[], bool] = never) -> bool:
        """Keep everything running until the condition holds (answers True) or a signal asks to stop (False)."""
        self._only_counts_requests = True
        try:
            while not self._requests:
                if until():
                    return True
                self._look()
                self._wait(LOOK_SECONDS if until is never else UNTIL_SECONDS)
        finally:
            self._only_counts_requests = self._requests > 0  # who was asked stops: asking again must not break that off
        return False

    def _add(self, server: Server, *, restart: Restart) -> None:
        self._kept.append(_Kept(server=server, restart=restart, started_at=time.monotonic()))
        server.start()
        self._tell(Change(what="started", name=server.name, pid=server.pid))

    def _look(self) -> None:
        now = time.monotonic()
        for kept in self._kept:
            keep_small(kept.server.log)
            if kept.is_over or self._requests:
                continue
            if kept.start_at is None:
                self._note_a_death(kept, now)
            elif kept.start_at <= now:
                self._start_again(kept)

    def _note_a_death(self, kept: _Kept, now: float) -> None:
        exit_code = kept.server.exit_code
        if exit_code is None:
            return
        if kept.restart == "never" or (kept.restart == "on failure" and exit_code == 0):
            kept.is_over = True
            self._tell(Change(what="finished", name=kept.server.name, exit_code=exit_code))
            return
        seconds = kept.put_off(now, was_healthy=now - kept.started_at >= HEALTHY_SECONDS)
        said, server = last_lines(kept.server.log), kept.server
        self._tell(
            Change(
                what="died", name=server.name, pid=server.pid, exit_code=exit_code, seconds=seconds, explanation=said
            )
        )

    def _start_again(self, kept: _Kept) -> None:
        try:
            kept.server.start(interrupted=lambda: self._requests > 0)
        except CannotStart as error:
            seconds = kept.put_off(time.monotonic(), was_healthy=False)
            self._tell(Change(what="unstartable", name=kept.server.name, seconds=seconds, explanation=str(error)))
            return
        kept.start_at, kept.started_at = None, time.monotonic()
        self._tell(Change(what="started", name=kept.server.name, pid=kept.server.pid))

    def _wait(self, longest_seconds: float) -> None:
        now = time.monotonic()
        due = [kept.start_at - now for kept in self._kept if kept.start_at is not None]
        select.select([self._wake_reader], [], [], max(0.0, min([longest_seconds, *due])))
        with suppress(BlockingIOError):
            os.read(self._wake_reader, 4096)

    def _stop_all(self) -> None:
        for kept in reversed(self._kept):
            was_running = kept.server.pid is not None and kept.server.exit_code is None
            kept.server.stop(hurried=lambda: self._requests > 1)
            if was_running:
                self._tell(Change(what="stopped", name=kept.server.name, exit_code=kept.server.exit_code))
        self._kept.clear()

    def _tell(self, change: Change) -> None:
        with suppress(OSError):  # a terminal that was closed is no reason to stop
            self._tell_watcher(change)

    def _asked_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        if now - self._last_request_at >= SAME_REQUEST_SECONDS:
            self._requests += 1
            self._last_request_at = now
        if not self._only_counts_requests:
            raise KeyboardInterrupt


def _child_ended(_number: int, _frame: FrameType | None) -> None:
    """Nothing: the signal itself has woken the supervisor."""

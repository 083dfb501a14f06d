"""What a supervisor keeps running, and what it tells about it."""

import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from cdt.supervision.launching import end_session, has_ended, launch
from cdt.supervision.log_files import log_path, open_log

Restart = Literal["always", "on failure", "never"]

POLL_SECONDS = 0.02


def never() -> bool:
    """Nobody asks."""
    return False


class CannotStart(Exception):
    """A server can't be started; the sentence says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """Something happened to a program or server.

    Parameters: pid, of its process, if it has one; exit_code, of a process that died, minus the number of the signal
    that killed it; seconds, until the next start after a death; explanation, the last lines of its log when it died,
    or why it can't be started.
    """

    what: Literal["started", "died", "finished", "stopped", "unstartable"]
    name: str
    pid: int | None = None
    exit_code: int | None = None
    seconds: float | None = None
    explanation: str = ""


class Server(Protocol):
    """Something to keep running that knows itself how it is started and stopped."""

    @property
    def name(self) -> str:
        """What it is called in what is told of it."""
        ...

    @property
    def log(self) -> Path:
        """The file that its output goes to."""
        ...

    @property
    def pid(self) -> int | None:
        """The id of its process, once it was started."""
        ...

    @property
    def exit_code(self) -> int | None:
        """How its process ended; nothing while it runs."""
        ...

    def start(self, *, interrupted: Callable[[], bool] = never) -> None:
        """Start it and wait until it answers, or give up once `interrupted`."""
        ...

    def stop(self, *, hurried: Callable[[], bool] = never) -> None:
        """Stop it and wait, with a bound, until it is gone; at once when `hurried`."""
        ...


@dataclass(frozen=True, kw_only=True)
class Program:
    """A program to keep running.

    Parameters: name, also of its log file; environment, the whole of it (default: the supervisor's own); restart, after
    which ends it is started again; stop_seconds, how long it may take to stop before it is killed.
    """

    name: str
    arguments: Sequence[str | Path]
    environment: Mapping[str, str] | None = None
    restart: Restart = "always"
    stop_seconds: float = 15.0


class RunningProgram:
    """A program's process; a `Server` that counts as answering once it is started."""

    def __init__(self, program: Program, *, logs: Path) -> None:
        self.name = program.name
        self.log = log_path(logs, program.name)
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The id of its process, once it was started."""
        return self._process.pid if self._process else None

    @property
    def exit_code(self) -> int | None:
        """How its process ended; nothing while it runs. What it left running is ended with it."""
        if self._process is None or not has_ended(self._process):
            return None
        end_session(self._process)
        return self._process.returncode

    def start(self, *, interrupted: Callable[[], bool] = never) -> None:
        """Start it; there is nothing to wait for."""
        if interrupted():
            return
        with open_log(self.log.parent, self.name) as output:
            self._process = launch(
                self._program.arguments, output=output.fileno(), environment=self._program.environment
            )

    def stop(self, *, hurried: Callable[[], bool] = never) -> None:
        """Ask it to stop; kill it when it takes longer than it may."""
        if self._process is None:
            return
        if not has_ended(self._process):
            self._process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + self._program.stop_seconds
        while not has_ended(self._process) and not hurried() and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        end_session(self._process)

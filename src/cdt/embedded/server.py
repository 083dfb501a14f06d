"""What both embedded servers have in common: one process over one private folder, under one lock."""

import signal
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import IO, ClassVar

from cdt.embedded.errors import ServerFailed
from cdt.embedded.former import POLL_SECONDS, end_former, server_processes
from cdt.embedded.state import clear_failures, prepare, private_folder, server_account, take_lock
from cdt.supervision.launching import Account, end_session, has_ended, launch
from cdt.supervision.log_files import last_lines, log_path, open_log
from cdt.supervision.programs import never

START_SECONDS = 120.0
"""A start after a crash reads the log ahead again: at most about a gigabyte of it."""
STOP_SECONDS = 30.0
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
"""All that a server sees of the environment: a stray PGPORT or PGDATA must not steer it."""


class EmbeddedServer(ABC):
    """A server in a state folder; to be started from a thread that lives as long as it shall.

    Parameters: state, the folder that keeps everything between two starts; durable, whether what is committed outlasts
    a crash of the machine (tests have no need of that).
    """

    name: ClassVar[str]
    program: ClassVar[str]
    gentle: ClassVar[signal.Signals]
    """Asks it to stop without waiting for its clients."""
    harsh: ClassVar[signal.Signals]
    """Makes it stop at once; nothing durable is lost."""

    def __init__(self, state: Path, *, durable: bool = True) -> None:
        self.state = state.absolute()
        self.home = self.state / self.name
        self.data = self.home / "data"
        self.log = log_path(self.state / "logs", self.name)
        self.is_durable = durable
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None

    @property
    def pid(self) -> int | None:
        """The id of its process, once it was started."""
        return self._process.pid if self._process else None

    @property
    def exit_code(self) -> int | None:
        """How its process ended; nothing while it runs."""
        return self._process.poll() if self._process else None

    def is_running(self) -> bool:
        """Whether its process is there."""
        return self._process is not None and not has_ended(self._process)

    def start(self, *, interrupted: Callable[[], bool] = never) -> None:
        """Start it and wait until it answers; nothing happens when it is running. Gives up once `interrupted`."""
        if self.is_running():
            return
        try:
            with clear_failures(self.state):
                self._start(interrupted)
        except BaseException:
            self.stop()
            raise

    def stop(self, *, hurried: Callable[[], bool] = never) -> None:
        """Stop it, wait until it is gone, and leave the folder to others; at once when `hurried`."""
        if self._process is not None:
            if not has_ended(self._process):
                self._process.send_signal(self.gentle)
                self._wait_for_end(STOP_SECONDS, hurried)
            if not has_ended(self._process):
                self._process.send_signal(self.harsh)
                self._wait_for_end(STOP_SECONDS / 6, never)
            self._end_process()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def restart_if_dead(self) -> bool:
        """Start it again if its process has ended; answers whether it had."""
        if self.is_running():
            return False
        self.start()
        return True

    @abstractmethod
    def _prepare(self, account: Account | None) -> list[str | Path]:
        """Make its folders and first data, and answer the command that starts it."""

    @abstractmethod
    def _leader(self) -> int | None:
        """The process id that a former run left in its file."""

    @abstractmethod
    def _answers(self) -> bool:
        """Whether it can be talked to; raises nothing while it can't."""

    def _start(self, interrupted: Callable[[], bool]) -> None:
        account = server_account()
        prepare(self.state, account)
        if self._lock is None:
            self._lock = take_lock(self.state, self.name)
        private_folder(self.home, account)
        end_former(self._former, leader=self._leader(), asking=self.gentle, seconds=STOP_SECONDS)
        command = self._prepare(account)
        said_before = self.log.stat().st_size if self.log.exists() else 0
        self._end_process()
        self._process = self._launch(command, account)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            said = last_lines(self.log, since=said_before)
            if has_ended(self._process):
                raise ServerFailed(self.program, "ended while it was started", log=self.log, said=said)
            if interrupted():
                return
            if time.monotonic() > deadline:
                raise ServerFailed(self.program, "does not answer", log=self.log, said=said)
            time.sleep(POLL_SECONDS)

    def _launch(self, command: list[str | Path], account: Account | None) -> subprocess.Popen[bytes]:
        with open_log(self.log.parent, self.name) as output:
            return launch(
                command,
                output=output.fileno(),
                environment=ENVIRONMENT,
                account=account,
                folder=Path("/"),
                when_parent_dies=self.gentle,
            )

    def _end_process(self) -> None:
        if self._process is not None:
            end_session(self._process)

    def _former(self) -> list[int]:
        return server_processes(self.data, pid=self._leader(), program=self.program)

    def _wait_for_end(self, seconds: float, hurried: Callable[[], bool]) -> None:
        deadline = time.monotonic() + seconds
        while self.is_running() and not hurried() and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)

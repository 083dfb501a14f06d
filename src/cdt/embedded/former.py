"""Finds and ends what a former run left: a server whose supervisor was killed, or the orphans of a killed server."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

POLL_SECONDS = 0.02


def server_processes(data: Path, *, pid: int | None, program: str) -> list[int]:
    """The processes of a server that works in the data folder.

    Linux tells it by their working folder and name. Elsewhere the id in the server's own file is believed if its
    process runs that program: an id alone may since belong to anything.
    """
    if sys.platform == "linux":
        return [int(entry.name) for entry in Path("/proc").glob("[0-9]*") if _is_server(entry, data, program)]
    if pid is None:
        return []
    command = ["/bin/ps", "-p", str(pid), "-o", "comm="]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - no foreign text in it
    return [pid] if program in answer.stdout else []


def pid_in(file: Path) -> int | None:
    """The process id in the first line of a server's file; None when there is none."""
    with suppress(FileNotFoundError, ValueError, IndexError):
        return int(file.read_text().splitlines()[0])
    return None


def end_former(
    processes: Callable[[], list[int]], *, leader: int | None, asking: signal.Signals, seconds: float
) -> None:
    """Wait until a former server is gone: its leader is asked, leaderless orphans and the unwilling are killed."""
    found = processes()
    if leader in found:
        _send([leader], asking)
        deadline = time.monotonic() + seconds
        while processes() and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
    while found := processes():
        _send(found, signal.SIGKILL)
        time.sleep(POLL_SECONDS)


def _is_server(entry: Path, data: Path, program: str) -> bool:
    with suppress(OSError):  # it ended meanwhile, is a zombie, or belongs to another
        return (entry / "comm").read_text().strip() == program and (entry / "cwd").readlink() == data.resolve()
    return False


def _send(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)

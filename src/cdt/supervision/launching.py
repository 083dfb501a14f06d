"""Starts one process that dies with its parent, in a session of its own, with its output in a file."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from cdt.supervision import become


@dataclass(frozen=True, kw_only=True)
class Account:
    """The user and group that a process runs as."""

    user_id: int
    group_id: int
    name: str


def launch(
    arguments: Sequence[str | Path],
    *,
    output: IO[bytes] | int,
    environment: Mapping[str, str] | None = None,
    account: Account | None = None,
    folder: Path | None = None,
    when_parent_dies: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a program; it gets `when_parent_dies` when the calling thread ends, by whatever death.

    Linux ties the signal to the thread that starts the process, so call this from a thread that lives as long as the
    process shall. Elsewhere than on Linux no such signal exists. The process id is the program's own.

    Parameters: environment, the whole of it (default: this process' own); account, who to run as (default: as oneself);
    folder, where to run (default: here).
    """
    program, *rest = (str(argument) for argument in arguments)
    found = shutil.which(program, path=None if environment is None else environment.get("PATH"))
    wrapped = dying_with_us(found or program, *rest, account=account, when_parent_dies=when_parent_dies)
    return subprocess.Popen(  # noqa: S603 - the arguments are the caller's own, and no shell reads them
        wrapped,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        env=environment,
        cwd=folder,
        start_new_session=True,
    )


def dying_with_us(
    *program: str, account: Account | None = None, when_parent_dies: signal.Signals = signal.SIGTERM
) -> list[str]:
    """The command line by which a program, named by its path, dies with the calling thread; see `launch`."""
    return [
        *(sys.executable, "-I", "-S", become.__file__, str(os.getpid()), str(int(when_parent_dies))),
        *((str(account.user_id), str(account.group_id)) if account else ("", "")),
        *program,
    ]


def end_session(process: subprocess.Popen[bytes]) -> None:
    """Kill what a launched process leaves in its session, itself included, and wait until it is gone."""
    if process.returncode is not None:  # reaped: its id may be another's by now
        return
    with suppress(ProcessLookupError, PermissionError):  # macOS says the second of a group of zombies
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Say whether a process has ended, without reaping it: until it is reaped its id can't belong to another."""
    if process.returncode is not None:
        return True
    if sys.platform != "linux":  # no waitid on macOS before Python 3.13
        return process.poll() is not None
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

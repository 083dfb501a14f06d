"""What `cdt up` says when it ends."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from cdt import up
from cdt.settings import environment_for
from cdt.supervision import Change
from tests.api import Api

STOPPED = "Everything is stopped; the next start goes on with the data kept."
READY = "Ctrl-C stops everything; the next start goes on with the data kept."


@contextmanager
def started(api: Api, state: Path, *, until: str) -> Iterator[subprocess.Popen[str]]:
    """A `cdt up` beside the servers of the tests, as soon as it has said a text."""
    settings = replace(api.settings, state_folder=state, port=free_port())
    command = [sys.executable, "-m", "cdt", "up", "--no-demo", "--email", "up@example.com"]
    with subprocess.Popen(
        command, env=environment_for(settings), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            assert process.stdout is not None
            assert any(until in line for line in process.stdout)
            yield process
        finally:
            process.kill()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ended(process: subprocess.Popen[str]) -> tuple[list[str], int]:
    said, _ = process.communicate(timeout=60)
    return said.splitlines(), process.returncode


def test_a_stop_before_the_api_answers_is_told_as_one(api: Api, tmp_path: Path) -> None:
    with started(api, tmp_path, until="first owner") as process:
        process.send_signal(signal.SIGINT)
        said, code = ended(process)

    assert (sorted(said), code) == (sorted(["api stopped", "work stopped", "follow stopped", STOPPED]), 130)
    assert said[-1] == STOPPED


def test_a_stop_of_what_runs_is_told_and_no_failure(api: Api, tmp_path: Path) -> None:
    with started(api, tmp_path, until=READY) as process:
        process.send_signal(signal.SIGINT)
        said, code = ended(process)

    assert (said, code) == (["api stopped", "work stopped", "follow stopped", STOPPED], 0)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (Change(what="died", name="api", exit_code=1, seconds=0.2, explanation="a trace\nValueError: no"),
         "api ended with exit code 1 and is started again in 0.2 s; the last it said: ValueError: no"),
        (Change(what="died", name="work", exit_code=-9, seconds=5.0),
         "work was killed by SIGKILL and is started again in 5.0 s; the last it said: nothing"),
        (Change(what="unstartable", name="postgres", seconds=0.4, explanation="The disk is full."),
         "postgres can't be started, and is tried again in 0.4 s: The disk is full."),
        (Change(what="finished", name="demo", exit_code=0), "demo has finished"),
        (Change(what="stopped", name="api", exit_code=0), "api stopped"),
        (Change(what="stopped", name="api", exit_code=-9), "api was killed before it had stopped"),
    ],
)  # fmt: skip
def test_each_change_is_one_line(change: Change, line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(up, "_say", said.append)

    up._tell(change)

    assert said == [line]

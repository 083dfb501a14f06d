"""From an append that returned to its row, read in another process, against the append itself."""

import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import IO
from uuid import UUID

from bench.append import TENANT, an_envelope
from bench.servers import Installation, installation
from bench.table import Claim, Figures, Table, quantile
from cdt.database.log import Log
from cdt.database.mapper import encode
from cdt.database.roles import DatabaseRole

ROUNDS = 20
APPENDS = 200


def measure() -> Table:
    """Milliseconds, one writer that does not wait for anybody."""
    append = {share: Figures(f"append, p{share}", "ms") for share in (50, 99)}
    visible = {share: Figures(f"returned to readable, p{share}", "ms") for share in (50, 99)}
    with (
        installation() as made,
        made.follower(),
        Log(made.conninfo(DatabaseRole.API), connections=1) as log,
        watcher(made, TENANT.project_id) as seen,
    ):
        for number in range(-1, ROUNDS):
            appended, waited = _round(log, seen)
            for share in (50, 99):
                if number >= 0:
                    append[share].add(quantile(appended, share / 100))
                    visible[share].add(quantile(waited, share / 100))
    return Table(
        title="Append returned to visible in another process",
        what=f"{ROUNDS} rounds of {APPENDS} appends by one writer, back to back. The follower is a process of its own;"
        " a third process hears of the position and reads the row that was written for it, under a tenant's policy.",
        figures=[append[50], visible[50], append[99], visible[99]],
        claims=[Claim(visible[99], append[99], at_most=3)],
    )


@contextmanager
def watcher(made: Installation, project: UUID | None) -> Generator[IO[str]]:
    """The lines of a process that sees what becomes readable."""
    command = [sys.executable, "-m", "bench.watcher", made.conninfo(DatabaseRole.API), str(project)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == "ready\n"
        try:
            yield run.stdout
        finally:
            run.terminate()


def _round(log: Log, seen: IO[str]) -> tuple[list[float], list[float]]:
    appended: list[float] = []
    returned_at: dict[int, int] = {}
    for _ in range(APPENDS):
        envelope = an_envelope()
        began = time.monotonic_ns()
        positions = log.recorder.insert_events([encode(envelope)])
        ended = time.monotonic_ns()
        assert positions
        appended.append((ended - began) / 1e6)
        returned_at[positions[0]] = ended
    waited: list[float] = []
    while returned_at:
        position, seen_at = map(int, seen.readline().split())
        waited.append((seen_at - returned_at.pop(position)) / 1e6)
    return appended, waited

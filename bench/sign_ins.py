"""Intake while a crowd signs in, against intake alone."""

import subprocess
import sys

from bench.intake import register, send
from bench.servers import OWNER_EMAIL, OWNER_PASSWORD, installation
from bench.table import Claim, Figures, Table

ROUNDS = 4
SECONDS = 8.0
CROWD = 200
SECONDS_TO_ANSWER = 120


def measure() -> Table:
    """Rows a second, all acknowledged; and that everybody was let in."""
    alone = Figures("intake alone", "rows/s")
    beside = Figures(f"intake while {CROWD} sign in", "rows/s")
    with installation() as made:
        owner = made.found()
        version_id, key = register(made, owner)
        with made.follower(), made.api(CDT_LIMIT_SIGN_INS="0") as port:
            path = f"/v1/versions/{version_id}/predictions"
            for number in range(-1, ROUNDS):
                one = send(port, path, key, seconds=SECONDS)
                with subprocess.Popen(_crowd(port), stdout=subprocess.PIPE) as crowd:
                    other = send(port, path, key, seconds=SECONDS)
                    let_in, _ = crowd.communicate(timeout=SECONDS_TO_ANSWER)
                if int(let_in) != CROWD:
                    raise RuntimeError(f"{int(let_in)} of {CROWD} were let in")
                if number >= 0:
                    alone.add(one.rate)
                    beside.add(other.rate)
    return Table(
        title="Intake while a crowd signs in",
        what=f"{ROUNDS} interleaved rounds of {SECONDS:g} s, 64 connections, one prediction a request; {CROWD} people"
        " send their sign-ins at the same moment as the first row, each over a connection of its own. All are let"
        " in, during these seconds and after them.",
        figures=[alone, beside],
        claims=[Claim(beside, alone, at_least=0.9)],
    )


def _crowd(port: int) -> list[str]:
    return [sys.executable, "-m", "bench.crowd", str(port), OWNER_EMAIL, OWNER_PASSWORD, str(CROWD)]

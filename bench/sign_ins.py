"""Intake while a crowd signs in, against intake alone."""

import subprocess
import sys
import threading

from bench.intake import register, send
from bench.servers import OWNER_EMAIL, OWNER_PASSWORD, installation
from bench.table import Claim, Figures, Table

ROUNDS = 6
SECONDS = 8.0
CROWD = 200
SECONDS_TO_ANSWER = 120
SECONDS_BEFORE_THE_CROWD = 0.7
"""After the senders' process was started, which takes about half of it."""


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
                before = send(port, path, key, seconds=SECONDS)
                with subprocess.Popen(_crowd(port), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as crowd:
                    _read_line(crowd)
                    coming = threading.Timer(SECONDS_BEFORE_THE_CROWD, _say, [crowd])
                    coming.start()
                    other = send(port, path, key, seconds=SECONDS)
                    let_in, _ = crowd.communicate(timeout=SECONDS_TO_ANSWER)
                if int(let_in) != CROWD:
                    raise RuntimeError(f"{int(let_in)} of {CROWD} were let in")
                after = send(port, path, key, seconds=SECONDS)
                if number >= 0:
                    alone.add((before.rate + after.rate) / 2)
                    beside.add(other.rate)
    return Table(
        title="Intake while a crowd signs in",
        what=f"{ROUNDS} rounds of three times {SECONDS:g} s: alone, beside the crowd, alone; the rate alone is the mean"
        f" of both. 64 connections, one prediction a request; {CROWD} people"
        " send their sign-ins at one moment within the first second of the rows, each over a connection of its own"
        " that was open before. All are let in, during these seconds and after them.",
        figures=[alone, beside],
        claims=[Claim(beside, alone, at_least=0.9)],
    )


def _read_line(crowd: subprocess.Popen[bytes]) -> None:
    assert crowd.stdout is not None
    if crowd.stdout.readline() != b"ready\n":
        raise RuntimeError("the crowd did not come")


def _say(crowd: subprocess.Popen[bytes]) -> None:
    assert crowd.stdin is not None
    crowd.stdin.write(b"\n")
    crowd.stdin.flush()


def _crowd(port: int) -> list[str]:
    return [sys.executable, "-m", "bench.crowd", str(port), OWNER_EMAIL, OWNER_PASSWORD, str(CROWD)]

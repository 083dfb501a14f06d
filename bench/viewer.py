"""The smallest query, answered from the token, against a bare JSON endpoint."""

import subprocess
import sys

from bench.caller import Caller, request_of
from bench.servers import installation
from bench.table import Claim, Figures, Table

ROUNDS = 10
SECONDS = 1.5
CONNECTIONS = 8


class KnowsNobody(AssertionError):
    """The query was not answered with the one whose token it was."""


def measure() -> Table:
    """Requests a second."""
    bare = Figures("bare Starlette endpoint", "requests/s")
    viewer = Figures("{ viewer { id } }", "requests/s")
    with installation() as made:
        token = made.token_of(made.found())
        request = request_of("{ viewer { id } }", token=token)
        with made.follower(), made.api() as port, made.bare("bench.bare_json:app") as bare_port:
            _require_answer(port, token)
            for number in range(-1, ROUNDS):
                rates = [_rate(each, request) for each in (bare_port, port)]
                if number >= 0:
                    bare.add(rates[0])
                    viewer.add(rates[1])
    return Table(
        title="The smallest query, from the token",
        what=f"{ROUNDS} interleaved rounds of {SECONDS:g} s, {CONNECTIONS} connections from one other process, each"
        " waiting for its answer. Both get the same bytes and are served by uvicorn with uvloop and httptools, one"
        " process each; the bare endpoint reads no body and no token.",
        figures=[bare, viewer],
        claims=[Claim(viewer, bare, at_least=0.15)],
    )


def _require_answer(port: int, token: str) -> None:
    caller = Caller(port, token=token)
    answer = caller.call(caller.request_of("{ viewer { id } }"))
    caller.close()
    if not answer["data"]["viewer"]["id"]:
        raise KnowsNobody(answer)


def _rate(port: int, request: bytes) -> float:
    command = [sys.executable, "-m", "bench.repeater", str(port), str(CONNECTIONS), str(SECONDS)]
    run = subprocess.run(command, input=request, stdout=subprocess.PIPE, timeout=60, check=True)
    return float(run.stdout)

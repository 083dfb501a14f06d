"""From a prediction that was acknowledged to the new live reading at each of a hundred subscribers."""

import bisect
import subprocess
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import IO, NamedTuple

from strawberry.relay import GlobalID

from bench.servers import installation
from bench.table import Figures, Limit, Table, quantile
from cdt.client import Client
from cdt.demo import operations, stream
from cdt.demo.rows import load

ROUNDS = 9
SECONDS = 10
ROWS_A_SECOND = 2_000
SUBSCRIBERS = 100
WAIT_SECONDS = 60


class Reached(NamedTuple):
    """A subscriber got a reading that reached an intake sequence."""

    sequence: int
    at: int


class NeverCame(RuntimeError):
    """A subscriber did not get the reading of what was acknowledged."""


class Subscribers:
    """What all of them have got, collected while they run."""

    def __init__(self, lines: IO[str]) -> None:
        self._lines = lines
        self._by_subscriber: dict[int, list[Reached]] = {number: [] for number in range(SUBSCRIBERS)}
        self._moved = threading.Condition()
        threading.Thread(target=self._collect, daemon=True).start()

    def of_each(self, sequence: int) -> list[list[Reached]]:
        """The readings of each, in order, once every one has one that reached `sequence`; begins anew after that."""
        with self._moved:
            if not self._moved.wait_for(lambda: self._have_reached(sequence), WAIT_SECONDS):
                raise NeverCame(sequence)
            found = [*self._by_subscriber.values()]
            self._by_subscriber = {number: [] for number in range(SUBSCRIBERS)}
            return found

    def _have_reached(self, sequence: int) -> bool:
        return all(readings and readings[-1].sequence >= sequence for readings in self._by_subscriber.values())

    def _collect(self) -> None:
        for line in self._lines:
            number, sequence, at = map(int, line.split())
            with self._moved:
                self._by_subscriber[number].append(Reached(sequence, at))
                self._moved.notify_all()


def measure() -> Table:
    """Milliseconds, over all acknowledged requests and all subscribers."""
    latency = {share: Figures(f"acknowledged to seen, p{share}", "ms") for share in (50, 99)}
    readings = Figures("readings that a subscriber got", "a second")
    taken_in = Figures("rows taken in", "a second")
    with installation() as made:
        owner = made.found()
        token = made.token_of(owner)
        with made.follower(), made.worker(), made.api() as port:
            model, version = _watched_model(port, token, str(GlobalID("Project", str(owner.project_id))))
            first = load().reference_rows
            with subscribers(port, token, model) as watched:
                for number in range(-1, ROUNDS):
                    acknowledged = _send(port, version, token, first)
                    first += ROWS_A_SECOND * SECONDS
                    of_each = watched.of_each(max(each.sequence for each in acknowledged))
                    if number >= 0:
                        waited = [ms for seen in of_each for ms in _waited(acknowledged, seen)]
                        for share in (50, 99):
                            latency[share].add(quantile(waited, share / 100))
                        times = [each.at for each in acknowledged]
                        seconds = (max(times) - min(times)) / 1e9
                        taken_in.add(ROWS_A_SECOND * SECONDS / seconds)
                        readings.add(sum(map(len, of_each)) / SUBSCRIBERS / seconds)
    return Table(
        title="Prediction acknowledged to live reading seen",
        what=f"{ROUNDS} rounds of {SECONDS} s, {ROWS_A_SECOND:,} rows of the demo a second come in, ten a request;"
        f" {SUBSCRIBERS} subscribers, each with a WebSocket of its own, ask what the dashboard asks. The quantiles are"
        " over every acknowledged request and every subscriber. API, follower, live readings and worker are processes"
        " of their own, and so are the sender and the subscribers, all on the same machine.",
        figures=[latency[50], latency[99], readings, taken_in],
        claims=[Limit(latency[99], at_most=1_000)],
    )


def _watched_model(port: int, token: str, project: str) -> tuple[str, str]:
    """The demo's model with its baseline, in production; its id and its version's."""
    rows = load()
    with Client(f"http://127.0.0.1:{port}", token, timeout_seconds=180) as client:
        registered = client.query(operations.REGISTER, {"input": {"projectId": project, "name": stream.MODEL}})
        model = registered["registerModel"]["model"]["id"]
        added = {"modelId": model, "tag": "2015", "signature": stream.signature()}
        version = client.query(operations.ADD_VERSION, {"input": added})["addVersion"]["version"]["id"]
        client.log_predictions(version, rows.predictions(0, rows.reference_rows))
        client.log_labels(version, rows.labels(0, rows.reference_rows))
        window = {"predictedFrom": "2015-01-01T00:00:00Z", "predictedTo": "2016-01-01T00:00:00Z"}
        client.query(operations.SET_BASELINE, {"input": {"versionId": version, **window}})
        promoted = {"versionId": version, "environment": "PRODUCTION", "reason": "It is measured."}
        client.query(operations.PROMOTE, {"input": promoted})
    return model, version


@contextmanager
def subscribers(port: int, token: str, model: str) -> Generator[Subscribers]:
    """All of them at once, in one process of their own, each with its first reading."""
    command = [sys.executable, "-m", "bench.subscribers", str(port), token, model, str(SUBSCRIBERS)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        try:
            while (line := run.stdout.readline()) != "ready\n":
                if not line:
                    raise NeverCame(0)
            yield Subscribers(run.stdout)
        finally:
            run.terminate()


def _send(port: int, version: str, token: str, first: int) -> list[Reached]:
    """What was acknowledged, and when, in order of the sequence."""
    arguments = [str(port), version, token, str(first), str(ROWS_A_SECOND * SECONDS), str(ROWS_A_SECOND)]
    run = subprocess.run(
        [sys.executable, "-m", "bench.steady", *arguments], stdout=subprocess.PIPE, text=True, check=True
    )
    return sorted(Reached(*map(int, line.split())) for line in run.stdout.splitlines())


def _waited(acknowledged: list[Reached], seen: list[Reached]) -> list[float]:
    """Milliseconds of each acknowledged request until the first reading that has it."""
    sequences = [each.sequence for each in seen]
    return [(seen[bisect.bisect_left(sequences, each.sequence)].at - each.at) / 1e6 for each in acknowledged]

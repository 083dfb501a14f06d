"""One body of five gigabytes: what the API's memory grows by, and the rows a second."""

import http.client
import time
from contextlib import suppress
from pathlib import Path

import psycopg

from bench import wide
from bench.intake import register
from bench.servers import installation
from bench.table import Figures, Limit, Table
from cdt.database.roles import DatabaseRole

BYTES = 5_000_000_000
ROWS = 10_000
"""Of each piece that is sent, with ids of its own."""
NUMBER = b"@@@@@@"
"""Where an id has the number of its piece."""


def measure() -> Table:
    """The most memory that the API's process had, and the rate."""
    memory = Figures("the API's memory at its most", "MB")
    grown = Figures("of it more than before the body", "MB")
    rate = Figures("rows, durable and visible together", "rows/s")
    with installation() as made:
        owner = made.found()
        version_id, key = register(made, owner, signature=wide.SIGNATURE)
        with made.follower(), made.api() as port:
            process = _process_of(port)
            before = _most_memory(process)
            began = time.perf_counter()
            rows = _send(port, f"/v1/versions/{version_id}/predictions", key)
            rate.add(rows / (time.perf_counter() - began))
            memory.add(_most_memory(process))
            grown.add(_most_memory(process) - before)
        with psycopg.connect(made.conninfo(DatabaseRole.SYSTEM)) as connection:
            found = connection.execute(
                "SELECT sum(rows), min(recorded_at) = max(recorded_at) FROM predictions.segments"
            )
            if found.fetchone() != (rows, True):
                raise RuntimeError("rows are missing, or became visible one after another")
    return Table(
        title=f"A body of {BYTES / 1e9:g} GB",
        what=f"NDJSON of 25 columns over one connection, {rows:,} rows, one receipt.",
        figures=[memory, grown, rate],
        claims=[Limit(memory, at_most=300)],
    )


def _send(port: int, path: str, key: str) -> int:
    """Send it, and answer how many rows it had."""
    piece = wide.as_ndjson(wide.table("piece", ROWS)).replace(b'{"prediction_id":"', b'{"prediction_id":"' + NUMBER)
    pieces = -(-BYTES // len(piece))
    body = (piece.replace(NUMBER, b"%06x" % number) for number in range(pieces))
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=3600)
    headers = {"content-type": "application/x-ndjson", "authorization": f"Bearer {key}"}
    connection.request("POST", path, body, headers, encode_chunked=True)
    answer = connection.getresponse()
    told = answer.read()
    connection.close()
    if answer.status != 200 or b'"accepted":%d,' % (pieces * ROWS) not in told:
        raise RuntimeError(told[:500])
    return pieces * ROWS


def _process_of(port: int) -> Path:
    """Of the API at a port, its folder among the processes."""
    for each in Path("/proc").iterdir():
        with suppress(OSError):
            told = (each / "cmdline").read_bytes().split(b"\0")
            if (
                each.name.isdigit()
                and told[-2:] == [b"api", b""]
                and b"CDT_PORT=%d\0" % port in (each / "environ").read_bytes()
            ):
                return each
    raise RuntimeError(port)


def _most_memory(process: Path) -> float:
    """The most that it had in memory so far, in MB."""
    line = next(line for line in (process / "status").read_text().splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024 / 1e6

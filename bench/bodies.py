"""Bodies of 10,000 rows of 25 columns, durable, against Postgres' COPY of the same rows."""

import asyncio
import http.client
import time
from typing import Any
from uuid import UUID

import psycopg
import websockets

from bench import wide
from bench.intake import register
from bench.servers import Installation, installation
from bench.table import Claim, Figures, Table
from cdt.database.roles import DatabaseRole

ROUNDS = 7
BODIES = 4
ROWS = 10_000
BATCH_ROWS = 100
KINDS = {
    "Arrow IPC": ("application/vnd.apache.arrow.stream", wide.as_arrow, 1.2),
    "CSV": ("text/csv", wide.as_csv, 0.9),
    "NDJSON": ("application/x-ndjson", wide.as_ndjson, 0.6),
}
COLUMNS = ("prediction_id", "predicted_at", "decision", "score", *wide.NUMBERS, *wide.CATEGORIES)


def measure() -> Table:
    """Rows a second, all durable."""
    copied = Figures("Postgres COPY of CSV, primary key on (version, id)", "rows/s")
    sent = {name: Figures(f"{name} bodies", "rows/s") for name in KINDS}
    streamed = Figures(f"a WebSocket's batches of {BATCH_ROWS}", "rows/s")
    with installation() as made:
        owner = made.found()
        version_id, key = register(made, owner, signature=wide.SIGNATURE)
        with psycopg.connect(made.dsn, autocommit=True) as postgres, made.follower(), made.api() as port:
            _make_table(postgres)
            for number in range(-1, ROUNDS):
                rates = {"copy": _copy(postgres, number)}
                for name in KINDS:
                    rates[name] = _send(port, version_id, key, name, number)
                rates["stream"] = asyncio.run(_stream(port, version_id, key, number))
                if number >= 0:
                    copied.add(rates["copy"])
                    streamed.add(rates["stream"])
                    for name, figures in sent.items():
                        figures.add(rates[name])
        _check(made, bodies=(ROUNDS + 1) * BODIES * (len(KINDS) + 1))
    return Table(
        title="Bodies of 10,000 rows",
        what=f"{ROUNDS} interleaved rounds of {BODIES} bodies each, one after another over one connection; 25 columns,"
        " twenty numbers and five categories; the disk is asked to keep each before it is acknowledged.",
        figures=[copied, *sent.values(), streamed],
        claims=[
            *(Claim(sent[name], copied, at_least=target) for name, (_, _, target) in KINDS.items()),
            Claim(streamed, sent["NDJSON"], at_least=0.5),
        ],
    )


def _make_table(postgres: psycopg.Connection[Any]) -> None:
    kinds = ["text", "timestamptz", "text", "float8"] + ["float8"] * len(wide.NUMBERS) + ["text"] * len(wide.CATEGORIES)
    columns = ", ".join(f"{name} {kind}" for name, kind in zip(COLUMNS, kinds, strict=True))
    postgres.execute(f"CREATE TABLE rows (version int DEFAULT 1, {columns}, PRIMARY KEY (version, prediction_id))")  # type: ignore[arg-type]


def _copy(postgres: psycopg.Connection[Any], number: int) -> float:
    bodies = [wide.as_csv(wide.table(f"copy {number} {each}", ROWS)) for each in range(BODIES)]
    statement = f"COPY rows ({', '.join(COLUMNS)}) FROM STDIN WITH (FORMAT csv, HEADER true)"
    began = time.perf_counter()
    for body in bodies:
        with postgres.cursor().copy(statement) as copy:  # type: ignore[arg-type]
            copy.write(body)
    return BODIES * ROWS / (time.perf_counter() - began)


def _send(port: int, version_id: UUID, key: str, name: str, number: int) -> float:
    kind, make, _ = KINDS[name]
    bodies = [make(wide.table(f"{name} {number} {each}", ROWS)) for each in range(BODIES)]
    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers = {"content-type": kind, "authorization": f"Bearer {key}"}
    connection.request("GET", "/healthz")
    connection.getresponse().read()
    began = time.perf_counter()
    for body in bodies:
        connection.request("POST", f"/v1/versions/{version_id}/predictions", body, headers)
        answer = connection.getresponse()
        told = answer.read()
        if answer.status != 200 or b'"accepted":%d,' % ROWS not in told:
            raise RuntimeError(told[:500])
    seconds = time.perf_counter() - began
    connection.close()
    return BODIES * ROWS / seconds


async def _stream(port: int, version_id: UUID, key: str, number: int) -> float:
    """As many rows, in small batches over one socket, which is read while it is written."""
    lines = wide.as_ndjson(wide.table(f"stream {number}", BODIES * ROWS)).splitlines()
    batches = [
        b'{"number":%d,"predictions":[%b]}' % (start, b",".join(lines[start : start + BATCH_ROWS]))
        for start in range(0, len(lines), BATCH_ROWS)
    ]
    url = f"ws://127.0.0.1:{port}/v1/versions/{version_id}/stream"
    headers = {"authorization": f"Bearer {key}"}
    async with websockets.connect(url, additional_headers=headers, compression=None, max_queue=None) as socket:
        await socket.send(f'{{"stream":"{number}"}}')
        await socket.recv()
        began = time.perf_counter()

        async def send() -> None:
            for batch in batches:
                await socket.send(batch)

        sending = asyncio.create_task(send())
        for _ in batches:
            told = await socket.recv()
            if f'"accepted":{BATCH_ROWS},' not in str(told):
                raise RuntimeError(told[:500])
        await sending
        return len(lines) / (time.perf_counter() - began)


def _check(made: Installation, *, bodies: int) -> None:
    with psycopg.connect(made.conninfo(DatabaseRole.SYSTEM)) as connection:
        row = connection.execute(
            "SELECT (SELECT count(*) FROM predictions.identities), (SELECT sum(rows) FROM predictions.segments)"
        ).fetchone()
    if row != (bodies * ROWS, bodies * ROWS):
        raise RuntimeError("rows are missing")

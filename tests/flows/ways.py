"""Every way in for predictions: the forms of a body over HTTP, a large one among them, and a stream."""

import csv
import gzip
import io
import json
import random
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet
import websockets

from cdt.http.spool import IN_MEMORY_BYTES

Row = dict[str, Any]


def _lines(rows: list[Row]) -> bytes:
    return msgspec.json.Encoder().encode_lines(rows)


def _table(rows: list[Row]) -> Any:
    flat = [{**row, **row["features"], "predicted_at": datetime.fromisoformat(row["predicted_at"])} for row in rows]
    names = ("prediction_id", "predicted_at", "decision", "score", *rows[0]["features"])
    return pa.table({name: [row[name] for row in flat] for name in names})


def _csv(rows: list[Row]) -> bytes:
    written = io.StringIO()
    names = ["prediction_id", "predicted_at", "decision", "score", *rows[0]["features"]]
    writer = csv.DictWriter(written, names, extrasaction="ignore")
    writer.writeheader()
    writer.writerows({**row, **row["features"]} for row in rows)
    return written.getvalue().encode()


def _arrow(rows: list[Row]) -> bytes:
    sink = io.BytesIO()
    table = _table(rows)
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def _parquet(rows: list[Row]) -> bytes:
    sink = io.BytesIO()
    pyarrow.parquet.write_table(_table(rows), sink)
    return sink.getvalue()


def large(rows: list[Row]) -> tuple[bytes, dict[str, str]]:
    """A body that waits on the disk, and goes in as several pieces: its lines end in spaces."""
    padding = b" " * (IN_MEMORY_BYTES // len(rows) + 1) + b"\n"
    return _lines(rows).replace(b"\n", padding), {"content-type": "application/x-ndjson"}


FORMS: dict[str, Callable[[list[Row]], tuple[bytes, dict[str, str]]]] = {
    "NDJSON": lambda rows: (_lines(rows), {"content-type": "application/x-ndjson"}),
    "gzip": lambda rows: (
        gzip.compress(_lines(rows)),
        {"content-type": "application/x-ndjson", "content-encoding": "gzip"},
    ),
    "JSON": lambda rows: (json.dumps(rows).encode(), {"content-type": "application/json"}),
    "CSV": lambda rows: (_csv(rows), {"content-type": "text/csv"}),
    "Arrow": lambda rows: (_arrow(rows), {"content-type": "application/vnd.apache.arrow.stream"}),
    "Parquet": lambda rows: (_parquet(rows), {"content-type": "application/vnd.apache.parquet"}),
}


def a_body(rows: list[Row], chance: random.Random) -> tuple[bytes, dict[str, str]]:
    """The rows in a form of chance, and the headers that say which; Parquet seldom, which takes a process each."""
    names = [*FORMS]
    weights = [4.0 if name == "NDJSON" else 0.2 if name == "Parquet" else 1.0 for name in names]
    return FORMS[chance.choices(names, weights)[0]](rows)


class Stream:
    """A stream whose batches are sent until each is acknowledged, over as many sockets as that takes."""

    def __init__(self, address: str, name: str) -> None:
        self._url = address
        self._name = name
        self._number = 0
        self._socket: websockets.ClientConnection | None = None

    def next(self) -> None:
        """The next batch has a number of its own."""
        self._number += 1

    async def send(self, headers: dict[str, str], rows: list[Row]) -> dict[str, Any]:
        """Send the batch once; its answer. Raises OSError or a websockets' error when the socket breaks."""
        try:
            if self._socket is None:
                self._socket = await websockets.connect(self._url, additional_headers=headers, open_timeout=20)
                await self._socket.send(json.dumps({"stream": self._name}))
                await self._socket.recv()
            await self._socket.send(json.dumps({"number": self._number, "predictions": rows}))
            answer = json.loads(await self._socket.recv())
        except BaseException:
            await self.close()
            raise
        assert answer["number"] == self._number
        return answer

    async def close(self) -> None:
        """The next batch goes over another socket."""
        if self._socket is not None:
            self._socket.transport.abort()
            self._socket = None

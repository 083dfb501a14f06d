"""Every way in for predictions: forms of a body over HTTP, some large or beside an operation, streams, calls, files."""

import csv
import gzip
import io
import json
import random
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pyarrow as pa
import pyarrow.parquet
import websockets

from cdt.http.spool import IN_MEMORY_BYTES
from tests.flows import operations

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


def an_upload(body: bytes, form: dict[str, str], version_id: str, key: str) -> dict[str, Any]:
    """The same beside a GraphQL operation, as a client of HTTP is told to send it."""
    kinds = {"x-ndjson": "NDJSON", "json": "JSON", "csv": "CSV", "stream": "ARROW", "parquet": "PARQUET"}
    kind = next(kind for end, kind in kinds.items() if form["content-type"].endswith(end))
    encoding = "GZIP" if "content-encoding" in form else None
    variables = {"versionId": version_id, "file": None, "format": kind, "encoding": encoding, "key": key}
    operation = {"query": operations.UPLOAD, "variables": {"input": variables}}
    parts = {"operations": json.dumps(operation), "map": '{"0": ["variables.input.file"]}'}
    return {"data": parts, "files": {"0": ("rows", body)}}


class Event(NamedTuple):
    """A half of a call, as KServe's logger sends it."""

    headers: dict[str, str]
    body: dict[str, Any]


def a_call(rows: list[Row], call_id: str) -> tuple[Event, Event]:
    """The request and the answer of which the rows are made, which take its id and one time for that."""
    for number, row in enumerate(rows):
        row |= {"prediction_id": f"{call_id}-{number}", "predicted_at": rows[-1]["predicted_at"]}
    instances = [[*row["features"].values()] for row in rows]
    answers = [{"decision": row["decision"], "score": row["score"]} for row in rows]
    kinds = {"request": {"instances": instances}, "response": {"predictions": answers}}
    request, answer = (
        Event(
            {
                "ce-specversion": "1.0",
                "ce-id": call_id,
                "ce-type": f"org.kubeflow.serving.inference.{kind}",
                "ce-source": "http://localhost:9081/",
                "ce-time": rows[-1]["predicted_at"],
                "content-type": "application/json",
                "accept": "application/json",
            },
            body,
        )
        for kind, body in kinds.items()
    )
    return request, answer


def put(rows: list[Row], folder: Path, name: str) -> None:
    """A file in the watched folder, whole at once."""
    folder.mkdir(parents=True, exist_ok=True)
    hidden = folder / f".{name}"
    hidden.write_bytes(_lines(rows))
    hidden.rename(folder / f"{name}.ndjson")


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

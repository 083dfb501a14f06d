"""A server that speaks S3, and one that stands before it and misbehaves as it is told."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Literal

from cdt.storage.places import Bucket, place_of
from cdt.storage.storage import Storage, StorageIsAway

KEY_ID, SECRET = "testsofstorage", "a secret of the tests of storage"
Behaviour = Literal["well", "refuses", "500", "silent", "cuts"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def bucket_at(port: int, *, secret: str = SECRET) -> Bucket:
    place = place_of("s3://rows/cdt", endpoint=f"http://127.0.0.1:{port}", key_id=KEY_ID, secret=secret)
    assert isinstance(place, Bucket)
    return place


@asynccontextmanager
async def an_s3_server(folder: Path) -> AsyncIterator[int]:
    """Real files, signatures and uploads in parts; its port, once it answers."""
    port = free_port()
    (folder / "rows").mkdir(parents=True)
    program = "import sys; from nanio.cli import main; sys.exit(main())"
    arguments = ["serve", "--data-dir", str(folder), "--host", "127.0.0.1", "--port", str(port), "--no-access-log"]
    server = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program, *arguments),
        env={**os.environ, "NANIO_ACCESS_KEY": KEY_ID, "NANIO_SECRET_KEY": SECRET},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        await _answers(port)
        yield port
    finally:
        server.terminate()
        await server.wait()


async def _answers(port: int) -> None:
    async with asyncio.timeout(30):
        while True:
            with suppress(StorageIsAway):
                await Storage(bucket_at(port)).keys()
                return


class Misbehaving:
    """Passes connections on, unless it is told something else."""

    def __init__(self, behind: int) -> None:
        self.behaviour: Behaviour = "well"
        self.asked = 0
        self._behind = behind

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[int]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked += 1
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            match self.behaviour:
                case "refuses":
                    pass
                case "silent":
                    await reader.read()
                case "500":
                    await reader.readuntil(b"\r\n\r\n")
                    writer.write(b"HTTP/1.1 500 Oh\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
                    await writer.drain()
                case "well" | "cuts":
                    await self._pass_on(reader, writer)
        writer.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        theirs, ours = await asyncio.open_connection("127.0.0.1", self._behind)

        async def copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
            with suppress(ConnectionError):
                while (part := await source.read(65_536)) and self.behaviour != "cuts":
                    target.write(part)
                    await target.drain()
            target.close()

        await asyncio.gather(copy(reader, ours), copy(theirs, writer))

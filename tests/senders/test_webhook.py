"""Signed messages, sent to the receivers that docs/webhooks.md shows, which run here as they stand there."""

import asyncio
import hashlib
import hmac
import os
import re
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from cdt.senders import webhook
from cdt.senders.webhook import Answer, send, signature
from cdt.vault.webhooks import new_secret

ROOT = Path(__file__).parents[2]
SECRET = new_secret()
BODY = b'{"type":"alert.raised","delivery":"a-delivery","alert":{"value":0.64}}'
SOME_TIME = datetime(2026, 11, 21, 9, 30, 0, 999_999, tzinfo=UTC)


class Receiver:
    """A receiver's process and its address."""

    def __init__(self, url: str, process: asyncio.subprocess.Process) -> None:
        self.url = url
        self._process = process

    async def said(self) -> str:
        """The next line that it prints."""
        assert self._process.stdout is not None
        return (await asyncio.wait_for(self._process.stdout.readline(), 30)).decode().rstrip()

    async def take(self, body: bytes = BODY, *, secret: str = SECRET, at: datetime | None = None) -> Answer:
        """Its answer to a message of CDT."""
        at = datetime.now(UTC) if at is None else at
        return await send(self.url, body, secret=secret.encode(), delivery_id="a-delivery", at=at)

    async def status(self, body: bytes, signed: str | None) -> int:
        """Its answer to anybody's message."""
        headers = {} if signed is None else {"CDT-Signature": signed.encode("latin-1")}
        async with httpx.AsyncClient(trust_env=False) as client:
            return (await client.post(self.url, content=body, headers=headers)).status_code


def shown(language: str) -> str:
    """The one program in a language that the page shows."""
    (program,) = re.findall(rf"```{language}\n(.*?)```", (ROOT / "docs" / "webhooks.md").read_text(), re.DOTALL)
    return program


def node() -> str:
    """The Node that the dashboard is built with."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT / "tools")
        from node import node_folder  # noqa: PLC0415

    return str(node_folder() / "node")


@asynccontextmanager
async def running(command: Sequence[str]) -> AsyncIterator[Receiver]:
    """A receiver on a free port, once it listens."""
    environment = {**os.environ, "WEBHOOK_SECRET": SECRET, "PORT": "0"}
    process = await asyncio.create_subprocess_exec(
        *command, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    receiver = Receiver("", process)
    try:
        port = (await receiver.said()).removeprefix("listening on port ")
        receiver.url = f"http://127.0.0.1:{port}/cdt"
        yield receiver
    finally:
        process.kill()
        await process.wait()


@pytest.fixture(scope="module", params=["python", "js"])
async def receiver(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Receiver]:
    """Each receiver of the page."""
    program = tmp_path_factory.mktemp("receiver") / ("receiver.py" if request.param == "python" else "receiver.mjs")
    program.write_text(shown(request.param))
    async with running([sys.executable if request.param == "python" else node(), str(program)]) as started:
        yield started


@asynccontextmanager
async def answering(answer: bytes) -> AsyncIterator[tuple[str, list[bytes]]]:
    """An address that always answers the same, and the requests that it got."""
    requests: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(re.search(rb"content-length: (\d+)", head, re.IGNORECASE)[1])  # type: ignore[index]
        requests.append(head + await reader.readexactly(length))
        writer.write(answer)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/cdt", requests


def test_the_signature_is_over_the_second_and_the_body() -> None:
    expected = hmac.new(b"whsec_secret", b'1795253400.{"a":1}', hashlib.sha256).hexdigest()

    assert signature(b"whsec_secret", b'{"a":1}', at=SOME_TIME) == f"t=1795253400,v1={expected}"


def test_the_signature_of_a_message_stays_what_it_is_for_ever() -> None:
    assert signature(b"whsec_secret", b"{}", at=SOME_TIME) == (
        "t=1795253400,v1=9b9f3c11f251fafa13879fc966dc4e02cfce604f67f4f0904d8708a84a4dc3db"
    )


async def test_a_message_of_ours_is_taken_and_read(receiver: Receiver) -> None:
    assert await receiver.take() == Answer(204, None)
    assert await receiver.said() == "alert.raised a-delivery"


async def test_a_message_signed_with_another_secret_is_refused(receiver: Receiver) -> None:
    assert await receiver.take(secret=new_secret()) == Answer(401, "the endpoint answered 401")


async def test_a_message_whose_body_was_altered_is_refused(receiver: Receiver) -> None:
    signed = signature(SECRET.encode(), BODY, at=datetime.now(UTC))

    assert await receiver.status(BODY.replace(b"0.64", b"0.94"), signed) == 401


async def test_a_message_that_was_written_anew_is_refused(receiver: Receiver) -> None:
    signed = signature(SECRET.encode(), BODY, at=datetime.now(UTC))

    assert await receiver.status(BODY.replace(b":", b": "), signed) == 401


@pytest.mark.parametrize("minutes", [-6, 6])
async def test_a_message_of_another_time_is_refused(receiver: Receiver, minutes: int) -> None:
    answer = await receiver.take(at=datetime.now(UTC) + timedelta(minutes=minutes))

    assert answer.status == 401


@pytest.mark.parametrize("minutes", [-4, 4])
async def test_clocks_may_differ_by_some_minutes(receiver: Receiver, minutes: int) -> None:
    assert (await receiver.take(at=datetime.now(UTC) + timedelta(minutes=minutes))).is_taken
    assert await receiver.said() == "alert.raised a-delivery"


async def test_a_time_that_was_altered_is_refused(receiver: Receiver) -> None:
    now = datetime.now(UTC)
    signed = signature(SECRET.encode(), BODY, at=now - timedelta(hours=1))

    assert await receiver.status(BODY, re.sub(r"t=\d+", f"t={int(now.timestamp())}", signed)) == 401


@pytest.mark.parametrize(
    "signed", [None, "", "t=,v1=", "v1=" + "0" * 64, "t=9999999999999999999,v1=" + "0" * 64, "t=1,v1=short", "t=\xe9"]
)
async def test_a_message_without_a_right_signature_is_refused(receiver: Receiver, signed: str | None) -> None:
    assert await receiver.status(BODY, signed) == 401


async def test_a_receiver_reads_on_when_parts_are_added(receiver: Receiver) -> None:
    signed = signature(SECRET.encode(), BODY, at=datetime.now(UTC))

    assert await receiver.status(BODY, f"{signed},v2=something") == 204
    assert await receiver.said() == "alert.raised a-delivery"


async def test_a_message_goes_out_with_its_headers() -> None:
    async with answering(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n") as (url, requests):
        await send(url, BODY, secret=SECRET.encode(), delivery_id="a-delivery", at=SOME_TIME)

    head, _, body = requests[0].partition(b"\r\n\r\n")
    request, *lines = head.decode().lower().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    assert request == "post /cdt http/1.1"
    assert body == BODY
    assert {name: headers[name] for name in ("content-type", "cdt-delivery", "user-agent", "cdt-signature")} == {
        "content-type": "application/json",
        "cdt-delivery": "a-delivery",
        "user-agent": "cdt-webhook/1",
        "cdt-signature": signature(SECRET.encode(), BODY, at=SOME_TIME),
    }


@pytest.mark.parametrize("status", [200, 202, 299])
async def test_any_status_that_begins_with_2_takes_a_message(status: int) -> None:
    async with answering(f"HTTP/1.1 {status} Yes\r\ncontent-length: 0\r\n\r\n".encode()) as (url, _):
        answer = await send(url, BODY, secret=b"secret", delivery_id="a-delivery", at=SOME_TIME)

    assert answer.is_taken
    assert answer == Answer(status, None)


async def test_a_redirect_is_not_followed() -> None:
    async with answering(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n") as (elsewhere, requests):
        moved = f"HTTP/1.1 307 Moved\r\nlocation: {elsewhere}\r\ncontent-length: 0\r\n\r\n".encode()
        async with answering(moved) as (url, _):
            answer = await send(url, BODY, secret=b"secret", delivery_id="a-delivery", at=SOME_TIME)

    assert not answer.is_taken
    assert answer == Answer(307, "the endpoint answered 307")
    assert requests == []


async def test_an_answer_is_not_waited_for_to_its_end() -> None:
    async with answering(b"HTTP/1.1 204 Yes\r\ncontent-length: 1000000\r\n\r\n") as (url, _):
        answer = await send(url, BODY, secret=b"secret", delivery_id="a-delivery", at=SOME_TIME)

    assert answer == Answer(204, None)


async def test_an_endpoint_that_is_not_there_has_no_status() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    answer = await send(f"http://127.0.0.1:{port}/", BODY, secret=b"secret", delivery_id="a-delivery", at=SOME_TIME)

    assert (answer.status, answer.is_taken) == (None, False)
    assert answer.error is not None
    assert answer.error.startswith("ConnectError")


async def test_an_endpoint_that_speaks_no_http_has_no_status() -> None:
    async with answering(b"good morning\r\n\r\n") as (url, _):
        answer = await send(url, BODY, secret=b"secret", delivery_id="a-delivery", at=SOME_TIME)

    assert (answer.status, answer.is_taken) == (None, False)


async def test_an_endpoint_that_answers_byte_by_byte_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "LONGEST_SECONDS", 0.5)
    is_over = asyncio.Event()

    async def trickle(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while not is_over.is_set():
            writer.write(b"HTTP/1.1 102 Processing\r\n\r\n")
            await writer.drain()
            with suppress(TimeoutError):
                await asyncio.wait_for(is_over.wait(), 0.05)
        writer.close()

    async with await asyncio.start_server(trickle, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        async with asyncio.timeout(30):
            answer = await send(url, BODY, secret=b"secret", delivery_id="a-delivery", at=SOME_TIME)
        is_over.set()

    assert answer == Answer(None, "the endpoint took longer than 0.5 s")


async def test_a_host_that_can_not_be_one_has_no_status() -> None:
    answer = await send("http://xn--a/", BODY, secret=b"secret", delivery_id="a-delivery", at=SOME_TIME)

    assert answer.status is None
    assert answer.error is not None
    assert answer.error.startswith("InvalidCodepoint")

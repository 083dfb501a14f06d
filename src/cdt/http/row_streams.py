"""Rows over a WebSocket: `/v1/versions/{id}/stream`, many small batches, each acknowledged by its number.

The first message is `{"stream": name}`, with an `authorization` if the request had no such header. The answer is
`{"window": n}`: so many messages are taken in at once, and what is sent beyond waits on the way. Then each message is
`{"number": n, "predictions": [...]}` or `labels`, rows as in a JSON body. Each is answered in the order in which they
came: `{"number": n, "receipt": {...}}` once it is durable, or `{"number": n, "refusal": {...}}`.

After a connection broke, send again what was not answered, under the same stream's name and numbers: what was taken in
is answered alike and not stored twice. A number that is used for other rows is refused.
"""

import asyncio
from collections.abc import Callable
from typing import TypeAlias

import msgspec
import structlog
from msgspec import UNSET, UnsetType
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from cdt.access.rates.policies import RateLimited
from cdt.access.streams import Streams, TooManyStreams
from cdt.background import beside, ended
from cdt.domain.errors import DomainError, Invalid
from cdt.http.bodies import Body, BodyMemory
from cdt.http.intake_answers import Unauthenticated
from cdt.http.intake_entry import Entry
from cdt.predictions import receipts
from cdt.predictions.bodies import Bodies, Sent
from cdt.predictions.decoding import JSON
from cdt.predictions.errors import Unavailable
from cdt.predictions.receipts import Receipt
from cdt.predictions.rows import Kind

WINDOW = 32
"""Messages of one socket that are being taken in, or whose answer was not sent yet."""
HELLO_SECONDS = 10.0
MOST_NAME_CHARACTERS = 150
NOT_A_MESSAGE, NOT_ADMITTED, TRY_AGAIN_LATER = 4400, 4401, 1013
"""Codes that close the socket."""
MOST_NUMBER = (1 << 63) - 1
"""It is kept with the batch's receipt, which has no room for thousands of digits."""
_UNCOUNTED_BYTES = 16 * 1024
_MOST_REASON_BYTES = 123
"""What the frame that closes a socket has room for (RFC 6455, 5.5)."""

log = structlog.get_logger()


class Hello(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first message."""

    stream: str
    authorization: str | None = None


class Batch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every other; one of predictions and labels is there."""

    number: int
    predictions: msgspec.Raw | UnsetType = UNSET
    labels: msgspec.Raw | UnsetType = UNSET


class Refusal(msgspec.Struct, frozen=True, rename="camel"):
    """Why a batch was not taken in."""

    code: str
    message: str
    path: list[str] | None = None
    retry_after_seconds: float | None = None


_HELLO = msgspec.json.Decoder(Hello)
_BATCH = msgspec.json.Decoder(Batch)
_ENCODER = msgspec.json.Encoder()

Answer: TypeAlias = tuple[int, Receipt | Exception]


class NoMessage(Exception):
    """What came is none of the messages; the words say what to send."""


class RowStreams:
    """The route."""

    def __init__(
        self,
        entry: Entry,
        bodies: Bodies,
        memory: BodyMemory,
        streams: Callable[[], Streams],
        *,
        window: int = WINDOW,
        hello_seconds: float = HELLO_SECONDS,
    ) -> None:
        """`streams` counts the open sockets of each, and is there once the process has started."""
        self._entry = entry
        self._bodies = bodies
        self._memory = memory
        self._streams = streams
        self._window = window
        self._hello_seconds = hello_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one socket until it ends."""
        socket = WebSocket(scope, receive, send)
        await socket.accept()
        who: str | None = None
        try:
            async with asyncio.timeout(self._hello_seconds):
                hello = _hello(await _next(socket))
            authorization = socket.headers.get("authorization") or hello.authorization
            address, version_id = socket.client.host if socket.client else "", socket.path_params["id"]
            admitted = await self._entry.admit(authorization, address, version_id)
            self._streams().begin(admitted.who)
            who = admitted.who
            await socket.send_text(_ENCODER.encode({"window": self._window}).decode())
            await _Stream(self, socket, hello.stream, authorization, address, version_id).serve()
        except WebSocketDisconnect:
            pass
        except TimeoutError:
            await _close(socket, NOT_A_MESSAGE, "Say first which stream it is.")
        except NoMessage as error:
            await _close(socket, NOT_A_MESSAGE, str(error))
        except TooManyStreams as error:
            await _close(socket, TRY_AGAIN_LATER, f"{error.code}: {error}")
        except DomainError as error:
            await _close(socket, NOT_ADMITTED, f"{error.code}: {error}")
        finally:
            if who is not None:
                self._streams().end(who)

    async def take(self, batch: Batch, name: str, authorization: str | None, address: str, version_id: str) -> Receipt:
        """Take in a batch of a stream."""
        admitted = await self._entry.admit(authorization, address, version_id)
        kind, rows = _rows_of(batch)
        sent = Sent(admitted.version, kind, JSON, None, f"{name}#{batch.number}", by=admitted.actor)
        held = Body(self._memory, admitted.organization)
        try:
            if len(rows) > _UNCOUNTED_BYTES:
                held.hold(len(rows))
            receipt = await self._bodies.take_bytes(rows, sent)
        finally:
            held.give_back()
        self._entry.charge(admitted, receipt.row_count)
        return receipt

    @property
    def window(self) -> int:
        """How many batches of a socket are taken in at once."""
        return self._window


class _Stream:
    """An open socket: one task reads batches, one each takes them in, and one answers in their order."""

    def __init__(
        self, routes: RowStreams, socket: WebSocket, name: str, authorization: str | None, address: str, version_id: str
    ) -> None:
        self._routes = routes
        self._socket = socket
        self._given = name, authorization, address, version_id
        self._room = asyncio.Semaphore(routes.window)
        self._taking: asyncio.Queue[asyncio.Task[Answer]] = asyncio.Queue()
        self._left: set[asyncio.Task[Answer]] = set()
        self._is_over = False

    async def serve(self) -> None:
        """Until the client goes, or says what is no batch."""
        try:
            async with beside(self._answer(), name="row-stream-answers"):
                while True:
                    await self._room.acquire()  # nothing is read meanwhile, so the client's buffers fill, and it waits
                    if self._is_over:
                        return
                    batch = _batch(await _next(self._socket))
                    task = asyncio.create_task(self._take(batch))
                    self._left.add(task)
                    self._taking.put_nowait(task)
        finally:
            await ended(*self._left)

    async def _take(self, batch: Batch) -> Answer:
        try:
            return batch.number, await self._routes.take(batch, *self._given)
        except (DomainError, Unavailable) as error:
            return batch.number, error

    async def _answer(self) -> None:
        try:
            while True:
                task = await self._taking.get()
                number, outcome = await task
                self._left.discard(task)
                await self._socket.send_text(_told(number, outcome))
                self._room.release()
                if isinstance(outcome, Unauthenticated):
                    await _close(self._socket, NOT_ADMITTED, f"{outcome.code}: {outcome}")
        except (WebSocketDisconnect, RuntimeError):  # the client went
            return
        except Exception:
            log.exception("row_stream_broke")
            await _close(
                self._socket, TRY_AGAIN_LATER, "Something went wrong on our side; send again what was not answered."
            )
        finally:  # whoever reads may be waiting for room that nobody makes any more
            self._is_over = True
            self._room.release()


async def _next(socket: WebSocket) -> str | bytes:
    message = await socket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1005))
    text: str | bytes | None = message.get("text")
    return message["bytes"] if text is None else text


def _hello(message: str | bytes) -> Hello:
    try:
        hello = _HELLO.decode(message)
    except (ValueError, RecursionError) as error:
        raise NoMessage('Begin with {"stream": "a name of yours"}.') from error
    if not (0 < len(hello.stream) <= MOST_NAME_CHARACTERS and hello.stream.isascii() and hello.stream.isprintable()):
        raise NoMessage(f"Name the stream with 1 to {MOST_NAME_CHARACTERS} printable ASCII characters.")
    return hello


def _batch(message: str | bytes) -> Batch:
    try:
        batch = _BATCH.decode(message)
    except (ValueError, RecursionError) as error:
        raise NoMessage('Send {"number": n, "predictions": [...]} or labels.') from error
    if (batch.predictions is UNSET) == (batch.labels is UNSET) or not 0 <= batch.number <= MOST_NUMBER:
        raise NoMessage('Send {"number": n, "predictions": [...]} or labels.')
    return batch


def _rows_of(batch: Batch) -> tuple[Kind, bytes]:
    if batch.predictions is not UNSET:
        return "predictions", bytes(batch.predictions)
    assert batch.labels is not UNSET
    return "labels", bytes(batch.labels)


def _told(number: int, outcome: Receipt | Exception) -> str:
    if isinstance(outcome, Receipt):
        return f'{{"number":{number},"receipt":{receipts.encode(outcome).decode()}}}'
    assert isinstance(outcome, DomainError | Unavailable)
    again_after: float | None = None
    if isinstance(outcome, RateLimited):
        again_after = outcome.seconds
    elif isinstance(outcome, Unavailable):
        again_after = outcome.retry_after_seconds
    path = [outcome.field] if isinstance(outcome, Invalid) else None
    refusal = Refusal(outcome.code, str(outcome), path, again_after)
    return _ENCODER.encode({"number": number, "refusal": refusal}).decode()


async def _close(socket: WebSocket, code: int, reason: str) -> None:
    try:
        await socket.close(code, reason.encode()[:_MOST_REASON_BYTES].decode(errors="ignore"))
    except (WebSocketDisconnect, RuntimeError):  # it is closed already
        return

"""KServe's inference logger: `POST /v1/versions/{id}/kserve`, each request to a model and each answer as a CloudEvent.

Both come apart, in any order, and are joined by their id. Answers 200 once the event is durable, without a body: a
Knative broker takes one that is no event for a failure. Who accepts JSON is told what became of it. A failure is
`{"code", "message", "path"}`.
"""

from base64 import b64decode
from collections.abc import Callable
from datetime import datetime
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from cdt.domain.errors import DomainError, Invalid
from cdt.http.bodies import Body, BodyMemory, Deadline, TooSlow
from cdt.http.cloud_events import CloudEvent, event_of
from cdt.http.intake_answers import NotTaken, refusal_of
from cdt.http.intake_entry import Admitted, Entry
from cdt.http.intake_heads import text
from cdt.predictions import receipts
from cdt.predictions.errors import TooLarge, Unavailable
from cdt.predictions.intake import Intake
from cdt.predictions.kserve.calls import Half, Side
from cdt.predictions.kserve.joining import MOST_CALL_ID_CHARACTERS, MOST_HALF_BYTES, Told
from cdt.predictions.kserve.mapping import Mapping, mapping_of
from cdt.predictions.rows import id_problem
from cdt.vault.keys import PREFIX

BODY_SECONDS = 60.0
MOST_PARAMETERS = 10
BINARY = "application/octet-stream"

_SIDES: dict[str, Side] = {".inference.request": "request", ".inference.response": "answer"}
"""By the end of an event's type: the beginning was another in each name that the project had."""


class InferenceLogs:
    """The route."""

    def __init__(
        self,
        intake: Callable[[], Intake],
        entry: Entry,
        memory: BodyMemory,
        now: Callable[[], datetime],
        *,
        body_seconds: float = BODY_SECONDS,
    ) -> None:
        """`entry` and `memory` are those of all rows; `intake` is there once the process has started."""
        self._intake = intake
        self._entry = entry
        self._memory = memory
        self._now = now
        self._deadline = Deadline(body_seconds)

    def routes(self) -> list[Route]:
        """For the application."""
        return [Route("/v1/versions/{id}/kserve", self, methods=["POST"])]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer an event."""
        try:
            told = await self._take(scope, receive)
        except ClientDisconnect:
            return
        except (DomainError, Unavailable, TooLarge, TooSlow, NotTaken) as error:
            await refusal_of(error)(scope, receive, send)
            return
        accepts = text(dict(scope["headers"]), b"accept") or ""
        answer = (
            Response(_as_json(told), media_type="application/json") if "application/json" in accepts else Response()
        )
        await answer(scope, receive, send)

    async def _take(self, scope: Scope, receive: Receive) -> Told:
        headers: dict[bytes, bytes] = dict(scope["headers"])
        client = scope.get("client")
        address = client[0] if client else ""
        authorization = bearer_of(text(headers, b"authorization"))
        admitted = await self._entry.admit(authorization, address, scope["path_params"]["id"])
        mapping = _mapping(scope, admitted)
        held = Body(self._memory, admitted.organization)
        try:
            body = await held.read(receive, self._deadline, most_bytes=MOST_HALF_BYTES)
            half = _half(event_of(headers, body))
            told = await self._intake().calls.take(admitted.version, half, mapping, now=self._now())
        finally:
            held.give_back()
        if told.receipt is not None and half.side == "answer":
            self._entry.charge(admitted, told.receipt.row_count)
        return told


def bearer_of(authorization: str | None) -> str | None:
    """An API key that came as a URL's password: the logger's settings have no other place for one."""
    scheme, _, sent = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return authorization
    try:
        _, _, password = b64decode(sent.strip(), validate=True).decode("ascii").partition(":")
    except ValueError:
        return None
    return f"Bearer {password}" if password.startswith(PREFIX) else None


def _mapping(scope: Scope, admitted: Admitted) -> Mapping:
    try:
        stated = parse_qsl(
            scope["query_string"].decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(scope["query_string"]),
            max_num_fields=MOST_PARAMETERS,
            errors="strict",
        )
    except ValueError as error:
        raise Invalid("query", "it can't be read") from error
    return mapping_of(stated, admitted.version.signature)


def _half(event: CloudEvent) -> Half:
    side: Side | None = next((side for end, side in _SIDES.items() if event.type.endswith(end)), None)
    if side is None:
        raise Invalid("type", f"send events of types that end in {' or '.join(_SIDES)}")
    if event.content_type.partition(";")[0].strip().lower() == BINARY:
        raise Invalid("datacontenttype", "binary tensors can't be read; have the model asked in JSON")
    if not 0 < len(event.id) <= MOST_CALL_ID_CHARACTERS:
        raise Invalid("id", f"it must have 1 to {MOST_CALL_ID_CHARACTERS} characters")
    problem = id_problem(event.id)
    if problem is not None:
        raise Invalid("id", f"it {problem.reason}")
    return Half(event.id, side, event.data, event.time)


def _as_json(told: Told) -> bytes:
    if told.receipt is None:
        return msgspec.json.encode({"state": told.state})
    return msgspec.json.encode({"state": told.state, "receipt": msgspec.Raw(receipts.encode(told.receipt))})

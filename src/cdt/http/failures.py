"""Calls of a model that failed: `POST /v1/versions/{id}/failures` with `{"ids": [...]}`, an id for each of them.

Answers 200 with how many were new (`accepted`), once they are counted; an id counts once within a day. A failure to be
counted is `{"code", "message", "path"}`.
"""

from collections.abc import Callable
from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from cdt.domain.errors import DomainError, Invalid
from cdt.http.bodies import Body, BodyMemory, Deadline, TooSlow
from cdt.http.intake_answers import refusal_of
from cdt.http.intake_entry import Entry
from cdt.http.intake_heads import text
from cdt.predictions.errors import TooLarge, Unavailable
from cdt.predictions.intake import Intake
from cdt.predictions.kserve.joining import MOST_CALL_ID_CHARACTERS
from cdt.predictions.rows import id_problem

MOST_FAILURES = 10_000
MOST_BYTES = 8 << 20
BODY_SECONDS = 60.0


class _Failures(msgspec.Struct, forbid_unknown_fields=True):
    ids: Annotated[
        list[Annotated[str, Meta(min_length=1, max_length=MOST_CALL_ID_CHARACTERS)]],
        Meta(min_length=1, max_length=MOST_FAILURES),
    ]


class Failures:
    """The route."""

    def __init__(
        self, intake: Callable[[], Intake], entry: Entry, memory: BodyMemory, *, body_seconds: float = BODY_SECONDS
    ) -> None:
        """`entry` and `memory` are those of all rows; `intake` is there once the process has started."""
        self._intake = intake
        self._entry = entry
        self._memory = memory
        self._deadline = Deadline(body_seconds)

    def routes(self) -> list[Route]:
        """For the application."""
        return [Route("/v1/versions/{id}/failures", self, methods=["POST"])]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a report."""
        try:
            ids, accepted = await self._take(scope, receive)
        except ClientDisconnect:
            return
        except (DomainError, Unavailable, TooLarge, TooSlow) as error:
            await refusal_of(error)(scope, receive, send)
            return
        await JSONResponse({"accepted": accepted, "duplicates": ids - accepted})(scope, receive, send)

    async def _take(self, scope: Scope, receive: Receive) -> tuple[int, int]:
        """How many there are, and how many of them are new."""
        client = scope.get("client")
        authorization = text(dict(scope["headers"]), b"authorization")
        version_id = scope["path_params"]["id"]
        admitted = await self._entry.admit(authorization, client[0] if client else "", version_id)
        held = Body(self._memory, admitted.organization)
        try:
            ids = _ids(await held.read(receive, self._deadline, most_bytes=MOST_BYTES))
            accepted = await self._intake().calls.report(admitted.version, ids)
        finally:
            held.give_back()
        self._entry.charge(admitted, len(ids))
        return len(ids), accepted


def _ids(body: bytes) -> list[str]:
    try:
        ids = msgspec.json.decode(body, type=_Failures).ids
    except (ValueError, RecursionError) as error:
        raise Invalid("body", f"it is no object with ids of calls: {error}") from error
    for each in ids:
        if (problem := id_problem(each)) is not None:
            raise Invalid("ids", f"one of them {problem.reason}")
    return ids

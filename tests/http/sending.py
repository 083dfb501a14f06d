"""Sending rows to the intake's routes."""

from dataclasses import dataclass
from typing import Any

import httpx
from starlette.applications import Starlette

from cdt.http.intake import IntakeRoutes
from tests.api import Someone

NDJSON, CSV, ARROW = "application/x-ndjson", "text/csv", "application/vnd.apache.arrow.stream"
ROW = (
    b'{"prediction_id":"%s","predicted_at":"2026-03-01T12:00:00Z","decision":"1","score":0.5,'
    b'"features":{"age":31,"sex":"1"}}\n'
)


@dataclass
class Sender:
    """Sends bodies to a version, as its owner unless told otherwise."""

    client: httpx.AsyncClient
    version_id: str
    by: Someone

    async def send(self, body: Any, *, kind: str = NDJSON, to: str = "predictions", **given: Any) -> httpx.Response:
        by: Someone | None = given.pop("by", self.by)
        version_id, asked = given.pop("version_id", self.version_id), given.pop("asked", None)
        headers = {"content-type": kind, **(by.headers if by else {}), **given}
        return await self.client.post(f"/v1/versions/{version_id}/{to}", content=body, headers=headers, params=asked)

    async def refused(self, body: Any, **given: Any) -> tuple[int, str, list[str] | None]:
        """Status, code and path of a failure, which always has a message."""
        answer = await self.send(body, **given)
        told = answer.json()
        assert set(told) == {"code", "message", "path"}
        assert told["message"]
        return answer.status_code, told["code"], told["path"]


def client_of(routes: IntakeRoutes) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=Starlette(routes=routes.routes()))
    return httpx.AsyncClient(transport=transport, base_url="http://cdt")

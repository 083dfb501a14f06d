"""Events as KServe's logger sends them: its worker's headers, and bodies of its samples' shapes.

The content type is that of whoever asked the model, for the answer too: `curl -d` says that it is a form.
"""

from typing import Any
from uuid import uuid4

import httpx
import msgspec

from tests.http.sending import Sender

REQUEST, ANSWER = "org.kubeflow.serving.inference.request", "org.kubeflow.serving.inference.response"
ASKED_AT, ANSWERED_AT = "2026-03-01T12:00:00.0789529Z", "2026-03-01T12:00:00.1289529Z"
"""Of nanoseconds, with as many digits as are not 0."""


def headers_of(kind: str, call_id: str, *, at: str | None = None) -> dict[str, str]:
    """What the logger says beside the body."""
    return {
        "ce-specversion": "1.0",
        "ce-id": call_id,
        "ce-type": kind,
        "ce-source": "http://localhost:9081/",
        "ce-time": at or (ASKED_AT if kind == REQUEST else ANSWERED_AT),
        "ce-recordedtime": "2026-03-01T12:00:00.130000001Z",
        "ce-inferenceservicename": "sklearn-iris",
        "ce-namespace": "default",
        "ce-component": "predictor",
        "ce-endpoint": "",
        "ce-metadata": "{}",
    }


class Logger:
    """Sends the events of one version's calls."""

    def __init__(self, sender: Sender, *, parameters: str = "") -> None:
        self.sender = sender
        self.to = f"kserve{parameters}"

    async def send(self, kind: str, body: Any, *, call_id: str, **given: Any) -> httpx.Response:
        whole = body if isinstance(body, bytes) else msgspec.json.encode(body)
        headers = headers_of(kind, call_id) | {"accept": "application/json", **given}
        return await self.sender.send(whole, kind="application/x-www-form-urlencoded", to=self.to, **headers)

    async def call(self, request: Any, answer: Any, *, call_id: str | None = None) -> dict[str, Any]:
        """Both halves, in order; what the second is answered."""
        call_id = call_id or str(uuid4())
        first = await self.send(REQUEST, request, call_id=call_id)
        assert (first.status_code, first.json()) == (200, {"state": "waiting"})
        told: dict[str, Any] = (await self.send(ANSWER, answer, call_id=call_id)).json()
        return told

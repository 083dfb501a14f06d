"""Whether the process lives, whether the whole works, and the numbers of Prometheus."""

from collections.abc import Awaitable, Callable
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

Probe = Callable[[], Awaitable[dict[str, Any]]]


async def healthz(_request: Request) -> Response:
    """This process answers."""
    return JSONResponse({"status": "alive"})


def readyz(probe: Probe) -> Callable[[Request], Awaitable[Response]]:
    """200 when everything that serving needs is there; 503 names what is not."""

    async def answer(_request: Request) -> Response:
        state = await probe()
        return JSONResponse(state, status_code=200 if state["status"] == "ready" else 503)

    return answer


def metrics(refresh: Callable[[], Awaitable[None]]) -> Callable[[Request], Awaitable[Response]]:
    """Prometheus' text format."""

    async def answer(_request: Request) -> Response:
        await refresh()
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return answer

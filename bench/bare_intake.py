"""What the intake is compared with: a Starlette endpoint that decodes the same row, and keeps nothing."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.employment import SIGNATURE
from cdt.predictions.row_forms import format_of

DECODER = format_of(SIGNATURE).decoder
ANSWER = b'{"accepted":1}'


async def decode(request: Request) -> Response:
    DECODER.decode_lines(await request.body())
    return Response(ANSWER, media_type="application/json")


async def healthz(_request: Request) -> Response:
    return Response()


app = Starlette(routes=[Route("/rows", decode, methods=["POST"]), Route("/healthz", healthz)])

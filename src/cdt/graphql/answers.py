"""How the answer to an operation goes out, and what its head says besides."""

from starlette.types import Send

from cdt.access.rates.headers import headers_of_refusal, rate_headers
from cdt.access.rates.policies import Operation
from cdt.graphql.context import Context


async def send_answer(send: Send, text: bytes, context: Context) -> None:
    """As JSON, without the framework's response."""
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(text)).encode()),
        *rate_headers_of(context),
        *cookie_headers_of(context),
    ]
    await send({"type": "http.response.start", "status": status_of(context), "headers": headers})
    await send({"type": "http.response.body", "body": text})


def status_of(context: Context) -> int:
    """429 where the operation was not begun because of a limit; a mutation's refusal is data."""
    is_refused = context.limited is not None and context.limited.operation is Operation.QUERY
    return 429 if is_refused else 200


def rate_headers_of(context: Context) -> list[tuple[bytes, bytes]]:
    """What is left of the minute, or when to come again."""
    if context.limited is not None and context.limited.operation is Operation.QUERY:
        told = headers_of_refusal(context.limited)
        return [(name.encode(), text.encode()) for name, text in told.items()]
    return rate_headers(context.standing)


def cookie_headers_of(context: Context) -> list[tuple[bytes, bytes]]:
    """What the page's browser is to keep; no cache may keep it too."""
    if context.cookie is None:
        return []
    return [(b"set-cookie", context.cookie.encode()), (b"cache-control", b"no-store")]

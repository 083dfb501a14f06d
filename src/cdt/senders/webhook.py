"""A signed message to a webhook: the receiver can prove that it is ours, fresh and whole."""

import asyncio
import hashlib
import hmac
from datetime import datetime

import httpx
import msgspec

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 10.0
LONGEST_SECONDS = 20.0
"""For all of an attempt: an endpoint that sends a byte of its answer now and then would else never be done with."""
SIGNATURE_HEADER = "CDT-Signature"


class Answer(msgspec.Struct, frozen=True):
    """How an attempt ended: the HTTP status, or what went wrong before there was one."""

    status: int | None
    error: str | None

    @property
    def is_taken(self) -> bool:
        """Whether the receiver took the message: any 2xx."""
        return self.status is not None and 200 <= self.status < 300


def signature(secret: bytes, body: bytes, *, at: datetime) -> str:
    """`t=<unix seconds>,v1=<HMAC-SHA256 of "t.body" as hex>`.

    A receiver computes the same over the raw body, compares in constant time, and refuses what is minutes old.
    """
    seconds = str(int(at.timestamp()))
    mac = hmac.new(secret, seconds.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={mac}"


async def send(url: str, body: bytes, *, secret: bytes, delivery_id: str, at: datetime) -> Answer:
    """One attempt; redirects are not followed, an answer's body is not read."""
    headers = {
        "content-type": "application/json",
        "user-agent": "cdt-webhook/1",
        "cdt-delivery": delivery_id,
        SIGNATURE_HEADER: signature(secret, body, at=at),
    }
    limits = httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS)
    try:
        async with (
            asyncio.timeout(LONGEST_SECONDS),
            httpx.AsyncClient(timeout=limits, follow_redirects=False, trust_env=False) as client,
            client.stream("POST", url, content=body, headers=headers) as response,
        ):
            status = response.status_code
    except TimeoutError:
        return Answer(None, f"the endpoint took longer than {LONGEST_SECONDS:g} s")
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:  # a host that can't be one is a UnicodeError
        return Answer(None, f"{type(error).__name__}: {error}".rstrip(": "))
    return Answer(status, None if 200 <= status < 300 else f"the endpoint answered {status}")

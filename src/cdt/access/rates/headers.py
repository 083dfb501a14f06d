"""What is left of a minute, as headers: RateLimit and RateLimit-Policy, by the draft of the IETF's HTTP API group.

They say of several limits at once, in one form that a library reads, and in seconds from now, so that nobody's clock
matters; the X-RateLimit- headers have no one meaning. A refusal has Retry-After besides, which everybody understands.
"""

import math
from functools import lru_cache

from cdt.access.rates.buckets import Standing
from cdt.access.rates.policies import MINUTE_SECONDS, Operation, RateLimited


def rate_headers(*standings: Standing | None) -> list[tuple[bytes, bytes]]:
    """Of all that have a limit."""
    limited = [each for each in standings if each is not None]
    if not limited:
        return []
    left = ", ".join([f'"{each.operation}";r={each.remaining};t={each.full_in_seconds}' for each in limited])
    policy = _policy(tuple([(each.operation, each.limit) for each in limited]))
    return [(b"ratelimit-policy", policy), (b"ratelimit", left.encode())]


def headers_of_refusal(error: RateLimited) -> dict[str, str]:
    """When to come again."""
    seconds = math.ceil(error.seconds)
    return {"retry-after": str(seconds), "ratelimit": f'"{error.operation}";r=0;t={seconds}'}


@lru_cache(maxsize=100)
def _policy(limits: tuple[tuple[Operation, int], ...]) -> bytes:
    return ", ".join(f'"{operation}";q={limit};w={MINUTE_SECONDS:.0f}' for operation, limit in limits).encode()

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
    limits: list[Operation | int] = []
    left: list[int] = []
    for each in standings:
        if each is not None:
            operation, limit, remaining, full_in_seconds = each
            limits += (operation, limit)
            left += (remaining, full_in_seconds)
    if not left:
        return []
    policy, form = _forms(tuple(limits))
    return [(b"ratelimit-policy", policy), (b"ratelimit", form % tuple(left))]


def headers_of_refusal(error: RateLimited) -> dict[str, str]:
    """When to come again."""
    seconds = math.ceil(error.seconds)
    return {"retry-after": str(seconds), "ratelimit": f'"{error.operation}";r=0;t={seconds}'}


@lru_cache(maxsize=100)
def _forms(limits: tuple[Operation | int, ...]) -> tuple[bytes, bytes]:
    """The policy, and what is left as a form to be filled in; `limits` are operations and limits in turn."""
    policy = ", ".join(
        f'"{operation}";q={limit};w={MINUTE_SECONDS:.0f}'
        for operation, limit in zip(limits[::2], limits[1::2], strict=True)
    )
    left = ", ".join(f'"{operation}";r=%d;t=%d' for operation in limits[::2])
    return policy.encode(), left.encode()

"""One count that refills: the generic cell rate algorithm, in seconds of refill instead of tokens."""

import math
from typing import NamedTuple

from cdt.access.rates.policies import MINUTE_SECONDS, Operation

ROUNDED_SECONDS = 1e-6
"""Less than that is what adding up parts of a minute makes of them."""


class Standing(NamedTuple):
    """What is left of a minute: for the headers of an answer."""

    operation: Operation
    limit: int
    remaining: int
    full_in_seconds: int


class Bucket:
    """How much of a minute somebody has used of one operation.

    Each unit takes `seconds_of_one` to come back. `full_at` is when all of it will have, if nothing more is asked for;
    a minute ahead, nothing is left. What others were told and told us makes it full at `agreed_full_at`; what they have
    not been told yet is `untold`, first used at `untold_since`.
    """

    __slots__ = (
        "agreed_full_at",
        "full_at",
        "key",
        "limit",
        "most_before_one",
        "operation",
        "seconds_of_one",
        "untold",
        "untold_since",
    )

    def __init__(self, operation: Operation, key: str, limit: float) -> None:
        """Full. `key` is its name in Redis."""
        self.operation = operation
        self.key = key
        self.limit = limit
        self.seconds_of_one = MINUTE_SECONDS / limit
        self.most_before_one = MINUTE_SECONDS + ROUNDED_SECONDS - min(self.seconds_of_one, MINUTE_SECONDS)
        """How far ahead of now `full_at` may be for one more to be paid."""
        self.full_at = 0.0
        self.agreed_full_at = 0.0
        self.untold = 0.0
        self.untold_since = 0.0

    def wait_for(self, cost: float, now: float) -> float:
        """How long until `cost` can be paid, or 0 or less. What is more than a minute's waits for a whole one."""
        used = max(self.full_at - now, 0.0) + min(cost * self.seconds_of_one, MINUTE_SECONDS)
        return used - MINUTE_SECONDS - ROUNDED_SECONDS

    def pay(self, cost: float, now: float) -> None:
        """Use some, be it more than is left: what is owed comes back like the rest, before anything else does."""
        seconds = cost * self.seconds_of_one
        self.full_at = max(self.full_at, now) + seconds
        if not self.untold:
            self.untold_since = now
        self.untold += seconds

    def standing(self, now: float) -> Standing:
        """What is left now."""
        used = max(self.full_at - now, 0.0)
        # a billionth, so that what was just paid in full is not counted as a little more
        remaining = max(int((MINUTE_SECONDS - used) / self.seconds_of_one + 1e-9 * self.limit), 0)
        return Standing(self.operation, int(self.limit), remaining, math.ceil(used))

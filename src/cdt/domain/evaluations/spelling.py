"""Times and fields of a plan, as a sentence and as the API write them."""

import math

from cdt.domain.evaluations.plan import DAY_SECONDS

LONGEST_NAME = 60
UNITS = (("day", DAY_SECONDS), ("hour", 3_600), ("minute", 60))


def spelled(seconds: float) -> str:
    """A time in its largest unit, rounded up.

    >>> spelled(59), spelled(3_700), spelled(864_000)
    ('1 minute', '2 hours', '10 days')
    """
    unit, size = next(each for each in UNITS if seconds >= each[1] or each is UNITS[-1])
    number = max(1, math.ceil(seconds / size))
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def in_the_api(name: str) -> str:
    """The name that a field of a plan has in the API.

    >>> in_the_api("minimum_rows")
    'minimumRows'
    """
    first, *others = name.split("_")
    return first + "".join(other.capitalize() for other in others)


def shortened(name: str) -> str:
    """A name within a sentence, of which a long one is cut."""
    return repr(name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…")

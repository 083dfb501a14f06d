"""What a window of time must satisfy before it becomes part of a fact."""

from datetime import UTC, datetime

from cdt.domain.errors import Invalid

FIRST_YEAR, LAST_YEAR = 1900, 9000
_FIRST, _LAST = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC), datetime(LAST_YEAR, 1, 1, tzinfo=UTC)


def check_window(start: datetime, end: datetime, *, fields: tuple[str, str]) -> None:
    """Raise Invalid, under the name of its field, for a window that can't be one.

    At the ends of what a datetime holds, another zone's hour is none that can be read again.
    """
    of_start, of_end = fields
    if start.tzinfo is None or end.tzinfo is None:
        raise Invalid(of_start, "times need a time zone")
    for field, moment in ((of_start, start), (of_end, end)):
        if not _FIRST <= moment <= _LAST:
            raise Invalid(field, f"a window lies between the years {FIRST_YEAR} and {LAST_YEAR}")
    if start >= end:
        raise Invalid(of_end, "the window ends after it starts")

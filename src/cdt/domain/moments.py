"""What a window of time must satisfy before it becomes part of a fact."""

from datetime import UTC, datetime

from cdt.domain.errors import Invalid

FIRST_YEAR, LAST_YEAR = 1900, 9000
FIRST, LAST = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC), datetime(LAST_YEAR, 1, 1, tzinfo=UTC)


def check_window(start: datetime, end: datetime, *, fields: tuple[str, str]) -> None:
    """Raise Invalid, under the name of its field, for a window that can't be one.

    At the ends of what a datetime holds, another zone's hour is none that can be read again.
    """
    for field, moment in zip(fields, (start, end), strict=True):
        check_zone(moment, field)
        if not FIRST <= moment <= LAST:
            raise Invalid(field, f"a window lies between the years {FIRST_YEAR} and {LAST_YEAR}")
    if start >= end:
        raise Invalid(fields[1], "the window ends after it starts")


def check_zone(moment: datetime, field: str) -> None:
    """Raise Invalid, under the name of its field, for a time that could be any of a day's."""
    if moment.tzinfo is None:
        raise Invalid(field, "times need a time zone")

"""The windows of a version that have closed and hold rows, as far as these are folded."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from psycopg import AsyncConnection

from cdt.domain.evaluations.plan import PlanPolicy
from cdt.domain.evaluations.windows import Window, is_closed, window_of
from cdt.predictions import folded


async def closed_windows(
    connection: AsyncConnection[Any],
    version_number: int,
    grid_digest: str,
    *,
    after: datetime,
    until: datetime | None = None,
    policy: PlanPolicy,
    zone: ZoneInfo,
    most: int,
) -> list[Window]:
    """The first so many windows after a moment that have closed and hold rows, oldest first.

    A window without rows says nothing that could be right or wrong: a gap of a year is passed over in one step. Of
    windows that share an hour with rows, which those shorter than an hour do, each counts as holding them.
    until: no window that ends later.
    """
    stored = await folded.stored(connection, version_number, grid_digest)
    windows: list[Window] = []
    while stored is not None and len(windows) < most:
        hour = await folded.next_hour(connection, version_number, after=after)
        if hour is None:
            break
        window = window_of(max(hour, after), policy, zone)
        if not is_closed(window, policy, high_water=stored.high_water) or (until is not None and window.end > until):
            break
        windows.append(window)
        after = window.end
    return windows

"""What a baseline tells of its version: from the kept profile, and from the hours that are folded."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import UNSET
from psycopg import AsyncConnection

from cdt.domain.evaluations.proposing import BaselineShape, ColumnShape, Seen
from cdt.domain.registry.events import BaselineSet
from cdt.measures.grid import CategoryFeature, Grid
from cdt.measures.packing import decode
from cdt.measures.profile import Profile
from cdt.predictions import documents, folded, lags
from cdt.predictions.versions import find_version
from cdt.readmodels.registry import Version


async def shape_of(connection: AsyncConnection[Any], version: Version) -> BaselineShape:
    """Of a version that has a grid and a baseline."""
    assert version.grid_digest is not None
    assert version.baseline_digest is not None
    grid, profile = await _kept(connection, version.project_id, version.grid_digest, version.baseline_digest)
    days, busy_days = 0.0, None
    numbered = await find_version(connection, version.id)
    if version.baseline_from is not None and version.baseline_to is not None:
        days = (version.baseline_to - version.baseline_from).total_seconds() / 86_400
        if numbered is not None:
            found = await folded.days_between(
                connection, numbered.number, start=version.baseline_from, end=version.baseline_to
            )
            if found is not None:  # a window may be asked for that begins long before the first row
                days, busy_days = min(days, found.days), found.busy_days
    seen = None if numbered is None else await lags.seen_until(connection, numbered.number)
    return of_profile(
        grid,
        profile,
        days=days,
        busy_days=busy_days,
        seen=_seen(seen, tag=None),
        has_rows=version.baseline_source != "upload",
    )


async def shape_of_fact(
    connection: AsyncConnection[Any],
    project_id: UUID,
    event: BaselineSet,
    *,
    former: Version | None,
    until: datetime,
) -> BaselineShape:
    """Of the baseline that was set; the same whenever it is asked, whatever has come in since.

    former: the version that was in use before, by which is told how rows come in; until: when the fact was recorded.
    Raises `documents.DocumentIsMissing` where the baseline is not kept any more.
    """
    assert event.grid.new is not None
    assert event.baseline.new is not None
    grid, profile = await _kept(connection, project_id, event.grid.new, event.baseline.new)
    seen = None
    if former is not None and (numbered := await find_version(connection, former.id)) is not None:
        seen = _seen(await lags.seen_until(connection, numbered.number, until=until), tag=former.tag)
    return of_profile(
        grid,
        profile,
        days=0.0 if event.days is UNSET else event.days,
        busy_days=None if event.busy_days is UNSET else event.busy_days,
        seen=seen,
        has_rows=event.source != "upload",
    )


async def _kept(
    connection: AsyncConnection[Any], project_id: UUID, grid_digest: str, baseline_digest: str
) -> tuple[Grid, Profile]:
    grid = Grid.from_json(await documents.get(connection, project_id, grid_digest))
    return grid, decode(grid, await documents.get(connection, project_id, baseline_digest))


def _seen(found: lags.Lags | None, *, tag: str | None) -> Seen | None:
    if found is None:
        return None
    return Seen(tag=tag, rows_seconds=found.rows_seconds, labelled=found.labelled, labels_seconds=found.labels_seconds)


def of_profile(
    grid: Grid,
    profile: Profile,
    *,
    days: float,
    busy_days: int | None,
    seen: Seen | None = None,
    has_rows: bool = False,
) -> BaselineShape:
    """Of counts on a grid."""
    rows = profile.rows
    groups = [profile.group_decisions(each.name).sum(axis=1)[:-1] for each in grid.groups]
    return BaselineShape(
        rows=rows,
        days=days,
        busy_days=busy_days,
        columns=tuple(
            _category(feature, profile.categories(feature.name), rows)
            if isinstance(feature, CategoryFeature)
            else _number(feature.name, profile, rows)
            for feature in grid.features
        ),
        groups=tuple(int(size) / rows for each in groups for size in each if size and rows),
        labelled=profile.labelled / rows if rows else 0.0,
        has_scores=profile.score.rows > 0,
        is_of_numbers=grid.is_of_numbers,
        has_rows=has_rows,
        seen=seen,
    )


def _category(feature: CategoryFeature, counts: Any, rows: int) -> ColumnShape:  # noqa: ANN401  an array of counts
    *values, others, missing = (int(count) for count in counts)
    present = sum(values) + others
    return ColumnShape(
        name=feature.name,
        missing=missing / rows if rows else 0.0,
        others=others / present if present else 0.0,
        is_constant=not others and sum(count > 0 for count in values) <= 1,
    )


def _number(name: str, profile: Profile, rows: int) -> ColumnShape:
    least, greatest = profile.extremes_of(name)
    return ColumnShape(
        name=name, missing=profile.number(name).missing / rows if rows else 0.0, is_constant=least >= greatest
    )

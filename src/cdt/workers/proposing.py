"""What a baseline tells of its version: from the kept profile, and from the hours that are folded."""

from typing import Any

from psycopg import AsyncConnection

from cdt.domain.evaluations.proposing import BaselineShape, ColumnShape
from cdt.measures.grid import CategoryFeature, Grid
from cdt.measures.packing import decode
from cdt.measures.profile import Profile
from cdt.predictions import documents, folded
from cdt.predictions.versions import find_version
from cdt.readmodels.registry import Version


async def shape_of(connection: AsyncConnection[Any], version: Version) -> BaselineShape:
    """Of a version that has a grid and a baseline."""
    assert version.grid_digest is not None
    assert version.baseline_digest is not None
    grid = Grid.from_json(await documents.get(connection, version.project_id, version.grid_digest))
    profile = decode(grid, await documents.get(connection, version.project_id, version.baseline_digest))
    days, busy_days = 0.0, None
    if version.baseline_from is not None and version.baseline_to is not None:
        days = (version.baseline_to - version.baseline_from).total_seconds() / 86_400
        numbered = await find_version(connection, version.id)
        if numbered is not None:
            found = await folded.days_between(
                connection, numbered.number, start=version.baseline_from, end=version.baseline_to
            )
            if found is not None:  # a window may be asked for that begins long before the first row
                days, busy_days = min(days, found.days), found.busy_days
    return of_profile(grid, profile, days=days, busy_days=busy_days)


def of_profile(grid: Grid, profile: Profile, *, days: float, busy_days: int | None) -> BaselineShape:
    """Of counts on a grid."""
    rows = profile.rows
    groups = [profile.group_decisions(each.name).sum(axis=1)[:-1] for each in grid.groups]
    sizes = [int(size) for each in groups for size in each if size]
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
        smallest_group=min(sizes) / rows if sizes and rows else None,
        labelled=profile.labelled / rows if rows else 0.0,
        has_scores=profile.score.rows > 0,
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

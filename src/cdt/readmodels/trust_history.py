"""A model's trust over time, as known at a position: the series of a chart, and the marks on its time axis."""

from datetime import datetime
from uuid import UUID

import msgspec

from cdt.database.reading import View

LEAST_POINTS = 4


class Series(msgspec.Struct, frozen=True):
    """Recorded scores as parallel arrays, oldest first; a missing value is None."""

    positions: list[int]
    recorded_at: list[datetime]
    window_end: list[datetime]
    values: list[float | None]
    lows: list[float | None]
    highs: list[float | None]
    coverages: list[float]


class Mark(msgspec.Struct, frozen=True):
    """Something that happened to the model: baseline, following, grid, promotion, roll_back, plan or policy."""

    position: int
    at: datetime
    recorded_at: datetime
    kind: str
    version_id: UUID | None
    version_tag: str | None
    environment: str | None
    role: str | None
    reason: str

    def text(self, reason: str) -> str:
        """What happened, in a sentence; `reason` is the row's, opened."""
        what = {
            "baseline": f"Baseline of version {self.version_tag} set",
            "following": f"Version {self.version_tag} held against the days before each window",
            "plan": f"Plan of version {self.version_tag} changed",
            "grid": f"Another grid fitted for version {self.version_tag}",
            "promotion": f"Version {self.version_tag} promoted to {self.environment} as {self.role}",
            "roll_back": f"Rolled back to version {self.version_tag} in {self.environment}",
        }.get(self.kind, "Trust policy changed")
        return f"{what}: {reason}" if reason else f"{what}."


class _Point(msgspec.Struct, frozen=True):
    position: int
    recorded_at: datetime
    window_end: datetime
    value: float | None
    low: float | None
    high: float | None
    coverage: float


async def series_of_model(view: View, model_id: UUID, *, environment: str, points: int) -> Series:
    """The scores of whoever was the environment's champion when they were recorded, thinned to at most so many points.

    A score of a window that was measured again later, behind a newer one, is not among them.

    Thinning keeps the first and the last score, and of each stretch between them the least and the greatest: a dip of
    one minute in a year stays on the chart. A missing value counts as the least.
    """
    found = await view.rows(
        _Point,
        "WITH scores AS ("
        " SELECT score.since, score.recorded_at, score.window_end, score.value, score.low, score.high, score.coverage"
        " FROM trust_scores_at(%(position)s::bigint) AS score"
        " JOIN registry_deployments_all AS deployment ON deployment.model_id = score.model_id"
        " AND deployment.environment = score.environment AND deployment.version_id = score.version_id"
        " AND deployment.role = 'champion' AND deployment.since <= score.since AND deployment.until > score.since"
        " WHERE score.model_id = %(model_id)s AND score.environment = %(environment)s AND score.is_newest_window"
        "), stretches AS ("
        " SELECT since, recorded_at, window_end, value, low, high, coverage,"
        " ntile(%(stretches)s) OVER (ORDER BY since) AS stretch, row_number() OVER (ORDER BY since) AS nth,"
        " count(*) OVER () AS total FROM scores"
        "), ranked AS ("
        " SELECT since, recorded_at, window_end, value, low, high, coverage, nth, total,"
        " row_number() OVER (PARTITION BY stretch ORDER BY value NULLS FIRST, since) AS least,"
        " row_number() OVER (PARTITION BY stretch ORDER BY value DESC NULLS LAST, since) AS greatest FROM stretches"
        ") SELECT since AS position, recorded_at, window_end, value, low, high, coverage FROM ranked"
        " WHERE total <= %(points)s OR least = 1 OR greatest = 1 OR nth = 1 OR nth = total ORDER BY since",
        model_id=model_id,
        environment=environment,
        points=max(points, LEAST_POINTS),
        stretches=max(points, LEAST_POINTS) // 2 - 1,
    )
    return Series(
        positions=[point.position for point in found],
        recorded_at=[point.recorded_at for point in found],
        window_end=[point.window_end for point in found],
        values=[point.value for point in found],
        lows=[point.low for point in found],
        highs=[point.high for point in found],
        coverages=[point.coverage for point in found],
    )


async def marks_of_model(view: View, model_id: UUID) -> list[Mark]:
    """What happened to a model, oldest first."""
    return await view.rows(
        Mark,
        "SELECT mark.since AS position, mark.at, mark.recorded_at, mark.kind, mark.version_id,"
        " version.tag AS version_tag, mark.environment, mark.role, mark.reason"
        " FROM trust_marks_at(%(position)s::bigint) AS mark"
        " LEFT JOIN registry_versions_at(%(position)s::bigint) AS version ON version.id = mark.version_id"
        " WHERE mark.model_id = %(model_id)s ORDER BY mark.since",
        model_id=model_id,
    )

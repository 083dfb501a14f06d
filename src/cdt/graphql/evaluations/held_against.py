"""Which rows a window was held against."""

import enum
from datetime import datetime

import msgspec
import strawberry

from cdt.access.permissions import needs
from cdt.domain.kernel import Position
from cdt.domain.registry.baselines import Reference
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.context import At, Info
from cdt.readmodels import evaluations


@strawberry.enum(description="What a window is held against.")
class BaselineKind(enum.Enum):
    """A baseline that was set, of a window of predictions or of an upload; or rows of before the window itself."""

    WINDOW = "window"
    UPLOAD = "upload"
    TRAILING = "trailing"
    SEASONAL = "seasonal"


@needs(Permission.READ)
@strawberry.type(description="Which rows a window was held against, and on which grid.")
class HeldAgainst:
    """`days`, `weekdays` and `timeZone` are of baselines that move."""

    kind: BaselineKind | None = strawberry.field(description="Null where it was replaced at the moment of asking.")
    predicted_from: datetime | None
    predicted_to: datetime | None
    days: int | None
    weekdays: list[int] | None = strawberry.field(description="Those that count, from 1 for Monday to 7 for Sunday.")
    time_zone: str | None
    rows: int | None = strawberry.field(description="Null of what moves, until the evaluation is completed.")
    digest: str | None = strawberry.field(description="Of its profile; of what moves, once that is recorded.")
    grid_digest: str | None = strawberry.field(description="Null of a live reading, which is on the version's grid.")

    @classmethod
    def of_reference(
        cls, reference: Reference, *, rows: int | None, digest: str | None = None, grid_digest: str | None = None
    ) -> "HeldAgainst":
        """Of a baseline that moves."""
        return cls(
            kind=BaselineKind(reference.kind),
            predicted_from=reference.predicted_from,
            predicted_to=reference.predicted_to,
            days=reference.days,
            weekdays=[day + 1 for day in reference.weekdays],
            time_zone=reference.time_zone,
            rows=rows,
            digest=digest,
            grid_digest=grid_digest,
        )


async def held_against(info: Info, row: evaluations.Evaluation) -> HeldAgainst:
    """Of an evaluation, as it was asked for."""
    loaders = info.context.loaders
    asked = await loaders.evaluations.specification.load((row.project_id, row.specification_digest))
    reading = None
    if row.results_digest is not None:
        reading = await loaders.evaluations.reading.load((row.project_id, row.results_digest))
    rows = None if reading is None else reading.baseline_rows
    if asked.moving is not msgspec.UNSET:
        digest = None if reading is None else reading.baseline_digest
        return HeldAgainst.of_reference(
            asked.moving, rows=rows, digest=digest if isinstance(digest, str) else None, grid_digest=asked.grid
        )
    at = At(Position(row.requested_position), is_now=False)
    version = await loaders.registry.version.load((at, row.version_id))
    is_known = version is not None and version.baseline_digest == asked.baseline
    return HeldAgainst(
        kind=BaselineKind(version.baseline_source or "window") if version is not None and is_known else None,
        predicted_from=version.baseline_from if version is not None and is_known else None,
        predicted_to=version.baseline_to if version is not None and is_known else None,
        days=None,
        weekdays=None,
        time_zone=None,
        rows=version.baseline_rows if rows is None and version is not None and is_known else rows,
        digest=asked.baseline,
        grid_digest=asked.grid,
    )

"""The rows of a version, and how many there are over time."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from enum import Enum
from typing import Annotated, Any

import strawberry
import structlog
from graphql import GraphQLError
from psycopg import AsyncConnection

from cdt.access.permissions import needs
from cdt.access.rates.policies import Operation
from cdt.domain.errors import Invalid
from cdt.domain.moments import check_window
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.context import At, Info
from cdt.graphql.errors import graphql_error
from cdt.graphql.limits import spend
from cdt.graphql.paging import Connection, Edge, PageInfo, page_size
from cdt.graphql.predictions.row_filters import RowFilter, sought_by
from cdt.graphql.predictions.texts import value_as_text
from cdt.graphql.scalars import Cursor, cursor_of, places_of
from cdt.predictions.browsing import BrowsedRow, Connect, Found, Place
from cdt.predictions.errors import StoredRowsAreAway
from cdt.predictions.reading import RowsAreMissing
from cdt.predictions.versions import find_version, intake_states, intake_states_at
from cdt.predictions.volume import Step, Volume, step_of, volumes
from cdt.readmodels import registry
from cdt.storage.storage import StorageIsAway

log = structlog.get_logger()

ROWS_LOOKED_AT_FOR_ONE = 100
"""Looking at so many rows costs what answering one does."""


@needs(Permission.READ)
@strawberry.type(description="One prediction as it was logged, with its label.")
class PredictionRow:
    """What was sent."""

    prediction_id: str
    predicted_at: datetime
    received_at: datetime
    decision: str | None = strawberry.field(description="Null in a version that predicts numbers.")
    score: float | None
    prediction: float | None = strawberry.field(description="The number; null in a version that decides.")
    values: list[str | None] = strawberry.field(
        description="Of the signature's columns, in their order; a number as its shortest text, null where missing."
    )
    label: str | None = strawberry.field(
        description="Its present label, a number as its shortest text; null under asOf, since it is of now."
    )

    @classmethod
    def of(cls, row: BrowsedRow, *, is_now: bool) -> "PredictionRow":
        """From a row."""
        return cls(
            prediction_id=row.prediction_id,
            predicted_at=row.predicted_at,
            received_at=row.received_at,
            decision=row.decision,
            score=None if row.decision is None else row.score,
            prediction=row.score if row.decision is None else None,
            values=[_as_text(value) for value in row.values],
            label=_as_text(row.label) if is_now else None,
        )


@strawberry.enum(description="How long a step of a chart is.")
class VolumeStep(Enum):
    """By the window's length: hours up to 14 days, months above three years."""

    HOUR = "hour"
    DAY = "day"
    MONTH = "month"


@needs(Permission.READ)
@strawberry.type(description="How many rows there are over time, as parallel arrays.")
class VolumeSeries:
    """Of steps in the project's time zone."""

    step: VolumeStep
    starts_at: list[datetime]
    predictions: list[int]
    labels: list[int] = strawberry.field(description="Of the predictions of each step, however late they came.")
    reason: str | None = strawberry.field(description="Why there is nothing.")

    @classmethod
    def of(cls, step: Step, found: Sequence[Volume], reason: str | None = None) -> "VolumeSeries":
        """From rows."""
        return cls(
            step=VolumeStep(step),
            starts_at=[each.start for each in found],
            predictions=[each.predictions for each in found],
            labels=[each.labels for each in found],
            reason=reason,
        )


@strawberry.type
class RowsOfVersion:
    """Fields of Version."""

    row: strawberry.Private[registry.Version]
    at: strawberry.Private[At]

    @strawberry.field(
        description="Its predictions, those that came in last first. Some 200,000 are looked at for one answer: a page"
        " may hold fewer than are asked for, or none, and have a next one. Under asOf what had come in by then."
    )
    async def rows(
        self,
        info: Info,
        first: int | None = None,
        after: Cursor | None = None,
        filter: RowFilter | None = None,  # noqa: A002
    ) -> Connection[PredictionRow]:
        """An id is found at once, on each of its days."""
        size = page_size(first)
        before = None if after is None else Place(*places_of(after, "rows", 2))
        try:
            sought = sought_by(filter or RowFilter(), self.row.typed_signature)
        except Invalid as error:
            raise graphql_error(error) from error
        context = info.context
        context.note_read(self.row.model_id, self.row.project_id)
        try:
            found = await context.services.browsing.find(
                self._connect(info),
                self.row.id,
                sought,
                before=before,
                through=await self._sequence(info),
                most=size + 1,
            )
        except (StorageIsAway, RowsAreMissing) as error:
            log.warning("rows_cannot_be_read", error=str(error))
            raise GraphQLError(str(StoredRowsAreAway()), extensions={"code": StoredRowsAreAway.code}) from error
        context.charge_rate(Operation.QUERY, found.looked_at // ROWS_LOOKED_AT_FOR_ONE)
        return _page(found, size, after, is_now=self.at.is_now)

    @strawberry.field(
        description="How many predictions and labels there are by predictedAt, as far as rows are counted: some seconds"
        " behind. Without a window, of all of them. Of now only, so not under asOf."
    )
    async def volume(
        self,
        info: Info,
        start: Annotated[datetime | None, strawberry.argument(name="from")] = None,
        end: Annotated[datetime | None, strawberry.argument(name="to")] = None,
    ) -> VolumeSeries:
        """Half-open; the steps at both ends are cut to it at whole hours."""
        if not self.at.is_now:
            raise graphql_error(Invalid("volume", "rows are counted as of now; ask without asOf"))
        project = await info.context.loaders.tenancy.project.load((self.at, self.row.project_id))
        async with self._connect(info)() as connection:
            version = await find_version(connection, self.row.id)
            state = (await intake_states(connection, [self.row.id])).get(self.row.id)
            if version is None or state is None or state.low_water is None or state.high_water is None:
                return VolumeSeries.of("hour", [], "No rows have come in yet.")
            start = state.low_water if start is None else start
            end = state.high_water + timedelta(microseconds=1) if end is None else end
            try:
                check_window(start, end, fields=("from", "to"))
            except Invalid as error:
                raise graphql_error(error) from error
            if self.row.grid_digest is None:
                return VolumeSeries.of("hour", [], "Rows are counted once the version has a baseline.")
            # nothing lies outside: a window of a thousand years costs what the rows' own does
            start, end = max(start, state.low_water), min(end, state.high_water + timedelta(hours=1))
            if start >= end:
                return VolumeSeries.of("hour", [], "No prediction lies in this window.")
            step = step_of(start, end)
            found = await volumes(
                connection,
                version.number,
                start=start.replace(minute=0, second=0, microsecond=0),
                end=end,
                step=step,
                time_zone="UTC" if project is None else project.time_zone,
            )
        spend(len(found))
        return VolumeSeries.of(step, found)

    def _connect(self, info: Info) -> Connect:
        writer, project_id = info.context.services.writer, self.row.project_id

        @asynccontextmanager
        async def connect() -> AsyncGenerator[AsyncConnection[Any]]:
            async with writer.transaction([project_id]) as connection:
                yield connection

        return connect

    async def _sequence(self, info: Info) -> int | None:
        """How far rows had come in when the position was recorded; None for now."""
        if self.at.is_now:
            return None
        moment = await info.context.services.reader.recorded_at(self.at.position)
        async with self._connect(info)() as connection:
            states = await intake_states_at(connection, [self.row.id], moment)
        return states[self.row.id].sequence if self.row.id in states else 0


def _page(found: Found, size: int, after: str | None, *, is_now: bool) -> Connection[PredictionRow]:
    spend(min(len(found.rows), size))
    edges = [Edge(cursor=_cursor(row.place), node=PredictionRow.of(row, is_now=is_now)) for row in found.rows[:size]]
    has_more = len(found.rows) > size
    end = edges[-1].cursor if has_more else None if found.end is None else _cursor(found.end)
    info = PageInfo(
        has_next_page=end is not None,
        has_previous_page=after is not None,
        start_cursor=edges[0].cursor if edges else None,
        end_cursor=end or (edges[-1].cursor if edges else None),
    )
    return Connection(edges=edges, page_info=info, total_count=None)


def _cursor(place: Place) -> Cursor:
    return cursor_of("rows", *place)


def _as_text(value: float | str | None) -> str | None:
    return None if value is None else value_as_text(value)

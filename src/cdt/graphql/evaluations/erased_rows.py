"""Rows that an evaluation read and that were erased since, or before: what explains that it can't be made again."""

from datetime import datetime

import msgspec
import strawberry
from strawberry import relay

from cdt.access.permissions import needs
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.context import At, Info
from cdt.graphql.paging import Connection, page, page_size
from cdt.graphql.predictions.quarantine import RowKind
from cdt.graphql.scalars import Cursor, cursor_of, places_of
from cdt.predictions import erasures
from cdt.predictions.columns import microseconds, moment_of
from cdt.predictions.erasures import Tombstone
from cdt.predictions.versions import find_version
from cdt.readmodels import evaluations


@needs(Permission.READ)
@strawberry.type(description="That a batch lost rows to an erasure.")
class ErasedRows:
    """A tombstone; whose the rows were is told by nobody."""

    sequence: str = strawberry.field(description="The batch's intake sequence.")
    kind: RowKind
    rows: int = strawberry.field(description="How many rows it lost.")
    digest_before: str
    digest_after: str | None = strawberry.field(description="Null when no row was left.")
    erased_at: datetime
    erasure_id: strawberry.ID

    @classmethod
    def of(cls, row: Tombstone) -> "ErasedRows":
        """From a row."""
        return cls(
            sequence=str(row.sequence),
            kind=RowKind(row.kind),
            rows=row.rows,
            digest_before=row.digest_before,
            digest_after=row.digest_after,
            erased_at=row.recorded_at,
            erasure_id=strawberry.ID(str(relay.GlobalID("Erasure", str(row.erasure_id)))),
        )


@strawberry.type
class ErasedRowsOfEvaluation:
    """A field of Evaluation."""

    row: strawberry.Private[evaluations.Evaluation]
    at: strawberry.Private[At]

    @strawberry.field(
        description="Batches that it reads, or the baseline that moves with it, that lost rows to an erasure, in their"
        " order. One that was erased after `completedAt` had the first `digestBefore` of these when it was read. Under"
        " asOf those recorded by then."
    )
    async def erased_rows(
        self, info: Info, first: int | None = None, after: Cursor | None = None
    ) -> Connection[ErasedRows]:
        """A batch may have lost rows of its other days."""
        size, place = page_size(first), None
        if after is not None:
            sequence, moment = places_of(after, "tombstones", 2)
            place = sequence, moment_of(moment)
        evaluation, services = self.row, info.context.services
        asked = await info.context.loaders.evaluations.specification.load(
            (evaluation.project_id, evaluation.specification_digest)
        )
        since = evaluation.window_start
        if asked.moving is not msgspec.UNSET:
            since = min(since, asked.moving.predicted_from)
        until = None if self.at.is_now else await services.reader.recorded_at(self.at.position)
        rows: list[Tombstone] = []
        async with services.writer.transaction([evaluation.project_id]) as connection:
            version = await find_version(connection, evaluation.version_id)
            if version is not None:
                rows = await erasures.tombstones_of_window(
                    connection,
                    version.number,
                    predicted_from=since,
                    predicted_to=evaluation.window_end,
                    through_sequence=evaluation.through_sequence,
                    after=place,
                    until=until,
                    limit=size + 1,
                )
        return page(
            rows,
            size=size,
            node=ErasedRows.of,
            cursor=lambda row: cursor_of("tombstones", row.sequence, microseconds(row.recorded_at)),
            after=after,
        )

"""The recorded evaluations of a model."""

import strawberry

from cdt.graphql.context import At, Info
from cdt.graphql.evaluations.types import Evaluation
from cdt.graphql.paging import Connection, page, page_size
from cdt.graphql.scalars import Cursor, cursor_of, places_of
from cdt.readmodels import evaluations, registry


@strawberry.type
class EvaluationsOfModel:
    """Fields of Model."""

    row: strawberry.Private[registry.Model]
    at: strawberry.Private[At]

    @strawberry.field(description="Its newest completed evaluation.")
    async def latest_evaluation(self, info: Info) -> Evaluation | None:
        """Null before the first."""
        row = await info.context.loaders.evaluations.latest_of_model.load((self.at, self.row.id))
        return None if row is None else Evaluation.of(row, self.at)

    @strawberry.field(description="Its evaluations, newest first.")
    async def evaluations(
        self, info: Info, first: int | None = None, after: Cursor | None = None
    ) -> Connection[Evaluation]:
        """Paged by position."""
        size = page_size(first)
        before = evaluations.END if after is None else places_of(after, "evaluation")[0]
        async with info.context.view(self.at) as view:
            rows = await evaluations.evaluations_of_model(view, self.row.id, before=before, limit=size + 1)
            total = await evaluations.count_of_model(view, self.row.id)
        return page(
            rows,
            size=size,
            node=lambda row: Evaluation.of(row, self.at),
            cursor=lambda row: cursor_of("evaluation", row.requested_position),
            after=after,
            total_count=total,
        )

"""Evaluations, and the catalog of measures."""

import json

import strawberry

from cdt.domain.evaluations.results import BUSINESS_VALUE, RECORDED
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.context import Info
from cdt.graphql.evaluations.types import Evaluation, Measure
from cdt.graphql.fields import query
from cdt.graphql.ids import sought
from cdt.graphql.scalars import AsOf
from cdt.measures.catalog import MEASURES
from cdt.measures.definitions import STANDARD


@strawberry.type
class EvaluationsQueries:
    """Fields of Query."""

    @query(Permission.READ, "An evaluation; null when there is none with this id, or none that you may see.")
    async def evaluation(
        self,
        info: Info,
        id: strawberry.ID,  # noqa: A002
        as_of: AsOf | None = None,
    ) -> Evaluation | None:
        """As known at the moment that is asked about."""
        at = await info.context.at(as_of)
        row = await info.context.loaders.evaluations.evaluation.load((at, sought(id, "Evaluation")))
        if row is None:
            return None
        info.context.note_read(row.model_id, row.project_id)
        return Evaluation.of(row, at)

    @query(Permission.PUBLIC, "Every measure that CDT knows; the same at any moment.")
    def measures(self, as_of: AsOf | None = None) -> list[Measure]:
        """From the catalog of this release."""
        del as_of
        return [
            Measure(
                name=each.name,
                title=each.title,
                meaning=each.meaning,
                family=each.family,
                low=each.low,
                high=each.high,
                better_when=each.better_when,
                formula=each.formula,
                interval=each.interval,
                source=each.source,
                version=each.version,
                parameters=json.dumps(each.defaults),
                is_standard=each.name in STANDARD,
                can_be_planned=each.name in RECORDED and each.name not in {*STANDARD, BUSINESS_VALUE},
            )
            for each in MEASURES
        ]

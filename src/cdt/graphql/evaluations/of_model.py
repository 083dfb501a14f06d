"""The recorded evaluations of a model."""

import strawberry

from cdt.domain.errors import Invalid
from cdt.domain.evaluations.results import POPULATION_STABILITY_INDEX
from cdt.graphql.context import At, Info
from cdt.graphql.evaluations.drift_history import DRIFT_MEASURES, MOST_SUBJECTS, DriftHistory
from cdt.graphql.evaluations.performance_history import PerformanceHistory
from cdt.graphql.evaluations.recorded_windows import MOST_WINDOWS, recorded_windows
from cdt.graphql.evaluations.types import Evaluation
from cdt.graphql.limits import spend
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

    @strawberry.field(
        description="The drift of each feature and output of its production champion in the newest recorded windows:"
        " those that have closed, each as it was recorded last, and the newest record of all. An error of the operation"
        " for a measure that has no bands of severity. name: only subjects whose names hold it, in any case."
    )
    async def drift_history(
        self,
        info: Info,
        measure: str = POPULATION_STABILITY_INDEX,
        windows: int = 24,
        subjects: int = 100,
        name: str | None = None,
    ) -> DriftHistory:
        """At most 100 windows and 200 subjects; the gravest are shown."""
        if measure not in DRIFT_MEASURES:
            raise Invalid("measure", f"it is one of {', '.join(DRIFT_MEASURES)}")
        windows, subjects = max(1, min(windows, MOST_WINDOWS)), max(1, min(subjects, MOST_SUBJECTS))
        spend(windows * subjects // 10)
        found = await recorded_windows(info, self.at, self.row, windows=windows)
        return DriftHistory.of(measure, found, most_subjects=subjects, name=name or "")

    @strawberry.field(
        description="The accuracy and the area under the ROC curve of its production champion in the newest recorded"
        " windows, as labels told it and as scores had let expect: those that have closed, each as it was recorded"
        " last, and the newest record of all."
    )
    async def performance_history(self, info: Info, windows: int = 24) -> PerformanceHistory:
        """At most 100 windows."""
        windows = max(1, min(windows, MOST_WINDOWS))
        spend(windows)
        return PerformanceHistory.of(await recorded_windows(info, self.at, self.row, windows=windows))

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

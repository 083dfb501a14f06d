"""Recorded evaluations and the plans behind them."""

import enum
from datetime import datetime
from uuid import UUID

import strawberry
from strawberry import relay

from cdt.access.permissions import needs
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.accounts.types import Actor
from cdt.graphql.context import At, Info
from cdt.graphql.evaluations.confusions import ConfusionMatrices, confusions_shown
from cdt.graphql.evaluations.curves import PerformanceCurves, curves_shown
from cdt.graphql.evaluations.drift_of_all import DriftOfAll
from cdt.graphql.evaluations.erased_rows import ErasedRowsOfEvaluation
from cdt.graphql.evaluations.held_against import HeldAgainst, held_against
from cdt.graphql.evaluations.intersections import IntersectionRates, intersections_of
from cdt.graphql.evaluations.numbers import PredictedNumbers, numbers_of
from cdt.graphql.evaluations.progress import ProgressOfEvaluation
from cdt.graphql.evaluations.quality import DataQuality, quality_of
from cdt.graphql.evaluations.recomputations import Recomputation, ResultPair
from cdt.graphql.evaluations.results import AttributeFairness, FeatureDrift, ReadingParts, Result
from cdt.graphql.evaluations.slices import SliceOfEvaluation, slices_shown
from cdt.graphql.evaluations.weakest import WeakestSegmentsOfEvaluation, weakest_of
from cdt.graphql.evaluations.worth import BusinessValueOfWindow
from cdt.graphql.ids import sought
from cdt.graphql.limits import spend
from cdt.graphql.registry.types import Version
from cdt.graphql.scalars import PositionText
from cdt.graphql.trust.types import TrustScore
from cdt.readmodels import evaluations, recomputations
from cdt.workers import comparing

MOST_OF_A_WINDOW = 50


@strawberry.enum(description="How far an evaluation is.")
class EvaluationState(enum.Enum):
    """Requested until it is computed, given up or cancelled."""

    REQUESTED = "requested"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


@strawberry.enum(description="Why an evaluation was asked for.")
class EvaluationCause(enum.Enum):
    """Windows close, people ask, versions serve, scores move, labels come late, plans change; or it is history."""

    WINDOW_CLOSED = "window_closed"
    REQUESTED = "asked"
    LIVE_CHANGE = "live_change"
    PROMOTION = "promotion"
    RESTATEMENT = "restatement"
    SCHEDULE = "schedule"
    PLAN_CHANGE = "plan_change"
    BACKFILL = "backfill"


@needs(Permission.READ)
@strawberry.type(description="A recorded run of measures over one window of one version.")
class Evaluation(ErasedRowsOfEvaluation, ProgressOfEvaluation, relay.Node):
    """The results are read from the document that the event names."""

    id: relay.NodeID[UUID]
    state: EvaluationState
    cause: EvaluationCause
    environment: str
    requested_at: datetime
    completed_at: datetime | None
    window_start: datetime
    window_end: datetime
    through_sequence: str = strawberry.field(description="The last intake sequence that was read.")
    rows: int | None
    labels: int | None
    label_coverage: float | None = strawberry.field(
        description="The share of the window's predictions whose label was known."
    )
    passed: int | None
    failed: int | None
    inconclusive: int | None
    rows_digest: str | None
    results_digest: str | None
    specification_digest: str
    processor: str | None
    failure: str | None
    position: PositionText
    row: strawberry.Private[evaluations.Evaluation]
    at: strawberry.Private[At]

    @classmethod
    def of(cls, row: evaluations.Evaluation, at: At) -> "Evaluation":
        """From a row."""
        return cls(
            id=row.id,
            state=EvaluationState(row.state),
            cause=EvaluationCause(row.cause),
            environment=row.environment,
            requested_at=row.requested_at,
            completed_at=row.finished_at,
            window_start=row.window_start,
            window_end=row.window_end,
            through_sequence=str(row.through_sequence),
            rows=row.rows,
            labels=row.labels,
            label_coverage=row.labels / row.rows if row.rows and row.labels is not None else None,
            passed=row.passed,
            failed=row.failed,
            inconclusive=row.inconclusive,
            rows_digest=row.rows_digest,
            results_digest=row.results_digest,
            specification_digest=row.specification_digest,
            processor=row.processor,
            failure=row.failure,
            position=PositionText(str(row.requested_position)),
            row=row,
            at=at,
        )

    @strawberry.field(description="The version that was evaluated.")
    async def version(self, info: Info) -> Version:
        """The version."""
        return await Version.load(info, self.at, self.row.version_id)

    @strawberry.field(description="Who asked for it.")
    def requested_by(self) -> Actor:
        """The actor of the event."""
        return Actor.of(self.row.requested_by_kind, self.row.requested_by_id, self.at)

    @strawberry.field(description="Which rows it was held against, and on which grid.")
    async def baseline(self, info: Info) -> HeldAgainst:
        """As it was asked for: another baseline later changes nothing of it."""
        return await held_against(info, self.row)

    @strawberry.field(description="The score that it gave.")
    async def score(self, info: Info) -> TrustScore | None:
        """Null until it is scored."""
        rows = await info.context.loaders.trust.score_of_evaluation.load((self.at, self.row.id))
        return None if rows is None else TrustScore.recorded(rows, self.at)

    @strawberry.field(description="Every number, with its definition.")
    async def results(self, info: Info) -> list[Result]:
        """Empty until it is completed."""
        parts = await self._parts(info)
        return [] if parts is None else parts.results()

    @strawberry.field(description="How far each feature has moved, farthest first.")
    async def drift(self, info: Info) -> list[FeatureDrift]:
        """Empty until it is completed."""
        parts = await self._parts(info)
        return [] if parts is None else parts.drift()

    @strawberry.field(description="How far all features together have moved; null until it is completed.")
    async def drift_of_all(self, info: Info) -> DriftOfAll | None:
        """By score, by whole rows, and by tests that are corrected for their number."""
        parts = await self._parts(info)
        return None if parts is None else DriftOfAll.of(parts)

    @strawberry.field(description="How the groups of each attribute fare.")
    async def fairness(self, info: Info) -> list[AttributeFairness]:
        """Empty until it is completed."""
        parts = await self._parts(info)
        return [] if parts is None else parts.fairness()

    @strawberry.field(description="Every measure of fairness that the plan asks for.")
    async def fairness_results(self, info: Info) -> list[Result]:
        """Of each attribute, and of the whole, which has no subject."""
        parts = await self._parts(info)
        return [] if parts is None else parts.of_fairness()

    @strawberry.field(
        description="How each intersection of all attributes fares; null where the plan asks for no measure of them."
    )
    async def intersections(self, info: Info) -> IntersectionRates | None:
        """Of rows, which a live reading has not."""
        parts = await self._parts(info)
        return None if parts is None else intersections_of(parts.reading, parts.signature)

    @strawberry.field(description="Where the model decides worst; null where no labelled rows were read, or none yet.")
    async def weakest_segments(self, info: Info) -> WeakestSegmentsOfEvaluation | None:
        """Of rows with labels, searched in every column and every pair of them."""
        parts = await self._parts(info)
        return None if parts is None else weakest_of(parts.reading)

    @strawberry.field(
        description="How far off predicted numbers are, and for whom; null of a version that decides among classes."
    )
    async def predicted_numbers(self, info: Info) -> PredictedNumbers | None:
        """Null until it is completed, too."""
        parts = await self._parts(info)
        return None if parts is None else numbers_of(parts)

    @strawberry.field(description="How well the model decides, where labels are known.")
    async def performance(self, info: Info) -> list[Result]:
        """Empty until it is completed."""
        parts = await self._parts(info)
        return [] if parts is None else parts.performance()

    @strawberry.field(
        description="What decisions were worth; null until completed, and where the plan didn't say what each is."
    )
    async def business_value(self, info: Info) -> BusinessValueOfWindow | None:
        """Of those whose label is known."""
        parts = await self._parts(info)
        return None if parts is None else BusinessValueOfWindow.of(parts)

    @strawberry.field(
        description="What scores tell of labels at every threshold; null until completed, and where a former release"
        " kept no curves."
    )
    async def curves(self, info: Info) -> PerformanceCurves | None:
        """Of the window, and of what it is held against."""
        parts = await self._parts(info)
        return None if parts is None else curves_shown(parts.reading)

    @strawberry.field(
        description="How often each class was decided as which; null until completed, and where a former release kept"
        " no matrix."
    )
    async def confusions(self, info: Info) -> ConfusionMatrices | None:
        """Of the window, and of what it is held against."""
        parts = await self._parts(info)
        return None if parts is None else confusions_shown(parts.reading)

    @strawberry.field(description="Of each slice that the plan declared then; empty until completed.")
    async def slices(self, info: Info) -> list[SliceOfEvaluation]:
        """In the plan's order."""
        parts = await self._parts(info)
        return [] if parts is None else slices_shown(parts.reading)

    @strawberry.field(description="What the data are like; null until completed, and where it was not measured yet.")
    async def quality(self, info: Info) -> DataQuality | None:
        """Of the window, and of each feature."""
        parts = await self._parts(info)
        return None if parts is None else quality_of(parts)

    @strawberry.field(
        description="What was recorded of the same window, itself among it, newest first: as known now, and as known"
        " then. Labels that come late make a new one; at most the newest 50."
    )
    async def of_same_window(self, info: Info) -> list["Evaluation"]:
        """Those that are completed."""
        row = self.row
        spend(MOST_OF_A_WINDOW)  # however few there are: each asks on its own
        async with info.context.view(self.at) as view:
            found = await evaluations.completed_of_window(
                view, row.plan_id, window_start=row.window_start, window_end=row.window_end, limit=MOST_OF_A_WINDOW
            )
        return [Evaluation.of(each, self.at) for each in found]

    @strawberry.field(
        description="Its results beside those of another evaluation, which is the first of each pair; null when there"
        " is no such evaluation, or one of the two is not completed."
    )
    async def compared_with(self, info: Info, id: strawberry.ID) -> list[ResultPair] | None:  # noqa: A002
        """Of any model that may be seen."""
        other = await info.context.loaders.evaluations.evaluation.load((self.at, sought(id, "Evaluation")))
        if other is None or other.results_digest is None or self.row.results_digest is None:
            return None
        load = info.context.loaders.evaluations.reading.load
        first = await load((other.project_id, other.results_digest))
        second = await load((self.row.project_id, self.row.results_digest))
        return [ResultPair.of(*pair) for pair in comparing.pairs(first, second)]

    @strawberry.field(
        description="Each time that it was computed once more and held to the record, newest first; at most 50."
    )
    async def recomputations(self, info: Info) -> list[Recomputation]:
        """Empty until somebody asks for one."""
        spend(MOST_OF_A_WINDOW)
        async with info.context.view(self.at) as view:
            found = await recomputations.of_evaluation(view, self.row.id, limit=MOST_OF_A_WINDOW)
        return [Recomputation.of(each, self.row, self.at) for each in found]

    async def _parts(self, info: Info) -> ReadingParts | None:
        if self.row.results_digest is None:
            return None
        version = await info.context.loaders.registry.version.load((self.at, self.row.version_id))
        assert version is not None
        reading = await info.context.loaders.evaluations.reading.load((self.row.project_id, self.row.results_digest))
        return ReadingParts(reading, version.typed_signature)


@needs(Permission.READ)
@strawberry.type(description="A measure that CDT knows.")
class Measure:
    """From the catalog."""

    name: str
    title: str
    meaning: str
    family: str
    low: float | None
    high: float | None
    better_when: str
    formula: str
    interval: str
    source: str
    version: int
    parameters: str = strawberry.field(description="Default parameters, as JSON.")
    is_standard: bool = strawberry.field(description="Every plan measures it.")
    can_be_planned: bool = strawberry.field(description="A plan may name it among its further `measures`.")

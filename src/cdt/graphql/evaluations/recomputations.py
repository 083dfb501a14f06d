"""Evaluations that are computed once more, to prove what was recorded."""

import enum
from datetime import datetime

import strawberry

from cdt.access.permissions import needs
from cdt.domain.evaluations.results import MeasureResult
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.accounts.types import Actor
from cdt.graphql.context import At, Info
from cdt.graphql.evaluations.recomputed_tests import TestDifference
from cdt.graphql.evaluations.results import Verdict
from cdt.graphql.scalars import PositionText
from cdt.readmodels import evaluations, recomputations
from cdt.workers import comparing
from cdt.workers.comparing_tests import differing_tests
from cdt.workers.readings import JudgedReading

MOST_DIFFERENCES = 100


@strawberry.enum(description="How far a recomputation is.")
class RecomputationState(enum.Enum):
    """Requested until it is computed or given up."""

    REQUESTED = "requested"
    COMPLETED = "completed"
    FAILED = "failed"


@strawberry.enum(description="What a recomputation comes to beside the record.")
class RecomputationOutcome(enum.Enum):
    """Rows and numbers the same to the bit; rows, counts and verdicts the same and numbers to 1e-12; or not."""

    IDENTICAL = "identical"
    WITHIN_TOLERANCE = "within_tolerance"
    DIFFERENT = "different"


@needs(Permission.READ)
@strawberry.type(description="A result as it was recorded, or as it is computed now.")
class ComparedResult:
    """Without its definition, which is compared too."""

    value: float | None
    low: float | None
    high: float | None
    rows: int
    verdict: Verdict
    reason: str | None
    baseline: float | None
    limit: float | None

    @classmethod
    def of(cls, result: MeasureResult | None) -> "ComparedResult | None":
        """From the domain's; null for none."""
        if result is None:
            return None
        return cls(
            value=result.value,
            low=result.low,
            high=result.high,
            rows=result.rows,
            verdict=Verdict(result.verdict),
            reason=result.reason,
            baseline=result.baseline,
            limit=result.limit,
        )


@needs(Permission.READ)
@strawberry.type(description="One measure of one subject in two evaluations, the earlier asked for first.")
class ResultPair:
    """Null where an evaluation has none."""

    measure: str
    subject: str | None
    first: ComparedResult | None
    second: ComparedResult | None
    are_apart: bool = strawberry.field(description="The two intervals have nothing in common.")

    @classmethod
    def of(cls, first: MeasureResult | None, second: MeasureResult | None) -> "ResultPair":
        """From the domain's, of which at least one is there."""
        one = first or second
        assert one is not None
        return cls(
            measure=one.measure,
            subject=one.subject,
            first=ComparedResult.of(first),
            second=ComparedResult.of(second),
            are_apart=comparing.are_apart(first, second),
        )


@needs(Permission.READ)
@strawberry.type(description="A result that is not the recorded one to the bit.")
class ResultDifference:
    """Null where there was none then, or is none now."""

    measure: str
    subject: str | None
    recorded: ComparedResult | None
    now: ComparedResult | None
    within_tolerance: bool = strawberry.field(description="Only numbers differ, and by no more than 1e-12.")


@needs(Permission.READ)
@strawberry.type(description="An evaluation that was computed once more and held to its record.")
class Recomputation:
    """What it found is recorded like the evaluation itself."""

    state: RecomputationState
    outcome: RecomputationOutcome | None = strawberry.field(description="Null until it is completed.")
    are_rows_the_same: bool | None = strawberry.field(
        description="Whether the digest of the rows is the recorded one. Rows change by erasure and go with retention."
    )
    rows_digest: str | None
    results_digest: str | None
    difference_count: int | None
    requested_at: datetime
    completed_at: datetime | None
    processor: str | None
    is_same_processor: bool | None
    other_libraries: list[str] | None = strawberry.field(
        description="Libraries of another release than those that the record was made with, as `name then -> now`."
    )
    failure: str | None
    position: PositionText
    row: strawberry.Private[recomputations.Recomputation]
    recorded: strawberry.Private[evaluations.Evaluation]
    at: strawberry.Private[At]

    @classmethod
    def of(cls, row: recomputations.Recomputation, recorded: evaluations.Evaluation, at: At) -> "Recomputation":
        """From a row, and that of its evaluation."""
        is_done = row.outcome is not None
        return cls(
            state=RecomputationState(row.state),
            outcome=None if row.outcome is None else RecomputationOutcome(row.outcome),
            are_rows_the_same=row.rows_digest == recorded.rows_digest if is_done else None,
            rows_digest=row.rows_digest,
            results_digest=row.results_digest,
            difference_count=row.differences,
            requested_at=row.requested_at,
            completed_at=row.finished_at,
            processor=row.processor,
            is_same_processor=row.processor == recorded.processor if is_done else None,
            other_libraries=_other_libraries(recorded.libraries or {}, row.libraries or {}) if is_done else None,
            failure=row.failure,
            position=PositionText(str(row.requested_position)),
            row=row,
            recorded=recorded,
            at=at,
        )

    @strawberry.field(description="Who asked for it.")
    def requested_by(self) -> Actor:
        """The actor of the event."""
        return Actor.of(self.row.requested_by_kind, self.row.requested_by_id, self.at)

    @strawberry.field(description="The results that differ, in the order of the record; at most 100.")
    async def differences(self, info: Info) -> list[ResultDifference]:
        """From the two kept documents."""
        both = await self._readings(info)
        return (
            []
            if both is None
            else [
                ResultDifference(
                    measure=each.measure,
                    subject=each.subject,
                    recorded=ComparedResult.of(each.recorded),
                    now=ComparedResult.of(each.now),
                    within_tolerance=each.is_close,
                )
                for each in comparing.differences(*both)[:MOST_DIFFERENCES]
            ]
        )

    @strawberry.field(
        description="The tests of drift that differ, in p-value or in what it was corrected to; at most 100."
    )
    async def test_differences(self, info: Info) -> list[TestDifference]:
        """All of them where they were corrected otherwise."""
        both = await self._readings(info)
        return [] if both is None else [TestDifference.of(each) for each in differing_tests(*both)[:MOST_DIFFERENCES]]

    async def _readings(self, info: Info) -> tuple[JudgedReading, JudgedReading] | None:
        """As recorded, and as computed once more; None where nothing differs."""
        if not self.row.differences or self.row.results_digest is None or self.recorded.results_digest is None:
            return None
        load = info.context.loaders.evaluations.reading.load
        project = self.recorded.project_id
        return await load((project, self.recorded.results_digest)), await load((project, self.row.results_digest))


def _other_libraries(then: dict[str, str], now: dict[str, str]) -> list[str]:
    names = sorted(then.keys() | now.keys())
    return [
        f"{name} {then.get(name, '-')} -> {now.get(name, '-')}" for name in names if then.get(name) != now.get(name)
    ]

"""Live readings, and how much has come in."""

import enum
from datetime import datetime

import msgspec
import strawberry

from cdt.access.permissions import needs
from cdt.domain.registry.signature import Signature
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.context import At
from cdt.graphql.evaluations.drift_of_all import DriftOfAll
from cdt.graphql.evaluations.held_against import HeldAgainst
from cdt.graphql.evaluations.numbers import PredictedNumbers, numbers_of
from cdt.graphql.evaluations.quality import DataQuality, quality_of
from cdt.graphql.evaluations.results import AttributeFairness, FeatureDrift, ReadingParts, Result
from cdt.graphql.evaluations.worth import BusinessValueOfWindow
from cdt.graphql.predictions.hub import Kept
from cdt.graphql.scalars import Cursor, cursor_of
from cdt.graphql.sharing import Answers
from cdt.graphql.trust.types import TrustScore
from cdt.predictions.versions import IntakeState


@needs(Permission.READ)
@strawberry.type(description="The present values of a version's measures and trust; overwritten, never recorded.")
class LiveReading:
    """Computed from profiles over the trailing window."""

    cursor: Cursor
    score: TrustScore
    rows: int
    labels: int
    label_coverage: float | None
    window_start: datetime
    window_end: datetime
    read_at: datetime
    sequence: str = strawberry.field(description="The intake sequence that it reached.")
    parts: strawberry.Private[ReadingParts]
    answers: strawberry.Private[Answers]

    @classmethod
    def of(cls, kept: Kept, signature: Signature, at: At) -> "LiveReading":
        """From the version's one row."""
        document, row = kept.document, kept.row
        reading = document.reading
        return cls(
            cursor=cursor_of("live", row.position, row.sequence),
            score=TrustScore.live(
                document.score,
                sentence=document.sentence,
                window_end=document.window_end,
                version_id=row.version_id,
                at=at,
            ),
            rows=reading.rows,
            labels=reading.labelled,
            label_coverage=reading.labelled / reading.rows if reading.rows else None,
            window_start=document.window_start,
            window_end=document.window_end,
            read_at=row.computed_at,
            sequence=str(row.sequence),
            parts=ReadingParts(reading, signature),
            answers=Answers(),
        )

    @strawberry.field(description="Which rows it is held against, where the baseline moves; null where it is one set.")
    def baseline(self) -> HeldAgainst | None:
        """Whole hours, as far as they are folded."""
        reading = self.parts.reading
        if reading.reference is msgspec.UNSET:
            return None
        return HeldAgainst.of_reference(reading.reference, rows=reading.baseline_rows)

    @strawberry.field(description="How far each feature has moved, farthest first.")
    def drift(self) -> list[FeatureDrift]:
        """Against the baseline."""
        return self.parts.drift()

    @strawberry.field(description="How far all features together have moved.")
    def drift_of_all(self) -> DriftOfAll:
        """By score, and by tests that are corrected for their number; whole rows need an evaluation."""
        return DriftOfAll.of(self.parts)

    @strawberry.field(description="How the groups of each attribute fare.")
    def fairness(self) -> list[AttributeFairness]:
        """With intervals."""
        return self.parts.fairness()

    @strawberry.field(description="Every measure of fairness that the plan asks for.")
    def fairness_results(self) -> list[Result]:
        """Of each attribute, and of the whole, which has no subject."""
        return self.parts.of_fairness()

    @strawberry.field(
        description="How far off predicted numbers are, and for whom; null of a version that decides among classes."
    )
    def predicted_numbers(self) -> PredictedNumbers | None:
        """Beside the baseline's."""
        return numbers_of(self.parts)

    @strawberry.field(description="How well the model decides, where labels are known.")
    def performance(self) -> list[Result]:
        """Against the baseline."""
        return self.parts.performance()

    @strawberry.field(description="What decisions were worth; null where the plan doesn't say what each is.")
    def business_value(self) -> BusinessValueOfWindow | None:
        """Of those whose label is known."""
        return BusinessValueOfWindow.of(self.parts)

    @strawberry.field(description="What the data are like; null of a reading by a release that didn't measure it.")
    def quality(self) -> DataQuality | None:
        """Of the window, and of each feature."""
        return quality_of(self.parts)


@strawberry.enum(
    description="What becomes of rows that do not fit a version's signature: they are rejected; or they go in without "
    "their wrong features, marked, if nothing else is wrong; or all of their batch is rejected."
)
class IntakePolicy(enum.Enum):
    """A row whose id, time, decision or score is wrong is rejected under each of them."""

    REJECT_ROW = "reject_row"
    KEEP_MARKED = "keep_marked"
    REJECT_BATCH = "reject_batch"


@needs(Permission.READ)
@strawberry.type(description="How much a version has taken in.")
class Intake:
    """Of the production champion, or of the newest version."""

    predictions: int
    labels: int
    rejected: int
    high_water: datetime | None = strawberry.field(description="The newest predicted_at.")
    last_received_at: datetime | None
    sequence: str

    @classmethod
    def of(cls, state: IntakeState | None) -> "Intake":
        """Zeros before the first row."""
        if state is None:
            return cls(predictions=0, labels=0, rejected=0, high_water=None, last_received_at=None, sequence="0")
        return cls(
            predictions=state.predictions,
            labels=state.labels,
            rejected=state.rejected,
            high_water=state.high_water,
            last_received_at=state.last_received_at,
            sequence=str(state.sequence),
        )


@needs(Permission.READ)
@strawberry.type(description="How much has come in, and how fast; a state, newest wins.")
class IngestionState:
    """Rates are of the time since the state before."""

    cursor: Cursor
    predictions: int
    labels: int
    rejected: int
    rows_per_second: float | None
    labels_per_second: float | None
    high_water: datetime | None
    last_received_at: datetime | None

"""Facts about monitoring plans and evaluations. A plan is a stream, and each evaluation a short one of its own."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from msgspec import UNSET, UnsetType

from cdt.domain.evaluations.plan import PlanPolicy
from cdt.domain.evaluations.proposing import Reason
from cdt.domain.evaluations.windows import Window
from cdt.domain.kernel import BackfillId, Change, Digest, EvaluationId, Event, PlanId, RecomputationId
from cdt.domain.text import Text

RecomputationOutcome = Literal["identical", "within_tolerance", "different"]
Environment = Literal["development", "staging", "production"]
Cause = Literal[
    "window_closed", "asked", "live_change", "promotion", "restatement", "schedule", "plan_change", "backfill"
]


class PlanMade(Event, frozen=True, kw_only=True):
    """The version is watched by these rules from now on.

    `because` says why they are what they are; it isn't there of a plan that was not proposed.
    """

    format: ClassVar[int] = 4
    version_id: UUID
    model_id: UUID
    policy: PlanPolicy
    because: tuple[Reason, ...] | UnsetType = UNSET


class PlanChanged(Event, frozen=True, kw_only=True):
    """The version is watched by other rules from now on; what was recorded by the old ones stays."""

    version_id: UUID
    model_id: UUID
    policy: Change[PlanPolicy]
    reason: Text


class Requested(Event, frozen=True, kw_only=True):
    """The rows of a window, as far as they were taken in, are to be measured.

    The window is half-open in `predicted_at`; `through_sequence` is the last intake sequence to read. `specification`
    names the kept document that says what is measured, how, and against which baseline.
    """

    plan_id: PlanId
    version_id: UUID
    model_id: UUID
    environment: Environment
    cause: Cause
    window_start: datetime
    window_end: datetime
    through_sequence: int
    specification: Digest


class Completed(Event, frozen=True, kw_only=True):
    """The measures were computed. The results are the kept document named `results_digest`.

    `rows_digest` is over the segments read, in sequence order; `libraries` and `processor` are what the same bits need.
    """

    rows: int
    labels: int
    rows_digest: Digest
    results_digest: Digest
    passed: int
    failed: int
    inconclusive: int
    libraries: dict[str, str]
    processor: str


class Failed(Event, frozen=True, kw_only=True):
    """The evaluation was given up after so many attempts; its rows count as covered."""

    attempts: int
    reason: str


class Cancelled(Event, frozen=True, kw_only=True):
    """Somebody did not want it any more before it was computed; its rows count as covered."""


class BackfillRequested(Event, frozen=True, kw_only=True):
    """These windows of history are to be measured by the plan as it is now; each becomes an evaluation of its own.

    `rules` names what they are measured by and held against, so that each is measured once by the same.
    """

    backfill_id: BackfillId
    plan_id: PlanId
    version_id: UUID
    model_id: UUID
    environment: Environment
    windows: tuple[Window, ...]
    through_sequence: int
    rules: Digest
    reason: Text


class BackfillCancelled(Event, frozen=True, kw_only=True):
    """What of a backfill is not measured yet shall not be; what is, stays. Its windows may be asked for again."""

    backfill_id: BackfillId
    plan_id: PlanId
    version_id: UUID
    model_id: UUID
    reason: Text


class RecomputationRequested(Event, frozen=True, kw_only=True):
    """A completed evaluation is to be computed once more, by the specification that it names, and held to its record.

    `rows_digest` and `results_digest` are what was recorded of it.
    """

    recomputation_id: RecomputationId
    evaluation_id: EvaluationId
    version_id: UUID
    model_id: UUID
    specification: Digest
    rows_digest: Digest
    results_digest: Digest


class Recomputed(Event, frozen=True, kw_only=True):
    """What came of it.

    `identical` says that the rows and every number are the recorded ones to the bit; `within_tolerance` that rows,
    counts and verdicts are, and numbers to 1e-12, as on another processor; `different` all else. `differences` is the
    number of results and of corrected tests that are not the recorded ones to the bit; `results_digest` names those of
    now.
    """

    recomputation_id: RecomputationId
    outcome: RecomputationOutcome
    differences: int
    rows_digest: Digest
    results_digest: Digest
    libraries: dict[str, str]
    processor: str


class RecomputationFailed(Event, frozen=True, kw_only=True):
    """It was given up after so many attempts; nothing is said of the record."""

    recomputation_id: RecomputationId
    attempts: int
    reason: str

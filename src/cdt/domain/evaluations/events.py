"""Facts about monitoring plans and evaluations. A plan is a stream, and each evaluation a short one of its own."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from cdt.domain.evaluations.plan import PlanPolicy
from cdt.domain.kernel import Change, Digest, Event, PlanId
from cdt.domain.text import Text

Environment = Literal["development", "staging", "production"]
Cause = Literal["window_closed", "asked", "live_change", "promotion", "restatement", "schedule", "plan_change"]


class PlanMade(Event, frozen=True, kw_only=True):
    """The version is watched by these rules from now on."""

    format: ClassVar[int] = 4
    version_id: UUID
    model_id: UUID
    policy: PlanPolicy


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

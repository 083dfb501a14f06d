"""Facts about models. The stream is the model; each fact's id is the model's."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from msgspec import UNSET, UnsetType

from cdt.domain.kernel import Change, Digest, Event
from cdt.domain.registry.baselines import MovingBaseline
from cdt.domain.registry.dictionary import Dictionary
from cdt.domain.registry.signature import Signature
from cdt.domain.text import Text

Environment = Literal["development", "staging", "production"]
DeploymentRole = Literal["champion", "challenger", "shadow"]
IntakePolicy = Literal["reject_row", "keep_marked", "reject_batch"]
"""What becomes of rows that do not fit the signature: rejected one by one; taken in where only features are wrong,
without these, and marked; or rejected with all of their batch."""
Settlement = Literal["resubmitted", "discarded"]
BaselineSource = Literal["window", "upload"]


class ModelRegistered(Event, frozen=True, kw_only=True):
    """A model is known from now on."""

    format: ClassVar[int] = 2
    name: str
    description: Text


class VersionAdded(Event, frozen=True, kw_only=True):
    """A new, immutable version of the model."""

    version_id: UUID
    tag: str
    signature: Signature


class BaselineSet(Event, frozen=True, kw_only=True):
    """The version's grid was fitted and its baseline profiled; both are kept rows, named by their digests.

    Of an upload `body` is the SHA-256, and the rows themselves are not kept. A baseline that moved ends with it.
    `days` are those from the first of a window's rows to the last, by UTC, and `busy_days` those that have any.
    """

    format: ClassVar[int] = 2
    version_id: UUID
    grid: Change[Digest | None]
    baseline: Change[Digest | None]
    rows: int
    labelled_rows: int
    predicted_from: datetime | None = None
    predicted_to: datetime | None = None
    source: BaselineSource = "window"
    body: Digest | None = None
    moving: Change[MovingBaseline | None] = Change(None, None)
    days: int | UnsetType = UNSET
    busy_days: int | UnsetType = UNSET


class BaselineFollowed(Event, frozen=True, kw_only=True):
    """The version is held against rows of before each window from now on, until a baseline is set."""

    version_id: UUID
    moving: Change[MovingBaseline | None]


class GridRefitted(Event, frozen=True, kw_only=True):
    """Another grid was fitted to a window, which is the baseline on it; what was measured before stays on its own."""

    version_id: UUID
    grid: Change[Digest]
    baseline: Change[Digest]
    rows: int
    labelled_rows: int
    predicted_from: datetime
    predicted_to: datetime


class Promoted(Event, frozen=True, kw_only=True):
    """The version serves in the environment; a champion takes the place of the former one."""

    format: ClassVar[int] = 2
    version_id: UUID
    environment: Environment
    role: DeploymentRole
    serving: Change[UUID | None]
    reason: Text


class RolledBack(Event, frozen=True, kw_only=True):
    """The environment's champion is again the one before; `serving` names both."""

    format: ClassVar[int] = 2
    environment: Environment
    serving: Change[UUID | None]
    reason: Text


class IntakePolicyChanged(Event, frozen=True, kw_only=True):
    """What becomes of rows that do not fit, from now on."""

    policy: Change[IntakePolicy]
    reason: Text


class ColumnsDescribed(Event, frozen=True, kw_only=True):
    """What the model's columns mean to people, from now on; nothing that is measured follows from it."""

    columns: Change[Dictionary]


class QuarantineSettled(Event, frozen=True, kw_only=True):
    """Somebody sent rejected rows again, or threw them away. `rows` are their numbers in the version's quarantine."""

    version_id: UUID
    settlement: Settlement
    rows: tuple[int, ...]
    reason: Text

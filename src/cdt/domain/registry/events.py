"""Facts about models. The stream is the model; each fact's id is the model's."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from cdt.domain.kernel import Change, Digest, Event
from cdt.domain.registry.signature import Signature
from cdt.domain.text import Text

Environment = Literal["development", "staging", "production"]
DeploymentRole = Literal["champion", "challenger", "shadow"]
IntakePolicy = Literal["reject_row", "keep_marked", "reject_batch"]
"""What becomes of rows that do not fit the signature: rejected one by one; taken in where only features are wrong,
without these, and marked; or rejected with all of their batch."""
Settlement = Literal["resubmitted", "discarded"]


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
    """The version's grid was fitted and its baseline profiled; both are kept rows, named by their digests."""

    version_id: UUID
    grid: Change[Digest | None]
    baseline: Change[Digest | None]
    rows: int
    labelled_rows: int
    predicted_from: datetime | None = None
    predicted_to: datetime | None = None


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


class QuarantineSettled(Event, frozen=True, kw_only=True):
    """Somebody sent rejected rows again, or threw them away. `rows` are their numbers in the version's quarantine."""

    version_id: UUID
    settlement: Settlement
    rows: tuple[int, ...]
    reason: Text

"""What every context is made of: events, who caused them, ids, and the shape of a decider."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import ClassVar, Generic, Literal, NewType, TypeVar
from uuid import UUID, uuid5

import msgspec

T = TypeVar("T")
S = TypeVar("S")

Position = NewType("Position", int)
"""A fact's place in the one global order, from 1."""

ModelId = NewType("ModelId", UUID)
VersionId = NewType("VersionId", UUID)
ProjectId = NewType("ProjectId", UUID)
OrganizationId = NewType("OrganizationId", UUID)
UserId = NewType("UserId", UUID)
KeyId = NewType("KeyId", UUID)
PlanId = NewType("PlanId", UUID)
EvaluationId = NewType("EvaluationId", UUID)
RecomputationId = NewType("RecomputationId", UUID)
BackfillId = NewType("BackfillId", UUID)
AlertId = NewType("AlertId", UUID)
RuleId = NewType("RuleId", UUID)
EndpointId = NewType("EndpointId", UUID)
DeliveryId = NewType("DeliveryId", UUID)

Digest = NewType("Digest", str)
"""A SHA-256 as 64 hexadecimal digits."""

NAMES = UUID("a0b1d5c4-6f0e-5d52-9a0e-3f6c7d1f9b10")
"""The space that derived ids live in; changing it would lose every derived id."""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """A fact. Its subclasses are the domain's events; `format` counts the shapes its JSON has had."""

    format: ClassVar[int] = 1


class Change(msgspec.Struct, Generic[T], frozen=True):
    """One field's value before and after a fact, so that the audit trail needs nothing else."""

    old: T
    new: T


class Sealed(msgspec.Struct, frozen=True):
    """A personal value, readable only with its person's key in the vault; erased when that key is destroyed."""

    person: UUID
    box: str


class Actor(msgspec.Struct, frozen=True):
    """Who did it: a user, an API key, or the system (whose id names the part of it)."""

    kind: Literal["user", "key", "system"]
    id: str


class Tenant(msgspec.Struct, frozen=True):
    """Whose fact it is. An organization's own facts have no project; the system's have neither."""

    organization_id: UUID | None = None
    project_id: UUID | None = None


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks, when, for whom, and under which id; made at the edge.

    `digest` is of what a client asks: it tells a request that is sent again from another one under the same id.
    """

    id: UUID
    actor: Actor
    at: datetime
    tenant: Tenant = Tenant()
    caused_by: Position | None = None
    digest: Digest | None = None


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """A fact with its circumstances. The three first names are those the event store looks for.

    `position` and `recorded_at` are None until the log has recorded it.
    """

    originator_id: UUID
    originator_version: int
    timestamp: datetime
    actor: Actor
    command_id: UUID
    tenant: Tenant = Tenant()
    caused_by: Position | None = None
    command_digest: Digest | None = None
    event: Event
    position: Position | None = None
    recorded_at: datetime | None = None

    @property
    def stream_id(self) -> UUID:
        """The thing that the fact is about."""
        return self.originator_id


def no_names(state: object) -> "Sequence[Name]":
    """Of a thing that has no unique name, or claims it otherwise."""
    del state
    return ()


class Decider(msgspec.Struct, Generic[S], frozen=True):
    """How a stream's events add up: the state before the first, and the state after one more.

    names: the unique names that a thing in a state has. What a decision adds to them is claimed with it, and what it
    takes away is given up.
    """

    kind: str
    initial: S
    evolve: Callable[[S, Event], S]
    names: "Callable[[S], Sequence[Name]]" = no_names


class NameClaimed(Event, frozen=True, kw_only=True):
    """A name, unique within its scope, belongs to `holder` from now on."""

    scope: str
    holder: UUID


class NameReleased(Event, frozen=True, kw_only=True):
    """A name, unique within its scope, was given up by `holder`: anybody may take it now."""

    scope: str
    holder: UUID


class NameHolder(msgspec.Struct, frozen=True):
    """Whom a name belongs to, if to anybody."""

    id: UUID | None = None


def _evolve_name(name: NameHolder, event: Event) -> NameHolder:
    match event:
        case NameClaimed(holder=holder):
            return NameHolder(holder)
        case NameReleased():
            return NameHolder()
        case _:
            return name


unique_name = Decider(kind="name", initial=NameHolder(), evolve=_evolve_name)


class Name(msgspec.Struct, frozen=True):
    """A name to be claimed: unique within `scope`, compared without regard to case and outer spaces.

    >>> Name("models", "Churn ").stream_id == Name("models", "churn").stream_id
    True
    """

    scope: str
    text: str

    @property
    def stream_id(self) -> UUID:
        """The stream whose last event decides who has the name."""
        return derived_id("name", self.scope, " ".join(self.text.casefold().split()))


def derived_id(*parts: object) -> UUID:
    """The same parts give the same id, in every process and for ever."""
    return uuid5(NAMES, "\x1f".join(str(part) for part in parts))

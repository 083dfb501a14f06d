"""What happened at the door, and who read which model."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import strawberry
from strawberry import relay

from cdt.access.permissions import needs
from cdt.domain.security import Access, SecurityKind
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.accounts.types import Actor
from cdt.graphql.context import At, Info
from cdt.graphql.registry.models import Model
from cdt.graphql.scalars import PositionText
from cdt.readmodels import security
from cdt.vault import people

MOST_SHOWN = 2**31 - 1
"""The largest number that GraphQL's Int holds."""

SecurityEventKind = strawberry.enum(
    SecurityKind,
    name="SecurityEventKind",
    description="What kind of thing happened. The first five are facts of the log, the others are kept beside it.",
)
AccessKind = strawberry.enum(
    Access, name="AccessKind", description="How a model was read: by itself, or as one of a list."
)


@needs(Permission.READ_SECURITY)
@strawberry.type(description="Something that concerns the organization's safety, once or so many times.")
class SecurityEvent:
    """Times are those of the first and the last of them; the list is in the order of `recordedAt`."""

    id: strawberry.ID
    kind: SecurityKind = strawberry.field(description="What kind of thing it was.")
    reason: str = strawberry.field(
        description="Why, as a name: such as wrong_password, expired, the permission that was missing, or old>new role."
    )
    subject: str | None = strawberry.field(description="What was wanted or is concerned, where that is known.")
    address: str | None = strawberry.field(description="Where from; null where it isn't known, or no longer readable.")
    count: int = strawberry.field(description="How many times.")
    first_at: datetime
    last_at: datetime
    recorded_at: datetime = strawberry.field(description="When it was recorded, which is what `asOf` goes by.")
    position: PositionText | None = strawberry.field(description="Its place in the log; null for what is no event.")
    row: strawberry.Private[security.SecurityEvent]
    read_at: strawberry.Private[At]

    @strawberry.field(description="Who did it; null where nobody knows, as with a wrong password.")
    def actor(self) -> Actor | None:
        """A person, a program or CDT."""
        kind, key = self.row.actor_kind, self.row.actor_id
        return None if kind is None or key is None else Actor.of(kind, key, self.read_at)

    @strawberry.field(description="Whose account it is about: not who did it, where only the account is known.")
    def person(self) -> Actor | None:
        """Null for a program's own."""
        return None if self.row.person is None else Actor.of("user", str(self.row.person), self.read_at)


@needs(Permission.READ_SECURITY)
@strawberry.type(description="How often somebody read a model in an interval.")
class ModelAccess:
    """Rows are counted on while their interval lasts: what a count was at `asOf` is known where it is so still."""

    how: Access
    from_: datetime = strawberry.field(name="from", description="When the interval begins.")
    to: datetime = strawberry.field(description="When it ends.")
    first_at: datetime
    last_at: datetime | None = strawberry.field(description="Null where it was read again after `asOf`.")
    count: int | None = strawberry.field(description="Null where it was read again after `asOf`.")
    row: strawberry.Private[security.Access]
    at: strawberry.Private[At]

    @classmethod
    def of(cls, row: security.Access, at: At, *, until: datetime) -> "ModelAccess":
        """From a row, by what was known until a moment."""
        is_whole = row.last_at <= until
        return cls(
            how=Access(row.how),
            from_=row.began_at,
            to=row.ends_at,
            first_at=row.first_at,
            last_at=row.last_at if is_whole else None,
            count=min(row.times, MOST_SHOWN) if is_whole else None,
            row=row,
            at=at,
        )

    @strawberry.field(description="Who read it.")
    def actor(self) -> Actor:
        """A person or a program."""
        return Actor.of(self.row.actor_kind, self.row.actor_id, self.at)

    @strawberry.field(description="The id of the model.")
    def model_id(self) -> strawberry.ID:
        """Also where the model is gone."""
        return strawberry.ID(str(relay.GlobalID("Model", str(self.row.model_id))))

    @strawberry.field(description="The model; null where it can't be seen any more.")
    async def model(self, info: Info) -> Model | None:
        """To be told who read it, is not to read it."""
        row = await info.context.loaders.registry.model.load((self.at, self.row.model_id))
        return None if row is None else Model.of(row, self.at)


async def events_of(info: Info, rows: list[security.SecurityEvent], at: At) -> list[SecurityEvent]:
    """A page of events, with the addresses that can still be opened."""
    services = info.context.services
    sealed_for = {row.sealed_for for row in rows if row.sealed_for is not None and row.address_box is not None}
    keys: dict[UUID, bytes] = {}
    if sealed_for:
        async with services.writer.transaction() as connection:
            keys = await people.keys_of(connection, services.secret, sealed_for)
    return [_event_of(row, keys, at) for row in rows]


def _event_of(row: security.SecurityEvent, keys: dict[UUID, bytes], at: At) -> SecurityEvent:
    key = None if row.sealed_for is None else keys.get(row.sealed_for)
    return SecurityEvent(
        id=strawberry.ID(str(relay.GlobalID("SecurityEvent", str(row.number)))),
        kind=SecurityKind(row.kind),
        reason=row.reason,
        subject=row.subject or None,
        address=None if row.address_box is None else people.readable(key, row.address_box),
        count=min(row.times, MOST_SHOWN),
        first_at=row.first_at,
        last_at=row.last_at,
        recorded_at=row.recorded_at,
        position=None if row.position is None else PositionText(str(row.position)),
        row=row,
        read_at=at,
    )


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds_of(moment: datetime) -> int:
    """Since 1970, for a cursor."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def moment_of_microseconds(number: int) -> datetime:
    """The moment of a cursor; OverflowError for one that no calendar has."""
    return _EPOCH + timedelta(microseconds=number)

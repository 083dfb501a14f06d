"""Who acts."""

import enum
from uuid import UUID

import strawberry
from strawberry import relay

from cdt.access.permissions import needs
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.context import At, Info
from cdt.readmodels import tenancy


@strawberry.enum(description="What kind of actor.")
class ActorKind(enum.Enum):
    """A person, a program's key, or CDT itself."""

    USER = "user"
    KEY = "key"
    SYSTEM = "system"


_TYPE_NAMES = {"user": "User", "key": "ApiKey", "system": "System"}


@needs(Permission.READ)
@strawberry.type(description="Who did something: a person, a program's key, or CDT itself.")
class Actor:
    """An actor; a person's name is opened from the vault on reading, and a pseudonym once they are erased."""

    kind: ActorKind
    key: strawberry.Private[str]
    at: strawberry.Private[At]

    @classmethod
    def of(cls, kind: str, key: str, at: At) -> "Actor":
        """From a row's two columns."""
        return cls(kind=ActorKind(kind), key=key, at=at)

    @strawberry.field(description="The actor's opaque id.")
    def id(self) -> strawberry.ID:
        """A global id, for filters."""
        return strawberry.ID(str(relay.GlobalID(type_name=_TYPE_NAMES[self.kind.value], node_id=self.key)))

    @strawberry.field(description="What people call the actor; 'erased person' and eight digits once they are that.")
    async def name(self, info: Info) -> str | None:
        """The person's or key's name, or which part of CDT it was."""
        if self.kind is ActorKind.SYSTEM:
            return self.key
        if self.kind is ActorKind.USER:
            person = await info.context.loaders.accounts.person.load((self.at, UUID(self.key)))
            return None if person is None else person.name
        return await info.context.loaders.accounts.key_name.load((self.at, UUID(self.key)))


@needs(Permission.SIGNED_IN)
@strawberry.type(description="The one who asks.")
class Viewer:
    """The id comes from the token alone; the rest is looked up."""

    kind: ActorKind
    key: strawberry.Private[str]

    @strawberry.field(description="The viewer's opaque id.")
    def id(self) -> strawberry.ID:
        """A global id."""
        return strawberry.ID(str(relay.GlobalID(type_name=_TYPE_NAMES[self.kind.value], node_id=self.key)))

    @strawberry.field(description="The viewer's name.")
    async def name(self, info: Info) -> str | None:
        """The person's or key's name; a key may see itself alone."""
        if self.kind is ActorKind.KEY:
            async with info.context.view(await info.context.at(), Permission.INGEST) as view:
                return next((each.name for each in await tenancy.keys(view, [UUID(self.key)])), None)
        return await Actor(kind=self.kind, key=self.key, at=await info.context.at()).name(info)  # type: ignore[operator]

    @strawberry.field(description="The viewer's e-mail address.")
    async def email(self, info: Info) -> str | None:
        """The person's address; null for a key."""
        if self.kind is not ActorKind.USER:
            return None
        person = await info.context.loaders.accounts.person.load((await info.context.at(), UUID(self.key)))
        return None if person is None else person.email

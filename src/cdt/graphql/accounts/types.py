"""Who acts."""

import enum
from uuid import UUID

import strawberry
from strawberry import relay

from cdt.access.permissions import needs
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.context import At, Info


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
        program = await info.context.loaders.accounts.program.load((self.at, UUID(self.key)))
        return None if program is None else program.name

    @strawberry.field(description="Of a person's key: the person, in whose place the program acts.")
    async def person(self, info: Info) -> "Actor | None":
        """Null for everybody else."""
        if self.kind is not ActorKind.KEY:
            return None
        program = await info.context.loaders.accounts.program.load((self.at, UUID(self.key)))
        return None if program is None or program.user_id is None else Actor.of("user", str(program.user_id), self.at)


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
        """The person's or key's name; a key that may read nothing sees itself."""
        if self.kind is ActorKind.KEY:
            at, key_id = await info.context.at(), UUID(self.key)
            found = await info.context.loaders.accounts.programs([key_id], at, Permission.SIGNED_IN)
            return found[key_id].name if key_id in found else None
        return await Actor(kind=self.kind, key=self.key, at=await info.context.at()).name(info)  # type: ignore[operator]

    @strawberry.field(description="The viewer's e-mail address.")
    async def email(self, info: Info) -> str | None:
        """The person's address; null for a key."""
        if self.kind is not ActorKind.USER:
            return None
        person = await info.context.loaders.accounts.person.load((await info.context.at(), UUID(self.key)))
        return None if person is None else person.email

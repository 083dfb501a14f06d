"""The keys of projects and people, as they may be shown."""

import enum
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry
from strawberry import relay

from cdt.access.permissions import needs
from cdt.database.reading import Scope
from cdt.domain.errors import Forbidden
from cdt.domain.tenancy.roles import KeyPermission, Permission
from cdt.graphql.accounts.types import Actor
from cdt.graphql.context import At, Info
from cdt.graphql.fields import query
from cdt.graphql.ids import sought
from cdt.graphql.paging import Connection, page, page_size
from cdt.graphql.scalars import AsOf, Cursor, cursor_of, places_of
from cdt.graphql.tenancy.members import moment_of
from cdt.graphql.tenancy.types import AFTER_ALL
from cdt.readmodels import tenancy_keys

if TYPE_CHECKING:
    from cdt.graphql.registry.models import Model

strawberry.enum(
    KeyPermission,
    description="What a key may do: READ models and their record, WRITE them (and read them), INGEST rows.",
)


@strawberry.enum(description="Whether a key admits.")
class KeyState(enum.Enum):
    """A revoked or expired key never admits again."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


@needs(Permission.SIGNED_IN)
@strawberry.type(
    description="A key by which a program is known: a project's, or a person's. The key itself is not kept."
)
class ApiKey:
    """As known at a position; to those who manage the project's keys, or to the person whose it is."""

    id: strawberry.ID
    name: str | None = strawberry.field(description="What it is for; null once its person is erased.")
    prefix: str = strawberry.field(description="How the key begins.")
    state: KeyState
    permissions: list[KeyPermission]
    created_at: datetime
    expires_at: datetime | None = strawberry.field(description="When it ends by itself; null is never.")
    rotated_at: datetime | None = strawberry.field(description="When it was last given another secret.")
    former_prefix: str | None = strawberry.field(description="How the secret before that begins.")
    former_ends_at: datetime | None = strawberry.field(description="Until when the secret before that admits.")
    revoked_at: datetime | None
    revoke_reason: str | None
    row: strawberry.Private[tenancy_keys.Key]
    at: strawberry.Private[At]

    @strawberry.field(description="Who made it.")
    def created_by(self) -> Actor:
        """The actor of the event."""
        return Actor.of(self.row.created_by_kind, self.row.created_by_id, self.at)

    @strawberry.field(description="Who revoked it.")
    def revoked_by(self) -> Actor | None:
        """The actor of the event."""
        kind, key = self.row.revoked_by_kind, self.row.revoked_by_id
        return None if kind is None or key is None else Actor.of(kind, key, self.at)

    @strawberry.field(description="The models that it sends rows for; none for all that it reaches.")
    async def models(self, info: Info) -> list[Annotated["Model", strawberry.lazy("cdt.graphql.registry.models")]]:
        """Those of them that the one who asks can see."""
        from cdt.graphql.registry.models import Model  # noqa: PLC0415  models name projects, and projects keys

        loader = info.context.loaders.registry.model
        rows = await loader.load_many([(self.at, each) for each in self.row.model_ids])
        return [Model.of(row, self.at) for row in rows if row is not None]

    @strawberry.field(description="When it was last used, to within a minute; of now, whatever `asOf` says.")
    async def last_used_at(self, info: Info) -> datetime | None:
        """Null before its first use."""
        return await info.context.loaders.tenancy.key_use.load(self.row.id)


async def api_keys_of(info: Info, rows: list[tenancy_keys.Key], at: At) -> list[ApiKey]:
    """What rows say, with what is sealed in them opened."""
    moment, loader = await moment_of(info, at), info.context.loaders.tenancy
    opened = await loader.key_texts.load_many(rows)
    return [
        ApiKey(
            id=key_global_id(row.id),
            name=texts.name,
            prefix=row.prefix,
            state=_state_of(row, moment),
            permissions=[KeyPermission(each) for each in row.permissions],
            created_at=row.created_at,
            expires_at=row.expires_at,
            rotated_at=row.rotated_at,
            former_prefix=row.former_prefix,
            former_ends_at=row.former_ends_at,
            revoked_at=row.revoked_at,
            revoke_reason=texts.reason,
            row=row,
            at=at,
        )
        for row, texts in zip(rows, opened, strict=True)
    ]


def key_global_id(key_id: UUID) -> strawberry.ID:
    """A key's global id, which is also that of the actor it is."""
    return strawberry.ID(str(relay.GlobalID("ApiKey", str(key_id))))


def _state_of(row: tenancy_keys.Key, moment: datetime) -> KeyState:
    if row.revoked_at is not None:
        return KeyState.REVOKED
    return KeyState.ACTIVE if row.expires_at is None or moment < row.expires_at else KeyState.EXPIRED


async def _page_of(
    info: Info, rows: list[tenancy_keys.Key], at: At, *, size: int, after: Cursor | None
) -> Connection[ApiKey]:
    shown = dict(zip((row.id for row in rows), await api_keys_of(info, rows, at), strict=True))
    return page(
        rows,
        size=size,
        node=lambda row: shown[row.id],
        cursor=lambda row: cursor_of("keys", row.created),
        after=after,
    )


@strawberry.type
class KeyQueries:
    """Fields of Query."""

    @query(Permission.MANAGE_KEYS, "The keys of a project, newest first, revoked ones too.")
    async def api_keys(
        self,
        info: Info,
        project_id: strawberry.ID,
        first: int | None = None,
        after: Cursor | None = None,
        as_of: AsOf | None = None,
    ) -> Connection[ApiKey]:
        """None for a project that can't be seen; Forbidden where its keys may not be managed."""
        size, at = page_size(first), await info.context.at(as_of)
        before = AFTER_ALL if after is None else places_of(after, "keys")[0]
        wanted = sought(project_id, "Project")
        rows: list[tenancy_keys.Key] = []
        if wanted in (await info.context.scope(Permission.MANAGE_KEYS, at)).projects:
            async with info.context.view(at, Permission.MANAGE_KEYS) as view:
                rows = await tenancy_keys.keys_of_project(view, wanted, before=before, limit=size + 1)
        elif wanted in (await info.context.scope(Permission.READ, at)).projects:
            raise Forbidden(permission=Permission.MANAGE_KEYS.value)
        return await _page_of(info, rows, at, size=size, after=after)

    @query(Permission.SIGNED_IN, "Your own keys, newest first, revoked ones too.")
    async def own_api_keys(
        self, info: Info, first: int | None = None, after: Cursor | None = None, as_of: AsOf | None = None
    ) -> Connection[ApiKey]:
        """None for a program."""
        size, at = page_size(first), await info.context.at(as_of)
        before = AFTER_ALL if after is None else places_of(after, "keys")[0]
        user_id = None if info.context.identity is None else info.context.identity.user_id
        rows: list[tenancy_keys.Key] = []
        if user_id is not None:
            async with info.context.services.reader.at(at.position, Scope(user_id=user_id)) as view:
                rows = await tenancy_keys.keys_of_person(view, user_id, before=before, limit=size + 1)
        return await _page_of(info, rows, at, size=size, after=after)

"""What one operation knows: who asks, at which position it reads, and how it acts."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from functools import cached_property
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

import msgspec
import strawberry
import structlog

from cdt.access.admission import Identity
from cdt.access.cookies import Page
from cdt.access.grants import Grants
from cdt.access.rates.buckets import Standing
from cdt.access.rates.policies import Operation, RateLimited
from cdt.database.async_log import AsyncLog
from cdt.database.reading import NOBODY, Scope, View
from cdt.database.together import Statement
from cdt.domain.errors import Forbidden, Invalid
from cdt.domain.kernel import Command, Position, Sealed
from cdt.domain.security import Access
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.errors import Lagging, OnlyPeople, Unauthenticated
from cdt.graphql.scalars import AsOf, PositionText
from cdt.readmodels.belonging import Seeing

if TYPE_CHECKING:
    from cdt.graphql.loaders import Loaders
    from cdt.graphql.services import Services

P = ParamSpec("P")
T = TypeVar("T")

WAIT_SECONDS = 2.0
"""How long a mutation waits to read its own write, and a read for a recorded position."""

log = structlog.get_logger()

_pinned: ContextVar["Pin | None"] = ContextVar("pinned", default=None)


class At(msgspec.Struct, frozen=True):
    """Where an answer and everything below it is read."""

    position: Position
    is_now: bool


class Pin:
    """The one position of an operation's present."""

    def __init__(self) -> None:
        """Not read yet."""
        self.at: At | None = None


def pin_operation() -> None:
    """Begin an operation: what it reads of now, it reads at one position."""
    _pinned.set(Pin())


class Context:
    """Made for each HTTP request, and for each WebSocket connection."""

    def __init__(
        self,
        services: "Services",
        identity: Identity | None,
        address: str,
        *,
        agent: str = "",
        page: Page | None = None,
        is_one_operation: bool = False,
    ) -> None:
        """`address` is where the request came from, and `agent` the program that it names itself.

        page: the page of ours that asks, for which its browser keeps the refresh token.

        is_one_operation: it ends with its one answer, so what was looked up at a position may be kept until then.
        """
        self.services = services
        self.identity = identity
        self.address = address
        self.agent = agent
        self.page = page
        self.cookie: str | None = None
        """What the browser of the page is to keep."""
        self.is_one_operation = is_one_operation
        self.socket: str | None = None
        """Under which name the WebSocket is counted, once it was let in."""
        self.connection_params: Any = None
        self.extensions: dict[str, Any] = {}
        self.written: dict[Sealed, str] = {}
        """Texts that this operation has sealed: its answer shows them without their keys being looked for."""
        self._beside: defaultdict[UUID, list[Statement]] = defaultdict(list)
        self.standing: Standing | None = None
        """What is left of the minute, of what was counted last."""
        self.limited: RateLimited | None = None
        """Why the operation was not begun."""

    @cached_property
    def loaders(self) -> "Loaders":
        """Made when the first is used: what is answered from the token alone needs none."""
        return self.services.loaders(self)

    def admit_rate(self, operation: Operation) -> None:
        """Count one more, or raise RateLimited. Who wants to sign in is counted by the address, whoever asks."""
        identity = None if operation is Operation.SIGN_IN else self.identity
        who = None if identity is None else identity.name
        try:
            self.standing = self.services.rates.admit(operation, who, self.address)
        except RateLimited as error:
            self.limited = error
            raise

    def begin_stream(self) -> str | None:
        """Count what is followed from now on, under the name that is answered; None for nobody that is known.

        TooManyStreams for more than one may follow at once. Who began it ends it: `services.streams.end`.
        """
        if self.identity is None:
            return None
        self.services.streams.begin(self.identity.name)
        return self.identity.name

    def charge_rate(self, operation: Operation, cost: int) -> None:
        """Count what it took, which is known only afterwards; whoever has asked for too much waits with the next."""
        if cost > 0:
            who = None if self.identity is None else self.identity.name
            self.standing = self.services.rates.charge(operation, who, self.address, cost)

    async def grants(self) -> Grants:
        """What the one who asks may do; Unauthenticated when nobody is known."""
        if self.identity is None:
            raise Unauthenticated
        return await self.services.admission.grants(self.identity)

    async def admit(self, permission: Permission) -> None:
        """Raise unless the one who asks has the permission somewhere; rows are told apart by the scope."""
        if self.admits_by_token(permission):
            return
        grants = await self.grants()
        if not grants.may_anywhere(permission):
            raise Forbidden(permission=permission.value)

    def admits_by_token(self, permission: Permission) -> bool:
        """Whether no grants are needed; raise Unauthenticated where somebody must be known and nobody is."""
        if permission is Permission.PUBLIC:
            return True
        self.require_fresh()
        if permission is Permission.PERSON and not self.is_person:
            raise OnlyPeople
        return permission in {Permission.SIGNED_IN, Permission.PERSON}

    def require_fresh(self) -> None:
        """Raise Unauthenticated once the token has ended: a subscription, or a socket, must not outlive it."""
        if not self.is_fresh:
            raise Unauthenticated

    def notice_refusal(self, error: Forbidden, subject: str) -> None:
        """Let those who look after the organization know what the one who asks wanted and may not."""
        identity = self.identity
        if identity is not None:
            self.services.admission.notice_refusal(
                error,
                identity,
                subject=subject,
                address=self.address,
                organization_id=None if identity.key is None else identity.key.organization_id,
            )

    def note_read(self, model_id: UUID, project_id: UUID, how: Access = Access.OPENED) -> None:
        """The one who asks reads a model."""
        if self.identity is not None:
            self.services.journal.read(self.identity.actor, model_id, project_id, how)

    @property
    def is_person(self) -> bool:
        """Whether a person asks with a token of their own, and no key."""
        return self.identity is not None and self.identity.user_id is not None and self.identity.key is None

    @property
    def is_fresh(self) -> bool:
        """Whether somebody is known, by a token that has not ended."""
        identity = self.identity
        return identity is not None and self.services.admission.still_admits(identity, self.services.now())

    async def at(self, as_of: AsOf | None = None) -> At:
        """Where to read: the operation's one present, or the moment that is asked about."""
        if as_of is None:
            return await self._now()
        if as_of.time is not None:
            if as_of.time > self.services.now():
                raise Invalid("asOf", "the future is not known yet; give a time that has passed")
            position = await self.services.reader.position_at(as_of.time)
        else:
            assert as_of.position is not None
            position = as_of.position
            newest = await self.services.reader.newest_position()
            if position > newest:
                raise Invalid("asOf", f"nothing is recorded at {position} yet; the newest position is {newest}")
        if not await self.services.notifications.wait_for(position, seconds=WAIT_SECONDS):
            raise Lagging(position=position)
        return At(position, is_now=False)

    async def _now(self) -> At:
        pin = _pinned.get()
        if pin is not None and pin.at is not None:
            return pin.at
        at = await self.present()
        if pin is not None:
            pin.at = pin.at or at
            return pin.at
        return at

    async def present(self) -> At:
        """The newest projected position: as heard, or as read while nothing can be heard."""
        heard = self.services.notifications
        if heard.is_connected:
            return At(heard.projected, is_now=True)
        return At(await self.services.reader.projected_position(), is_now=True)

    async def caught_up(self) -> At:
        """The present once all that is recorded by now can be read, or after a bounded time as far as it can."""
        await self.services.notifications.wait_for(await self.services.reader.newest_position(), seconds=WAIT_SECONDS)
        return await self.present()

    @asynccontextmanager
    async def view(
        self, at: At, permission: Permission = Permission.READ, *, once: Awaitable[None] | None = None
    ) -> AsyncGenerator[View]:
        """The read models at a position, as far as the permission reaches; `once` as `Reader.at` takes it."""
        scope = await self.scope(permission, at)
        async with self.services.reader.at(at.position, scope, once=once, kind=Seeing) as view:
            yield view

    async def scope(self, permission: Permission = Permission.READ, at: At | None = None) -> Scope:
        """The rows that the permission opens to the one who asks; at a moment, also of what is gone since."""
        position = None if at is None else at.position
        return NOBODY if self.identity is None else (await self.grants()).scope(permission, position)

    def save_beside(self, by: Command, statement: Statement) -> None:
        """Run a statement in the transaction that records what the command does, or not at all."""
        self._beside[by.id].append(statement)

    async def do(
        self,
        command: Callable[Concatenate[AsyncLog, P], Awaitable[Position | None]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> "Done":
        """Act, and wait a bounded time until the act can be read."""
        position = await self._act(command, *args, **kwargs)
        if position is None:
            return Done(await self.present(), None, lagging=False)
        is_there = await self.services.notifications.wait_for(position, seconds=WAIT_SECONDS)
        at = _pin(At(max(position, self.services.notifications.projected), is_now=True))
        return Done(at, position, lagging=not is_there)

    async def do_and_read(
        self,
        read: "Callable[[At, Awaitable[None] | None], Awaitable[T]]",
        command: Callable[Concatenate[AsyncLog, P], Awaitable[Position | None]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> "tuple[Done, T | None]":
        """Act, and read the act. `read` begins before it can be read, to be ready when it can; None when that lags."""
        position = await self._act(command, *args, **kwargs)
        if position is None:
            at = await self.present()
            return Done(at, None, lagging=False), await read(at, None)
        at = _pin(At(max(position, self.services.notifications.projected), is_now=True))
        try:
            return Done(at, position, lagging=False), await read(at, asyncio.ensure_future(self._projected(position)))
        except Lagging:
            return Done(at, position, lagging=True), None

    async def _act(
        self,
        command: Callable[Concatenate[AsyncLog, P], Awaitable[Position | None]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Position | None:
        by = kwargs.get("by")
        assert isinstance(by, Command)
        structlog.contextvars.bind_contextvars(command_id=str(by.id))
        log = self.services.log
        return await command(log.beside(beside) if (beside := self._beside.pop(by.id, None)) else log, *args, **kwargs)

    async def _projected(self, position: Position) -> None:
        if not await self.services.notifications.wait_for(position, seconds=WAIT_SECONDS):
            raise Lagging(position=position)


def _pin(at: At) -> At:
    """What the operation reads from here on, it reads there."""
    pin = _pinned.get()
    if pin is not None:
        pin.at = at
    return at


class Done(msgspec.Struct, frozen=True):
    """A command's outcome: where to read it, where it is recorded (None when nothing changed)."""

    at: At
    position: Position | None
    lagging: bool

    @property
    def position_text(self) -> PositionText | None:
        """The position as the schema shows it."""
        return None if self.position is None else PositionText(str(self.position))


Info = strawberry.Info[Context, None]

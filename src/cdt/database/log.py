"""The event log: load a stream, decide on it, record what was decided. It and its recorder know the event store."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, cast
from uuid import UUID

import psycopg
from eventsourcing.application import Application
from eventsourcing.persistence import (
    InfrastructureFactory,
    IntegrityError,
    InterfaceError,
    OperationalError,
)
from eventsourcing.postgres import ConnectionPool
from eventsourcing.utils import Environment, get_topic
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import DictRow, dict_row

from cdt.database.away import is_away
from cdt.database.deciding import Decision, DecisionOnAll, Thing
from cdt.database.mapper import LogMapper
from cdt.database.pools import PATIENCE_SECONDS
from cdt.database.recorder import LogFactory, LogRecorder
from cdt.database.saving import Saving, saving_of, stored_names
from cdt.database.streams import Recorded, Stream, Streams
from cdt.database.together import Statement
from cdt.domain.errors import CommandWasOther, ConcurrentChange, DomainError
from cdt.domain.kernel import Command, Decider, Envelope, Event, Name, Position, unique_name

S = TypeVar("S")


class TenantMismatch(RuntimeError):
    """A stream belongs to one tenant for ever; a command for another tenant reached it, which the edge must prevent."""


class Log(Application[UUID]):
    """The one application of the event store. Its methods block: call them off the event loop."""

    name = "cdt"  # names the table cdt_events and the channel

    def __init__(self, conninfo: str, *, connections: int = 4) -> None:
        """`conninfo` sets role and waits (see `conninfo_as`); `connections` bounds the pool."""
        self._conninfo = conninfo
        self._connections = connections
        self._looking: asyncio.Task[None] | None = None
        self._streams = Streams()
        parts = conninfo_to_dict(conninfo)
        super().__init__(
            {
                "PERSISTENCE_MODULE": "eventsourcing.postgres",
                "MAPPER_TOPIC": get_topic(LogMapper),
                "CREATE_TABLE": "no",
                "POSTGRES_SCHEMA": "log",
                "POSTGRES_DBNAME": str(parts.get("dbname", "")),
                "POSTGRES_HOST": str(parts.get("host", "")),
                "POSTGRES_USER": str(parts.get("user", "")),
                "POSTGRES_PASSWORD": str(parts.get("password", "")),
            }
        )

    def construct_env(self, name: str, env: Mapping[str, str] | None = None) -> Environment:
        """What bootstrap gave, and nothing of os.environ, which the library would merge."""
        return Environment(name, dict(env or {}))

    def construct_factory(self, env: Environment) -> InfrastructureFactory[Any]:
        """The library's factory over a pool of our own, whose connections take on the role."""
        factory = LogFactory(env)
        datastore = factory.datastore
        datastore.pool = self._pool = ConnectionPool(
            get_password_func=None,
            connection_class=Connection[DictRow],
            kwargs={**conninfo_to_dict(self._conninfo), "row_factory": dict_row},
            min_size=1,
            max_size=self._connections,
            open=False,
            configure=datastore.after_connect_func(),
            timeout=PATIENCE_SECONDS,
            reconnect_timeout=PATIENCE_SECONDS,
            max_lifetime=3600.0,
        )
        return factory

    def look_after(self, payload: str) -> None:
        """Listen to a channel with this: once the server is back, idle connections that died with it are replaced."""
        if not payload:
            self._looking = asyncio.create_task(asyncio.to_thread(self._pool.check), name="look after the log's pool")

    @property
    def _log_recorder(self) -> LogRecorder:
        return cast(LogRecorder, self.recorder)

    def history(self, stream_id: UUID) -> list[Envelope]:
        """One thing's facts, oldest first."""
        return self._log_recorder.select_stream(stream_id)

    def load(self, stream_id: UUID, decider: Decider[S]) -> Stream:
        """A thing as its facts made it; version 0 when there are none."""
        state, version, tenant = decider.initial, 0, None
        commands: dict[UUID, Recorded] = {}
        for envelope in self.history(stream_id):
            state, version, tenant = decider.evolve(state, envelope.event), envelope.originator_version, envelope.tenant
            commands[envelope.command_id] = _recorded(envelope)
        return Stream(stream_id, decider.kind, version, state, tenant, commands)

    def current(self, stream_id: UUID, decider: Decider[S]) -> Stream:
        """As `load`, by a look at its newest version alone where this process knows the thing as it is now."""
        kept = self._streams.find(stream_id, decider.kind)
        if kept is not None and kept.version == self._log_recorder.select_version(stream_id):
            return kept
        stream = self.load(stream_id, decider)
        if stream.version:
            self._streams.keep(stream)
        return stream

    def decide(
        self,
        decider: Decider[S],
        stream_id: UUID,
        decision: Decision[S],
        *,
        by: Command,
        claims: Sequence[Name] = (),
        beside: Sequence[Statement] = (),
    ) -> Position | None:
        """Load a thing, decide, record; answer the position, or None when nothing changed.

        What this process has left is decided on first, without loading it; only what can be saved after that counts, so
        a refusal, or that nothing changes, is always said of what is there now.

        A command that the stream already holds answers its position and is not decided again; CommandWasOther when it
        asked another thing. When somebody else recorded meanwhile, it is decided once more on what is there now; the
        second time it is ConcurrentChange.
        `claims` are names that the thing takes in the same save, as it takes and gives up those that the decider knows
        of; NameIsTaken when another holds one. `beside` runs in the transaction of the save.
        """
        if (kept := self._streams.find(stream_id, decider.kind)) is not None:
            try:
                position = self._decide_on(kept, decider, decision, by=by, claims=claims, beside=beside)
            except (DomainError, IntegrityError):
                position = None  # it may be old: then only what is there now counts
            if position is not None:
                return position
            self._streams.forget(stream_id)
        for attempt in (1, 2):
            stream = self.load(stream_id, decider)
            try:
                return self._decide_on(stream, decider, decision, by=by, claims=claims, beside=beside)
            except IntegrityError:
                if attempt == 2:
                    raise ConcurrentChange from None
        raise AssertionError

    def _decide_on(
        self,
        stream: Stream,
        decider: Decider[S],
        decision: Decision[S],
        *,
        by: Command,
        claims: Sequence[Name],
        beside: Sequence[Statement],
    ) -> Position | None:
        if (recorded := stream.commands.get(by.id)) is not None:
            if not recorded.is_of(by):
                raise CommandWasOther
            return recorded.position
        if stream.tenant is not None and stream.tenant != by.tenant:
            raise TenantMismatch(f"{decider.kind} {stream.id}")
        saving = saving_of(stream, decider, decision, by=by)
        if saving is None:
            return None
        names = stored_names(lambda name: self.load(name.stream_id, unique_name), saving, claims)
        try:
            positions = self._log_recorder.insert_events([*names, *saving.stored], beside=beside)
        except IntegrityError:
            if (found := self._recorded_by(by, saving.envelopes)) is None:
                raise
            return found
        assert positions
        return self.settle(saving, Position(positions[-1]))

    def decide_together(
        self, things: Sequence[Thing], decision: DecisionOnAll, *, beside: Sequence[Statement] = ()
    ) -> Position | None:
        """Decide on several things by the states of all, and record everything in one save, or nothing.

        The first thing's facts come last. The answer is the last position, or None when nothing changed; a command that
        the first thing's stream holds is not decided again. As with `decide`, it is decided once more when somebody
        else recorded meanwhile.
        """
        for attempt in (1, 2):
            streams = [self.load(each.id, each.decider) for each in things]
            first = things[0].by
            if (recorded := streams[0].commands.get(first.id)) is not None:
                if not recorded.is_of(first):
                    raise CommandWasOther
                return recorded.position
            decided = decision([each.state for each in streams])
            happened = [
                (saving, thing.claims)
                for thing, stream, events in zip(things, streams, decided, strict=True)
                if (saving := self._saving_of(thing, stream, events)) is not None
            ]
            if not happened:
                return None
            savings = [saving for saving, _ in happened]
            names = [
                each
                for saving, claims in happened
                for each in stored_names(lambda name: self.load(name.stream_id, unique_name), saving, claims)
            ]
            try:
                stored = [event for each in reversed(savings) for event in each.stored]
                positions = self._log_recorder.insert_events([*names, *stored], beside=beside)
            except IntegrityError:
                if (found := self._recorded_by(first, savings[0].envelopes)) is not None:
                    return found
                if attempt == 2:
                    raise ConcurrentChange from None
            else:
                assert positions
                for each in savings:
                    self.settle(each, Position(positions[-1]))
                return Position(positions[-1])
        raise AssertionError

    def _saving_of(self, thing: Thing, stream: Stream, events: Sequence[Event]) -> Saving | None:
        if stream.tenant is not None and stream.tenant != thing.by.tenant:
            raise TenantMismatch(f"{thing.decider.kind} {stream.id}")
        return saving_of(stream, thing.decider, lambda _: events, by=thing.by)

    def prepare(self, decider: Decider[S], stream_id: UUID, decision: Decision[S], *, by: Command) -> Saving | None:
        """The save of a decision on what this process has left of a thing; None when that does not settle it."""
        stream = self._streams.find(stream_id, decider.kind)
        if stream is None or stream.tenant != by.tenant or by.id in stream.commands:
            return None
        try:
            saving = saving_of(stream, decider, decision, by=by)
        except DomainError:
            return None  # what was left may be old
        return None if saving is None or saving.taken or saving.given_up else saving

    def settle(self, saving: Saving, position: Position) -> Position:
        """Keep what was saved, for the next decision; answer its position."""
        saving.after.commands[saving.by.id] = Recorded(position, saving.by.actor, saving.by.digest)
        self._streams.keep(saving.after)
        return position

    def _recorded_by(self, by: Command, wanted: Sequence[Envelope]) -> Position | None:
        """Our own position, when the conflict is with what this very command recorded before its answer was lost."""
        mine = [each for each in self.history(wanted[0].stream_id) if each.command_id == by.id]
        if not mine:
            return None
        recorded = _recorded(mine[-1])
        is_repeated = recorded.digest is not None and recorded.digest == by.digest  # with ids of its own in its events
        if not recorded.is_of(by) or not (
            is_repeated or [each.event for each in mine] == [each.event for each in wanted]
        ):
            raise CommandWasOther
        return recorded.position


def _recorded(envelope: Envelope) -> Recorded:
    assert envelope.position is not None
    return Recorded(envelope.position, envelope.actor, envelope.command_digest)


def is_lost_connection(error: BaseException) -> bool:
    """Whether trying again on another connection is right: the server went away, or asked for it."""
    if isinstance(error, OperationalError | InterfaceError) and isinstance(error.__cause__, psycopg.Error):
        error = error.__cause__
    return is_away(error) or isinstance(error, OperationalError | InterfaceError)

"""The log for an event loop: what this process knows of a thing is decided on at once, and only the save awaited."""

import asyncio
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any, Concatenate, LiteralString, ParamSpec, TypeVar, cast
from uuid import UUID

import psycopg
from eventsourcing.persistence import StoredEvent
from psycopg import sql
from psycopg_pool import PoolTimeout

from cdt.database.deciding import Decision, DecisionOnAll, Thing
from cdt.database.log import Log
from cdt.database.recorder import MANY
from cdt.database.together import Statement
from cdt.database.writing import Writer
from cdt.domain.kernel import Command, Decider, Name, Position

P = ParamSpec("P")
S = TypeVar("S")
COLUMNS = ("stream", "version", "topic", "state")


class AsyncLog:
    """Decides as `Log` does, which does in a thread whatever needs more than one save."""

    def __init__(self, log: Log, writer: Writer, beside: Sequence[Statement] = ()) -> None:
        """`writer` has the role of the log. beside: runs in the transaction of whatever is saved."""
        self._log = log
        self._writer = writer
        self._beside = beside

    def beside(self, statements: Sequence[Statement]) -> "AsyncLog":
        """This log for one save, in whose transaction the statements run; they don't where nothing is saved."""
        return AsyncLog(self._log, self._writer, statements)

    async def decide(
        self,
        decider: Decider[S],
        stream_id: UUID,
        decision: Decision[S],
        *,
        by: Command,
        claims: Sequence[Name] = (),
    ) -> Position | None:
        """As `Log.decide`."""
        saving = None if claims else self._log.prepare(decider, stream_id, decision, by=by)
        if saving is not None and len(saving.stored) <= MANY:
            try:
                answers = await self._writer.together(*self._beside, _appending(saving.stored))
            except PoolTimeout:
                raise
            except psycopg.Error:
                pass  # somebody else recorded meanwhile, or only the answer was lost: a look at the log tells
            else:
                return self._log.settle(saving, Position(answers.values(len(self._beside))[-1]))
        return await asyncio.to_thread(
            self._log.decide, decider, stream_id, decision, by=by, claims=claims, beside=self._beside
        )

    async def decide_together(self, things: Sequence[Thing], decision: DecisionOnAll) -> Position | None:
        """As `Log.decide_together`."""
        return await asyncio.to_thread(self._log.decide_together, things, decision, beside=self._beside)

    async def state(self, stream_id: UUID, decider: Decider[S]) -> S:
        """A thing as it is now."""
        return (await asyncio.to_thread(self._log.current, stream_id, decider)).state

    async def in_thread(
        self, command: Callable[Concatenate[Log, P], Position | None], *arguments: P.args, **options: P.kwargs
    ) -> Position | None:
        """Run a command that looks at more than the thing it decides on."""
        assert not self._beside, "such a command saves by itself"
        return await asyncio.to_thread(partial(command, self._log, *arguments, **options))


def _appending(stored: Sequence[StoredEvent]) -> Statement:
    values: dict[str, Any] = {}
    for number, each in enumerate(stored):
        values |= {
            f"stream_{number}": each.originator_id,
            f"version_{number}": each.originator_version,
            f"topic_{number}": each.topic,
            f"state_{number}": each.state,
        }
    return _statement(len(stored)), values


@lru_cache(maxsize=MANY)
def _statement(count: int) -> LiteralString:
    names = [[sql.Placeholder(f"{name}_{number}") for name in COLUMNS] for number in range(count)]
    rows = [sql.SQL("ROW({})::log.stored_event_uuid").format(sql.SQL(", ").join(each)) for each in names]
    text = sql.SQL("SELECT append FROM log.append(ARRAY[{}])").format(sql.SQL(", ").join(rows)).as_string(None)
    return cast(LiteralString, text)

"""The log on an event loop: one save without a look where this process knows the thing, as the log does otherwise."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import psycopg
import pytest

from cdt.commands.registry import add_version, promote_version, register_model
from cdt.database.async_log import AsyncLog
from cdt.database.log import Log
from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.database.together import Answers, Statement
from cdt.database.writing import Writer
from cdt.domain.errors import CommandWasOther, ConcurrentChange, NameIsTaken, NotFound
from cdt.domain.kernel import Digest
from tests.builders import A_SIGNATURE, a_command, an_id

MODEL = an_id(1)


class WatchedLog(Log):
    """A log that counts what it is asked to do in a thread."""

    asked = 0

    def decide(self, *about: Any, **named: Any) -> Any:  # type: ignore[override]
        self.asked += 1
        return super().decide(*about, **named)


class LosingWriter(Writer):
    """A writer whose answers can be lost, after or before the server has acted."""

    loses: str | None = None

    async def together(self, *statements: Statement) -> Answers:
        loses, self.loses = self.loses, None
        if loses == "the question":
            raise psycopg.OperationalError("the server closed the connection unexpectedly")
        answers = await super().together(*statements)
        if loses == "the answer":
            raise psycopg.OperationalError("the server closed the connection unexpectedly")
        return answers


class Parts:
    def __init__(self, log: WatchedLog, other: Log, writer: LosingWriter) -> None:
        self.log, self.other, self.writer = log, other, writer
        self.soon = AsyncLog(log, writer)

    async def add(
        self, number: int, *, command: int, digest: Digest | None = None, beside: Sequence[Statement] = ()
    ) -> int | None:
        by = a_command(id=an_id(command), digest=digest)
        return await add_version(
            self.soon.beside(beside), MODEL, version_id=an_id(number), tag=f"{number}", signature=A_SIGNATURE, by=by
        )

    @property
    def versions(self) -> list[Any]:
        return [each.event.version_id for each in self.log.history(MODEL)[1:]]


@pytest.fixture
async def parts(dsn: str) -> AsyncIterator[Parts]:
    conninfo = conninfo_as(dsn, DatabaseRole.API)
    writer = LosingWriter(conninfo, connections=2)
    await writer.open()
    with WatchedLog(conninfo, connections=2) as log, Log(conninfo, connections=1) as other:
        made = Parts(log, other, writer)
        await register_model(made.soon, MODEL, name="churn", description="", by=a_command(id=an_id(70)))
        yield made
    await writer.close()


async def test_what_this_process_knows_is_saved_without_a_thread_and_without_a_look(parts: Parts) -> None:
    asked = parts.log.asked

    positions = [await parts.add(number, command=100 + number) for number in range(10, 20)]

    assert parts.log.asked == asked
    assert positions == [each.position for each in parts.log.history(MODEL)[1:]]
    assert parts.versions == [an_id(number) for number in range(10, 20)]


async def test_who_decides_at_the_same_time_records_each_once(parts: Parts) -> None:
    positions = await asyncio.gather(*(parts.add(number, command=100 + number) for number in (10, 11)))

    assert len(set(positions)) == 2
    assert sorted(parts.versions) == [an_id(10), an_id(11)]


@pytest.mark.parametrize("lost", ["the question", "the answer"])
async def test_a_save_whose_answer_is_lost_is_there_once(parts: Parts, lost: str) -> None:
    parts.writer.loses = lost

    position = await parts.add(10, command=110)

    assert parts.versions == [an_id(10)]
    assert position == parts.log.history(MODEL)[-1].position
    assert await parts.add(11, command=111) == parts.log.history(MODEL)[-1].position


@pytest.mark.parametrize("lost", [None, "the question", "the answer"])
@pytest.mark.parametrize("is_known", [True, False], ids=["known", "not known"])
async def test_what_is_run_beside_a_save_is_run_with_it_once(parts: Parts, is_known: bool, lost: str | None) -> None:
    if not is_known:
        parts.log._streams.forget(MODEL)
    parts.writer.loses = lost

    await parts.add(10, command=110, beside=[a_key(1)])
    parts.writer.loses = None
    await parts.add(10, command=110, beside=[a_key(2)])
    with pytest.raises(NotFound):
        await promote_version(
            parts.soon.beside([a_key(3)]), MODEL, version_id=an_id(99), environment="production", role="champion",
            reason="", by=a_command(id=an_id(111)),
        )  # fmt: skip

    assert parts.versions == [an_id(10)]
    assert await kept_keys(parts) == [an_id(1)]


async def test_what_can_not_be_run_beside_a_save_leaves_nothing_of_it(parts: Parts) -> None:
    await parts.writer.together(a_key(1))

    with pytest.raises(ConcurrentChange):
        await parts.add(10, command=110, beside=[a_key(1)])

    assert parts.versions == []


def a_key(number: int) -> Statement:
    return (
        "INSERT INTO vault.person_keys (person, wrapped_key) VALUES (%(person)s, %(key)s)",
        {"person": an_id(number), "key": b"wrapped"},
    )


async def kept_keys(parts: Parts) -> list[Any]:
    return (await parts.writer.together(("SELECT person FROM vault.person_keys ORDER BY person", {}))).values(0)


async def test_a_command_again_answers_its_position_and_for_something_else_is_refused(parts: Parts) -> None:
    same, other = Digest("5" * 64), Digest("0" * 64)
    first = await parts.add(10, command=110, digest=same)

    assert await parts.add(10, command=110, digest=same) == first
    with pytest.raises(CommandWasOther):
        await parts.add(11, command=110, digest=other)
    assert parts.versions == [an_id(10)]


async def test_what_another_process_recorded_meanwhile_is_decided_on(parts: Parts) -> None:
    await parts.add(10, command=110)
    by = a_command(id=an_id(111))
    add_version(parts.other, MODEL, version_id=an_id(11), tag="11", signature=A_SIGNATURE, by=by)

    await parts.add(12, command=112)

    assert parts.versions == [an_id(10), an_id(11), an_id(12)]


async def test_a_refusal_is_said_of_what_is_there_now(parts: Parts) -> None:
    await parts.add(10, command=110)
    promote: dict[str, Any] = {"environment": "production", "role": "champion", "reason": "it is better"}
    with pytest.raises(NotFound):
        await promote_version(parts.soon, MODEL, version_id=an_id(11), by=a_command(id=an_id(120)), **promote)
    by = a_command(id=an_id(111))
    add_version(parts.other, MODEL, version_id=an_id(11), tag="11", signature=A_SIGNATURE, by=by)

    assert await promote_version(parts.soon, MODEL, version_id=an_id(11), by=a_command(id=an_id(121)), **promote)


async def test_a_name_has_one_holder(parts: Parts) -> None:
    with pytest.raises(NameIsTaken, match="churn"):
        await register_model(parts.soon, an_id(2), name="churn", description="", by=a_command(id=an_id(71)))


async def test_a_cancelled_save_leaves_the_next_one_right(parts: Parts) -> None:
    await parts.add(10, command=110)
    saving = asyncio.create_task(parts.add(11, command=111))
    await asyncio.sleep(0)
    saving.cancel()
    await asyncio.gather(saving, return_exceptions=True)

    await parts.add(11, command=111)
    await parts.add(12, command=112)

    assert parts.versions == [an_id(10), an_id(11), an_id(12)]

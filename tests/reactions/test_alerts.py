"""Alerts from end to end: they ring once, are over when the newest window is fine, and every one of it is delivered."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from msgspec.structs import replace
from uuid_utils.compat import uuid7

from cdt.commands import alerts, notifications
from cdt.database.reading import NOBODY
from cdt.domain.alerts.events import Raised, Reopened, Resolved
from cdt.domain.evaluations.events import Cause, Requested
from cdt.domain.evaluations.results import RECORDED
from cdt.domain.evaluations.slices import Condition, Slice
from cdt.domain.evaluations.windows import Window
from cdt.domain.kernel import Actor, Command, EndpointId, RuleId
from cdt.domain.notifications.events import Delivered, DeliveryRequested, EndpointAdded, GaveUp
from cdt.predictions.versions import Version, intake_states
from cdt.reactions import alerts as reaction
from cdt.reactions.requesting import request
from cdt.readmodels import evaluations, registry
from cdt.senders.webhook import SIGNATURE_HEADER
from cdt.vault import webhooks
from tests.predictions.builders import send, send_labels
from tests.reactions.world import SMALL, World, labels_of, some_rows

FIRST = datetime(2026, 1, 4, tzinfo=UTC)
A_DAY = timedelta(days=1)
TRUST = {"name": "Trust is low", "subject": "trust", "operator": "below", "threshold": 0.7}
AGE = {"name": "Age drifts", "subject": "population_stability_index:age", "operator": "above", "threshold": 0.2}

OLD = Slice(name="old: 60", conditions=(Condition(column="age", low=60),))
OF_OLD = {"name": "Old ones come", "subject": "volume@old: 60", "operator": "above", "threshold": 100.0}
CONSTANT = {"name": "A column is stuck", "subject": "constant", "operator": "above", "threshold": 0.5}


class Receiver:
    """A real HTTP server that fails at first, and what it was sent."""

    def __init__(self, failing: int) -> None:
        self.failing = failing
        self.messages: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        self.messages.append(msgspec.json.decode(await reader.readexactly(int(headers["content-length"]))))
        self.headers.append(headers)
        status = b"503 Service Unavailable" if len(self.messages) <= self.failing else b"204 No Content"
        writer.write(b"HTTP/1.1 " + status + b"\r\nconnection: close\r\n\r\n")
        await writer.drain()
        writer.close()
        await writer.wait_closed()


@asynccontextmanager
async def a_receiver(failing: int = 0) -> AsyncIterator[tuple[str, Receiver]]:
    """Its address, and the receiver."""
    receiver = Receiver(failing)
    server = await asyncio.start_server(receiver.answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", receiver


async def a_rule(world: World, version: Version, **terms: Any) -> None:
    await world.do(
        alerts.add_alert_rule,
        RuleId(uuid7()),
        model_id=version.model_id,
        in_a_row=1,
        measures=RECORDED,
        **terms,
    )


async def an_endpoint(world: World, url: str) -> None:
    endpoint_id = EndpointId(uuid7())
    async with world.writer.transaction([world.project_id]) as connection:
        await webhooks.keep(connection, world.secret, endpoint_id=endpoint_id, project_id=world.project_id)
    await world.do(notifications.add_webhook, endpoint_id, url=url)


async def send_day(world: World, version: Version, day: int, **changes: Any) -> None:
    """A day's rows and labels; `changes` let them drift."""
    rows = some_rows(120, FIRST + day * A_DAY, A_DAY / 120, named=f"day {day}", **changes)
    await send(world.intake, version, *rows)
    await send_labels(world.intake, version, *labels_of(rows))


async def measure(world: World, version: Version, day: int, cause: Cause = "live_change") -> None:
    """Record the day's window, and let follow whatever follows."""
    async with world.reader.at(None, NOBODY) as view:
        (known,) = await registry.versions(view, [version.version_id])
        (plan,) = await evaluations.plans_of_versions(view, [version.version_id])
    async with world.writer.transaction() as connection:
        state = (await intake_states(connection, [version.version_id]))[version.version_id]
    await request(
        world.reacting,
        known,
        plan,
        [],
        cause=cause,
        window=Window(FIRST + day * A_DAY, FIRST + (day + 1) * A_DAY),
        zone=ZoneInfo("UTC"),
        through_sequence=state.sequence,
        by=Command(id=uuid7(), actor=Actor("user", str(uuid7())), at=world.time, tenant=world.tenant),
    )
    await follow(world)


async def follow(world: World) -> None:
    """Tell the reactions everything and do what is due, until there is nothing."""
    await world.settle()
    await world.react()
    while await world.work():
        await world.react()


async def rung(world: World) -> list[str]:
    """What has happened to alerts."""
    return [type(each.event).__name__ for each in await world.facts(Raised, Reopened, Resolved)]


@pytest.mark.parametrize("rule", [TRUST, AGE, CONSTANT, OF_OLD], ids=["trust", "measure", "quality", "slice"])
async def test_a_rule_rings_once_though_the_facts_are_told_twice_and_is_over_when_the_newest_window_is_fine(
    world: World, rule: dict[str, Any]
) -> None:
    version = await world.watched_version(replace(SMALL, slices=(OLD,)))
    await a_rule(world, version, **rule)
    await send_day(world, version, 0)
    await measure(world, version, 0)
    assert await rung(world) == []

    await send_day(world, version, 1, sex="m", age=88.0, income=1.0)
    await measure(world, version, 1)
    assert await rung(world) == ["Raised"]

    await world.rows("UPDATE work.reactions SET position = 0")
    await follow(world)
    assert await rung(world) == ["Raised"]

    await send_day(world, version, 2)
    await measure(world, version, 2)
    assert await rung(world) == ["Raised", "Resolved"]
    await world.rows("UPDATE work.reactions SET position = 0")
    await follow(world)
    assert await rung(world) == ["Raised", "Resolved"]


@pytest.mark.parametrize("rule", [TRUST, AGE], ids=["trust", "measure"])
async def test_neither_an_old_window_nor_one_that_is_asked_for_tells_of_now(world: World, rule: dict[str, Any]) -> None:
    version = await world.watched_version()
    await a_rule(world, version, **rule)
    await send_day(world, version, 0)
    await measure(world, version, 0, "window_closed")
    await send_day(world, version, 1, sex="m", age=88.0, income=1.0)
    await measure(world, version, 1, "window_closed")
    assert await rung(world) == ["Raised"]

    await measure(world, version, 0, "restatement")
    await measure(world, version, 0, "asked")
    await send_day(world, version, 2)
    await measure(world, version, 2, "asked")
    assert await rung(world) == ["Raised"]

    await measure(world, version, 2, "live_change")
    assert await rung(world) == ["Raised", "Resolved"]
    await measure(world, version, 1, "asked")
    assert await rung(world) == ["Raised", "Resolved"]
    assert len(await world.facts(Requested)) == 7


async def test_a_message_that_the_receiver_refused_is_sent_again_and_every_attempt_is_kept(world: World) -> None:
    version = await world.watched_version()
    await a_rule(world, version, **AGE)
    await send_day(world, version, 0, age=88.0)
    async with a_receiver(failing=2) as (url, receiver):
        await an_endpoint(world, url)
        await measure(world, version, 0)
        for failures in (1, 2):
            assert await world.rows("SELECT failures, last_status, state FROM work.leases WHERE kind = 'delivery'") == [
                (failures, 503, "due")
            ]
            await world.rows("UPDATE work.leases SET due_at = clock_timestamp() WHERE kind = 'delivery'")
            await follow(world)
        await world.rows("UPDATE work.reactions SET position = 0")
        await follow(world)

    (asked,), (delivered,) = await world.facts(DeliveryRequested), await world.facts(Delivered)
    assert delivered.event == Delivered(attempts=3, status=204)
    (raised,) = await world.facts(Raised)
    assert [(each["type"], each["position"], each["alert"]["rule"]) for each in receiver.messages] == [
        ("alert.raised", str(raised.position), "Age drifts")
    ] * 3
    assert {each["cdt-delivery"] for each in receiver.headers} == {str(asked.stream_id)}
    assert all(each[SIGNATURE_HEADER.lower()].startswith("t=") for each in receiver.headers)
    await world.settle()
    assert await world.rows("SELECT state, attempts, status FROM notifications_deliveries") == [("delivered", 3, 204)]


async def test_an_endpoint_that_was_removed_is_told_nothing_more(world: World) -> None:
    version = await world.watched_version()
    await a_rule(world, version, **TRUST)
    async with a_receiver(failing=9) as (url, receiver):
        await an_endpoint(world, url)
        await send_day(world, version, 0, sex="m", age=88.0, income=1.0)
        await measure(world, version, 0)
        assert len(receiver.messages) == 1
        (added,) = await world.facts(EndpointAdded)

        await world.do(notifications.remove_endpoint, EndpointId(added.stream_id))
        await world.rows("UPDATE work.leases SET due_at = clock_timestamp() WHERE state = 'due'")
        await follow(world)

        assert len(receiver.messages) == 1
    (given_up,) = await world.facts(GaveUp)
    assert isinstance(given_up.event, GaveUp)
    assert (given_up.event.attempts, given_up.event.error) == (2, "the endpoint is gone")


async def test_a_measure_that_is_missing_now_is_not_looked_for_in_all_of_history(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = await world.watched_version()
    await a_rule(world, version, name="x", subject="recall", operator="below", threshold=0.5)
    looked_at: list[str] = []
    value = reaction._value

    async def looked(reacting: Any, project_id: Any, digest: str, *about: Any) -> float | None:
        looked_at.append(digest)
        return await value(reacting, project_id, digest, *about)

    monkeypatch.setattr(reaction, "_value", looked)
    for day in range(3):  # no labels come in
        await send(world.intake, version, *some_rows(120, FIRST + day * A_DAY, A_DAY / 120, named=f"day {day}"))
        await measure(world, version, day)

    assert len(looked_at) == 3

"""Subscriptions as server-sent events, without a network."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from psycopg import AsyncConnection
from starlette.types import Message

from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.graphql.endpoint import Endpoint
from cdt.predictions import live_readings
from cdt.predictions.versions import Version, register_version
from cdt.workers.readings import JudgedReading, live_document
from tests.builders import A_SIGNATURE
from tests.domain.builders import a_score
from tests.permissions.comparing import AT_ONCE, Case, Wrong, shows
from tests.permissions.operations import schema
from tests.permissions.places import Place
from tests.permissions.table import expected, is_shown, verdict_of
from tests.permissions.world import World, posted

SECONDS = 20
"""How long is waited for what comes at once; a machine that does much else at the same time may take long."""

Messages = asyncio.Queue[dict[str, Any] | None]


@asynccontextmanager
async def following(
    streams: Endpoint, document: str, variables: Mapping[str, Any], token: str | None
) -> AsyncIterator[Messages]:
    """What comes of a subscription until the context is left: each message, and None at its end."""
    messages, asked, gone = Messages(), asyncio.Event(), asyncio.Event()

    async def receive() -> Message:
        if asked.is_set():
            await gone.wait()
            return {"type": "http.disconnect"}
        asked.set()
        body = json.dumps({"query": document, "variables": variables}).encode()
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        for line in message.get("body", b"").decode().splitlines():
            text = line.removeprefix("data: ")
            if text.startswith("{"):
                messages.put_nowait(json.loads(text))

    async def follow() -> None:
        await streams(posted("/graphql/stream", token, accept="text/event-stream"), receive, send)
        messages.put_nowait(None)

    task = asyncio.create_task(follow())
    try:
        yield messages
    finally:
        gone.set()
        await task


def streams_of(running: World) -> Endpoint:
    """Where subscriptions are asked for."""
    return Endpoint(schema(), lambda: running.services, origins=[], streams=True)


async def next_of(messages: Messages) -> dict[str, Any]:
    """The message that must come."""
    async with asyncio.timeout(SECONDS):
        message = await messages.get()
    assert message is not None
    return message


async def rest_of(messages: Messages) -> list[dict[str, Any]]:
    """All that comes until the end."""
    found: list[dict[str, Any]] = []
    async with asyncio.timeout(SECONDS):
        while (message := await messages.get()) is not None:
            found.append(message)
    return found


async def begun(running: World, asked: Iterable[Case]) -> list[Wrong]:
    """The subscriptions whose first message is not what the table says."""
    streams, at_once, wrong = streams_of(running), asyncio.Semaphore(AT_ONCE), list[Wrong]()

    async def begin(case: Case) -> None:
        who, each, place = case
        token = running.tokens[who, place.organization_id]
        async with at_once, following(streams, each.document, each.variables(place), token) as messages:
            answer = await next_of(messages)
        found, wanted = verdict_of(each, answer), expected(who, each)
        if found != wanted or (found == "admitted" and "errors" in answer):
            wrong.append(Wrong(str(who), str(each), f"{found}, not {wanted}", str(answer)[:300]))
        elif shows(answer, place) and not is_shown(who, each):
            wrong.append(Wrong(str(who), str(each), "is shown", str(answer)[:300]))

    async with asyncio.TaskGroup() as group:
        for case in asked:
            group.create_task(begin(case))
    return wrong


async def takes_in(running: World, place: Place) -> None:
    """Rows have come in for the tenant's version, so that there is a state of it to follow."""
    version = Version(
        version_id=place.things["Version"], project_id=place.project_id, model_id=place.things["Model"],
        signature=A_SIGNATURE,
    )  # fmt: skip
    now = datetime.now(UTC)
    reading = JudgedReading(
        rows=1, labelled=0, baseline_rows=0, results=(), groups={}, distributions={}, definitions={}
    )
    document = live_document(
        reading, score=a_score(), sentence=place.mark, environment="production", window_start=now - timedelta(days=30),
        window_end=now,
    )  # fmt: skip
    row = live_readings.LiveRow(version.version_id, place.project_id, 1, 1, now, document)
    async with await AsyncConnection.connect(conninfo_as(running.dsn, DatabaseRole.SYSTEM)) as connection:
        await register_version(connection, version)
        assert await live_readings.write(connection, row)

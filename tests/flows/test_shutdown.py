"""A stopping API finishes what it has begun: whoever was answered finds it recorded, and the server ends by itself."""

import asyncio
import signal
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from tests.api import Api, Socket, opened, serving
from tests.graphql.operations import REGISTER

WRITERS = 8


async def test_what_was_acknowledged_is_recorded_and_the_server_ends_by_itself(api: Api) -> None:
    acknowledged: dict[str, str] = {}
    enough = asyncio.Event()

    async def write(address: str, writer: int) -> None:
        """Register models until the server is gone."""
        async with httpx.AsyncClient(base_url=address, headers=api.owner.headers, timeout=30) as client:
            for count in range(10_000):
                name = f"model {writer}.{count}"
                fields = {"projectId": api.owner.project, "name": name}
                try:
                    answer = await client.post("/graphql", json={"query": REGISTER, "variables": {"input": fields}})
                except httpx.TransportError:
                    return
                acknowledged[name] = answer.json()["data"]["registerModel"]["position"]
                if len(acknowledged) >= 3 * WRITERS:
                    enough.set()

    async with serving(api.settings) as (server, address), opened(address) as connection:
        watching = Socket(connection)
        await watching.hello(api.owner)
        await watching.subscribe("subscription { auditLog { cursor } }")
        writing = [asyncio.create_task(write(address, writer)) for writer in range(WRITERS)]
        await asyncio.wait_for(enough.wait(), 60)
        server.handle_exit(signal.SIGTERM, None)
        async with asyncio.timeout(20):
            await asyncio.gather(*writing)
            with pytest.raises(ConnectionClosed) as closed:
                await drain(connection)
            await server.has_ended.wait()

    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1012
    await api.settle(max(int(each) for each in acknowledged.values()))  # type: ignore[arg-type]
    assert acknowledged.keys() <= await names(api)


async def drain(connection: Any) -> None:
    while True:
        await connection.recv()


async def names(api: Api) -> set[str]:
    """Every model's name."""
    found: set[str] = set()
    after = None
    while True:
        document = """query ($after: Cursor) {
          models(first: 200, after: $after) { pageInfo { hasNextPage endCursor } nodes { name } } }"""
        page = (await api.ask(document, {"after": after}, by=api.owner))["models"]
        found |= {node["name"] for node in page["nodes"]}
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = page["pageInfo"]["endCursor"]

"""Watches a model's live reading many times over: `python -m bench.subscribers <port> <token> <model> <subscribers>`.

Each subscriber has a WebSocket of its own and asks what the dashboard's page of a model asks. Prints "ready" when each
has its first reading, then a line for each further one: the subscriber, the intake sequence that the reading reached,
and the clock's nanoseconds. Ends when its standard input does.
"""

import asyncio
import sys
import time
from typing import Any

import msgspec
import uvloop
import websockets

LIVE_TRUST = """
subscription LiveTrust($modelId: ID!) {
  trustScore(modelId: $modelId) {
    cursor sequence readAt rows labels labelCoverage windowStart windowEnd
    score {
      value reason interval { low high } coverage threshold standing trend { direction share }
      components { kind value weight contribution evidence reason rows interval { low high } parts { name value } }
      formula policyVersion recordedAt position windowEnd evaluationId version { id tag } sentence
    }
  }
}"""


class EndedEarly(RuntimeError):
    """A subscription was ended by the server; the message is what it said."""


async def watch(number: int, port: int, token: str, model: str, present: asyncio.Queue[int]) -> None:
    """Until cancelled."""
    is_first = True
    async with websockets.connect(
        f"ws://127.0.0.1:{port}/graphql", subprotocols=[websockets.Subprotocol("graphql-transport-ws")]
    ) as socket:
        await socket.send(_message("connection_init", payload={"authorization": f"Bearer {token}"}))
        await socket.recv()
        operation = {"query": LIVE_TRUST, "variables": {"modelId": model}}
        await socket.send(_message("subscribe", id="1", payload=operation))
        async for received in socket:
            seen_at = time.monotonic_ns()
            message: Any = msgspec.json.decode(received)
            if message["type"] == "ping":
                await socket.send(_message("pong"))
            elif message["type"] != "next" or "errors" in message["payload"]:
                raise EndedEarly(message)
            else:
                print(number, message["payload"]["data"]["trustScore"]["sequence"], seen_at)
                if is_first:
                    is_first = False
                    present.put_nowait(number)
    raise EndedEarly(number)


def _message(kind: str, **rest: Any) -> str:
    return msgspec.json.encode({"type": kind, **rest}).decode()


async def watch_all(port: int, token: str, model: str, subscribers: int) -> None:
    """Until the standard input ends."""
    present: asyncio.Queue[int] = asyncio.Queue()
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(watch(number, port, token, model, present)) for number in range(subscribers)]
        for _ in range(subscribers):
            await present.get()
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.read)
        for task in tasks:
            task.cancel()


if __name__ == "__main__":
    uvloop.run(watch_all(int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])))

"""Signs in so many times at once, and prints how many were let in.

`python -m bench.crowd <port> <email> <password> <times>` opens a connection for each, says so by a line, waits for a
line, and ends when all are answered.
"""

import asyncio
import json
import sys

import uvloop

QUERY = """
mutation ($input: SignInInput!) {
  signIn(input: $input) { ... on SignInPayload { viewer { id } } ... on Failure { code } }
}"""


async def sign_in(port: int, email: str, password: str, ready: asyncio.Barrier) -> bool:
    """Whether it was let in."""
    body = json.dumps({"query": QUERY, "variables": {"input": {"email": email, "password": password}}}).encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    await ready.wait()
    await ready.wait()
    writer.write(
        b"POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nconnection: close\r\n"
        b"content-length: %d\r\n\r\n" % len(body) + body
    )
    answer = await reader.read()
    writer.close()
    return b'"viewer"' in answer


async def crowd(port: int, email: str, password: str, times: int) -> int:
    """How many were let in."""
    ready = asyncio.Barrier(times + 1)
    asked = [asyncio.create_task(sign_in(port, email, password, ready)) for _ in range(times)]
    await ready.wait()
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    await ready.wait()
    return sum(await asyncio.gather(*asked))


def main() -> None:
    """Sign in, and say how many were let in."""
    port, email, password, times = sys.argv[1:]
    print(uvloop.run(crowd(int(port), email, password, int(times))))


if __name__ == "__main__":
    main()

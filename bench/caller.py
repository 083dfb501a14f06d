"""An HTTP client that costs little: one connection, one request at a time, nothing parsed but the body."""

import socket
from typing import Any

import msgspec


class Caller:
    """Sends GraphQL operations to a port of this machine, over a connection that stays open."""

    def __init__(self, port: int, *, token: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._token = token

    def call(self, request: bytes) -> Any:
        """Send a request as `request_of` makes it; the answer's JSON."""
        self._socket.sendall(request)
        answer = bytearray()
        while True:
            answer += self._socket.recv(65_536)
            end = answer.find(b"\r\n\r\n")
            if end >= 0:
                break
        head = bytes(answer[:end]).lower()
        length = int(head.split(b"content-length: ")[1].split(b"\r\n")[0])
        while len(answer) < end + 4 + length:
            answer += self._socket.recv(65_536)
        return msgspec.json.decode(answer[end + 4 :])

    def request_of(self, query: str, variables: dict[str, Any] | None = None) -> bytes:
        """A whole request, ready to be sent."""
        return request_of(query, variables, token=self._token)

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()


def request_of(query: str, variables: dict[str, Any] | None = None, *, token: str, path: str = "/graphql") -> bytes:
    """The bytes of a GraphQL request."""
    body = msgspec.json.encode({"query": query, "variables": variables or {}})
    head = (
        f"POST {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n"
        f"content-type: application/json\r\naccept: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body

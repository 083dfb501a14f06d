"""Where a request comes from: as the connection says, or as a trusted proxy says of whoever is behind it."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Literal

from starlette.types import Scope

Headers = Literal["x-forwarded", "forwarded"]
Network = IPv4Network | IPv6Network

NAMES: dict[Headers, frozenset[bytes]] = {
    "x-forwarded": frozenset({b"x-forwarded-for", b"x-forwarded-proto"}),
    "forwarded": frozenset({b"forwarded"}),
}
LONGEST_TEXT = 4_096
"""Of what a proxy says; a client can have put any length of it before."""
_ELEMENT = re.compile(r'(?:[^,"]+|"[^"]*")+')
_PAIR = re.compile(r'\s*([a-z]+)\s*=\s*("[^"\\]*"|[^\s;,="]+)\s*', re.IGNORECASE)


class Proxies:
    """Believes what trusted proxies say, and nobody else.

    Each proxy adds, at the end, whom it was asked by: read from the end, the first that is no trusted proxy is the
    client. What stands before that is the client's own word.
    """

    def __init__(self, networks: Sequence[Network], *, headers: Headers = "x-forwarded") -> None:
        """`headers` is the one kind that the proxies write: the other kind is whatever a client has sent."""
        self._networks = networks
        self._headers = headers
        self._names = NAMES[headers]
        self.is_trusted = lru_cache(maxsize=10_000)(self._is_trusted)

    def tell(self, scope: Scope) -> None:
        """Put into the scope's client and scheme what a trusted proxy says of them."""
        if not self._networks:
            return
        client = scope.get("client")
        if client is None or not self.is_trusted(client[0]):
            return
        if self._names.isdisjoint(dict(scope["headers"])):  # most say nothing, and this finds out in the least time
            return
        hops, scheme = self._said_in(scope["headers"])
        if hops is not None:
            scope["client"] = (self._client_of(hops, nearest=client[0]), 0)
        if scheme in {"http", "https"}:
            is_socket = scope["type"] == "websocket"
            scope["scheme"] = {"http": "ws", "https": "wss"}[scheme] if is_socket else scheme

    def _said_in(self, headers: Sequence[tuple[bytes, bytes]]) -> tuple[list[str] | None, str | None]:
        """Who asked whom, in order, and the scheme that the first proxy was asked by; None for what is not said."""
        if self._headers == "forwarded":
            text = _joined(headers, b"forwarded")
            return (None, None) if text is None else _hops_of(text)
        hops, schemes = _joined(headers, b"x-forwarded-for"), _joined(headers, b"x-forwarded-proto")
        scheme = None if schemes is None else schemes.rpartition(",")[2].strip().lower()
        return (None if hops is None else hops.split(",")), scheme

    def _client_of(self, hops: Sequence[str], *, nearest: str) -> str:
        known = nearest
        for hop in reversed(hops):
            address = address_in(hop)
            if address is None:  # what can't be read was written by somebody who need not be believed
                return known
            known = address
            if not self.is_trusted(address):
                return known
        return known

    def _is_trusted(self, text: str) -> bool:
        try:
            address = ip_address(text)
        except ValueError:
            return False
        if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        return any(address in network for network in self._networks)


def networks_of(text: str) -> list[Network]:
    """Addresses and networks (CIDR), separated by commas, or `none`; ValueError for anything else."""
    if text.strip().lower() == "none":
        return []
    return [ip_network(each.strip(), strict=False) for each in text.split(",") if each.strip()]


def address_in(hop: str) -> str | None:
    """The address of `1.2.3.4`, `1.2.3.4:5`, `::1` or `[::1]:5`; None for anything else, as `unknown`."""
    text = hop.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ip_address(text.partition("%")[0]))
    except ValueError:
        return None


def _joined(headers: Sequence[tuple[bytes, bytes]], name: bytes) -> str | None:
    found = [value for each, value in headers if each == name]
    if not found:
        return None
    return b",".join(found)[-LONGEST_TEXT:].decode("latin-1")


def _hops_of(text: str) -> tuple[list[str], str | None]:
    """`for=` of each element of a Forwarded header, and `proto=` of the last that has one (RFC 7239)."""
    hops: list[str] = []
    scheme: str | None = None
    for element in _elements(text):
        hops.append(element.get("for", "unknown"))
        scheme = element.get("proto", scheme or "").lower() or None
    return hops, scheme


def _elements(text: str) -> Iterator[dict[str, str]]:
    for element in _ELEMENT.findall(text):
        pairs = (_PAIR.fullmatch(each) for each in element.split(";"))
        yield {found[1].lower(): found[2].strip('"') for found in pairs if found is not None}

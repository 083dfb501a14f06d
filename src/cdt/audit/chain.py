"""The export's format: one JSON object a line, each hashed together with all before it.

    {"kind": "cdt-audit-export", "format": 1, ...}     the header: what was asked, by whom, as of which position
    {"position": ..., "event": ...}                     the entries, by position
    {"kind": "end", "entries": n, "position": p, "head": h}

hash(0) = SHA-256(header line); hash(n) = SHA-256(hash(n-1) as 32 bytes, then the n-th entry's line). The head is the
last, as hexadecimal digits. Lines are hashed as the bytes they are, without their line feed.

What it proves: whoever noted the head when the export was made can later show that not one byte, and not the order, of
the entries has changed. What it does not prove yet: that the log itself held these entries, and no others, before.
"""

import hashlib
from collections.abc import Iterable
from typing import Any

import msgspec

FORMAT = 1
KIND = "cdt-audit-export"


class ExportIsWrong(ValueError):
    """The file is not a whole and unaltered export; the message says where it breaks."""


class Verified(msgspec.Struct, frozen=True):
    """What a checked export holds."""

    entries: int
    position: int
    head: str
    header: dict[str, Any]


class Chain:
    """Hashes lines as they are written or read."""

    def __init__(self) -> None:
        """Nothing hashed yet."""
        self._hash = b""
        self.entries = 0

    def add(self, line: bytes) -> None:
        """Hash one more line; the first is the header."""
        self.entries += bool(self._hash)
        self._hash = hashlib.sha256(self._hash + line).digest()

    @property
    def head(self) -> str:
        """The hash over everything so far."""
        return self._hash.hex()


def begin(chain: Chain, header: dict[str, Any]) -> bytes:
    """The header's line."""
    line = msgspec.json.encode({"kind": KIND, "format": FORMAT, **header})
    chain.add(line)
    return line + b"\n"


def entry_line(chain: Chain, entry: dict[str, Any]) -> bytes:
    """An entry's line."""
    line = msgspec.json.encode(entry)
    chain.add(line)
    return line + b"\n"


def end(chain: Chain, position: int) -> bytes:
    """The last line, with the head."""
    return (
        msgspec.json.encode({"kind": "end", "entries": chain.entries, "position": position, "head": chain.head}) + b"\n"
    )


def verify(lines: Iterable[bytes], *, expect: str | None = None) -> Verified:
    """Check an export, and that its head is the expected one; ExportIsWrong names the first line that does not fit."""
    chain = Chain()
    header: dict[str, Any] | None = None
    position = 0
    numbered = enumerate(lines, 1)
    for number, raw in numbered:
        line = raw.rstrip(b"\n")
        content = _object(line, number)
        if header is None:
            if content.get("kind") != KIND or content.get("format") != FORMAT:
                raise ExportIsWrong("line 1 is not the header of an audit export of format 1")
            header = content
            chain.add(line)
        elif content.get("kind") == "end":
            if next(numbered, None) is not None:
                raise ExportIsWrong(f"something follows the last line, {number}")
            return _finished(chain, header, content, position=position, number=number, expect=expect)
        else:
            if not isinstance(content.get("position"), int) or content["position"] <= position:
                raise ExportIsWrong(f"line {number} is out of order: positions must ascend")
            position = content["position"]
            chain.add(line)
    raise ExportIsWrong("the file has no last line: it was cut off")


def _finished(
    chain: Chain, header: dict[str, Any], last: dict[str, Any], *, position: int, number: int, expect: str | None
) -> Verified:
    if last.get("entries") != chain.entries:
        raise ExportIsWrong(f"line {number} says {last.get('entries')} entries, the file has {chain.entries}")
    if last.get("position") != position:
        raise ExportIsWrong(f"line {number} says position {last.get('position')}, the last entry has {position}")
    if last.get("head") != chain.head:
        raise ExportIsWrong(
            f"the lines hash to {chain.head}, but line {number} says {last.get('head')}: something was altered"
        )
    if expect is not None and expect.lower() != chain.head:
        raise ExportIsWrong(f"the export is whole, but its head is {chain.head}, not the expected {expect}")
    return Verified(entries=chain.entries, position=position, head=chain.head, header=header)


def _object(line: bytes, number: int) -> dict[str, Any]:
    try:
        return msgspec.json.decode(line, type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ExportIsWrong(f"line {number} is no JSON object") from error

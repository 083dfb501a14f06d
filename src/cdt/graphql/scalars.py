"""Scalars of our own: positions and cursors as text, and the moment that is asked about."""

import base64
import binascii
from datetime import UTC, datetime
from typing import NewType

import msgspec
import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

from cdt.domain.kernel import Position

PositionText = NewType("PositionText", str)
Cursor = NewType("Cursor", str)


class AsOf(msgspec.Struct, frozen=True):
    """A moment of recorded time, or a position."""

    position: Position | None = None
    time: datetime | None = None


def parse_as_of(value: object) -> AsOf:
    """A position (digits) or an RFC 3339 time with its offset.

    >>> parse_as_of("42").position
    42
    """
    text = str(value).strip()
    if text.isascii() and text.isdigit() and len(text) < 19:
        return AsOf(position=Position(int(text)))
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        time = None
    if time is None or time.tzinfo is None:
        raise GraphQLError(
            f"asOf is {text[:40]!r}; give a position such as '1042', or a time with its offset such as"
            " '2026-03-03T12:00:00Z'.",
            extensions={"code": "INVALID"},
        )
    return AsOf(time=time.astimezone(UTC))


def cursor_of(*parts: object) -> Cursor:
    """An opaque cursor."""
    return Cursor(base64.urlsafe_b64encode(msgspec.json.encode(parts)).decode().rstrip("="))


def parts_of(cursor: str, *kinds: type) -> list[object]:
    """What a cursor was made of; a GraphQL error when it is not one of ours."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        parts: list[object] = msgspec.json.decode(raw, type=list[object])
    except (ValueError, binascii.Error, msgspec.MsgspecError):
        parts = []
    if [type(part) for part in parts] != list(kinds) or not all(_is_place(part) for part in parts):
        raise GraphQLError(
            "The cursor is not one that this list gave; leave it out to begin.", extensions={"code": "INVALID"}
        )
    return parts


def _is_place(part: object) -> bool:
    return not isinstance(part, int) or 0 <= part < 2**63


SCALARS: dict[object, ScalarDefinition] = {
    PositionText: strawberry.scalar(
        name="Position",
        description="A fact's place in the one global order, as digits.",
        serialize=str,
        parse_value=str,
    ),
    Cursor: strawberry.scalar(
        name="Cursor", description="An opaque place in a list or stream.", serialize=str, parse_value=str
    ),
    AsOf: strawberry.scalar(
        name="AsOf",
        description=(
            "The moment that is asked about: a time (RFC 3339) or a position. The answer is what was known then."
        ),
        serialize=str,
        parse_value=parse_as_of,
    ),
}

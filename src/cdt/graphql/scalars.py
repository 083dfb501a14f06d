"""Scalars of our own: positions and cursors as text, and the moment that is asked about."""

import base64
import binascii
from datetime import UTC, datetime
from typing import Annotated, NewType

import msgspec
import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

from cdt.domain.kernel import Position
from cdt.predictions.coming import ComingFile

PositionText = NewType("PositionText", str)
Cursor = NewType("Cursor", str)
Upload = NewType("Upload", ComingFile)
Place = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]


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
        if time.tzinfo is not None:
            return AsOf(time=time.astimezone(UTC))
    except (ValueError, OverflowError):  # an hour of another zone, at the ends of what a datetime holds
        pass
    raise GraphQLError(
        f"asOf is {text[:40]!r}; give a position such as '1042', or a time with its offset such as"
        " '2026-03-03T12:00:00Z'.",
        extensions={"code": "INVALID"},
    )


def cursor_of(*parts: object) -> Cursor:
    """An opaque cursor: the name of its list, and a place in it."""
    return Cursor(base64.urlsafe_b64encode(msgspec.json.encode(parts)).decode().rstrip("="))


def places_of(cursor: str, name: str, count: int = 1) -> list[int]:
    """The numbers of a list's cursor; a GraphQL error when it is not one of that list.

    >>> places_of(cursor_of("audit", 7), "audit")
    [7]
    """
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        named, *places = msgspec.json.decode(raw, type=list[Place | str])
    except (ValueError, binascii.Error, msgspec.MsgspecError):
        named, places = None, []
    numbers = [place for place in places if isinstance(place, int)]
    if named != name or not len(numbers) == len(places) == count:
        raise foreign_cursor()
    return numbers


def foreign_cursor() -> GraphQLError:
    """The refusal of a cursor that another list gave, or nobody."""
    message = "The cursor is not one that this list gave; leave it out to begin."
    return GraphQLError(message, extensions={"code": "INVALID"})


def parse_upload(value: object) -> ComingFile:
    """The file that was put in a variable's place; nothing that can be written in an operation is one."""
    if isinstance(value, ComingFile):
        return value
    raise GraphQLError(
        "A file is sent beside the operation, as multipart/form-data, and null stands in its place.",
        extensions={"code": "INVALID"},
    )


SCALARS: dict[object, ScalarDefinition] = {
    Upload: strawberry.scalar(
        name="Upload",
        description="A file, sent beside the operation as multipart/form-data.",
        serialize=str,
        parse_value=parse_upload,
    ),
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

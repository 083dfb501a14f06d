"""Inputs are made as the library makes them, only sooner."""

import enum
from datetime import datetime
from typing import Any

import pytest
import strawberry

from cdt.graphql.inputs import make_inputs


@strawberry.enum
class Kind(enum.Enum):
    SMALL = "small"
    LARGE = "large"


@strawberry.input
class Part:
    size_in_mm: float
    kind: Kind = Kind.SMALL


@strawberry.input
class Thing:
    the_name: str
    note: str | None
    part: Part
    parts: list[Part] | None = None
    kinds: list[Kind] = strawberry.field(default_factory=list)
    since: datetime | None = None
    flags: list[bool | None] | None = None
    id: strawberry.ID | None = strawberry.UNSET


@strawberry.type
class Query:
    @strawberry.field
    def shown(self, thing: Thing) -> str:
        return repr(thing)


BARE = {"theName": "a", "part": {"sizeInMm": 1}}
GIVEN: list[dict[str, Any]] = [
    BARE,
    BARE | {"note": None, "parts": None, "since": None, "id": None},
    BARE | {"note": "b", "part": {"sizeInMm": 2.5, "kind": "LARGE"}, "kinds": ["SMALL", "LARGE"], "id": "7"},
    BARE | {"parts": [{"sizeInMm": 3}, {"sizeInMm": 4, "kind": "LARGE"}], "since": "2026-03-03T12:00:00+00:00"},
    BARE | {"flags": [True, None, False], "parts": []},
]


@pytest.mark.parametrize("thing", GIVEN)
def test_each_field_has_the_value_that_the_library_gives_it(thing: dict[str, Any]) -> None:
    ours, theirs = strawberry.Schema(Query), strawberry.Schema(Query)
    document = "query ($thing: Thing!) { shown(thing: $thing) }"
    expected = theirs.execute_sync(document, {"thing": thing})
    make_inputs(ours)
    try:
        answer = ours.execute_sync(document, {"thing": thing})
    finally:
        for each in (Part, Thing):
            each.__strawberry_definition__.from_input = None  # type: ignore[attr-defined]

    assert expected.errors is None
    assert answer.errors is None
    assert answer.data == expected.data

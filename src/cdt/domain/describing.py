"""What can be in the record, for people: `docs/events.md`, written from the topics."""

import inspect
import re
import types
from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from typing import Any, Literal, NewType, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec
from msgspec import UnsetType

from cdt.domain.kernel import Change, Event, Sealed
from cdt.domain.topics import TOPICS

_WORDS: dict[Any, str] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "yes or no",
    datetime: "time",
    UUID: "id",
    Sealed: "sealed text",
    type(None): "nothing",
    UnsetType: "not said",
}

_INTRODUCTION = """# Events

Every fact that the record can hold. This page is written by `cdt/domain/describing.py` and tested to be current.

An event is stored under its name here, for ever, as readable JSON, with who did it (`actor`), when it was decided
(`at`), when it was recorded (`recorded_at`), whose it is (`org`, `project`), which command it came from (`command`, and
`command_digest` of what a client asked with it) and which fact led to it (`cause`). `format` counts the shapes that an
event's JSON has had; older ones are still read. Where a field says "old and new", the event carries its value
before and after.
"""


def as_markdown() -> str:
    """The page."""
    lines = [_INTRODUCTION]
    for context in dict.fromkeys(topic.partition(".")[0] for topic in TOPICS):
        lines += [f"## {context}", "", _first_line(import_module(f"cdt.domain.{context}")), ""]
        for topic, event in TOPICS.items():
            if topic.startswith(f"{context}."):
                lines += _described(topic, event)
    lines += ["## Values", "", "What fields are made of when they are more than a text, a number, a time or an id.", ""]
    for value in sorted(set(_values()), key=lambda each: each.__name__):
        lines += _described(value.__name__, value)
    return "\n".join(lines)


def _described(name: str, struct: type[msgspec.Struct]) -> list[str]:
    number = getattr(struct, "format", 1)
    lines = [f"### {name}" + (f" (format {number})" if number > 1 else ""), "", _doc(struct), ""]
    hints = get_type_hints(struct)
    if struct.__struct_fields__:
        lines += ["| field | what |", "|---|---|"]
        lines += [f"| `{field}` | {_kind(hints[field])} |" for field in struct.__struct_fields__]
        lines.append("")
    return lines


def _doc(struct: type[msgspec.Struct]) -> str:
    """The docstring, its lines about fields as a list."""
    return re.sub(r"^([a-z_]+(?:, [a-z_]+)*): ", r"- \1: ", inspect.getdoc(struct) or "", flags=re.MULTILINE)


def _kind(annotation: object) -> str:
    if annotation in _WORDS:
        return _WORDS[annotation]
    if isinstance(annotation, NewType):
        return str(annotation.__name__)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Change:
        return f"old and new: {_kind(arguments[0])}"
    if origin is Literal:
        return " or ".join(f"`{each}`" for each in arguments)
    if origin in {Union, types.UnionType}:
        return ", or ".join(_kind(each) for each in arguments)
    if origin is tuple:
        return f"list of {_kind(arguments[0])}"
    if origin is dict:
        return f"{_kind(arguments[1])} by {_kind(arguments[0])}"
    return str(getattr(annotation, "__name__", annotation))


def _values() -> Iterator[type[msgspec.Struct]]:
    """The structs within events, and within those."""
    waiting: list[Any] = list(TOPICS.values())
    seen: set[Any] = set()
    while waiting:
        annotation = waiting.pop()
        if annotation in seen:
            continue
        seen.add(annotation)
        waiting += get_args(annotation)
        if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
            waiting += list(get_type_hints(annotation).values())
            if not issubclass(annotation, Event) and annotation not in _WORDS:
                yield annotation


def _first_line(module: types.ModuleType) -> str:
    return (module.__doc__ or "").strip().splitlines()[0]

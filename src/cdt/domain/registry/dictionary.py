"""What a model's columns mean to people: the names and the meanings of codes that screens show beside them."""

from collections.abc import Collection

import msgspec

from cdt.domain.errors import Invalid
from cdt.domain.text import exact

MAXIMUM_BYTES = 24_000
"""As JSON: the event holds the dictionary before and after, and has 64 kB."""


class ColumnMeaning(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One column. title: what people call it; None for its own name. labels: what a value stands for."""

    name: str
    title: str | None = None
    labels: dict[str, str] = {}


Dictionary = tuple[ColumnMeaning, ...]


def check(dictionary: Dictionary, columns: Collection[str]) -> None:
    """Raise Invalid for a dictionary that tells of other columns than the model's versions have, or can't be kept."""
    names = [each.name for each in dictionary]
    if len(set(names)) != len(names):
        raise Invalid("columns", "name each column once")
    for each in dictionary:
        if each.name not in columns:
            raise Invalid("columns", f"no version of the model has a column {each.name[:100]!r}")
        if each.title is not None:
            exact("columns", each.title, shown="a title")
        for value, label in each.labels.items():
            exact("columns", value, shown="a value")
            exact("columns", label, shown="a label")
    if (size := len(msgspec.json.encode(dictionary))) > MAXIMUM_BYTES:
        raise Invalid("columns", f"they have {size:,} bytes as JSON, and at most {MAXIMUM_BYTES:,} can be kept")

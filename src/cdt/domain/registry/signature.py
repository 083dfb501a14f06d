"""What goes into a version and comes out: its columns, classes and group attributes."""

import math
from typing import Literal

import msgspec

from cdt.domain.errors import Invalid
from cdt.domain.text import exact

MAXIMUM_COLUMNS = 1_000
MAXIMUM_CLASSES = 50
"""Confusions are counted by pair of classes, and by group besides."""
MAXIMUM_BYTES = 62_000
"""As JSON: an event holds 64 kB, and has a tag, ids and an actor besides."""


ColumnKind = Literal["number", "category"]


class Column(msgspec.Struct, frozen=True, omit_defaults=True):
    """One input column: a number, or a category as text; what a row may hold there.

    minimum, maximum: of a number, both allowed. categories: the only ones; None for any. is_required: whether a value
    must be there. What is not said is not written, so that the signatures of former releases stay what they were.
    """

    name: str
    kind: ColumnKind
    minimum: float | None = None
    maximum: float | None = None
    categories: tuple[str, ...] | None = None
    is_required: bool = False


class GroupAttribute(msgspec.Struct, frozen=True):
    """What fairness is judged over: a category column, or a number column cut into bands.

    `bands` are the inner borders, ascending: (18, 30) makes "under 18", "18-29" and "30 and over". `labels` gives
    categories the names that people read.
    """

    name: str
    column: str
    bands: tuple[float, ...] | None = None
    labels: dict[str, str] | None = None


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """A version's input and output columns.

    classes: what it decides among, 2 to 50, as text.
    positive_class: the one that is favoured, whose chance the score tells. Fairness, ROC AUC, precision and recall hold
        it against all others; accuracy, Matthews correlation and the averages over classes know each by itself.
    """

    columns: tuple[Column, ...]
    classes: tuple[str, ...]
    positive_class: str
    groups: tuple[GroupAttribute, ...] = ()


def check(signature: Signature) -> None:
    """Raise Invalid for a signature that can't be served."""
    names = [column.name for column in signature.columns]
    if not names:
        raise Invalid("signature.columns", "name at least one column")
    if len(names) > MAXIMUM_COLUMNS:
        raise Invalid("signature.columns", f"at most {MAXIMUM_COLUMNS} columns")
    for name in names:
        exact("signature.columns", name, shown="a column's name")
    if len(set(names)) != len(names):
        raise Invalid("signature.columns", "each column's name must be unique")
    for column in signature.columns:
        _check_bounds(column)
    if len(set(signature.classes)) != len(signature.classes):
        raise Invalid("signature.classes", "each class's name must be unique")
    if not 2 <= len(signature.classes) <= MAXIMUM_CLASSES:
        raise Invalid("signature.classes", f"name 2 to {MAXIMUM_CLASSES} classes; other tasks are not supported yet")
    for name in signature.classes:
        exact("signature.classes", name, shown="a class")
    if signature.positive_class not in signature.classes:
        raise Invalid("signature.positiveClass", "it must be one of the classes")
    _check_groups(signature)
    if (size := len(msgspec.json.encode(signature))) > MAXIMUM_BYTES:
        raise Invalid(
            "signature",
            f"it has {size:,} bytes as JSON, and at most {MAXIMUM_BYTES:,} can be kept; send fewer columns, or shorter"
            " names and labels",
        )


def _check_bounds(column: Column) -> None:
    bounds = [bound for bound in (column.minimum, column.maximum) if bound is not None]
    if bounds and column.kind != "number":
        raise Invalid("signature.columns", f"{column.name!r}: a least and a greatest value belong to number columns")
    if not all(map(math.isfinite, bounds)) or bounds != sorted(bounds):
        raise Invalid("signature.columns", f"{column.name!r}: bounds are finite numbers, the least one first")
    if column.categories is None:
        return
    if column.kind != "category":
        raise Invalid("signature.columns", f"{column.name!r}: categories belong to category columns")
    if not column.categories or len(set(column.categories)) != len(column.categories):
        raise Invalid("signature.columns", f"{column.name!r}: name at least one category, and each once")
    for category in column.categories:
        exact("signature.columns", category, shown="a category")


def _check_groups(signature: Signature) -> None:
    kinds = {column.name: column.kind for column in signature.columns}
    attributes = [group.name for group in signature.groups]
    if len(set(attributes)) != len(attributes):
        raise Invalid("signature.groups", "each attribute's name must be unique")
    for group in signature.groups:
        exact("signature.groups", group.name, shown="an attribute's name")
        for category, label in (group.labels or {}).items():
            exact("signature.groups", category, shown="a category")
            exact("signature.groups", label, shown="a label")
        if group.column not in kinds:
            raise Invalid("signature.groups", f"{group.name!r} is over the column {group.column!r}, which is not there")
        if (kinds[group.column] == "number") != (group.bands is not None):
            raise Invalid("signature.groups", f"{group.name!r}: bands belong to number columns, and only to them")
        if not all(map(math.isfinite, group.bands or ())):
            raise Invalid("signature.groups", f"{group.name!r}: bands are finite numbers")
        if group.bands is not None and (not group.bands or sorted(set(group.bands)) != list(group.bands)):
            raise Invalid("signature.groups", f"{group.name!r}: bands must ascend")

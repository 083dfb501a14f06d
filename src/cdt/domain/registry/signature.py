"""What goes into a version and comes out: its columns, its classes or its number, and group attributes."""

import math
from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from cdt.domain.errors import Invalid
from cdt.domain.text import exact

MAXIMUM_COLUMNS = 1_000
MAXIMUM_CLASSES = 50
"""Confusions are counted by pair of classes, and by group besides."""
LONGEST_UNIT = 20
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


class PredictedNumber(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a version of numbers predicts: a price, a demand, a time until something.

    minimum, maximum: of predictions and labels, both allowed. unit: how people read it, "EUR" or "days".
    """

    minimum: float | None = None
    maximum: float | None = None
    unit: str | None = None


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """A version's input and output columns: it decides among classes, or it predicts a number.

    classes: what it decides among, 2 to 50, as text; none where it predicts a number.
    positive_class: the one that is favoured, whose chance the score tells. Fairness, ROC AUC, precision and recall hold
        it against all others; accuracy, Matthews correlation and the averages over classes know each by itself.
    number: what it predicts instead of a decision. Not there in a version of classes, whose JSON stays what it was.
    """

    columns: tuple[Column, ...]
    classes: tuple[str, ...] = ()
    positive_class: str = ""
    groups: tuple[GroupAttribute, ...] = ()
    number: PredictedNumber | UnsetType = UNSET

    @property
    def is_of_numbers(self) -> bool:
        """Whether it predicts a number; else it decides among classes."""
        return self.number is not UNSET


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
    _check_output(signature)
    _check_groups(signature)
    if (size := len(msgspec.json.encode(signature))) > MAXIMUM_BYTES:
        raise Invalid(
            "signature",
            f"it has {size:,} bytes as JSON, and at most {MAXIMUM_BYTES:,} can be kept; send fewer columns, or shorter"
            " names and labels",
        )


def _check_output(signature: Signature) -> None:
    if isinstance(signature.number, PredictedNumber):
        if signature.classes or signature.positive_class:
            raise Invalid("signature.number", "a version decides among classes or predicts a number, not both")
        bounds = [each for each in (signature.number.minimum, signature.number.maximum) if each is not None]
        if not all(map(math.isfinite, bounds)) or bounds != sorted(bounds):
            raise Invalid("signature.number", "bounds are finite numbers, the least one first")
        if signature.number.unit is not None:
            exact("signature.number.unit", signature.number.unit, shown="a unit")
            if len(signature.number.unit) > LONGEST_UNIT:
                raise Invalid("signature.number.unit", f"at most {LONGEST_UNIT} characters")
        return
    if len(set(signature.classes)) != len(signature.classes):
        raise Invalid("signature.classes", "each class's name must be unique")
    if not 2 <= len(signature.classes) <= MAXIMUM_CLASSES:
        raise Invalid("signature.classes", f"name 2 to {MAXIMUM_CLASSES} classes, or say that it predicts a number")
    for name in signature.classes:
        exact("signature.classes", name, shown="a class")
    if signature.positive_class not in signature.classes:
        raise Invalid("signature.positiveClass", "it must be one of the classes")


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

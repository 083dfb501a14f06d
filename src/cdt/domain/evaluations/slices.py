"""Slices: named parts of a version's rows that a plan wants measured by themselves."""

import math
from collections.abc import Collection, Mapping
from typing import Protocol

import msgspec

from cdt.domain.errors import Invalid
from cdt.domain.text import exact

MOST_SLICES = 20
MOST_CONDITIONS = 3
MOST_VALUES = 50
LONGEST_NAME = 80


class Condition(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the rows of a slice have in common in one column; a row without a value there is never one of them.

    values: of a category column, the categories that belong to it, as they stand in the rows.
    low, high: of a number column, from where on and up to where, without that; None for no such end.
    """

    column: str
    values: tuple[str, ...] | None = None
    low: float | None = None
    high: float | None = None


class Slice(msgspec.Struct, frozen=True, kw_only=True):
    """The rows for which all conditions hold."""

    name: str
    conditions: tuple[Condition, ...]


class ColumnShape(Protocol):
    """What a column may hold, as the version's signature says."""

    @property
    def name(self) -> str:
        """As it is called."""
        ...

    @property
    def kind(self) -> str:
        """'number' or 'category'."""
        ...

    @property
    def minimum(self) -> float | None:
        """The least number that may be there."""
        ...

    @property
    def maximum(self) -> float | None:
        """The greatest one."""
        ...

    @property
    def categories(self) -> tuple[str, ...] | None:
        """The only categories that may be there; None for any."""
        ...


def check_slices(slices: Collection[Slice]) -> None:
    """Raise Invalid for slices that mean nothing, whatever the columns."""
    if len(slices) > MOST_SLICES:
        raise Invalid("slices", f"a plan has at most {MOST_SLICES}")
    name_by_meaning: dict[frozenset[object], str] = {}
    names: set[str] = set()
    for place, each in enumerate(slices):
        field = f"slices.{place}"
        _check_name(f"{field}.name", each.name)
        if each.name in names:
            raise Invalid(f"{field}.name", f"there is a slice {each.name!r} already; give each a name of its own")
        names.add(each.name)
        if not 1 <= len(each.conditions) <= MOST_CONDITIONS:
            raise Invalid(f"{field}.conditions", f"a slice has 1 to {MOST_CONDITIONS} conditions")
        columns = [condition.column for condition in each.conditions]
        if len(set(columns)) != len(columns):
            raise Invalid(f"{field}.conditions", "name a column once, with everything that is asked of it")
        for number, condition in enumerate(each.conditions):
            _check_condition(f"{field}.conditions.{number}", condition)
        meaning = frozenset(map(_meaning, each.conditions))
        if (same := name_by_meaning.setdefault(meaning, each.name)) != each.name:
            raise Invalid(f"{field}.conditions", f"these are the rows of {same!r} already")


def check_conditions(slices: Collection[Slice], columns: Collection[ColumnShape]) -> None:
    """Raise Invalid for a condition on a column that the version has not, or that none of its rows can meet."""
    by_name: Mapping[str, ColumnShape] = {column.name: column for column in columns}
    for place, each in enumerate(slices):
        for number, condition in enumerate(each.conditions):
            field = f"slices.{place}.conditions.{number}"
            column = by_name.get(condition.column)
            if column is None:
                raise Invalid(f"{field}.column", f"the version has no feature {condition.column[:100]!r}")
            _check_shape(field, condition, column)


def _check_name(field: str, name: str) -> None:
    exact(field, name, shown="a slice's name")
    if name != name.strip() or len(name) > LONGEST_NAME:
        raise Invalid(field, f"a slice's name has 1 to {LONGEST_NAME} characters, and no blanks around them")


def _check_condition(field: str, condition: Condition) -> None:
    bounds = [bound for bound in (condition.low, condition.high) if bound is not None]
    if condition.values is None:
        if not bounds:
            raise Invalid(field, "name values of a category, or a low or a high end of a number")
        if not all(map(math.isfinite, bounds)):
            raise Invalid(field, "low and high are finite numbers")
        if condition.low is not None and condition.high is not None and condition.low >= condition.high:
            raise Invalid(f"{field}.high", "no number is at least low and below high; low is the lesser one")
        return
    if bounds:
        raise Invalid(field, "a column has values, or a low and a high end, and not both")
    if not 1 <= len(condition.values) <= MOST_VALUES:
        raise Invalid(f"{field}.values", f"name 1 to {MOST_VALUES} values")
    if len(set(condition.values)) != len(condition.values):
        raise Invalid(f"{field}.values", "name each value once")
    for value in condition.values:
        exact(f"{field}.values", value, shown="a category")


def _check_shape(field: str, condition: Condition, column: ColumnShape) -> None:
    shown = condition.column[:100]
    if column.kind == "category":
        if condition.values is None:
            raise Invalid(f"{field}.low", f"{shown!r} holds categories; name values")
        unknown = [value for value in condition.values if column.categories and value not in column.categories]
        if unknown:
            raise Invalid(f"{field}.values", f"the signature lets no row have {unknown[0][:100]!r} in {shown!r}")
        return
    if condition.values is not None:
        raise Invalid(f"{field}.values", f"{shown!r} holds numbers; give low or high")
    if condition.low is not None and column.maximum is not None and condition.low > column.maximum:
        raise Invalid(f"{field}.low", f"the signature lets no row have more than {column.maximum:g} in {shown!r}")
    if condition.high is not None and column.minimum is not None and condition.high <= column.minimum:
        raise Invalid(f"{field}.high", f"the signature lets no row have less than {column.minimum:g} in {shown!r}")


def _meaning(condition: Condition) -> object:
    values = None if condition.values is None else frozenset(condition.values)
    return condition.column, values, condition.low, condition.high

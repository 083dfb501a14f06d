"""What a decision is worth, by what it turned out to be, where a plan says so."""

import itertools
import math
from collections.abc import Collection

import msgspec

from cdt.domain.errors import Invalid

FEWEST_CLASSES = 2
MOST_CLASSES = 50
LONGEST_UNIT = 20
LARGEST_VALUE = 1e12


class BusinessValue(msgspec.Struct, frozen=True, kw_only=True):
    """What each pair of label and decision gains or, below zero, costs.

    unit: in what, as people read it: `EUR`, `hours`. classes: the version's, in the order of the values.
    values: [label][decision], in that unit.
    least: what a decision must be worth on average; None to hold it to the baseline, as other performance is.
    """

    unit: str
    classes: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]
    least: float | None = None


def check_worth(worth: BusinessValue) -> None:
    """Raise Invalid for values that mean nothing, whatever the version's classes."""
    unit, classes = worth.unit, worth.classes
    if not (0 < len(unit) <= LONGEST_UNIT and unit.isprintable() and unit == unit.strip()):
        raise Invalid("businessValue.unit", f"a unit has 1 to {LONGEST_UNIT} characters, as in EUR or hours")
    if not FEWEST_CLASSES <= len(classes) <= MOST_CLASSES:
        raise Invalid("businessValue.classes", f"name {FEWEST_CLASSES} to {MOST_CLASSES}")
    if len(set(classes)) != len(classes):
        raise Invalid("businessValue.classes", "name each once")
    if len(worth.values) != len(classes):
        raise Invalid("businessValue.values", f"give a row for each of the {len(classes)} classes, by its label")
    for place, row in enumerate(worth.values):
        if len(row) != len(classes):
            raise Invalid(f"businessValue.values.{place}", f"give a value for each of the {len(classes)} decisions")
        for decision, value in enumerate(row):
            if not (math.isfinite(value) and abs(value) <= LARGEST_VALUE):
                raise Invalid(f"businessValue.values.{place}.{decision}", f"it lies within {LARGEST_VALUE:,.0f} of 0")
    if len(set(itertools.chain.from_iterable(worth.values))) == 1:
        raise Invalid("businessValue.values", "if all are worth the same, no decision is better than another")
    if worth.least is not None and not (math.isfinite(worth.least) and abs(worth.least) <= LARGEST_VALUE):
        raise Invalid("businessValue.least", f"it lies within {LARGEST_VALUE:,.0f} of 0")


def check_classes(worth: BusinessValue, classes: Collection[str]) -> None:
    """Raise Invalid for values of other classes than the version's."""
    if (problem := problem_of_classes(worth, classes)) is not None:
        raise Invalid("businessValue.classes", problem)


def problem_of_classes(worth: BusinessValue, classes: Collection[str]) -> str | None:
    """Which class is too many, or lacking; None where they are the version's, in whatever order."""
    for name in worth.classes:
        if name not in classes:
            return f"the version has no class {name[:100]!r}"
    for name in classes:
        if name not in worth.classes:
            return f"the version's class {name[:100]!r} is not named"
    return None

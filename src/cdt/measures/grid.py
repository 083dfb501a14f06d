"""The grid: how a version's rows are counted. Fitted once from the reference, stored as JSON, the same ever after."""

import hashlib
import math
from functools import cached_property
from typing import Literal, TypeAlias

import msgspec
import numpy as np
from msgspec import UNSET, Struct, UnsetType
from numpy.typing import NDArray

from cdt.measures.cells import NumberCells
from cdt.measures.layout import ABSOLUTE_ERROR, ERROR, LABEL, RELATIVE_ERROR, SQUARED_ERROR, Layout
from cdt.measures.likelihood import Likelihood

OTHER = "(other)"
MISSING = "(missing)"
MOST_CLASSES = 50
MOST_GROUPS = 100


class NumberFeature(Struct, frozen=True, kw_only=True, tag_field="kind", tag="number", forbid_unknown_fields=True):
    """A number column: its cells, and the bins of the stability measures, which are whole runs of cells.

    borders: the cells with which the second bin and the following begin.
    edges: the same borders as numbers: a value belongs to the bin after an edge exactly if it is at least the edge.
    """

    name: str
    cells: NumberCells
    borders: tuple[int, ...]
    edges: tuple[float, ...]

    def __post_init__(self) -> None:
        ascending = all(
            low < high for low, high in zip((0, *self.borders), (*self.borders, self.cells.size), strict=True)
        )
        if not ascending or len(self.borders) != len(self.edges):
            raise ValueError(f"the bins of {self.name!r} must begin at ascending cells, with an edge for each")


class CategoryFeature(
    Struct, frozen=True, kw_only=True, dict=True, tag_field="kind", tag="category", forbid_unknown_fields=True
):
    """A category column: the values that are counted one by one, most frequent first; all others are counted together.

    own_bins: how many of the values, from the first, have a bin of their own in the stability measures; the rarer ones
        share the bin of the others.
    """

    name: str
    values: tuple[str, ...]
    own_bins: int

    def __post_init__(self) -> None:
        if len(set(self.values)) != len(self.values) or not 0 <= self.own_bins <= len(self.values):
            raise ValueError(
                f"the values of {self.name!r} must differ, and no more of them than there are have own bins"
            )

    @cached_property
    def code_by_value(self) -> dict[str, int]:
        """Where each value stands among those that are counted."""
        return {value: code for code, value in enumerate(self.values)}


Feature: TypeAlias = NumberFeature | CategoryFeature


class GroupAttribute(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An attribute by which people are grouped, read from one column.

    values: of a category column, the values that are groups; others share a group.
    bands: of a number column, the ascending numbers at which the second band and the following begin.
    labels: the name of each group: of each value and of the others, or of each band; the last one is missing.
    """

    name: str
    column: str
    values: tuple[str, ...] = ()
    bands: tuple[float, ...] = ()
    labels: tuple[str, ...]

    def __post_init__(self) -> None:
        expected = len(self.bands) + 2 if self.bands else len(self.values) + 2
        ascending = all(low < high for low, high in zip(self.bands, self.bands[1:], strict=False))
        ascending = ascending and all(math.isfinite(band) for band in self.bands)
        if not ascending or (self.bands and self.values) or not expected == len(self.labels) <= MOST_GROUPS + 2:
            raise ValueError(f"attribute {self.name!r} needs values or ascending bands, and a label for every group")


class Outcomes(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How what came is counted of a version that predicts numbers.

    label: the numbers that came. error: how far they lie above the predictions.
    absolute_error, squared_error, relative_error: cells alone, for their means and variances; the last one is the
        distance as a share of the label, of labels other than 0.
    """

    label: NumberFeature
    error: NumberFeature
    absolute_error: NumberCells
    squared_error: NumberCells
    relative_error: NumberCells

    @property
    def cells(self) -> dict[str, NumberCells]:
        """By the names of `OUTCOMES`."""
        return {
            LABEL: self.label.cells,
            ERROR: self.error.cells,
            ABSOLUTE_ERROR: self.absolute_error,
            SQUARED_ERROR: self.squared_error,
            RELATIVE_ERROR: self.relative_error,
        }


class Grid(Struct, frozen=True, kw_only=True, dict=True, forbid_unknown_fields=True):
    """How the rows of one model version are counted.

    format: the version of this structure and of the layout that follows from it.
    features: the columns whose drift is measured, in the order of the signature.
    score: the cells of the model's score, or of the numbers that it predicts.
    groups: the attributes by which fairness is measured.
    classes: what a decision or a label can be; positive_class is the one that is wished for. None of a version that
        predicts numbers.
    likelihood: by which rows are told that are unlike those of the reference. Not there where the reference was small,
        and in grids of releases before it, whose digest stays what it was.
    outcomes: of a version that predicts numbers alone.
    """

    format: Literal[1] = 1
    features: tuple[Feature, ...]
    score: NumberFeature
    groups: tuple[GroupAttribute, ...]
    classes: tuple[str, ...]
    positive_class: str
    likelihood: Likelihood | UnsetType = UNSET
    outcomes: Outcomes | UnsetType = UNSET

    def __post_init__(self) -> None:
        if self.likelihood is not UNSET and len(self.likelihood.bins) != len(self.features):
            raise ValueError("the likelihood of a grid takes every feature")
        for what, names in (
            ("features", [feature.name for feature in self.features]),
            ("attributes", [attribute.name for attribute in self.groups]),
            ("classes", list(self.classes)),
        ):
            if len(set(names)) != len(names):
                raise ValueError(f"the {what} of a grid must have different names")
        if self.outcomes is not UNSET:
            if self.classes or self.positive_class:
                raise ValueError("a grid is of classes or of numbers, not of both")
            return
        if self.positive_class not in self.classes:
            raise ValueError(f"the positive class {self.positive_class!r} is not among the classes")
        if not 2 <= len(self.classes) <= MOST_CLASSES:
            raise ValueError(f"a grid takes 2 to {MOST_CLASSES} classes, not {len(self.classes)}")

    @cached_property
    def layout(self) -> Layout:
        """Where each count of a profile on this grid stands."""
        return Layout.of(
            numbers={feature.name: feature.cells for feature in self.features if isinstance(feature, NumberFeature)},
            score=self.score.cells,
            categories={f.name: len(f.values) + 2 for f in self.features if isinstance(f, CategoryFeature)},
            groups={attribute.name: len(attribute.labels) for attribute in self.groups},
            classes=len(self.classes),
            outcomes={} if self.outcomes is UNSET else self.outcomes.cells,
        )

    @property
    def is_of_numbers(self) -> bool:
        """Whether the version predicts numbers; else it decides among classes."""
        return self.outcomes is not UNSET

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the canonical JSON, in hexadecimal: what names this grid in definitions and profiles."""
        return hashlib.sha256(self.as_json()).hexdigest()

    @cached_property
    def bin_by_cell(self) -> tuple[NDArray[np.uint8], ...]:
        """For each feature (cells,) the bin that a cell of a number lies in; nothing of a category."""
        return tuple(
            np.searchsorted(feature.borders, np.arange(feature.cells.size), side="right").astype(np.uint8)
            if isinstance(feature, NumberFeature)
            else np.empty(0, dtype=np.uint8)
            for feature in self.features
        )

    @cached_property
    def positive_code(self) -> int:
        """The code of the positive class."""
        return self.classes.index(self.positive_class)

    @cached_property
    def by_name(self) -> dict[str, Feature]:
        """The features by name."""
        return {feature.name: feature for feature in self.features}

    @cached_property
    def attributes(self) -> dict[str, GroupAttribute]:
        """The group attributes by name."""
        return {attribute.name: attribute for attribute in self.groups}

    def as_json(self) -> bytes:
        """The canonical JSON: sorted names, no blanks, shortest numbers."""
        return msgspec.json.encode(self, order="sorted")

    @classmethod
    def from_json(cls, stored: bytes | str) -> "Grid":
        """The grid that was stored; a broken one raises `msgspec.ValidationError`."""
        return msgspec.json.decode(stored, type=cls)

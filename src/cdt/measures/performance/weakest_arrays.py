"""The weakest segments of plain arrays: numbers in bins of about as many rows, categories by their most frequent."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from msgspec import UNSET, Struct, UnsetType
from numpy.typing import ArrayLike, NDArray

from cdt.measures.grid import MISSING, OTHER
from cdt.measures.performance.weakest import Codes, Compared, Found, search
from cdt.measures.plain_arrays import classes, encoded, is_missing, one_a_row, same_rows

MOST_BINS = 10
MOST_VALUES = 20


class Condition(Struct, frozen=True, kw_only=True):
    """What the rows of a segment have in common in one column.

    label: the category; of numbers only that they are missing. low, high: the half-open range of a number, from `low`
    up to `high`; None where it has no such end.
    """

    column: str
    label: str | None = None
    low: float | None = None
    high: float | None = None


class WeakSegment(Struct, frozen=True, kw_only=True):
    """Rows that all conditions hold for, against all others.

    errors, rest_errors: the wrong decisions among `rows` and `rest_rows`. low, high: the interval of the gap of the
    error rates, at a confidence that holds for all segments that were searched together.
    """

    conditions: tuple[Condition, ...]
    rows: int
    errors: int
    rest_rows: int
    rest_errors: int
    low: float
    high: float

    @property
    def error_rate(self) -> float:
        """Of the segment."""
        return self.errors / self.rows

    @property
    def rest_error_rate(self) -> float:
        """Of all other rows."""
        return self.rest_errors / self.rest_rows

    @property
    def gap(self) -> float:
        """By how much the segment's error rate is above the rest's."""
        return self.error_rate - self.rest_error_rate


class WeakestSegments(Struct, frozen=True, kw_only=True):
    """At most 10, the gravest first, of `searched`, among `rows` that have a label and a decision.

    minimum_rows: fewer are no segment. labelled_rows: of which those rows are an even part, where they are very many.
    far_off: of a version that predicts numbers, how far a prediction lies from its label that counts as an error.
    """

    segments: tuple[WeakSegment, ...]
    searched: int
    rows: int
    labelled_rows: int
    minimum_rows: int
    confidence: float
    far_off: float | UnsetType = UNSET


def weakest_segments(
    label: ArrayLike,
    decision: ArrayLike,
    columns: Mapping[str, ArrayLike],
    *,
    minimum_rows: int = 30,
    confidence: float = 0.95,
) -> WeakestSegments:
    """Where decisions disagree with labels surely more often than in the rest; see `performance.weakest.search`.

    Rows without a label or a decision don't count. A column of numbers is cut at its tenths, any other into its 20 most
    frequent values and one for the rest; missing is a value of its own.

    >>> found = weakest_segments([1] * 400, [1] * 300 + [0] * 100, {"grade": ["a"] * 300 + ["b"] * 100})
    >>> [(each.conditions[0].label, each.error_rate, each.rows) for each in found.segments]
    [('b', 1.0, 100)]
    """
    labels, decisions = classes(one_a_row(label, "label")), classes(one_a_row(decision, "decision"))
    plain = {name: one_a_row(values, name) for name, values in columns.items()}
    same_rows(label=labels, decision=decisions, **{f"column {name}": values for name, values in plain.items()})
    there = ~(is_missing(labels) | is_missing(decisions))
    is_wrong = np.asarray(labels[there] != decisions[there], dtype=np.bool_)
    cut = [_cut(name, values[there]) for name, values in plain.items()]
    codes = np.stack([codes for codes, _ in cut]) if cut else np.empty((0, len(is_wrong)), dtype=np.uint8)
    conditions = [each for _, each in cut]
    return told(
        search(codes, [len(each) for each in conditions], is_wrong, minimum_rows=minimum_rows, confidence=confidence),
        conditions,
        rows=len(is_wrong),
        labelled_rows=len(is_wrong),
        minimum_rows=minimum_rows,
        confidence=confidence,
    )


def told(
    found: Found,
    conditions: list[list[Condition]],
    *,
    rows: int,
    labelled_rows: int,
    minimum_rows: int,
    confidence: float,
) -> WeakestSegments:
    """What was found, by what the codes of each column stand for."""

    def segment(each: Compared) -> WeakSegment:
        return WeakSegment(
            conditions=tuple(conditions[place][code] for place, code in each.segment),
            rows=each.rows,
            errors=each.errors,
            rest_rows=each.rest_rows,
            rest_errors=each.rest_errors,
            low=each.low,
            high=each.high,
        )

    return WeakestSegments(
        segments=tuple(map(segment, found.weak)),
        searched=found.searched,
        rows=rows,
        labelled_rows=labelled_rows,
        minimum_rows=minimum_rows,
        confidence=confidence,
    )


def ranges(column: str, edges: tuple[float, ...]) -> list[Condition]:
    """The bins between ascending edges, the open ones at both ends included."""
    return [
        Condition(column=column, low=low, high=high) for low, high in zip((None, *edges), (*edges, None), strict=True)
    ]


def _cut(column: str, values: NDArray[Any]) -> tuple[Codes, list[Condition]]:
    """(rows,) codes, and what each stands for."""
    if values.dtype.kind not in "iuf":
        texts, places = encoded(values)
        sizes = np.bincount(places[places >= 0], minlength=len(texts))
        kept = np.argsort(-sizes, kind="stable")[:MOST_VALUES]
        codes = np.full(len(texts) + 1, len(kept), dtype=np.uint8)
        codes[kept] = np.arange(len(kept))
        codes[-1] = len(kept) + 1
        names: list[str] = [*(texts[int(place)] for place in kept), OTHER, MISSING]
        return codes[places], [Condition(column=column, label=name) for name in names]
    numbers = values.astype(np.float64)
    known = numbers[~np.isnan(numbers)]
    shares = np.arange(1, MOST_BINS) / MOST_BINS
    cuts = np.unique(np.quantile(known, shares, method="higher")) if len(known) else np.empty(0)
    edges = tuple(edge for edge in cuts.tolist() if np.isfinite(edge) and edge > known.min())
    codes = np.searchsorted(edges, numbers, side="right").astype(np.uint8)
    codes[np.isnan(numbers)] = len(edges) + 1
    return codes, [*ranges(column, edges), Condition(column=column, label=MISSING)]

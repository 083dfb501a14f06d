"""The measures of drift, of each feature of a window."""

from collections.abc import Iterator

import numpy as np

from cdt.measures.answers import Answer
from cdt.measures.bins import bin_counts
from cdt.measures.columns import Columns, NumberColumn, numbers_of
from cdt.measures.definitions import ReadingRules
from cdt.measures.drift import jensen_shannon_distance, population_stability_index
from cdt.measures.grid import Grid, NumberFeature
from cdt.measures.kolmogorov_smirnov import kolmogorov_smirnov, kolmogorov_smirnov_of_rows
from cdt.measures.profile import Profile


def stability(grid: Grid, baseline: Profile, current: Profile, rules: ReadingRules) -> Iterator[Answer]:
    """How far each feature has moved, over its bins."""
    for feature in grid.features:
        old, new = bin_counts(feature, baseline), bin_counts(feature, current)
        index = population_stability_index(old, new, epsilon=rules.epsilon, confidence=rules.confidence_of("drift"))
        yield Answer("population_stability_index", feature.name, index)
        distance = jensen_shannon_distance(old, new, confidence=rules.confidence_of("drift"))
        yield Answer("jensen_shannon_distance", feature.name, distance)


def gaps(grid: Grid, baseline: Profile, current: Profile, rules: ReadingRules) -> Iterator[Answer]:
    """The greatest gap of each number, by the cells of the grid."""
    for feature in grid.features:
        if isinstance(feature, NumberFeature):
            old, new = baseline.number(feature.name), current.number(feature.name)
            gap = kolmogorov_smirnov(feature.cells, old, new, confidence=rules.confidence_of("drift"))
            yield Answer("kolmogorov_smirnov", feature.name, gap)


def gaps_of_rows(grid: Grid, baseline: Columns, current: Columns, rules: ReadingRules) -> Iterator[Answer]:
    """The greatest gap of each number, at every value of the rows."""
    for feature in grid.features:
        if isinstance(feature, NumberFeature):
            old, new = (_numbers(feature.name, columns) for columns in (baseline, current))
            gap = kolmogorov_smirnov_of_rows(feature.cells, old, new, confidence=rules.confidence_of("drift"))
            yield Answer("kolmogorov_smirnov", feature.name, gap, counted_from="rows")


def _numbers(name: str, columns: Columns) -> NumberColumn:
    if name not in columns:  # a column that isn't there is missing in every row
        return np.empty(0)
    return numbers_of(name, columns[name], len(columns[name]))

"""How far whole rows have moved, all features together: told from a sample of the rows of both sides.

Counts by column don't tell how columns hang together, so this needs rows of the baseline, too. A sample bounds what it
costs: of so many rows an area under a ROC curve is known to 0.01.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cdt.measures.columns import CategoryColumn, Column, Columns
from cdt.measures.drift.classifying import domain_classifier
from cdt.measures.drift.discrepancy import maximum_mean_discrepancy
from cdt.measures.drift.encoding import MOST_CATEGORIES
from cdt.measures.drift.reconstruction import pca_reconstruction_error
from cdt.measures.estimates import Estimate
from cdt.measures.grid import CategoryFeature, Grid

WHOLE_ROWS = ("pca_reconstruction_error", "domain_classifier", "maximum_mean_discrepancy")
SAMPLED_ROWS = 10_000
"""Of each side."""
MOST_DIMENSIONS = 500
"""Of a row as a point: what is fitted to them grows with their square."""
NO_ROWS = "the baseline is counted, and has no rows to hold these against"
ROWS_ALONE = "only an evaluation of rows can tell; a live reading has counts"


@dataclass(frozen=True, slots=True, eq=False)
class SampledRows:
    """At most `SAMPLED_ROWS` rows of one side, (rows,) of each column; or the reason why there are none."""

    columns: Columns | None
    reason: str | None = None


def drawn(columns: Columns, rows: int, *, seed: int) -> SampledRows:
    """So many of the rows at random, in their order; the same seed draws the same."""
    if rows <= SAMPLED_ROWS:
        return SampledRows(columns)
    places = np.sort(np.random.default_rng(seed).choice(rows, SAMPLED_ROWS, replace=False, shuffle=False))
    return SampledRows({name: taken(column, places) for name, column in columns.items()})


def taken(column: Column, places: NDArray[np.intp]) -> Column:
    """The values at these places, without the texts of others."""
    if not isinstance(column, CategoryColumn):
        return column[places]
    codes = column.codes[places]
    used: list[int] = np.unique(codes[codes >= 0]).tolist()
    code = np.full(len(column.values) + 1, -1, dtype=np.int32)  # the last one is that of the missing
    code[used] = np.arange(len(used), dtype=np.int32)
    return CategoryColumn(code[codes], tuple(column.values[place] for place in used))


def whole_rows(
    grid: Grid,
    features: tuple[str, ...],
    baseline: SampledRows,
    current: SampledRows,
    *,
    wanted: tuple[str, ...],
    seed: int,
    confidence: float,
) -> Iterator[tuple[str, Estimate]]:
    """Each of the wanted measures by its name, over these features."""
    reason = baseline.reason or current.reason or _too_wide(grid, features)
    for measure in wanted:
        if reason is not None or baseline.columns is None or current.columns is None:
            yield measure, Estimate.missing(reason or ROWS_ALONE)
            continue
        old, new = (_some(side, features) for side in (baseline.columns, current.columns))
        if measure == "pca_reconstruction_error":
            found = pca_reconstruction_error(old, new, seed=seed, confidence=confidence)
        elif measure == "domain_classifier":
            found = domain_classifier(old, new, seed=seed, confidence=confidence)
        else:
            found = maximum_mean_discrepancy(old, new, seed=seed, confidence=confidence)
        yield measure, found


def _some(columns: Columns, features: tuple[str, ...]) -> Mapping[str, Column]:
    return {name: columns[name] for name in features if name in columns}


def _too_wide(grid: Grid, features: tuple[str, ...]) -> str | None:
    found = [grid.by_name[name] for name in features]
    dimensions = sum(
        1 + (min(MOST_CATEGORIES, len(feature.values)) if isinstance(feature, CategoryFeature) else 1)
        for feature in found
    )
    if dimensions <= MOST_DIMENSIONS:
        return None
    return f"these features make {dimensions:,} dimensions, and at most {MOST_DIMENSIONS} are looked at together"

"""How far values have to be carried to turn one distribution into the other, in the column's own unit."""

import numpy as np

from cdt.measures.cells import NumberCells, about_at
from cdt.measures.estimates import Estimate
from cdt.measures.profile import NumberCounts


def wasserstein_distance(cells: NumberCells, baseline: NumberCounts, current: NumberCounts) -> Estimate:
    """The mean way from one distribution to the other, from two profiles of a number column; missing rows don't count.

    Returns a value in [0, inf), in the column's unit, without an interval; 0 is no change. Within the cells it is right
    to the width of one cell; beyond them the mean way outside stands for all who are there, a value at most 65,536
    times the inner range far.
    Source: Vallender 1974, Calculation of the Wasserstein distance between probability distributions on the line.

    >>> whole = NumberCells(spacing="stepped", origin=-1.0, scale=1.0, count=3, low=0.0, high=3.0)
    >>> def counts(*cells):
    ...     return NumberCounts(cells=np.array(cells), special=0, missing=0, tail_below=0, tail_above=0)
    >>> wasserstein_distance(whole, counts(0, 2, 0, 0, 0), counts(0, 1, 0, 1, 0)).value
    1.0
    """
    rows = baseline.rows, current.rows
    if not all(rows):
        return Estimate.missing("no baseline rows with a value" if not rows[0] else "no current rows with a value")
    gaps = np.cumsum(baseline.cells)[:-1] / rows[0] - np.cumsum(current.cells)[:-1] / rows[1]
    widths = np.diff(about_at(cells, np.arange(1, cells.size)))
    within = float(np.sum(np.abs(gaps[1:]) * widths))
    below, above = (
        abs(old / rows[0] - new / rows[1]) * cells.quantum
        for old, new in ((baseline.tail_below, current.tail_below), (baseline.tail_above, current.tail_above))
    )
    return Estimate(value=within + below + above, rows=min(rows))

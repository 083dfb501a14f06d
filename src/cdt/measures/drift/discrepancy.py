"""How far two sets of rows lie apart under a kernel, and whether chance explains it."""

import math

import numpy as np

from cdt.measures.drift.encoding import Matrix, Table, points_of
from cdt.measures.estimates import Estimate
from cdt.measures.quantiles import normal_quantile

MOST_ROWS = 1_000
PERMUTATIONS = 500


def maximum_mean_discrepancy(
    reference: Table,
    current: Table,
    *,
    most_rows: int = MOST_ROWS,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
    confidence: float = 0.95,
) -> Estimate:
    """How far current rows lie from those of the reference: the distance of their means under a Gaussian kernel.

    The root of the unbiased estimate of its square, 0 where that is below. The kernel is as wide as the median distance
    of two rows of either side. Rows become points (see `points_of`), at most `most_rows` of each side, drawn.

    Returns a value in [0, sqrt(2)]; 0 is no difference. `p_value`: the share of random relabellings of the rows, this
    one included, that lie as far apart. The same seed gives the same number.
    Source: Gretton, Borgwardt, Rasch, Schölkopf and Smola 2012, A kernel two-sample test. Interval: of the square,
    normal with the variance of its first-order terms and that of the relabellings.

    >>> random = np.random.default_rng(1)
    >>> far = maximum_mean_discrepancy(random.normal(size=(99, 2)), random.normal(3, 1, size=(99, 2)))
    >>> far.value > 0.5, far.p_value
    (True, 0.001996007984031936)
    """
    if permutations < 1:
        raise ValueError("one relabelling at least")
    points = points_of(reference, current, most_rows=most_rows, seed=seed)
    rows = len(points.reference), len(points.current)
    if points.reason:
        return Estimate.missing(points.reason, rows=min(rows))
    kernel = gaussian_kernel(np.vstack(points))
    is_current = np.arange(sum(rows)) >= rows[0]
    random = np.random.default_rng(seed)
    labels = np.stack([is_current, *(random.permutation(is_current) for _ in range(permutations))]).astype(np.float64)
    squares = _squares(kernel, labels.T, rows)
    square = float(squares[0])
    as_far = int(np.count_nonzero(squares[1:] >= square - 1e-12))
    variance = _variance(kernel, rows) + float(squares[1:].var())
    reach = normal_quantile(confidence) * math.sqrt(variance)
    value, low, high = (
        min(math.sqrt(2), math.sqrt(max(0.0, each))) for each in (square, square - reach, square + reach)
    )
    return Estimate.of(value, low, high, rows=min(rows), p_value=(as_far + 1) / (permutations + 1))


def gaussian_kernel(points: Matrix) -> Matrix:
    """(rows, rows) exp(-distance squared / (2 * width squared)), as wide as the median distance of two rows."""
    sizes = (points**2).sum(axis=1)
    squares = np.maximum(sizes[:, None] + sizes - 2 * points @ points.T, 0.0)
    np.fill_diagonal(squares, 0.0)
    width = float(np.median(squares[np.triu_indices(len(points), 1)]))
    if width <= 0:  # most rows are the same: as wide as the mean
        width = float(squares.mean()) or 1.0
    return np.exp(squares / (-2 * width))


def _squares(kernel: Matrix, labels: Matrix, rows: tuple[int, int]) -> Matrix:
    """(labellings,) the unbiased squared discrepancy of each column of (rows, labellings) zeros and ones."""
    to_current = kernel @ labels
    trace = np.diagonal(kernel)
    within_new = (labels * to_current).sum(axis=0) - trace @ labels
    to_all = kernel.sum(axis=1)
    across = ((1 - labels) * to_current).sum(axis=0)
    within_old = ((1 - labels) * to_all[:, None]).sum(axis=0) - across - trace @ (1 - labels)
    old, new = rows
    return within_old / (old * (old - 1)) + within_new / (new * (new - 1)) - 2 * across / (old * new)


def _variance(kernel: Matrix, rows: tuple[int, int]) -> float:
    """Of the squared discrepancy, by what each row adds to it."""
    old, new = rows
    of_old = kernel[:old, :old].sum(axis=1) / old - kernel[:old, old:].sum(axis=1) / new
    of_new = kernel[old:, old:].sum(axis=1) / new - kernel[old:, :old].sum(axis=1) / old
    return 4 * (float(of_old.var()) / old + float(of_new.var()) / new)

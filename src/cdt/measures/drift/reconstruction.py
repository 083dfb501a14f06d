"""Whether rows still hang together as the reference's do: what a few directions through it leave of them."""

import math

import numpy as np

from cdt.measures.drift.encoding import Matrix, Table, points_of
from cdt.measures.estimates import Estimate
from cdt.measures.quantiles import normal_quantile, normal_tail

MOST_ROWS = 50_000
SHARE = 0.65


def pca_reconstruction_error(
    reference: Table,
    current: Table,
    *,
    share: float = SHARE,
    most_rows: int = MOST_ROWS,
    seed: int = 0,
    confidence: float = 0.95,
) -> Estimate:
    """How much farther rows lie from the main directions of the reference than rows of the reference do.

    The mean distance of the current rows from the plane of the principal components, over that of reference rows which
    the components weren't fitted to: every other one of them.

    share: of the variance of the reference, what the components hold at least.
    Returns a value in [0, inf), with the p-value of a difference of the two means; 1 is no change. Above 1 columns no
    longer hang together as they did, or lie elsewhere; below 1 they hang together more closely. See `points_of` for how
    rows become points, at most `most_rows` of each side. The same seed gives the same number.
    Source: Jackson and Mudholkar 1979, Control procedures for residuals associated with principal component analysis.
    Interval: the delta method for a ratio of means.

    >>> random = np.random.default_rng(1)
    >>> near, noise = random.normal(size=(2, 400, 1)), random.normal(size=(2, 400, 1))
    >>> old = np.hstack([near[0], near[0] + noise[0] / 9]); new = np.hstack([near[1], -near[1] + noise[1] / 9])
    >>> pca_reconstruction_error(old, new).value > 5
    True
    """
    if not 0 < share <= 1:
        raise ValueError("the components hold a share of the variance in (0, 1]")
    points = points_of(reference, current, most_rows=most_rows, seed=seed)
    rows = min(len(points.reference), len(points.current))
    if points.reason:
        return Estimate.missing(points.reason, rows=rows)
    fitted, kept = points.reference[::2], points.reference[1::2]
    mean, components = principal_components(fitted, share)
    if components.shape[1] == fitted.shape[1]:
        return Estimate.missing("so many directions are needed that they leave nothing of a row", rows=rows)
    before, now = (_distances(side, mean, components) for side in (kept, points.current))
    means = float(before.mean()), float(now.mean())
    if not means[0] > 1e-9:  # what rounding leaves of rows that lie in the plane
        return Estimate.missing("the baseline's rows lie in the plane of their directions", rows=rows)
    errors = [float(side.std(ddof=1)) / math.sqrt(len(side)) for side in (before, now)]
    value = means[1] / means[0]
    reach = normal_quantile(confidence) * math.hypot(errors[1], value * errors[0]) / means[0]
    spread = math.hypot(*errors)
    p_value = normal_tail(abs(means[1] - means[0]) / spread) * 2 if spread else float(means[0] == means[1])
    return Estimate.of(value, max(0.0, value - reach), value + reach, rows=rows, p_value=p_value)


def principal_components(points: Matrix, share: float) -> tuple[Matrix, Matrix]:
    """The mean, (dimensions,), and as few directions, (dimensions, components), as hold that share of the variance."""
    mean = points.mean(axis=0)
    centred = points - mean
    covariance: Matrix = centred.T @ centred / (len(points) - 1)
    found = np.linalg.eigh(covariance)
    variances, directions = found.eigenvalues, found.eigenvectors
    held: Matrix = np.cumsum(np.maximum(variances[::-1], 0.0))
    # rounding must not ask for one direction more
    needed = int(np.count_nonzero(held < share * held[-1] * (1 - 1e-12))) + 1
    return mean, directions[:, ::-1][:, : min(needed, len(held))]


def _distances(points: Matrix, mean: Matrix, components: Matrix) -> Matrix:
    centred = points - mean
    left = centred - centred @ components @ components.T
    return np.sqrt((left**2).sum(axis=1))

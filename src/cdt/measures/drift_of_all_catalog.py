"""The measures of how far all columns together have moved, as the catalog lists them."""

import math

from cdt.measures.drift.classifying import PENALTY
from cdt.measures.drift.discrepancy import MOST_ROWS, PERMUTATIONS
from cdt.measures.drift.encoding import FARTHEST, MOST_CATEGORIES
from cdt.measures.drift.reconstruction import SHARE
from cdt.measures.measure import Measure
from cdt.measures.whole_rows import MOST_DIMENSIONS, SAMPLED_ROWS

_POINTS = {
    "confidence": 0.95,
    "sampled_rows": SAMPLED_ROWS,
    "most_dimensions": MOST_DIMENSIONS,
    "most_categories": MOST_CATEGORIES,
    "farthest": FARTHEST,
    "direction": "current against baseline",
}

OF_ALL: tuple[Measure, ...] = (
    Measure(
        name="drift_score",
        title="Drift score",
        meaning="How far all watched features together have moved from the baseline; 0 is not at all, 1 is nothing in "
        "common in any.",
        family="drift",
        subject="model",
        low=0.0,
        high=1.0,
        better_when="lower",
        formula="mean over the features with a value of their Jensen-Shannon distance, each counting the same",
        interval="the mean of the ends of the features' intervals",
        source="Lin 1991, Divergence measures based on the Shannon entropy; Endres and Schindelin 2003, A new metric "
        "for probability distributions",
        needs=("grid", "features"),
        defaults={"distance": "jensen_shannon_distance", "weights": "equal", "confidence": 0.95},
    ),
    Measure(
        name="pca_reconstruction_error",
        title="Reconstruction error",
        meaning="How much farther rows lie from the main directions of the baseline than its own rows do; 1 is no "
        "change, more is that columns no longer hang together as they did.",
        family="drift",
        subject="model",
        low=0.0,
        high=None,
        better_when="lower",
        formula="mean distance of the current rows from the plane of the principal components that hold the share of "
        "the variance, over that of the baseline's rows which they weren't fitted to: every other one",
        interval="delta method for a ratio of means",
        source="Jackson and Mudholkar 1979, Control procedures for residuals associated with principal component "
        "analysis",
        needs=("features", "seed"),
        defaults={"share": SHARE, **_POINTS},
    ),
    Measure(
        name="domain_classifier",
        title="Domain classifier",
        meaning="How well a classifier tells rows of the window from those of the baseline, all features together: "
        "0.5 is not at all, 1 is every one.",
        family="drift",
        subject="model",
        low=0.0,
        high=1.0,
        better_when="lower",
        formula="area under the ROC curve of a logistic regression with a ridge over the dimensions, their squares and "
        "products, fitted to half of the rows of either side, drawn, and asked about the other half",
        interval="as for the area under the ROC curve",
        source="Lopez-Paz and Oquab 2017, Revisiting classifier two-sample tests",
        needs=("features", "seed"),
        defaults={"penalty": PENALTY, **_POINTS},
    ),
    Measure(
        name="maximum_mean_discrepancy",
        title="Maximum mean discrepancy",
        meaning="How far the rows of the window lie from those of the baseline, all features together, in likeness of "
        "rows to one another; its size hangs on the number of features, and it is judged by its p-value alone.",
        family="drift",
        subject="model",
        low=0.0,
        high=math.sqrt(2),
        better_when="lower",
        formula="root of the unbiased squared distance of the means under a Gaussian kernel as wide as the median "
        "distance of two rows, 0 where that is below",
        interval="of the square, normal with the variance of its first-order terms and that of random relabellings",
        source="Gretton, Borgwardt, Rasch, Schölkopf and Smola 2012, A kernel two-sample test",
        needs=("features", "seed"),
        defaults={"most_rows": MOST_ROWS, "permutations": PERMUTATIONS, **_POINTS},
    ),
)

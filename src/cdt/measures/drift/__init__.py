"""How far a column has moved from its reference: functions of two plain arrays, under the field's names.

`kolmogorov_smirnov(reference, current)` answers an `Estimate`: a value with its interval and, of a test, its p-value,
or the reason why there is none. See `sides` for what the arrays may be. What rests on bins takes those of a grid
fitted to the reference, and so agrees with what is measured from profiles on it. `pca_reconstruction_error`,
`domain_classifier` and `maximum_mean_discrepancy` take whole rows: columns by name, or an array of two dimensions.
`benjamini_hochberg`, `bonferroni` and `drift_score` put many columns together.
"""

from cdt.measures.drift.binning import binned
from cdt.measures.drift.classifying import domain_classifier
from cdt.measures.drift.discrepancy import maximum_mean_discrepancy
from cdt.measures.drift.many import benjamini_hochberg, bonferroni, drift_score
from cdt.measures.drift.orders import kolmogorov_smirnov, normalized_wasserstein_distance, wasserstein_distance
from cdt.measures.drift.reconstruction import pca_reconstruction_error
from cdt.measures.drift.shapes import (
    chi_square,
    hellinger_distance,
    jensen_shannon_distance,
    kullback_leibler_divergence,
    l_infinity_distance,
    population_stability_index,
    total_variation_distance,
)

__all__ = [
    "benjamini_hochberg",
    "binned",
    "bonferroni",
    "chi_square",
    "domain_classifier",
    "drift_score",
    "hellinger_distance",
    "jensen_shannon_distance",
    "kolmogorov_smirnov",
    "kullback_leibler_divergence",
    "l_infinity_distance",
    "maximum_mean_discrepancy",
    "normalized_wasserstein_distance",
    "pca_reconstruction_error",
    "population_stability_index",
    "total_variation_distance",
    "wasserstein_distance",
]

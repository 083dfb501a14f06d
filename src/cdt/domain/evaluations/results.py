"""A measured number, and what it is judged to mean. Lists of results are kept documents, named by their digest."""

import math
from collections.abc import Mapping
from typing import Literal

import msgspec

from cdt.domain.errors import Invalid
from cdt.domain.kernel import Digest

Verdict = Literal["pass", "fail", "inconclusive"]

POPULATION_STABILITY_INDEX = "population_stability_index"
JENSEN_SHANNON_DISTANCE = "jensen_shannon_distance"
KOLMOGOROV_SMIRNOV = "kolmogorov_smirnov"
KULLBACK_LEIBLER_DIVERGENCE = "kullback_leibler_divergence"
HELLINGER_DISTANCE = "hellinger_distance"
TOTAL_VARIATION_DISTANCE = "total_variation_distance"
L_INFINITY_DISTANCE = "l_infinity_distance"
CHI_SQUARE = "chi_square"
WASSERSTEIN_DISTANCE = "wasserstein_distance"
NORMALIZED_WASSERSTEIN_DISTANCE = "normalized_wasserstein_distance"
DRIFT_SCORE = "drift_score"
PCA_RECONSTRUCTION_ERROR = "pca_reconstruction_error"
DOMAIN_CLASSIFIER = "domain_classifier"
MAXIMUM_MEAN_DISCREPANCY = "maximum_mean_discrepancy"
DEMOGRAPHIC_PARITY_DIFFERENCE = "demographic_parity_difference"
DEMOGRAPHIC_PARITY_RATIO = "demographic_parity_ratio"
EQUAL_OPPORTUNITY_DIFFERENCE = "equal_opportunity_difference"
EQUAL_OPPORTUNITY_RATIO = "equal_opportunity_ratio"
EQUALIZED_ODDS_DIFFERENCE = "equalized_odds_difference"
EQUALIZED_ODDS_RATIO = "equalized_odds_ratio"
PREDICTIVE_PARITY_DIFFERENCE = "predictive_parity_difference"
PREDICTIVE_PARITY_RATIO = "predictive_parity_ratio"
FALSE_POSITIVE_RATE_DIFFERENCE = "false_positive_rate_difference"
FALSE_POSITIVE_RATE_RATIO = "false_positive_rate_ratio"
FALSE_NEGATIVE_RATE_DIFFERENCE = "false_negative_rate_difference"
FALSE_NEGATIVE_RATE_RATIO = "false_negative_rate_ratio"
FALSE_DISCOVERY_RATE_DIFFERENCE = "false_discovery_rate_difference"
FALSE_DISCOVERY_RATE_RATIO = "false_discovery_rate_ratio"
ACCURACY_PARITY_DIFFERENCE = "accuracy_parity_difference"
ACCURACY_PARITY_RATIO = "accuracy_parity_ratio"
TREATMENT_EQUALITY_DIFFERENCE = "treatment_equality_difference"
TREATMENT_EQUALITY_RATIO = "treatment_equality_ratio"
CALIBRATION_PARITY_DIFFERENCE = "calibration_parity_difference"
CALIBRATION_PARITY_RATIO = "calibration_parity_ratio"
INTERSECTIONAL_DEMOGRAPHIC_PARITY_DIFFERENCE = "intersectional_demographic_parity_difference"
INTERSECTIONAL_DEMOGRAPHIC_PARITY_RATIO = "intersectional_demographic_parity_ratio"
INTERSECTIONAL_EQUAL_OPPORTUNITY_DIFFERENCE = "intersectional_equal_opportunity_difference"
INTERSECTIONAL_EQUAL_OPPORTUNITY_RATIO = "intersectional_equal_opportunity_ratio"
INTERSECTIONAL_EQUALIZED_ODDS_DIFFERENCE = "intersectional_equalized_odds_difference"
INTERSECTIONAL_EQUALIZED_ODDS_RATIO = "intersectional_equalized_odds_ratio"
THEIL_INDEX = "theil_index"
GENERALIZED_ENTROPY_INDEX = "generalized_entropy_index"
ACCURACY = "accuracy"
PRECISION = "precision"
RECALL = "recall"
ROC_AUC = "roc_auc"
BALANCED_ACCURACY = "balanced_accuracy"
BUSINESS_VALUE = "business_value"
F1 = "f1"
MATTHEWS_CORRELATION = "matthews_correlation"
MACRO_PRECISION = "macro_precision"
MACRO_RECALL = "macro_recall"
MACRO_F1 = "macro_f1"
WEIGHTED_PRECISION = "weighted_precision"
WEIGHTED_F1 = "weighted_f1"
AVERAGE_PRECISION = "average_precision"
LIFT = "lift"
LOG_LOSS = "log_loss"
BRIER_SCORE = "brier_score"
EXPECTED_CALIBRATION_ERROR = "expected_calibration_error"
ESTIMATED_ACCURACY = "estimated_accuracy"
ESTIMATED_BALANCED_ACCURACY = "estimated_balanced_accuracy"
ESTIMATED_PRECISION = "estimated_precision"
ESTIMATED_RECALL = "estimated_recall"
ESTIMATED_F1 = "estimated_f1"
ESTIMATED_ROC_AUC = "estimated_roc_auc"
MEAN_ABSOLUTE_ERROR = "mean_absolute_error"
ROOT_MEAN_SQUARED_ERROR = "root_mean_squared_error"
MEAN_ABSOLUTE_PERCENTAGE_ERROR = "mean_absolute_percentage_error"
R_SQUARED = "r_squared"
STANDARDIZED_MEAN_DIFFERENCE = "standardized_mean_difference"
ERROR_PARITY_RATIO = "error_parity_ratio"
ESTIMATED_MEAN_ABSOLUTE_ERROR = "estimated_mean_absolute_error"
ESTIMATED_ROOT_MEAN_SQUARED_ERROR = "estimated_root_mean_squared_error"
PERFORMANCE_DRIFT = "performance_drift"
CALIBRATION_DRIFT = "calibration_drift"
VOLUME = "volume"
FRESHNESS = "freshness"
MISSING_SHARE = "missing_share"
OUT_OF_RANGE_SHARE = "out_of_range_share"
NEW_CATEGORY_SHARE = "new_category_share"
CONSTANT = "constant"
CLOCK_SKEW = "clock_skew"
DUPLICATE_SHARE = "duplicate_share"
VIOLATION_SHARE = "violation_share"
UNLIKELY_SHARE = "unlikely_share"


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """What values a recorded measure can have, and whether it is taken of each feature or attribute, or of slices."""

    low: float | None = 0.0
    high: float | None = 1.0
    has_subjects: bool
    has_slices: bool = False


RECORDED: Mapping[str, Recorded] = {
    POPULATION_STABILITY_INDEX: Recorded(high=None, has_subjects=True, has_slices=True),
    JENSEN_SHANNON_DISTANCE: Recorded(has_subjects=True, has_slices=True),
    KOLMOGOROV_SMIRNOV: Recorded(has_subjects=True, has_slices=True),
    KULLBACK_LEIBLER_DIVERGENCE: Recorded(high=None, has_subjects=True, has_slices=True),
    HELLINGER_DISTANCE: Recorded(has_subjects=True, has_slices=True),
    TOTAL_VARIATION_DISTANCE: Recorded(has_subjects=True, has_slices=True),
    L_INFINITY_DISTANCE: Recorded(has_subjects=True, has_slices=True),
    CHI_SQUARE: Recorded(high=None, has_subjects=True, has_slices=True),
    WASSERSTEIN_DISTANCE: Recorded(high=None, has_subjects=True, has_slices=True),
    NORMALIZED_WASSERSTEIN_DISTANCE: Recorded(high=None, has_subjects=True, has_slices=True),
    DRIFT_SCORE: Recorded(has_subjects=False, has_slices=True),
    PCA_RECONSTRUCTION_ERROR: Recorded(high=None, has_subjects=False),
    DOMAIN_CLASSIFIER: Recorded(has_subjects=False),
    MAXIMUM_MEAN_DISCREPANCY: Recorded(high=math.sqrt(2), has_subjects=False),
    DEMOGRAPHIC_PARITY_DIFFERENCE: Recorded(has_subjects=True, has_slices=True),
    DEMOGRAPHIC_PARITY_RATIO: Recorded(has_subjects=True, has_slices=True),
    EQUAL_OPPORTUNITY_DIFFERENCE: Recorded(has_subjects=True, has_slices=True),
    EQUAL_OPPORTUNITY_RATIO: Recorded(has_subjects=True, has_slices=True),
    EQUALIZED_ODDS_DIFFERENCE: Recorded(has_subjects=True, has_slices=True),
    EQUALIZED_ODDS_RATIO: Recorded(has_subjects=True, has_slices=True),
    PREDICTIVE_PARITY_DIFFERENCE: Recorded(has_subjects=True, has_slices=True),
    PREDICTIVE_PARITY_RATIO: Recorded(has_subjects=True, has_slices=True),
    FALSE_POSITIVE_RATE_DIFFERENCE: Recorded(has_subjects=True, has_slices=True),
    FALSE_POSITIVE_RATE_RATIO: Recorded(has_subjects=True, has_slices=True),
    FALSE_NEGATIVE_RATE_DIFFERENCE: Recorded(has_subjects=True, has_slices=True),
    FALSE_NEGATIVE_RATE_RATIO: Recorded(has_subjects=True, has_slices=True),
    FALSE_DISCOVERY_RATE_DIFFERENCE: Recorded(has_subjects=True, has_slices=True),
    FALSE_DISCOVERY_RATE_RATIO: Recorded(has_subjects=True, has_slices=True),
    ACCURACY_PARITY_DIFFERENCE: Recorded(has_subjects=True, has_slices=True),
    ACCURACY_PARITY_RATIO: Recorded(has_subjects=True, has_slices=True),
    TREATMENT_EQUALITY_DIFFERENCE: Recorded(high=None, has_subjects=True, has_slices=True),
    TREATMENT_EQUALITY_RATIO: Recorded(has_subjects=True, has_slices=True),
    CALIBRATION_PARITY_DIFFERENCE: Recorded(high=2.0, has_subjects=True, has_slices=True),
    CALIBRATION_PARITY_RATIO: Recorded(has_subjects=True, has_slices=True),
    INTERSECTIONAL_DEMOGRAPHIC_PARITY_DIFFERENCE: Recorded(has_subjects=False),
    INTERSECTIONAL_DEMOGRAPHIC_PARITY_RATIO: Recorded(has_subjects=False),
    INTERSECTIONAL_EQUAL_OPPORTUNITY_DIFFERENCE: Recorded(has_subjects=False),
    INTERSECTIONAL_EQUAL_OPPORTUNITY_RATIO: Recorded(has_subjects=False),
    INTERSECTIONAL_EQUALIZED_ODDS_DIFFERENCE: Recorded(has_subjects=False),
    INTERSECTIONAL_EQUALIZED_ODDS_RATIO: Recorded(has_subjects=False),
    THEIL_INDEX: Recorded(high=None, has_subjects=False, has_slices=True),
    GENERALIZED_ENTROPY_INDEX: Recorded(high=None, has_subjects=False, has_slices=True),
    ACCURACY: Recorded(has_subjects=False, has_slices=True),
    PRECISION: Recorded(has_subjects=False, has_slices=True),
    RECALL: Recorded(has_subjects=False, has_slices=True),
    ROC_AUC: Recorded(has_subjects=False, has_slices=True),
    BALANCED_ACCURACY: Recorded(has_subjects=False, has_slices=True),
    F1: Recorded(has_subjects=False, has_slices=True),
    MATTHEWS_CORRELATION: Recorded(low=-1.0, has_subjects=False, has_slices=True),
    MACRO_PRECISION: Recorded(has_subjects=False, has_slices=True),
    MACRO_RECALL: Recorded(has_subjects=False, has_slices=True),
    MACRO_F1: Recorded(has_subjects=False, has_slices=True),
    WEIGHTED_PRECISION: Recorded(has_subjects=False, has_slices=True),
    WEIGHTED_F1: Recorded(has_subjects=False, has_slices=True),
    AVERAGE_PRECISION: Recorded(has_subjects=False, has_slices=True),
    LIFT: Recorded(high=None, has_subjects=False, has_slices=True),
    LOG_LOSS: Recorded(high=None, has_subjects=False, has_slices=True),
    BRIER_SCORE: Recorded(has_subjects=False, has_slices=True),
    EXPECTED_CALIBRATION_ERROR: Recorded(has_subjects=False, has_slices=True),
    BUSINESS_VALUE: Recorded(low=None, high=None, has_subjects=False, has_slices=True),
    ESTIMATED_ACCURACY: Recorded(has_subjects=False),
    ESTIMATED_BALANCED_ACCURACY: Recorded(has_subjects=False),
    ESTIMATED_PRECISION: Recorded(has_subjects=False),
    ESTIMATED_RECALL: Recorded(has_subjects=False),
    ESTIMATED_F1: Recorded(has_subjects=False),
    ESTIMATED_ROC_AUC: Recorded(has_subjects=False),
    STANDARDIZED_MEAN_DIFFERENCE: Recorded(high=None, has_subjects=True, has_slices=True),
    ERROR_PARITY_RATIO: Recorded(has_subjects=True, has_slices=True),
    MEAN_ABSOLUTE_ERROR: Recorded(high=None, has_subjects=False, has_slices=True),
    ROOT_MEAN_SQUARED_ERROR: Recorded(high=None, has_subjects=False, has_slices=True),
    MEAN_ABSOLUTE_PERCENTAGE_ERROR: Recorded(high=None, has_subjects=False, has_slices=True),
    R_SQUARED: Recorded(low=None, has_subjects=False, has_slices=True),
    ESTIMATED_MEAN_ABSOLUTE_ERROR: Recorded(high=None, has_subjects=False),
    ESTIMATED_ROOT_MEAN_SQUARED_ERROR: Recorded(high=None, has_subjects=False),
    PERFORMANCE_DRIFT: Recorded(low=-1.0, has_subjects=False),
    CALIBRATION_DRIFT: Recorded(has_subjects=False),
    VOLUME: Recorded(high=None, has_subjects=False, has_slices=True),
    FRESHNESS: Recorded(has_subjects=False),
    MISSING_SHARE: Recorded(has_subjects=True),
    OUT_OF_RANGE_SHARE: Recorded(has_subjects=True),
    NEW_CATEGORY_SHARE: Recorded(has_subjects=True),
    CONSTANT: Recorded(has_subjects=True),
    CLOCK_SKEW: Recorded(has_subjects=False),
    DUPLICATE_SHARE: Recorded(has_subjects=False),
    VIOLATION_SHARE: Recorded(has_subjects=False),
    UNLIKELY_SHARE: Recorded(has_subjects=False),
}
"""What an evaluation can measure: an alert rule on anything else would never ring. What a plan doesn't name, nor is
taken where nothing is said, is not there, and such a rule waits."""


class Measurement(msgspec.Struct, frozen=True, kw_only=True):
    """What a measure answered about one subject: a feature, an attribute, or None for the version as a whole.

    value: the number, or None with the `reason`. low, high: its interval at the corrected confidence, or None.
    rows: how many rows it rests on; of labels, where it needs them. baseline: the same measure of the baseline;
    baseline_rows: how many rows that one rests on, or None where nothing is held against it; baseline_rarer_rows: how
    many of them are of the rarer class, where it compares two. baseline_reason: why there is none.
    definition: the digest of the measure's full definition: bins, edges, epsilon, direction, seed.
    """

    measure: str
    subject: str | None = None
    value: float | None
    low: float | None = None
    high: float | None = None
    rows: int
    reason: str | None = None
    baseline: float | None = None
    baseline_rows: int | None = None
    baseline_rarer_rows: int | None = None
    baseline_reason: str | None = None
    definition: Digest


class MeasureResult(msgspec.Struct, frozen=True, kw_only=True):
    """A measurement with its verdict: the number, its interval, what it was judged by, and why.

    baseline: the same measure of the baseline; left out where it rests on fewer rows than the plan asks for and would
        decide something.
    limit: what the value is held against, or None when there is nothing to hold it against.
    has_enough_rows: whether the number rests on the rows that the plan asks for; one that doesn't is shown, and
        counts as missing wherever it would decide something.
    """

    measure: str
    subject: str | None = None
    value: float | None
    low: float | None = None
    high: float | None = None
    rows: int
    has_enough_rows: bool
    verdict: Verdict
    reason: str | None = None
    baseline: float | None = None
    limit: float | None = None
    definition: Digest


def check(measurement: Measurement) -> None:
    """Raise Invalid for numbers that can't be recorded: not finite, or an interval that is half or turned round."""
    where = measurement.measure if measurement.subject is None else f"{measurement.measure}:{measurement.subject}"
    numbers = (measurement.value, measurement.low, measurement.high, measurement.baseline)
    if any(number is not None and not math.isfinite(number) for number in numbers):
        raise Invalid(where, "a number is finite, or missing with a reason")
    if measurement.rows < 0:
        raise Invalid(where, "a number of rows can't be negative")
    if (measurement.low is None) != (measurement.high is None):
        raise Invalid(where, "an interval has two ends")
    if measurement.low is not None and measurement.high is not None and measurement.low > measurement.high:
        raise Invalid(where, "an interval begins at its lower end")

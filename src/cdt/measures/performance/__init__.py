"""How well a model decides, ranks and calls its chances: functions of plain arrays, and what they share with counts.

`roc_auc(label, score)` answers an `Estimate`; see `arrays` for what the arrays may be.
"""

from cdt.measures.performance.arrays import (
    Confusion,
    accuracy,
    average_precision,
    balanced_accuracy,
    brier_score,
    business_value,
    confusion_matrix,
    expected_calibration_error,
    f1,
    lift,
    log_loss,
    matthews_correlation,
    precision,
    recall,
    roc_auc,
)
from cdt.measures.performance.concept import calibration_drift, performance_drift
from cdt.measures.performance.direct_loss import (
    estimated_mean_absolute_error,
    estimated_mean_squared_error,
    estimated_root_mean_squared_error,
)
from cdt.measures.performance.estimated import (
    estimated_accuracy,
    estimated_balanced_accuracy,
    estimated_f1,
    estimated_precision,
    estimated_recall,
    estimated_roc_auc,
)
from cdt.measures.performance.regression import (
    mean_absolute_error,
    mean_absolute_percentage_error,
    r_squared,
    root_mean_squared_error,
)

pr_auc = average_precision
"""Another name of it."""

__all__ = [
    "Confusion",
    "accuracy",
    "average_precision",
    "balanced_accuracy",
    "brier_score",
    "business_value",
    "calibration_drift",
    "confusion_matrix",
    "estimated_accuracy",
    "estimated_balanced_accuracy",
    "estimated_f1",
    "estimated_mean_absolute_error",
    "estimated_mean_squared_error",
    "estimated_precision",
    "estimated_recall",
    "estimated_roc_auc",
    "estimated_root_mean_squared_error",
    "expected_calibration_error",
    "f1",
    "lift",
    "log_loss",
    "matthews_correlation",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "performance_drift",
    "pr_auc",
    "precision",
    "r_squared",
    "recall",
    "roc_auc",
    "root_mean_squared_error",
]

"""How differently groups fare: functions of plain arrays under the field's names, and what they share with counts.

`demographic_parity_difference(decision, group)` answers an `Estimate`; see `parity` for what the arrays may be.
"""

from cdt.measures.fairness.at_once import overview, overview_of, overview_values, tables_of
from cdt.measures.fairness.calibration import calibration_parity_difference, calibration_parity_ratio
from cdt.measures.fairness.disparity import DRAWS, Disparity, DisparityValues, disparity, disparity_values
from cdt.measures.fairness.entropy import generalized_entropy_index, theil_index
from cdt.measures.fairness.impact import PRESETS, impact_ratios, impact_ratios_of_scores
from cdt.measures.fairness.parity import (
    accuracy_parity_difference,
    accuracy_parity_ratio,
    demographic_parity_difference,
    demographic_parity_ratio,
    disparate_impact,
    equal_opportunity_difference,
    equal_opportunity_ratio,
    equalized_odds_difference,
    equalized_odds_ratio,
    false_discovery_rate_difference,
    false_discovery_rate_ratio,
    false_negative_rate,
    false_negative_rate_difference,
    false_negative_rate_ratio,
    false_positive_rate,
    false_positive_rate_difference,
    false_positive_rate_ratio,
    predictive_parity_difference,
    predictive_parity_ratio,
    selection_rate,
    true_positive_rate,
)
from cdt.measures.fairness.shares import Shares
from cdt.measures.fairness.treatment import treatment_equality_difference, treatment_equality_ratio

__all__ = [
    "DRAWS",
    "PRESETS",
    "Disparity",
    "DisparityValues",
    "Shares",
    "accuracy_parity_difference",
    "accuracy_parity_ratio",
    "calibration_parity_difference",
    "calibration_parity_ratio",
    "demographic_parity_difference",
    "demographic_parity_ratio",
    "disparate_impact",
    "disparity",
    "disparity_values",
    "equal_opportunity_difference",
    "equal_opportunity_ratio",
    "equalized_odds_difference",
    "equalized_odds_ratio",
    "false_discovery_rate_difference",
    "false_discovery_rate_ratio",
    "false_negative_rate",
    "false_negative_rate_difference",
    "false_negative_rate_ratio",
    "false_positive_rate",
    "false_positive_rate_difference",
    "false_positive_rate_ratio",
    "generalized_entropy_index",
    "impact_ratios",
    "impact_ratios_of_scores",
    "overview",
    "overview_of",
    "overview_values",
    "predictive_parity_difference",
    "predictive_parity_ratio",
    "selection_rate",
    "tables_of",
    "theil_index",
    "treatment_equality_difference",
    "treatment_equality_ratio",
    "true_positive_rate",
]

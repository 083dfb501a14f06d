"""What the domain judges and reckons with is what the catalog of measures has, under the same names."""

from cdt.domain.evaluations import families
from cdt.domain.evaluations.plan import DEFAULT_POLICY, OUTPUTS
from cdt.domain.evaluations.results import POPULATION_STABILITY_INDEX, RECORDED
from cdt.domain.evaluations.severities import BANDS
from cdt.domain.evaluations.verdicts import limit_of
from cdt.domain.trust import components
from cdt.measures.catalog import BY_NAME
from cdt.measures.outputs import OUTPUT_BY_SUBJECT, SUBJECT_BY_OUTPUT
from tests.domain.builders import a_measurement

JUDGED = {
    POPULATION_STABILITY_INDEX,
    *families.DISTANCES,
    *families.BANDED,
    *families.PARITY_DIFFERENCES,
    *families.PARITY_RATIOS,
    *families.BESIDE_PERFORMANCE,
    *families.CONCEPT,
    *families.QUALITY,
}


def test_every_measure_that_is_judged_or_scored_is_in_the_catalog() -> None:
    scored = {components.STABILITY_MEASURE, *components.FAIRNESS_MEASURES, *components.PERFORMANCE_MEASURES}
    scored |= {*components.ERROR_MEASURES}
    scored |= {*components.QUALITY_MEASURES}

    assert scored <= JUDGED <= set(BY_NAME)


def test_a_limit_lies_on_the_side_that_the_catalog_calls_worse() -> None:
    for name in JUDGED:
        limit = limit_of(a_measurement(name, baseline=0.8), DEFAULT_POLICY)

        assert limit is not None
        assert (limit.right_side == "below") == (BY_NAME[name].better_when == "lower"), name


def test_the_catalogs_other_measures_are_shown_and_not_judged() -> None:
    # rates of single groups are what the gaps are made of; a distance in a feature's own unit, a statistic that
    # grows with the rows, what hangs on how many features there are, errors for each error
    # and an index of inequality have no common limit; a squared error is told by its root
    assert set(BY_NAME) - JUDGED == {
        "wasserstein_distance",
        "chi_square",
        "selection_rate",
        "true_positive_rate",
        "treatment_equality_difference",
        "theil_index",
        "generalized_entropy_index",
        "pca_reconstruction_error",
        "maximum_mean_discrepancy",
        "estimated_mean_squared_error",
    }


def test_what_is_recorded_has_the_range_and_the_subjects_of_the_catalog() -> None:
    for name, recorded in RECORDED.items():
        measure = BY_NAME[name]

        assert (recorded.low, recorded.high) == (measure.low, measure.high), name
        assert recorded.has_subjects == (measure.subject != "model"), name
        assert recorded.has_slices == (name in families.IN_SLICES), name


def test_every_measure_with_bands_of_severity_is_one_of_drift_that_is_judged() -> None:
    assert set(BANDS) == {POPULATION_STABILITY_INDEX, *families.DISTANCES, *families.BANDED}
    assert {BY_NAME[name].family for name in BANDS} == {"drift"}


def test_the_outputs_are_the_same_in_plans_in_readings_and_in_the_score() -> None:
    assert tuple(SUBJECT_BY_OUTPUT) == OUTPUTS
    assert set(OUTPUT_BY_SUBJECT) == components.OUTPUTS
    assert set(OUTPUT_BY_SUBJECT.values()) == set(OUTPUTS)

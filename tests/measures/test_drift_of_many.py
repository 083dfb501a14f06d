"""Many columns at once: corrected p-values and one score."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from cdt.measures import Estimate, drift
from cdt.measures.drift.many import NO_WEIGHT

from .builders import chance

chances = st.lists(st.floats(0, 1), min_size=1, max_size=30)


@given(chances)
def test_the_false_discovery_correction_is_that_of_scipy(p_values: list[float]) -> None:
    assert drift.benjamini_hochberg(p_values) == pytest.approx(false_discovery_control(p_values), abs=1e-12)


@given(chances, st.randoms(use_true_random=False))
def test_corrections_keep_the_order_raise_and_do_not_depend_on_it(p_values: list[float], order: object) -> None:
    found = np.array(p_values)
    for correct in (drift.benjamini_hochberg, drift.bonferroni):
        corrected = correct(found)
        assert (corrected >= found * (1 - 1e-12)).all()
        assert (corrected <= 1).all()
        assert (np.diff(corrected[np.argsort(found, kind="stable")]) >= 0).all()
        places = list(range(len(p_values)))
        order.shuffle(places)  # type: ignore[attr-defined]
        assert correct(found[places]) == pytest.approx(corrected[places], abs=1e-15)
    assert (drift.benjamini_hochberg(found) <= drift.bonferroni(found) + 1e-15).all()


def test_a_missing_p_value_stays_missing_and_does_not_count() -> None:
    for correct in (drift.benjamini_hochberg, drift.bonferroni):
        with_gap = correct([0.01, np.nan, 0.2])
        assert np.isnan(with_gap[1])
        assert with_gap[[0, 2]].tolist() == correct([0.01, 0.2]).tolist()
        assert correct([]).tolist() == []


@pytest.mark.parametrize("broken", [[1.1], [-0.1], [[0.5]]])
def test_what_is_no_p_value_is_refused(broken: list[float]) -> None:
    with pytest.raises(ValueError, match=r"in \[0, 1\]"):
        drift.bonferroni(broken)


def test_of_many_columns_without_drift_hardly_ever_one_is_found_after_correction() -> None:
    random = chance(2)
    windows = 0
    for _ in range(60):
        p_values = [
            drift.kolmogorov_smirnov(random.normal(size=300), random.normal(size=300)).p_value for _ in range(10)
        ]
        windows += bool((drift.benjamini_hochberg(p_values) <= 0.05).any())
    assert windows <= 9  # 5 % of 60 are 3; 9 would be 3.6 standard errors more


NEAR, FAR = Estimate.of(0.1, 0.0, 0.2, rows=900), Estimate.of(0.5, 0.4, 0.7, rows=300)


def test_the_score_is_the_mean_weighted_by_importance_where_it_is_known() -> None:
    equal = drift.drift_score({"age": NEAR, "sex": FAR})
    assert equal.value == pytest.approx(0.3)
    assert (equal.low, equal.high, equal.rows) == (pytest.approx(0.2), pytest.approx(0.45), 300)
    assert drift.drift_score({"age": NEAR, "sex": FAR}, {"age": 3, "sex": 1}).value == pytest.approx(0.2)
    # a column that isn't named counts as the mean of the named, one that isn't there not at all
    assert drift.drift_score({"age": NEAR, "sex": FAR}, {"age": 3, "town": 99}).value == pytest.approx(0.3)


def test_a_column_without_a_distance_does_not_count() -> None:
    gone = Estimate.missing("no current rows")
    assert drift.drift_score({"age": NEAR, "sex": gone}, {"sex": 9.0, "age": 1.0}).value == pytest.approx(0.1)
    assert drift.drift_score({"sex": gone}).reason == "no column has a distance"
    assert drift.drift_score({}).reason == "no column has a distance"


def test_weights_that_sum_to_nothing_give_no_score() -> None:
    assert drift.drift_score({"age": NEAR}, {"age": 0.0}).reason == NO_WEIGHT
    assert drift.drift_score({"age": NEAR, "sex": FAR}, {"age": 1e308, "sex": 1e308}).reason is not None
    for broken in (-1.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="importance of 'age'"):
            drift.drift_score({"age": NEAR}, {"age": broken})
    with pytest.raises(ValueError, match=r"does not lie in \[0, 1\]"):
        drift.drift_score({"age": Estimate.of(2.0, 1.0, 3.0, rows=9)})


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1e6)), min_size=1, max_size=12))
def test_the_score_lies_between_its_columns_in_any_order(columns: list[tuple[float, float]]) -> None:
    distances = {f"x{place}": Estimate.of(value, value, value, rows=1) for place, (value, _) in enumerate(columns)}
    importance = {f"x{place}": weight for place, (_, weight) in enumerate(columns)}
    found = drift.drift_score(distances, importance)
    if found.value is None:
        assert found.reason == NO_WEIGHT
        return
    values = [value for value, _ in columns]
    assert min(values) - 1e-12 <= found.value <= max(values) + 1e-12
    other = drift.drift_score(dict(reversed(distances.items())), importance)
    assert other.value == pytest.approx(found.value, abs=1e-12)

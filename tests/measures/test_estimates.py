import math

import pytest
from scipy.stats import binomtest, ncx2

from cdt.measures import Estimate
from cdt.measures.estimates import wilson_interval
from cdt.measures.quantiles import noncentrality_interval, normal_quantile


@pytest.mark.parametrize("broken", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("where", ["value", "low", "high"])
def test_a_number_that_is_none_never_leaves_the_room(where: str, broken: float) -> None:
    numbers = {"value": 1.0, "low": 0.0, "high": 2.0} | {where: broken}
    with pytest.raises(ValueError, match="finite"):
        Estimate(**numbers, rows=1)


@pytest.mark.parametrize(("value", "reason"), [(None, None), (1.0, "but why")])
def test_there_is_either_a_value_or_a_reason(value: float | None, reason: str | None) -> None:
    with pytest.raises(ValueError, match="either a value or a reason"):
        Estimate(value=value, reason=reason, rows=1)


def test_an_interval_is_widened_to_hold_its_value() -> None:
    estimate = Estimate.of(0.5, 0.6, 0.7, rows=3)
    assert (estimate.low, estimate.high) == (0.5, 0.7)


@pytest.mark.parametrize(("part", "rows"), [(0, 1), (1, 1), (3, 10), (500, 1_000)])
def test_the_interval_of_a_share_is_that_of_scipy(part: int, rows: int) -> None:
    expected = binomtest(part, rows).proportion_ci(method="wilson")
    assert wilson_interval(part / rows, rows) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_nothing_is_known_of_a_share_of_no_rows() -> None:
    assert wilson_interval(0.0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(("statistic", "degrees"), [(40.0, 9), (700.0, 1), (1_500.0, 19), (80_000.0, 9)])
def test_at_the_ends_of_the_interval_the_statistic_is_as_unlikely_as_allowed(statistic: float, degrees: int) -> None:
    low, high = noncentrality_interval(statistic, degrees)
    assert ncx2.sf(statistic, degrees, low) == pytest.approx(0.025, rel=0.02)
    assert ncx2.cdf(statistic, degrees, high) == pytest.approx(0.025, rel=0.02)


@pytest.mark.parametrize("confidence", [0.0, 1.0, -1.0, math.nan])
def test_a_confidence_lies_between_0_and_1(confidence: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        normal_quantile(confidence)

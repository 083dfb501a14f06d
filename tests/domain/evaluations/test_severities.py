import math

import pytest
from scipy import integrate, stats

from cdt.domain.errors import Invalid
from cdt.domain.evaluations import plan
from cdt.domain.evaluations.plan import PlanPolicy
from cdt.domain.evaluations.severities import BANDS, Bands, bands_of, check, severity_of
from cdt.domain.evaluations.verdicts import BANDED, limit_of
from tests.domain.builders import a_measurement

OWN = Bands(measure="hellinger_distance", low=0.1, medium=0.2, high=0.3, critical=0.4)


def jensen_shannon(shift: float) -> float:
    def density(x: float) -> float:
        one, other = stats.norm.pdf(x), stats.norm.pdf(x, shift)
        middle = (one + other) / 2
        return float(one * math.log2(one / middle) + other * math.log2(other / middle)) / 2

    return math.sqrt(integrate.quad(density, -9, 9)[0])


def most_of_ten_bins(shift: float) -> float:
    edges = [-math.inf, *(float(stats.norm.ppf(tenth / 10)) for tenth in range(1, 10)), math.inf]
    return max(
        abs(stats.norm.cdf(edges[place + 1] - shift) - stats.norm.cdf(edges[place] - shift) - 0.1)
        for place in range(10)
    )


SHOWN = {
    "population_stability_index": lambda shift: shift**2,
    "jensen_shannon_distance": jensen_shannon,
    "kullback_leibler_divergence": lambda shift: shift**2 / 2,
    "hellinger_distance": lambda shift: math.sqrt(1 - math.exp(-(shift**2) / 8)),
    "total_variation_distance": lambda shift: 2 * stats.norm.cdf(shift / 2) - 1,
    "kolmogorov_smirnov": lambda shift: 2 * stats.norm.cdf(shift / 2) - 1,
    "l_infinity_distance": most_of_ten_bins,
    "normalized_wasserstein_distance": lambda shift: shift,
    "drift_score": jensen_shannon,
    "domain_classifier": lambda shift: stats.norm.cdf(shift / math.sqrt(2)),
}


@pytest.mark.parametrize("measure", BANDS)
def test_the_bands_of_every_measure_are_what_it_shows_of_the_change_whose_index_is_the_band(measure: str) -> None:
    for index, (_, start) in zip((0.05, 0.10, 0.15, 0.25), BANDS[measure].ascending, strict=True):
        assert start == pytest.approx(SHOWN[measure](math.sqrt(index)), abs=6e-4)


def test_a_band_begins_at_its_value() -> None:
    index = "population_stability_index"
    found = [severity_of(index, value) for value in (0.0, 0.0499, 0.05, 0.10, 0.15, 0.25, 9.0)]
    assert found == ["none", "none", "low", "medium", "high", "critical", "critical"]


def test_what_has_no_value_or_no_bands_has_no_severity() -> None:
    assert severity_of("hellinger_distance", None) is None
    assert severity_of("chi_square", 5.0) is None
    assert bands_of("accuracy", (OWN,)) is None


def test_bands_that_a_plan_chooses_go_before_the_usual_ones() -> None:
    assert severity_of("hellinger_distance", 0.25, (OWN,)) == "medium"
    assert severity_of("total_variation_distance", 0.25, (OWN,)) == "critical"


@pytest.mark.parametrize("measure", sorted(BANDED))
def test_a_distance_has_drifted_where_it_is_called_high(measure: str) -> None:
    limit = limit_of(a_measurement(measure), PlanPolicy())
    assert limit is not None
    assert (limit.right_side, limit.value) == ("below", BANDS[measure].high)
    own = limit_of(a_measurement("hellinger_distance"), PlanPolicy(bands=(OWN,)))
    assert own is not None
    assert own.value == 0.3


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ((OWN, OWN), "name each measure once"),
        ((Bands(measure="accuracy", low=0.1, medium=0.2, high=0.3, critical=0.4),), "no bands of 'accuracy'"),
        ((Bands(measure="hellinger_distance", low=0.1, medium=0.1, high=0.3, critical=0.4),), "ascend from low"),
        ((Bands(measure="hellinger_distance", low=0.0, medium=0.1, high=0.3, critical=0.4),), "above 0"),
        ((Bands(measure="hellinger_distance", low=0.1, medium=0.2, high=0.3, critical=math.nan),), "numbers above 0"),
    ],
)
def test_bands_that_can_not_be_followed_are_refused(broken: tuple[Bands, ...], said: str) -> None:
    with pytest.raises(Invalid, match=said):
        check(broken)
    with pytest.raises(Invalid, match=said):
        plan.check(PlanPolicy(bands=broken))


def test_a_plan_names_outputs_that_there_are_each_once() -> None:
    plan.check(PlanPolicy(outputs=("decision", "score", "label")))
    for outputs in (("decision", "decision"), ("mood",)):
        with pytest.raises(Invalid):
            plan.check(PlanPolicy(outputs=outputs))  # type: ignore[arg-type]

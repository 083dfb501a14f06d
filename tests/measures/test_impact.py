"""Impact ratios: exact values, what a rule leaves out, and how often the intervals hold."""

import numpy as np
import pytest

from cdt.measures import fairness
from cdt.measures.fairness.impact import FOUR_FIFTHS, LOCAL_LAW_144, PRESETS, Impact

from .builders import chance


def values_of(impact: Impact) -> dict[str, float | None]:
    return {each.name: each.ratio.value for each in impact.categories}


def repeated(*groups: tuple[str, str, int, int]) -> tuple[list[int], list[str], list[str]]:
    """(sex, race, rows, selected) as rows."""
    decision, sex, race = [], [], []
    for one, other, rows, selected in groups:
        decision += [1] * selected + [0] * (rows - selected)
        sex += [one] * rows
        race += [other] * rows
    return decision, sex, race


def test_the_city_asks_for_each_attribute_and_for_their_intersections() -> None:
    decision, sex, race = repeated(("f", "a", 100, 20), ("f", "b", 100, 30), ("m", "a", 100, 50), ("m", "b", 100, 40))
    by_sex, by_race, by_both = fairness.impact_ratios(decision, {"sex": sex, "race": race}, preset=LOCAL_LAW_144)
    assert (by_sex.attributes, by_race.attributes, by_both.attributes) == (("sex",), ("race",), ("sex", "race"))
    assert values_of(by_sex) == {"f": pytest.approx(50 / 90), "m": 1.0}
    assert values_of(by_race) == {"a": 1.0, "b": 1.0}
    assert values_of(by_both) == {"f & a": 0.4, "f & b": 0.6, "m & a": 1.0, "m & b": 0.8}
    assert len(fairness.impact_ratios(decision, {"sex": sex, "race": race}, preset=FOUR_FIFTHS)) == 2


def test_a_category_of_less_than_two_in_a_hundred_is_shown_and_not_compared() -> None:
    decision, sex, _ = repeated(("f", "", 490, 100), ("m", "", 491, 200), ("x", "", 19, 19))
    (impact,) = fairness.impact_ratios(decision, {"sex": sex}, preset=LOCAL_LAW_144)
    small = impact.categories[2]
    assert (small.name, small.rows, small.share, small.rate.value) == ("x", 19, 0.019, 1.0)
    assert small.ratio.reason == "less than 2% of the rows"
    assert impact.categories[1].ratio.value == 1.0
    (all_of_them,) = fairness.impact_ratios(decision, {"sex": sex}, preset=FOUR_FIFTHS)
    assert values_of(all_of_them)["x"] == 1.0
    exactly, sex, _ = repeated(("f", "", 490, 100), ("m", "", 490, 200), ("x", "", 20, 20))
    assert values_of(fairness.impact_ratios(exactly, {"sex": sex}, preset=LOCAL_LAW_144)[0])["x"] == 1.0


def test_rows_of_unknown_category_are_counted_apart() -> None:
    (impact,) = fairness.impact_ratios([1, 0, 1, 1, None], {"sex": ["f", "f", "m", None, "m"]})
    assert impact.unknown == 1
    assert [each.rows for each in impact.categories] == [2, 1]


def test_scores_select_those_above_the_median_of_all() -> None:
    score = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, float("nan")]
    (impact,) = fairness.impact_ratios_of_scores(score, {"sex": ["f", "m", "f", "f", "m", "m", "m"]})
    assert {each.name: each.rate.value for each in impact.categories} == {"f": 1 / 3, "m": 2 / 3}
    assert values_of(impact) == {"f": 0.5, "m": 1.0}


def test_nobody_and_nobody_selected_have_no_ratio() -> None:
    (nobody,) = fairness.impact_ratios([], {"sex": []})
    assert (nobody.categories, nobody.unknown) == ((), 0)
    (impact,) = fairness.impact_ratios([0, 0], {"sex": ["f", "m"]})
    assert {each.ratio.reason for each in impact.categories} == {"no positive decisions in any group"}
    (alone,) = fairness.impact_ratios([1, 0], {"sex": ["f", "f"]})
    assert alone.categories[0].ratio.reason == "fewer than two categories"
    (unscored,) = fairness.impact_ratios_of_scores([np.nan], {"sex": ["f"]})
    assert (unscored.categories, unscored.unknown) == ((), 0)


def test_the_presets_are_told_by_name_and_source() -> None:
    assert {name: (each.limit, each.least_share, each.pairs) for name, each in PRESETS.items()} == {
        "four_fifths": (0.8, 0.0, False),
        "nyc_local_law_144": (None, 0.02, True),
    }
    assert all(each.source and each.title for each in PRESETS.values())


@pytest.mark.parametrize(
    ("rows", "rates"),
    [([300, 300], [0.5, 0.5]), ([1_000, 200, 150, 150], [0.4, 0.4, 0.3, 0.4]), ([80, 900], [0.2, 0.5])],
)
def test_the_interval_of_each_ratio_holds_the_true_one(rows: list[int], rates: list[float]) -> None:
    random = chance(9)
    names = [f"{place}" for place in range(len(rows))]
    group = np.repeat(names, rows)
    misses = dict.fromkeys(names, 0)
    for _ in range(200):
        parts = random.binomial(rows, rates)
        decision = np.concatenate([np.arange(size) < part for size, part in zip(rows, parts, strict=True)])
        (impact,) = fairness.impact_ratios(decision, {"group": group}, positive=True)
        for category, rate in zip(impact.categories, rates, strict=True):
            low, high = category.ratio.low, category.ratio.high
            assert low is not None
            assert high is not None
            misses[category.name] += not low - 1e-12 <= rate / max(rates) <= high + 1e-12
    assert max(misses.values()) <= 25  # 5 % of 200 are 10; 25 would be 5 standard errors more

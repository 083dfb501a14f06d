"""What decisions are worth: by hand, as often within its interval as it says, and from rows as from profiles."""

import numpy as np
import pytest
from numpy.typing import NDArray

from cdt.measures import ReadingRules, reading_from_profiles, reading_from_rows
from cdt.measures.definitions import Worth
from cdt.measures.performance import business_value
from cdt.measures.performance.worth import business_value_of

from .builders import a_grid, a_sample, chance

VALUES = np.array([[0.0, -80.0], [-5.0, 20.0]])
"""[decision][label]"""
GRID = a_grid()


def test_it_is_the_mean_of_what_each_row_is_worth() -> None:
    found = business_value_of(np.array([[60, 2], [8, 30], [7, 7]]), VALUES)

    assert (found.value, found.rows) == ((60 * 0 - 2 * 80 - 8 * 5 + 30 * 20) / 100, 100)


def test_rows_without_a_decision_are_worth_nothing_known() -> None:
    found = business_value_of(np.array([[0, 0], [0, 0], [7, 7]]), VALUES)

    assert (found.value, found.reason) == (None, "no labelled rows with a decision")


def test_rows_that_are_all_alike_prove_little() -> None:
    found = business_value_of(np.array([[0, 0], [0, 50]]), VALUES)

    assert (found.value, found.high) == (20.0, 20.0)
    assert found.low is not None
    assert 10 < found.low < 15


def test_where_all_are_worth_the_same_there_is_no_doubt() -> None:
    found = business_value([1, 0, 1], [1, 1, 0], {(1, 1): 3, (1, 0): 3, (0, 1): 3})

    assert (found.low, found.value, found.high) == (3.0, 3.0, 3.0)


@pytest.mark.parametrize("rows", [60, 1_000])
@pytest.mark.parametrize("chances", [(0.6, 0.02, 0.08, 0.3), (0.25, 0.25, 0.25, 0.25), (0.02, 0.0, 0.03, 0.95)])
def test_its_interval_holds_the_true_one_as_often_as_it_says(rows: int, chances: tuple[float, ...]) -> None:
    truth = float(np.array(chances) @ VALUES.ravel())
    random, hits = chance(11), 0
    for counts in random.multinomial(rows, chances, size=2_000):
        found = business_value_of(counts.reshape(2, 2), VALUES)
        assert found.low is not None
        assert found.high is not None
        hits += found.low <= truth <= found.high

    assert hits >= 0.93 * 2_000


def of_rules(values: NDArray[np.float64], classes: tuple[str, ...] = GRID.classes) -> ReadingRules:
    worth = Worth(unit="EUR", classes=classes, values=tuple(map(tuple, values.T.tolist())))
    return ReadingRules(worth=worth)


def test_it_is_the_same_from_rows_and_profiles_in_whatever_order_classes_are_named() -> None:
    before, now = a_sample(GRID, 1, 4_000), a_sample(GRID, 2, 3_000)
    old, new = before.profile(GRID), now.profile(GRID)
    turned = of_rules(VALUES[::-1, ::-1], GRID.classes[::-1])

    found = [
        reading_from_profiles(GRID, old, new, of_rules(VALUES)).result("business_value"),
        reading_from_rows(GRID, before, now, of_rules(VALUES)).result("business_value"),
        reading_from_profiles(GRID, old, new, turned).result("business_value"),
    ]

    by_hand = float((new.confusion[:2] * VALUES).sum() / new.confusion[:2].sum())
    before_by_hand = float((old.confusion[:2] * VALUES).sum() / old.confusion[:2].sum())
    assert found[0].estimate.value == pytest.approx(by_hand, abs=1e-12)
    assert found[0].baseline == pytest.approx(before_by_hand, abs=1e-12)
    assert [each.estimate for each in found] == [found[0].estimate] * 3
    assert found[0].definition["values"]["values"] == [[0.0, -5.0], [-80.0, 20.0]]
    assert found[0].definition_digest == found[1].definition_digest


def test_it_is_not_taken_where_nothing_is_said_of_it() -> None:
    old, new = a_sample(GRID, 1, 400).profile(GRID), a_sample(GRID, 2, 300).profile(GRID)

    with pytest.raises(KeyError):
        reading_from_profiles(GRID, old, new, ReadingRules()).result("business_value")


def test_a_class_that_nothing_is_said_of_has_no_worth() -> None:
    old, new = a_sample(GRID, 1, 400).profile(GRID), a_sample(GRID, 2, 300).profile(GRID)

    found = reading_from_profiles(GRID, old, new, of_rules(VALUES, (GRID.classes[0], "else"))).result("business_value")

    assert found.estimate.value is None
    assert found.estimate.reason is not None
    assert found.estimate.reason.startswith("it isn't said what ")

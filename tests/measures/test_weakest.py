"""The weakest segments: a planted one is found, nothing is where nothing is, whatever stands in the columns."""

import numpy as np
import pytest
from numpy.typing import NDArray

from cdt.measures.performance.weakest import MOST_SHOWN
from cdt.measures.performance.weakest_arrays import (
    MOST_VALUES,
    Condition,
    WeakestSegments,
    weakest_segments,
)

ROWS = 4_000


def columns(seed: int = 7) -> dict[str, NDArray[np.generic]]:
    draw = np.random.default_rng(seed)
    return {
        "age": np.round(draw.uniform(18, 80, ROWS)),
        "grade": np.array(["8", "9", "10", "11"])[draw.integers(0, 4, ROWS)],
        "town": np.array(["north", "south"])[draw.integers(0, 2, ROWS)],
        "income": draw.lognormal(10, 1, ROWS),
    }


def wrong_by(chance: NDArray[np.float64], seed: int = 8) -> NDArray[np.int64]:
    return (np.random.default_rng(seed).random(len(chance)) < chance).astype(np.int64)


def found_in(wrong: NDArray[np.int64], given: dict[str, NDArray[np.generic]]) -> WeakestSegments:
    return weakest_segments(np.zeros(len(wrong)), wrong, given)


def test_a_planted_pair_is_found_alone_without_its_parents() -> None:
    given = columns()
    planted = (given["grade"] == "9") & (given["town"] == "south")
    wrong = wrong_by(np.where(planted, 0.5, 0.1))

    found = found_in(wrong, given)

    assert [each.conditions for each in found.segments] == [
        (Condition(column="grade", label="9"), Condition(column="town", label="south"))
    ]
    (only,) = found.segments
    assert (only.rows, only.errors) == (int(planted.sum()), int(wrong[planted].sum()))
    assert (only.rest_rows, only.rest_errors) == (int((~planted).sum()), int(wrong[~planted].sum()))
    assert 0 < only.low < only.gap < only.high


def test_a_planted_column_is_found_alone_without_the_pairs_in_it() -> None:
    given = columns()
    wrong = wrong_by(np.where(given["grade"] == "9", 0.4, 0.1))

    assert [each.conditions for each in found_in(wrong, given).segments] == [(Condition(column="grade", label="9"),)]


def test_a_pair_that_is_worse_than_its_weak_parent_stands_beside_it() -> None:
    given = columns()
    nine = given["grade"] == "9"
    wrong = wrong_by(np.where(nine & (given["town"] == "south"), 0.9, np.where(nine, 0.4, 0.05)))

    told = [tuple(each.label for each in segment.conditions) for segment in found_in(wrong, given).segments]

    assert told == [("9",), ("9", "south")]


def test_a_range_of_a_number_is_told_by_its_ends() -> None:
    given = columns()
    old = np.asarray(given["age"], dtype=np.float64) >= 74
    (only,) = found_in(wrong_by(np.where(old, 0.5, 0.05)), {"age": given["age"]}).segments

    (condition,) = only.conditions
    assert condition.label is None
    assert condition.high is None
    assert condition.low is not None
    assert 72 <= condition.low <= 76
    assert only.rows == int((np.asarray(given["age"], dtype=np.float64) >= condition.low).sum())


def test_the_order_of_the_rows_changes_nothing() -> None:
    given = columns()
    wrong = wrong_by(np.where(given["grade"] == "9", 0.4, 0.1))
    order = np.random.default_rng(3).permutation(ROWS)

    assert found_in(wrong[order], {name: values[order] for name, values in given.items()}) == found_in(wrong, given)


def test_of_wrong_decisions_that_lie_anywhere_no_segment_is_named() -> None:
    named = [found_in(wrong_by(np.full(ROWS, 0.1), seed), columns(seed + 100)).segments for seed in range(20)]

    assert named == [()] * 20


def test_a_copy_of_a_column_is_not_shown_again() -> None:
    given = columns() | {"grade again": columns()["grade"]}
    wrong = wrong_by(np.where(given["grade"] == "9", 0.4, 0.1))

    assert len(found_in(wrong, given).segments) == 1


def test_at_most_ten_are_shown_those_with_most_wrong_decisions_first() -> None:
    draw = np.random.default_rng(1)
    value = draw.integers(0, 40, 80_000)
    given = {"shop": np.array([f"shop {place}" for place in range(40)])[value]}
    found = found_in(wrong_by(np.where((value < 30) & (value % 2 == 0), 0.5, 0.02)), given).segments

    assert len(found) == MOST_SHOWN
    surely = [each.low * each.rows for each in found]
    assert surely == sorted(surely, reverse=True)


@pytest.mark.parametrize("decision", [0, 1])
def test_rows_that_are_all_right_or_all_wrong_have_no_weak_segment(decision: int) -> None:
    found = found_in(np.full(ROWS, decision), columns())

    assert found.segments == ()
    assert found.searched > 0


def test_columns_that_are_all_missing_are_no_segment() -> None:
    given = {"gone": np.full(ROWS, np.nan), "away": np.full(ROWS, None)}

    assert found_in(wrong_by(np.full(ROWS, 0.3)), given).searched == 0


def test_the_missing_can_be_the_weakest() -> None:
    age = np.array(columns()["age"], dtype=np.float64)
    age[::5] = np.nan
    (only,) = found_in(wrong_by(np.where(np.isnan(age), 0.5, 0.1)), {"age": age}).segments

    assert only.conditions == (Condition(column="age", label="(missing)"),)


@pytest.mark.parametrize("rows", [0, 1, 59])
def test_of_too_few_rows_nothing_is_searched(rows: int) -> None:
    found = weakest_segments([0] * rows, [1] * rows, {"town": ["north"] * rows})

    assert (found.segments, found.searched, found.rows) == ((), 0, rows)


def test_without_columns_nothing_is_searched() -> None:
    assert weakest_segments([0] * 100, [1] * 100, {}).searched == 0


def test_rows_without_a_label_or_a_decision_do_not_count() -> None:
    town = ["north"] * 200 + ["south"] * 200
    found = weakest_segments([1] * 399 + [None], [None] + [1] * 199 + [0] * 200, {"town": town})

    assert found.rows == 398
    assert [(each.rows, each.errors) for each in found.segments] == [(199, 199)]


def test_names_are_taken_as_they_are() -> None:
    hostile = ["'; DROP TABLE x; --", "<script>", "\u202e\x00", "", "(other)"]
    names = np.array(hostile, dtype=np.object_)[np.arange(ROWS) % 5]
    found = found_in(wrong_by(np.where(np.arange(ROWS) % 5 == 2, 0.5, 0.1)), {"a\nb": names})

    assert [each.conditions for each in found.segments] == [(Condition(column="a\nb", label=hostile[2]),)]


def test_infinite_numbers_lie_in_the_open_ranges() -> None:
    numbers = np.where(np.arange(ROWS) % 4 == 0, np.inf, np.where(np.arange(ROWS) % 4 == 1, -np.inf, 0.0))
    for condition in found_in(wrong_by(np.where(numbers == np.inf, 0.5, 0.1)), {"number": numbers}).segments:
        assert all(end is None or np.isfinite(end) for each in condition.conditions for end in (each.low, each.high))


def test_of_a_hundred_thousand_categories_the_most_frequent_stand_alone() -> None:
    names = np.array([f"user {place}" for place in range(100_000)] + ["guest"] * 400, dtype=np.object_)
    found = found_in(wrong_by(np.where(names == "guest", 0.6, 0.1)), {"user": names})

    assert [each.conditions for each in found.segments] == [(Condition(column="user", label="guest"),)]
    assert found.searched <= MOST_VALUES + 1


def test_columns_of_other_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="not of the same rows"):
        weakest_segments([1, 0], [1, 0], {"town": ["north"]})

"""Who is selected and found in each intersection of all attributes."""

from collections import Counter

import numpy as np

from cdt.measures import ReadingRules, Sample, fit_grid, reading_from_profiles, reading_from_rows
from cdt.measures.folding import group_codes
from cdt.measures.intersection_rates import Intersections, intersection_rates

from .builders import CLASSES, a_grid, a_sample

GRID = a_grid()
CURRENT = a_sample(GRID, 2, 900)
ASKED = ReadingRules(measures=("intersectional_demographic_parity_ratio",), minimum_group_size=100)


def rates(rows: Sample = CURRENT) -> Intersections:
    found = intersection_rates(GRID, rows, ASKED)
    assert found is not None
    return found


def test_each_intersection_counts_those_who_are_alike_in_every_attribute() -> None:
    decision = CURRENT.predictions.decision
    codes = group_codes(GRID, CURRENT.predictions.columns, len(decision))
    rows: Counter[tuple[str, ...]] = Counter()
    selected: Counter[tuple[str, ...]] = Counter()
    for place in range(len(decision)):
        values = tuple(each.labels[codes[each.name][place]] for each in GRID.groups)
        is_known = all(codes[each.name][place] < len(each.labels) - 1 for each in GRID.groups)
        if is_known and decision[place] >= 0:
            rows[values] += 1
            selected[values] += int(decision[place] == GRID.positive_code)

    found = rates()

    assert found.attributes == ("sex", "age group")
    assert {each.values: each.rows for each in found.cells} == dict(rows)
    assert {each.values: each.selection.value for each in found.cells} == {
        values: selected[values] / total for values, total in rows.items()
    }
    assert [each.rows for each in found.cells] == sorted(rows.values(), reverse=True)
    assert found.cells_in_all == len(rows)
    assert {each.is_large_enough for each in found.cells} == {total >= 100 for total in rows.values()}


def test_those_who_are_found_are_of_labelled_rows_of_the_positive_class() -> None:
    labels = CURRENT.labels
    assert labels is not None
    is_known = np.logical_and.reduce([labels.groups[each.name] < len(each.labels) - 1 for each in GRID.groups])
    is_positive = is_known & (labels.label == GRID.positive_code) & (labels.decision >= 0)

    cells = rates().cells

    assert sum(each.positives for each in cells) == is_positive.sum()
    hit = is_positive & (labels.decision == GRID.positive_code)
    found = [each.true_positive.value * each.positives for each in cells if each.true_positive.value is not None]
    assert round(sum(found), 9) == hit.sum()


def test_without_labels_nobody_is_found_and_with_one_attribute_nothing_intersects() -> None:
    unlabelled = rates(Sample(CURRENT.predictions))
    assert {each.true_positive.reason for each in unlabelled.cells} == {"no labelled rows of the positive class"}

    alone = fit_grid({}, features=[], classes=CLASSES, positive_class="yes")
    assert intersection_rates(alone, Sample(CURRENT.predictions), ASKED) is None


def test_a_reading_tells_them_only_of_rows_and_where_a_plan_asks_for_a_measure_of_them() -> None:
    baseline = a_sample(GRID, 1, 300)
    assert reading_from_rows(GRID, baseline, CURRENT, ASKED).intersections == rates()
    assert reading_from_rows(GRID, baseline, CURRENT, ReadingRules(measures=("accuracy",))).intersections is None
    counts = reading_from_profiles(GRID, baseline.profile(GRID), CURRENT.profile(GRID), ASKED)
    assert counts.intersections is None

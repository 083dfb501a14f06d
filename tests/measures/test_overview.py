"""All parities at once are those of each by itself."""

from itertools import combinations
from typing import Any

import numpy as np
import pytest

from cdt.measures import fairness
from cdt.measures.fairness.disparity import Disparity
from cdt.measures.fairness.kinds import PARITIES

from .builders import chance


def people(rows: int) -> tuple[Any, Any, dict[str, Any]]:
    random = chance(11)
    label, decision = random.random(rows) < 0.4, random.random(rows) < 0.5
    sex = np.array([None, "f", "m"], dtype=object)[random.choice(3, rows, p=[0.05, 0.5, 0.45])]
    race = random.choice(["a", "b", "c", "d"], rows, p=[0.6, 0.3, 0.08, 0.02])
    return label, decision, {"sex": sex, "race": race, "age": random.integers(1, 4, rows)}


# of many groups there is no table of all attributes together
@pytest.mark.parametrize(("least", "has_many_groups"), [(1, False), (30, False), (2, True)])
def test_all_parities_at_once_are_those_of_each_by_itself(least: int, *, has_many_groups: bool) -> None:
    label, decision, attributes = people(70 if has_many_groups else 1_000)
    if has_many_groups:
        rows = np.arange(70)
        attributes = {"road": rows % 65, "house": (rows * 3) % 65, "sex": np.maximum(0, rows - 5)}
    terms: dict[str, Any] = {"minimum_group_size": least, "positive": True}
    found = fairness.overview(label, decision, attributes, draws=100, **terms)
    values = fairness.overview_values(label, decision, attributes, **terms)
    sets = [names for size in (1, 2, 3) for names in combinations(attributes, size)]
    assert [each.attributes for each in found] == list(values) == sets
    for each in found:
        group = [attributes[name] for name in each.attributes]
        assert list(each.groups) == list(fairness.selection_rate(decision, group, positive=True))
        for name in PARITIES:
            own = each.by_name[name]
            for kind in ("difference", "ratio"):
                function = getattr(fairness, f"{name}_{kind}")
                arrays = (decision,) if name == "demographic_parity" else (label, decision)
                assert getattr(own, kind) == function(*arrays, group, draws=100, **terms)
            assert values[each.attributes][name] == (own.difference.value, own.ratio.value)


def test_rows_without_a_label_or_a_decision_do_not_count_at_once_either() -> None:
    label, decision, attributes = people(300)
    longer = {name: [*each, each[1]] for name, each in attributes.items()}
    more = [*label.astype(float), np.nan], [*decision.astype(float), 1.0]
    assert fairness.overview_values(*more, longer) == fairness.overview_values(label, decision, attributes)


def test_nobody_and_one_group_have_reasons_at_once() -> None:
    (nobody,) = fairness.overview([], [], {"sex": []}, draws=100)
    assert {each.difference.reason for each in nobody.by_name.values()} == {
        "no predictions with a decision",
        "no labelled rows of the positive class",
        "no labelled rows of the other class",
        "no labelled rows decided positively",
        "no labelled rows with a decision",
    }
    (alone,) = fairness.overview([1, 0], [1, 1], {"sex": ["f", "f"]}, draws=100)
    assert isinstance(alone.by_name["accuracy_parity"], Disparity)
    assert alone.by_name["accuracy_parity"].ratio.reason == "fewer than two groups"
    assert fairness.overview_values([1, 0], [1, 1], {"sex": ["f", "f"]})["sex",]["accuracy_parity"] == (None, None)


def test_arrays_of_other_lengths_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match="2 of decisions, 2 of labels, 1 of sex"):
        fairness.overview([1, 0], [1, 1], {"sex": ["f"]})

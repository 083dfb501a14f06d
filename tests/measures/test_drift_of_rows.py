"""Drift of whole rows: what columns tell together, and what hostile rows can't break."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from cdt.measures import Estimate, drift

from .builders import HOSTILE, chance, people

Measure = Callable[..., Estimate]
ALL: dict[str, Measure] = {
    "pca_reconstruction_error": drift.pca_reconstruction_error,
    "domain_classifier": drift.domain_classifier,
    "maximum_mean_discrepancy": drift.maximum_mean_discrepancy,
}
UNCHANGED = {"pca_reconstruction_error": 1.0, "domain_classifier": 0.5, "maximum_mean_discrepancy": 0.0}


def together(random: np.random.Generator, rows: int, correlation: float = 0.8) -> NDArray[np.float64]:
    """Four numbers, each two of which hang together; each by itself is standard normal."""
    common = random.normal(size=(rows, 1))
    return np.sqrt(correlation) * common + np.sqrt(1 - correlation) * random.normal(size=(rows, 4))


@pytest.mark.parametrize("name", ALL)
def test_columns_that_no_longer_hang_together_are_noticed_though_none_has_moved_by_itself(name: str) -> None:
    random = chance()
    found = ALL[name](together(random, 1_500), together(random, 1_500, correlation=0.0))
    assert found.value is not None
    assert found.low is not None
    assert found.low > UNCHANGED[name]
    assert found.p_value < 0.01


@pytest.mark.parametrize("name", ALL)
def test_a_shift_of_a_fifth_of_a_deviation_of_every_column_is_noticed(name: str) -> None:
    random = chance(3)
    old, new = random.normal(size=(4_000, 5)), random.normal(0.2, 1, size=(4_000, 5))
    if name == "pca_reconstruction_error":  # rows that are moved along the directions lie as near to them
        new[:, 0] *= 1.5
    assert ALL[name](old, new).p_value < 0.05


@pytest.mark.parametrize("name", ALL)
def test_where_nothing_has_changed_a_p_value_is_below_a_level_as_seldom_as_it_says(name: str) -> None:
    random = chance(5)
    found = []
    misses = 0
    for _ in range(100):
        options = {"permutations": 99} if name == "maximum_mean_discrepancy" else {}
        one = ALL[name](together(random, 120), together(random, 100), **options)
        found.append(one.p_value)
        assert one.low is not None
        assert one.high is not None
        misses += not one.low <= UNCHANGED[name] <= one.high
    assert sum(each <= 0.05 for each in found) <= 11  # 5 % of 100 are 5; 11 would be 2.8 standard errors more
    assert 0.35 < float(np.mean(found)) < 0.65
    assert misses <= 11


@pytest.mark.parametrize("name", ALL)
def test_rows_of_every_kind_are_taken_whatever_the_order_of_the_columns(name: str) -> None:
    random = chance(8)
    old, new = people(random, 600), people(random, 500)
    one = ALL[name](old, new)
    assert one.value is not None
    assert one.low is not None
    assert one == ALL[name](dict(reversed(old.items())), new)
    texts = [{"town": np.array(["a", "b"] * 50), "day": np.arange(100).astype("M8[D]")} for _ in range(2)]
    assert ALL[name](*texts).value is not None


@pytest.mark.parametrize("name", ALL)
def test_a_column_that_is_missing_on_one_side_is_a_change(name: str) -> None:
    random = chance(9)
    old, new = people(random, 400), people(random, 400)
    del new["height"]
    assert ALL[name](old, new).p_value < 0.01


@pytest.mark.parametrize("far", [1e150, 1e200, 1.7e308])
def test_a_constant_column_that_jumps_is_a_change_however_far(far: float) -> None:
    random = chance()
    old = {"constant": np.zeros(200), "other": random.normal(size=200)}
    new = {"constant": np.where(np.arange(200) % 2, far, -far), "other": random.normal(size=200)}
    found = drift.maximum_mean_discrepancy(old, new, permutations=199)
    assert found.p_value == 0.005


def test_nothing_is_told_of_a_column_without_rows_and_nothing_is_reckoned_of_it() -> None:
    nobody = np.empty((0, 2))
    assert drift.domain_classifier(nobody, nobody).reason == "only 0 baseline rows, and 30 are needed"


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_rows_have_a_finite_number_or_a_reason(name: str, hostile: str) -> None:
    values = np.resize(np.array(HOSTILE[hostile]), 60) if HOSTILE[hostile] else np.full(60, np.nan)
    usual = {"a": chance().normal(size=60), "b": chance(2).normal(size=60)}
    broken = usual | {"b": values}
    for sides in ((usual, broken), (broken, usual), (broken, broken)):
        found = ALL[name](*sides)
        assert (found.value is None) == (found.reason is not None)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(
    ("sides", "reason"),
    [
        (({}, {}), "only 0 baseline rows, and 30 are needed"),
        ((np.zeros((40, 2)), np.zeros((29, 2))), "only 29 current rows, and 30 are needed"),
        ((np.zeros((40, 0)), np.zeros((40, 0))), "only 0 baseline rows, and 30 are needed"),
    ],
)
def test_too_little_is_told(name: str, sides: tuple[Any, Any], reason: str) -> None:
    assert ALL[name](*sides).reason == reason


@pytest.mark.parametrize("name", ALL)
def test_rows_that_are_all_the_same_have_not_changed(name: str) -> None:
    found = ALL[name](np.ones((50, 2)), np.ones((50, 2)))
    assert found.value == UNCHANGED[name] or found.reason is not None


def test_broken_options_and_rows_are_refused() -> None:
    some = np.zeros((40, 2))
    with pytest.raises(ValueError, match="share of the variance"):
        drift.pca_reconstruction_error(some, some, share=0.0)
    with pytest.raises(ValueError, match="one relabelling at least"):
        drift.maximum_mean_discrepancy(some, some, permutations=0)
    with pytest.raises(ValueError, match="not of 1"):
        drift.domain_classifier(np.zeros(40), some)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="columns are of the same rows, not of 1 and 2"):
        drift.domain_classifier({"a": [1.0], "b": [1.0, 2.0]}, {"a": [1.0], "b": [1.0]})


PRINTED = """
import numpy as np
from cdt.measures import drift
random = np.random.default_rng(4)
old, new = random.normal(size=(3_000, 12)), random.normal(0.05, 1, size=(2_500, 12))
for measure in (drift.pca_reconstruction_error, drift.domain_classifier, drift.maximum_mean_discrepancy):
    found = measure(old, new)
    print(found.value.hex(), found.low.hex(), found.p_value.hex())
"""


def test_a_number_has_the_same_bits_in_another_process() -> None:
    printed = subprocess.run([sys.executable, "-c", PRINTED], check=True, capture_output=True, text=True).stdout
    random = np.random.default_rng(4)
    old, new = random.normal(size=(3_000, 12)), random.normal(0.05, 1, size=(2_500, 12))
    found = [measure(old, new) for measure in ALL.values()]
    assert [line.split() for line in printed.splitlines()] == [
        [number.hex() for number in (each.value, each.low, each.p_value)]  # type: ignore[union-attr]
        for each in found
    ]

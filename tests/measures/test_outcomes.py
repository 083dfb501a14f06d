"""What came is counted of a version that predicts numbers: in any order, with hostile rows, and equal to its rows."""

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from fairlearn import metrics as peer
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET
from numpy.typing import NDArray
from sklearn import metrics

from cdt.measures.columns import CategoryColumn
from cdt.measures.definitions import STANDARD_OF_NUMBERS, Contrast, ReadingRules
from cdt.measures.fairness.means import error_parity_ratio, standardized_mean_difference
from cdt.measures.fitting import GroupRule, fit_grid
from cdt.measures.folding import group_codes
from cdt.measures.grid import Grid
from cdt.measures.layout import ABSOLUTE_ERROR
from cdt.measures.moments import spread_of_outcome
from cdt.measures.outcome_fairness import group_numbers
from cdt.measures.packing import decode, encode
from cdt.measures.profile import empty, merge, subtract
from cdt.measures.readings import Reading, reading_from_profiles, reading_from_rows
from cdt.measures.samples import LabelRows, PredictionRows, Sample

from .builders import chance

Floats = NDArray[np.float64]
RULES = ReadingRules(measures=STANDARD_OF_NUMBERS, outputs=("score", "label"), minimum_group_size=10, edition=2)


def a_sample(seed: int, rows: int, *, bias: float = 0.0, labelled: bool = True, grid: Grid | None = None) -> Sample:
    random = chance(seed)
    columns = {
        "area": random.lognormal(4, 0.3, rows),
        "sex": CategoryColumn.from_texts(random.choice(["f", "m"], rows)),
    }
    predicted = columns["area"] * 12 + random.normal(0, 30, rows)
    label = predicted + bias + random.normal(0, 40, rows) * (1 + 0.5 * (columns["sex"].codes == 0))
    predictions = PredictionRows(columns=columns, decision=np.full(rows, -1, dtype=np.int32), score=predicted)
    if not labelled:
        return Sample(predictions)
    groups = group_codes(grid or a_grid(), columns, rows)
    none = np.empty(0, dtype=np.int32)
    return Sample(predictions, LabelRows(decision=none, score=predicted, label=none, groups=groups, number=label))


def a_grid() -> Grid:
    random = chance(0)
    area = random.lognormal(4, 0.3, 1_000)
    predicted = area * 12
    sex = CategoryColumn.from_texts(random.choice(["f", "m"], 1_000).tolist())
    return fit_grid(
        {"area": area, "sex": sex},
        features=["area", "sex"],
        groups=[GroupRule(name="sex", column="sex")],
        score=predicted,
        labelled=(predicted + random.normal(0, 50, 1_000), predicted),
    )


GRID = a_grid()


def number_of(sample: Sample) -> Floats:
    assert sample.labels is not None
    assert sample.labels.number is not None
    return sample.labels.number


def score_of(sample: Sample) -> Floats:
    assert sample.predictions.score is not None
    return sample.predictions.score


def value_by_key(reading: Reading) -> dict[tuple[str, str | None], float | None]:
    return {(each.measure, each.subject): each.estimate.value for each in reading.results}


def test_the_grid_says_that_it_is_of_numbers_and_is_the_same_when_it_is_read() -> None:
    assert GRID.is_of_numbers
    assert Grid.from_json(GRID.as_json()).digest == GRID.digest
    assert GRID.classes == ()


def test_live_and_recorded_readings_say_the_same_but_for_what_counts_do_not_tell() -> None:
    old, new = a_sample(1, 3_000), a_sample(2, 2_000, bias=10)
    exact = reading_from_rows(GRID, old, new, RULES)
    live = reading_from_profiles(GRID, old.profile(GRID), new.profile(GRID), RULES)

    assert [(each.measure, each.subject) for each in live.results] == [
        (each.measure, each.subject) for each in exact.results
    ]
    for one, other in zip(live.results, exact.results, strict=True):
        if one.estimate.value is None:
            assert other.estimate.reason == one.estimate.reason
            continue
        assert one.estimate.value == pytest.approx(other.estimate.value, rel=2e-3, abs=1e-3), one.measure
        if one.measure != "r_squared" and other.estimate.low is not None:
            assert one.estimate.low == pytest.approx(other.estimate.low, rel=2e-2, abs=5e-3), one.measure
            assert one.estimate.high == pytest.approx(other.estimate.high, rel=2e-2, abs=5e-3), one.measure
    truth, guess = number_of(new), score_of(new)
    value = value_by_key(exact)
    assert value["mean_absolute_error", None] == pytest.approx(metrics.mean_absolute_error(truth, guess), abs=1e-9)
    assert value["r_squared", None] == pytest.approx(metrics.r2_score(truth, guess), abs=1e-9)
    assert {each.measure for each in exact.results if each.baseline is None} >= {"population_stability_index"}
    assert all(each.baseline is not None for each in live.results if each.measure.endswith("_error"))


def test_groups_are_compared_as_fairlearn_compares_them() -> None:
    sample = a_sample(3, 5_000)
    sex = sample.predictions.columns["sex"]
    assert isinstance(sex, CategoryColumn)
    names = np.array(sex.values)[sex.codes]
    truth, guess = number_of(sample), score_of(sample)
    frame = peer.MetricFrame(metrics=metrics.mean_absolute_error, y_true=truth, y_pred=guess, sensitive_features=names)
    means = peer.MetricFrame(
        metrics=lambda _, predicted: np.mean(predicted), y_true=truth, y_pred=guess, sensitive_features=names
    )

    assert error_parity_ratio(truth, guess, names).value == pytest.approx(frame.ratio(), abs=1e-9)
    assert standardized_mean_difference(guess, names).value == pytest.approx(
        means.difference() / guess.std(ddof=1), abs=1e-9
    )
    reading = reading_from_profiles(GRID, sample.profile(GRID), sample.profile(GRID), RULES)
    value = value_by_key(reading)
    assert value["error_parity_ratio", "sex"] == pytest.approx(frame.ratio(), abs=1e-4)
    assert value["standardized_mean_difference", "sex"] == pytest.approx(
        means.difference() / guess.std(ddof=1), abs=1e-4
    )
    found = {each.group: each for each in group_numbers(GRID, sample.profile(GRID), "sex", minimum_group_size=10)}
    for name, error in frame.by_group.items():
        assert found[str(name)].mean_absolute_error == pytest.approx(error, rel=1e-4)


@given(st.integers(0, 2**32 - 1), st.lists(st.integers(0, 300), min_size=1, max_size=4))
@settings(max_examples=25, deadline=None)
def test_profiles_of_parts_make_the_profile_of_the_whole_in_any_order(seed: int, cuts: list[int]) -> None:
    whole = a_sample(seed, 300)
    borders = sorted({0, 300, *cuts})
    parts = [_between(whole, slice(start, end)).profile(GRID) for start, end in pairwise(borders)]
    counted = whole.profile(GRID)

    assert merge(*reversed(parts), empty(GRID)) == merge(empty(GRID), *parts) == counted
    assert decode(GRID, encode(counted)) == counted
    assert (counted.rows, counted.labelled) == (300, 300)
    left = subtract(counted, parts[0])
    assert np.array_equal(left.counts, merge(empty(GRID), *parts[1:]).counts)


def _between(sample: Sample, part: slice) -> Sample:
    rows, labels = sample.predictions, sample.labels
    assert labels is not None
    assert labels.score is not None
    assert labels.number is not None
    columns: dict[str, Any] = {"area": rows.columns["area"][part]}  # type: ignore[index]
    sex = rows.columns["sex"]
    assert isinstance(sex, CategoryColumn)
    columns["sex"] = CategoryColumn(sex.codes[part], sex.values)
    return Sample(
        PredictionRows(columns=columns, decision=rows.decision[part], score=score_of(sample)[part]),
        LabelRows(
            decision=labels.decision,
            score=labels.score[part],
            label=labels.label,
            groups={name: codes[part] for name, codes in labels.groups.items()},
            number=labels.number[part],
        ),
    )


@pytest.mark.parametrize(
    "label",
    [
        [],
        [math.nan, math.nan, math.nan],
        [5.0, 5.0, 5.0],
        [0.0, 0.0, 0.0],
        [math.inf, 1.0, -math.inf],
        [1e308, -1e308, 1e308],
        [5e-324, -5e-324, 0.0],
        [1.0, math.nan, 3.0],
    ],
    ids=["none", "missing", "constant", "zero", "infinite", "huge", "denormal", "one missing"],
)
@pytest.mark.parametrize(
    "predicted", [[1.0, 2.0, 3.0], [math.nan] * 3, [1e308, -1e308, 0.0]], ids=["some", "no", "huge"]
)
def test_hostile_rows_make_numbers_that_are_finite_or_say_why(label: list[float], predicted: list[float]) -> None:
    columns = {"area": np.array([1.0, math.inf, math.nan]), "sex": CategoryColumn.from_texts(["f", None, "other"])}
    rows = len(label) or 3
    sample = Sample(
        PredictionRows(columns=columns, decision=np.full(3, -1, dtype=np.int32), score=np.array(predicted)),
        LabelRows(
            decision=np.empty(0, dtype=np.int32),
            score=np.array(predicted[: len(label)]),
            label=np.empty(0, dtype=np.int32),
            groups=group_codes(GRID, columns, 3) if label else {},
            number=np.array(label, dtype=np.float64),
        ),
    )
    for grid in (GRID, _fitted_to(predicted, label)):
        profile = sample.profile(grid)
        for reading in (
            reading_from_rows(grid, sample, sample, RULES),
            reading_from_rows(grid, profile, sample, RULES),
            reading_from_profiles(grid, profile, profile, RULES),
        ):
            for each in reading.results:
                assert (each.estimate.value is None) == (each.estimate.reason is not None)
    assert rows >= len(label)


def _fitted_to(predicted: list[float], label: list[float]) -> Grid:
    sex = CategoryColumn.from_texts(["f", "m", None])
    guesses = np.array(predicted)
    return fit_grid(
        {"area": np.array([1.0, 2.0, math.nan]), "sex": sex},
        features=["area", "sex"],
        groups=[GroupRule(name="sex", column="sex")],
        score=guesses[np.isfinite(guesses)],
        labelled=(np.array(label, dtype=np.float64), guesses[: len(label)]),
    )


def test_a_baseline_without_labels_has_cells_for_errors_all_the_same() -> None:
    area = chance(1).lognormal(4, 0.3, 500)
    grid = fit_grid({"area": area}, features=["area"], score=area * 12)
    assert grid.outcomes is not UNSET
    truth = area * 12 + chance(2).normal(0, 50, 500)
    none = np.empty(0, dtype=np.int32)
    predictions = PredictionRows({"area": area}, np.full(500, -1, dtype=np.int32), area * 12)
    labels = LabelRows(decision=none, score=area * 12, label=none, groups={}, number=truth)
    profile = Sample(predictions, labels).profile(grid)

    assert spread_of_outcome(grid, profile, ABSOLUTE_ERROR).mean == pytest.approx(np.abs(truth - area * 12).mean())
    before = Sample(predictions).profile(grid)
    result = reading_from_profiles(grid, before, profile, RULES).result("mean_absolute_error")
    assert (result.baseline, result.baseline_reason) == (None, "no rows with a label and a prediction")


def test_groups_are_held_against_a_reference_where_the_rules_say_so() -> None:
    sample = a_sample(4, 2_000)
    profile = sample.profile(GRID)

    def told(contrast: Contrast) -> list[str | None]:
        rules = ReadingRules(
            measures=STANDARD_OF_NUMBERS, outputs=("score",), minimum_group_size=10, contrasts=(contrast,)
        )
        reading = reading_from_profiles(GRID, profile, profile, rules)
        return [reading.result(name, "sex").estimate.reason for name in STANDARD_OF_NUMBERS[3:5]]

    assert told(Contrast(attribute="sex", against="reference", reference="f")) == [None, None]
    assert (
        told(Contrast(attribute="sex", against="reference", reference="x"))
        == ["there is no group 'x' to hold the others against"] * 2
    )
    assert (
        told(Contrast(attribute="sex", against="whole"))
        == ["it holds groups against one another or against one of them, not against all rows"] * 2
    )
    assert told(Contrast(attribute="sex", least_share=0.9)) == ["fewer than two groups"] * 2


@pytest.mark.parametrize(
    ("predicted", "group", "reason"),
    [
        ([], [], "no rows with a prediction"),
        ([1.0] * 40, ["a"] * 40, "fewer than two groups"),
        ([1.0] * 40, ["a"] * 39 + ["b"], "fewer than two groups of at least 30 rows"),
        ([1.0] * 80, ["a", "b"] * 40, "all predictions are one number"),
    ],
)
def test_a_difference_that_cannot_be_told_says_why(predicted: list[float], group: list[str], reason: str) -> None:
    assert standardized_mean_difference(predicted, group).reason == reason


def test_a_group_without_any_error_is_no_divisor() -> None:
    label = [1.0, 2.0] * 40
    predicted = [1.0, 3.0] * 40

    assert error_parity_ratio(label, predicted, ["a", "b"] * 40).reason == (
        "a group has no errors at all, of which none is a multiple"
    )

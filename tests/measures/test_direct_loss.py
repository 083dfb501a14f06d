"""How far off predicted numbers are, before their labels are known."""

from typing import Any, NamedTuple

import numpy as np
import pytest
from msgspec.structs import replace
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingRegressor

from cdt.measures import performance
from cdt.measures.columns import CategoryColumn
from cdt.measures.estimates import Estimate
from cdt.measures.performance.trees import fitted

from .builders import chance

MEASURES = {
    "mean_absolute_error": performance.estimated_mean_absolute_error,
    "mean_squared_error": performance.estimated_mean_squared_error,
    "root_mean_squared_error": performance.estimated_root_mean_squared_error,
}


class Rows(NamedTuple):
    label: NDArray[Any]
    predicted: NDArray[Any]
    features: dict[str, NDArray[Any]]

    @property
    def numbers(self) -> NDArray[np.float64]:
        """All that an error is told by, categories by their place in the alphabet."""
        columns = [np.unique(each, return_inverse=True)[1] for each in (self.features["region"],)]
        return np.column_stack([self.features["age"], self.features["size"], *columns, self.predicted])


def some_rows(seed: int, rows: int, *, moved: bool = False) -> Rows:
    """The older and the farther south, the worse the prediction; where they have moved, there are more of these."""
    random = chance(seed)
    age, size = random.normal(0.8 if moved else 0, 1, rows), random.lognormal(0, 0.5, rows)
    region = random.choice(["north", "south", "west"], rows, p=[0.2, 0.6, 0.2] if moved else [0.5, 0.2, 0.3])
    predicted = 3 * age + size
    spread = 0.3 + 0.6 * np.clip(age + 1, 0, 3) + (region == "south")
    return Rows(predicted + random.normal(0, spread), predicted, {"age": age, "size": size, "region": region})


def realised(name: str, rows: Rows) -> float:
    error = rows.label - rows.predicted
    squared = float((error**2).mean())
    return {"mean_absolute_error": float(np.abs(error).mean()), "mean_squared_error": squared}.get(name, squared**0.5)


def expected(name: str, reference: Rows, window: Rows, **terms: Any) -> Estimate:
    return MEASURES[name](
        reference.label, reference.predicted, reference.features, window.predicted, window.features, **terms
    )


REFERENCE, WINDOW = some_rows(1, 3_000), some_rows(2, 1_000, moved=True)


@pytest.mark.parametrize("name", MEASURES)
def test_an_estimate_sees_that_rows_come_of_which_predictions_are_worse(name: str) -> None:
    found = expected(name, REFERENCE, WINDOW)
    truth, before = realised(name, WINDOW), realised(name, REFERENCE)
    assert before < 0.75 * truth
    assert found.value == pytest.approx(truth, rel=0.06)
    assert found.low is not None
    assert found.high is not None
    assert found.low < truth < found.high
    assert found.rows == 1_000


NANNYML = {  # 0.13.1 with LightGBM, all rows of the window as one chunk
    "mean_absolute_error": 1.596356,
    "mean_squared_error": 4.512386,
    "root_mean_squared_error": 2.124238,
}


@pytest.mark.parametrize("name", MEASURES)
def test_an_estimate_is_near_that_of_the_implementation_that_named_the_method(name: str) -> None:
    assert expected(name, REFERENCE, WINDOW).value == pytest.approx(NANNYML[name], rel=0.03)


def test_the_trees_expect_what_those_of_scikit_learn_do() -> None:
    loss = np.abs(REFERENCE.label - REFERENCE.predicted)
    peer = HistGradientBoostingRegressor(
        max_iter=60, max_depth=3, max_leaf_nodes=8, max_bins=32, l2_regularization=1.0, early_stopping=False
    )
    theirs = peer.fit(REFERENCE.numbers, loss).predict(WINDOW.numbers)
    ours = fitted(REFERENCE.numbers, loss).of(WINDOW.numbers)
    assert np.corrcoef(ours, theirs)[0, 1] > 0.98
    assert ours.mean() == pytest.approx(theirs.mean(), rel=0.02)


def test_the_same_rows_give_the_same_bits_and_larger_units_larger_numbers() -> None:
    found = expected("mean_absolute_error", REFERENCE, WINDOW)
    again = performance.estimated_mean_absolute_error(
        REFERENCE.label.tolist(), REFERENCE.predicted.tolist(), {n: v.tolist() for n, v in REFERENCE.features.items()},
        WINDOW.predicted.tolist(), {n: v.tolist() for n, v in WINDOW.features.items()},
    )  # fmt: skip
    assert again == found
    grams, window = (Rows(1_000 * rows.label, 1_000 * rows.predicted, rows.features) for rows in (REFERENCE, WINDOW))
    in_grams = expected("mean_absolute_error", grams, window)
    assert found.value is not None
    assert in_grams.value == pytest.approx(1_000 * found.value, rel=1e-9)


def test_a_reference_is_thinned_and_a_wider_confidence_is_a_wider_interval() -> None:
    large = some_rows(4, 25_000)
    found = expected("mean_absolute_error", large, WINDOW)
    assert found.value == pytest.approx(realised("mean_absolute_error", WINDOW), rel=0.08)
    wider = expected("mean_absolute_error", large, WINDOW, confidence=0.999)
    assert (wider.value, wider.rows) == (found.value, found.rows)
    assert wider.low is not None
    assert found.low is not None
    assert wider.low < found.low


def test_without_features_the_prediction_tells_and_rows_that_lack_one_do_not_count() -> None:
    random = chance(5)
    predicted, now = random.uniform(0, 1, 2_000), random.uniform(0.5, 1, 500)
    label = predicted + random.normal(0, 1, 2_000) * predicted
    found = performance.estimated_mean_absolute_error(label, predicted, {}, now, {})
    assert found.value == pytest.approx(0.75 * np.sqrt(2 / np.pi), rel=0.06)
    holes = np.concatenate([now, [np.nan]])
    assert performance.estimated_mean_absolute_error(label, predicted, {}, holes, {}) == found
    more, label_of_none = np.append(predicted, 0.3), np.append(label, np.nan)
    assert performance.estimated_mean_absolute_error(label_of_none, more, {}, now, {}) == found


def test_what_a_window_has_that_the_reference_had_not_is_taken_for_the_nearest() -> None:
    codes = np.zeros(1_000, dtype=np.int32)
    unknown = WINDOW.features | {"region": CategoryColumn(codes, ("moon",)), "age": np.full(1_000, np.inf)}
    found = performance.estimated_mean_absolute_error(
        REFERENCE.label, REFERENCE.predicted, REFERENCE.features, WINDOW.predicted, unknown
    )
    assert found.value is not None
    assert found.value > realised("mean_absolute_error", REFERENCE)
    gone = {"size": np.full(1_000, np.nan)}
    assert performance.estimated_mean_absolute_error(
        REFERENCE.label, REFERENCE.predicted, REFERENCE.features, WINDOW.predicted, gone
    ).value


ONES = np.ones(300)


@pytest.mark.parametrize(
    ("label", "predicted", "now", "answer"),
    [
        (ONES, ONES, ONES, Estimate(value=0.0, rows=300)),
        (ONES + 1, ONES, ONES, Estimate.of(1.0, 1.0, 1.0, rows=300)),
        (
            ONES[:199],
            ONES[:199],
            ONES,
            Estimate.missing("only 199 labelled rows with a prediction in the reference; 200 are needed", rows=300),
        ),
        (ONES, ONES, ONES * np.nan, Estimate.missing("no rows with a prediction")),
        (ONES, ONES, ONES[:0], Estimate.missing("no rows with a prediction")),
        (ONES * np.inf, ONES, ONES, Estimate.missing("a label or a prediction is infinite", rows=300)),
        (ONES, ONES, -ONES * np.inf, Estimate.missing("a label or a prediction is infinite", rows=300)),
        (ONES * 1e300, -ONES, ONES, Estimate.missing("a distance is too large for a number", rows=300)),
    ],
)
def test_what_tells_nothing_says_why(label: Any, predicted: Any, now: Any, answer: Estimate) -> None:
    found = performance.estimated_mean_squared_error(label, predicted, {}, now, {})
    assert found.value == pytest.approx(answer.value)
    assert replace(found, value=answer.value, low=answer.low, high=answer.high) == answer


def test_columns_of_other_rows_are_refused() -> None:
    with pytest.raises(ValueError, match="not of the same rows: 3 of 'age', 300 predictions"):
        performance.estimated_mean_absolute_error(ONES, ONES, {"age": [1, 2, 3]}, ONES, {"age": ONES})
    with pytest.raises(ValueError, match="not of the same rows"):
        performance.estimated_mean_absolute_error(ONES, ONES[1:], {}, ONES, {})

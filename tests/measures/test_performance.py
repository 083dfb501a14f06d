import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import norm
from sklearn.metrics import accuracy_score, precision_score, recall_score, roc_auc_score

from cdt.measures.performance.confusion import accuracy_of, precision_of, recall_of
from cdt.measures.performance.ranking import cell_error, roc_auc_of_cells, roc_auc_of_rows

from .builders import a_grid, a_sample, chance

GRID = a_grid()
NONE_CHOSEN = "no labelled rows decided positively"
NO_POSITIVES = "no labelled rows of the positive class"

scored_rows = st.lists(st.tuples(st.sampled_from([0.0, 0.1, 0.5, 0.50001, 0.9, 1.0]), st.booleans()), max_size=60)


@settings(deadline=None)
@given(scored_rows)
def test_the_area_is_that_of_scikit_learn_with_ties(rows: list[tuple[float, bool]]) -> None:
    score = np.array([each for each, _ in rows], dtype=np.float64)
    positive = np.array([is_positive for _, is_positive in rows], dtype=bool)
    estimate = roc_auc_of_rows(score, positive)
    if not rows:
        assert estimate.reason == "no labelled rows with a score"
    elif positive.all() or not positive.any():
        assert estimate.reason == f"no labelled rows of the {'other' if positive.all() else 'positive'} class"
    else:
        assert estimate.value == pytest.approx(roc_auc_score(positive, score), abs=1e-9)
        assert 0 <= (estimate.low or 0) <= estimate.value <= (estimate.high or 0) <= 1


def test_measures_counted_on_a_profile_are_those_of_scikit_learn() -> None:
    labels = a_sample(GRID, 8, 4_000).labels
    assert labels is not None
    profile = a_sample(GRID, 8, 4_000).profile(GRID)
    known = (labels.label >= 0) & (labels.decision >= 0)
    truth, decided = labels.label[known], labels.decision[known]
    assert accuracy_of(profile.confusion).value == pytest.approx(accuracy_score(truth, decided), abs=1e-12)
    assert precision_of(profile.confusion, 1).value == pytest.approx(precision_score(truth, decided), abs=1e-12)
    assert recall_of(profile.confusion, 1).value == pytest.approx(recall_score(truth, decided), abs=1e-12)


def two_classes(rows: int, apart: float, seed: int = 3) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    random = chance(seed)
    positive = random.random(rows) < 0.3
    return random.normal(size=rows) + apart * positive, positive


def test_the_area_from_cells_is_that_of_the_rows_within_the_stated_error() -> None:
    score, positive = two_classes(5_000, 1.0)
    for cells in (3, 20, 2_000):
        place = np.clip(((score + 4) / 9 * cells).astype(int), 0, cells - 1)
        ranking = np.stack([np.bincount(place[positive == side], minlength=cells) for side in (False, True)], axis=1)
        exact, counted = roc_auc_of_rows(score, positive), roc_auc_of_cells(ranking)
        assert abs((exact.value or 0) - (counted.value or 0)) <= cell_error(ranking)
        assert (counted.low or 0) <= (exact.value or 0) <= (counted.high or 0)


def test_missing_scores_do_not_count() -> None:
    score = np.array([np.nan, 0.1, 0.9, np.nan])
    estimate = roc_auc_of_rows(score, np.array([True, False, True, False]))
    assert (estimate.value, estimate.rows) == (1.0, 2)


def test_a_perfect_ranking_of_few_rows_is_not_certain() -> None:
    estimate = roc_auc_of_rows(np.array([0.1, 0.2, 0.8, 0.9]), np.array([False, False, True, True]))
    assert (estimate.value, estimate.high) == (1.0, 1.0)
    assert (estimate.low or 0) < 0.5


@pytest.mark.parametrize(("rows", "apart"), [(60, 1.0), (1_000, 1.0), (1_000, 3.0)])
def test_the_interval_of_the_area_holds_the_true_one_as_often_as_it_says(rows: int, apart: float) -> None:
    truth = float(norm.cdf(apart / np.sqrt(2)))
    misses = 0
    for seed in range(200):
        estimate = roc_auc_of_rows(*two_classes(rows, apart, seed))
        misses += not (estimate.low or 0) <= truth <= (estimate.high or 0)
    assert misses <= 24  # 5 % of 200 are 10; 24 would be 4.5 standard errors more


@pytest.mark.parametrize(
    ("confusion", "reasons"),
    [
        ([[0, 0], [0, 0], [0, 0]], ["no labelled rows", "no labelled rows", "no labelled rows"]),
        ([[9, 0], [0, 0], [0, 0]], [None, NONE_CHOSEN, NO_POSITIVES]),
        ([[0, 0], [0, 0], [3, 4]], ["no labelled rows", NONE_CHOSEN, NO_POSITIVES]),
    ],
)
def test_what_can_not_be_told_has_a_reason(confusion: list[list[int]], reasons: list[str | None]) -> None:
    table = np.array(confusion)
    assert [
        estimate.reason for estimate in (accuracy_of(table), precision_of(table, 1), recall_of(table, 1))
    ] == reasons

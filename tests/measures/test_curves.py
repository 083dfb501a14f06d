"""The curves that a ranking draws: exact at their points, few, and a reason where there are none."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import precision_recall_curve, roc_curve

from cdt.measures import ReadingRules, fit_grid, reading_from_profiles, reading_from_rows
from cdt.measures.cells import NumberCells
from cdt.measures.estimates import wilson_interval
from cdt.measures.performance.curves import MOST_POINTS, Curves, curves_of

from .builders import CLASSES, a_grid, a_sample, chance

TENTHS = NumberCells(
    spacing="stepped", origin=-0.15, scale=10.0, count=11, low=-0.05, high=1.05, steps_per_unit=10
)  # cell 1 holds 0.0, cell 11 holds 1.0


def tenths(**rows: tuple[int, int]) -> np.ndarray:
    """Others and positive rows by score: `s7` is 0.7."""
    ranking = np.zeros((13, 2), dtype=np.int64)
    for name, counts in rows.items():
        ranking[int(name[1:]) + 1] = counts
    return ranking


def test_a_point_takes_the_rows_of_at_least_its_score() -> None:
    found = curves_of(TENTHS, tenths(s1=(3, 0), s3=(2, 1), s7=(1, 2), s9=(0, 1)), (0.1, 0.9))

    assert np.round([each for each in found.thresholds if each is not None], 9).tolist() == [0.85, 0.65, 0.25, 0.05]
    assert (found.others, found.positives) == ((0, 1, 3, 6), (1, 3, 4, 4))
    assert [round(each.mean_score, 9) for each in found.bins] == [0.1, 0.3, 0.7, 0.9]
    assert [each.positive_share.value for each in found.bins] == [0.0, 1 / 3, 2 / 3, 1.0]
    assert [each.positive_share.rows for each in found.bins] == [3, 3, 3, 1]
    third = found.bins[1].positive_share
    assert (third.low, third.high) == wilson_interval(1 / 3, 3)
    assert (found.reason, found.bins_reason) == (None, None)


def test_the_cell_below_all_has_no_threshold() -> None:
    ranking = tenths(s2=(1, 1))
    ranking[0] = (1, 0)

    found = curves_of(TENTHS, ranking, (-0.4, 0.2))

    assert found.thresholds[-1] is None
    assert (found.others, found.bins, found.bins_reason) == (
        (1, 2),
        (),
        "scores below 0 or above 1 are no probabilities",
    )


@pytest.mark.parametrize(
    ("ranking", "reason"),
    [
        (tenths(), "no labelled rows with a score"),
        (tenths(s4=(5, 0)), "no labelled rows of the positive class"),
        (tenths(s4=(0, 5)), "no labelled rows of the other class"),
    ],
)
def test_without_rows_of_both_labels_there_are_no_curves_and_a_reason(ranking: np.ndarray, reason: str) -> None:
    assert curves_of(TENTHS, ranking, (0.4, 0.4)) == Curves(reason=reason)


def test_every_point_of_rows_in_tenths_is_that_of_an_independent_library() -> None:
    random = chance(5)
    score = random.integers(0, 11, 400) / 10
    label = random.random(400) < score
    ranking = np.zeros((13, 2), dtype=np.int64)
    np.add.at(ranking, ((score * 10).round().astype(int) + 1, label.astype(int)), 1)
    false, true, _ = roc_curve(label, score, drop_intermediate=False)
    precision, recall, _ = precision_recall_curve(label, score)

    found = curves_of(TENTHS, ranking, (0.0, 1.0))

    others, positives = np.array(found.others), np.array(found.positives)
    np.testing.assert_allclose(others / others[-1], false[1:], rtol=1e-12)
    np.testing.assert_allclose(positives / positives[-1], true[1:], rtol=1e-12)
    np.testing.assert_allclose((positives / (others + positives))[::-1], precision[:-1], rtol=1e-12)
    np.testing.assert_allclose((positives / positives[-1])[::-1], recall[:-1], rtol=1e-12)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1_000), cells=st.integers(1, 3_000), rarity=st.floats(0.0005, 0.5))
def test_however_many_cells_there_are_points_are_few_and_none_far_from_the_next(
    seed: int, cells: int, rarity: float
) -> None:
    random = chance(seed)
    linear = NumberCells(spacing="linear", origin=-1 / cells, scale=float(cells), count=cells, low=0.0, high=1.0)
    ranking = np.stack([random.poisson(1_000, cells + 2), random.poisson(1_000 * rarity, cells + 2)], axis=1)
    ranking[1] += 1

    found = curves_of(linear, ranking, (0.0, 1.0))

    others, positives = np.array(found.others), np.array(found.positives)
    assert len(others) <= MOST_POINTS
    assert (others[-1], positives[-1]) == tuple(ranking.sum(axis=0))
    steps = np.diff(others, prepend=0) / others[-1] + np.diff(positives, prepend=0) / positives[-1]
    largest_cell = (ranking / ranking.sum(axis=0)).sum(axis=1).max()
    assert steps.max() <= 2 / (MOST_POINTS - 1) + largest_cell + 1e-12


def test_infinite_scores_and_a_window_without_rows_make_no_curve_that_could_not_be_written() -> None:
    assert curves_of(TENTHS, tenths(s1=(1, 1)), (-np.inf, np.inf)).bins == ()
    grid = fit_grid({}, features=[], classes=CLASSES, positive_class="yes")
    empty = a_sample(grid, 1, 0)
    found = reading_from_rows(grid, empty, empty).curves
    assert found is not None
    assert (found.current.reason, found.baseline.reason) == ("no labelled rows with a score",) * 2


def test_a_reading_of_rows_tells_both_sides_and_a_live_one_of_counts_neither() -> None:
    grid = a_grid()
    baseline, current = a_sample(grid, 1, 300), a_sample(grid, 2, 900)
    profiles = baseline.profile(grid), current.profile(grid)

    found = reading_from_rows(grid, baseline, current).curves

    assert found is not None
    assert reading_from_rows(grid, profiles[0], current).curves == found
    for curves, profile in zip((found.baseline, found.current), profiles, strict=True):
        assert [curves.others[-1], curves.positives[-1]] == profile.ranking.sum(axis=0).tolist()
    assert reading_from_profiles(grid, *profiles, ReadingRules()).curves is None

"""What is measured from profiles lies as near the rows' own number as docs/measures.md says."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from cdt.measures import LabelRows, PredictionRows, Sample
from cdt.measures.folding import profile_predictions
from cdt.measures.grid import NumberFeature
from cdt.measures.kolmogorov_smirnov import kolmogorov_smirnov_of_cells
from cdt.measures.moments import spread
from cdt.measures.performance.ranking import roc_auc_of_cells, roc_auc_of_rows
from cdt.measures.profile_errors import DEVIATION, KOLMOGOROV_SMIRNOV, MEAN, ROC_AUC, WASSERSTEIN
from cdt.measures.wasserstein import wasserstein_of_cells

from .builders import SHAPES, a_grid_of, chance

ROWS = 40_000
MOVING = {name: shape for name, shape in SHAPES.items() if name != "constant"}
STEPS = {"whole numbers": 1.0, "quarters": 0.25, "whole incomes": 1.0}


def moved(name: str, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The column after some drift; one of steps stays on them."""
    drifted = values * 1.1 + 0.03 * np.std(values)
    return np.rint(drifted / STEPS[name]) * STEPS[name] if name in STEPS else drifted


@pytest.mark.parametrize("name", MOVING)
def test_numbers_of_a_column_from_profiles_lie_within_the_stated_errors(name: str) -> None:
    random = chance(11)
    old, new = MOVING[name](random, ROWS), moved(name, MOVING[name](random, ROWS))
    grid = a_grid_of(old)
    feature = grid.features[0]
    assert isinstance(feature, NumberFeature)
    decision = np.zeros(ROWS, dtype=np.int32)
    before, now = (profile_predictions(grid, {"x": values}, decision) for values in (old, new))
    reach = feature.cells.high - feature.cells.low

    gap = kolmogorov_smirnov_of_cells(feature.cells, before.number("x"), now.number("x"))
    assert gap.value == pytest.approx(stats.ks_2samp(old, new).statistic, abs=KOLMOGOROV_SMIRNOV.most)
    way = wasserstein_of_cells(feature.cells, before.number("x"), now.number("x"))
    assert way.value == pytest.approx(stats.wasserstein_distance(old, new), rel=WASSERSTEIN.most)
    found = spread(grid, now, feature)
    assert found.mean == pytest.approx(new.mean(), abs=MEAN.most * reach)
    assert found.variance is not None
    assert np.sqrt(found.variance) == pytest.approx(new.std(ddof=1), abs=DEVIATION.most * reach)


def test_the_ranking_from_profiles_lies_within_the_stated_error() -> None:
    random = chance(3)
    positive = random.random(ROWS) < 0.4
    score = np.clip(random.normal(0.4 + 0.2 * positive, 0.15), 0, 1)
    label, decision = positive.astype(np.int32), (score > 0.5).astype(np.int32)
    rows = Sample(PredictionRows({}, decision, score), LabelRows(decision, score, label, {}))
    profile = rows.profile(a_grid_of(np.arange(9.0)))

    assert roc_auc_of_cells(profile.ranking).value == pytest.approx(
        roc_auc_of_rows(score, positive).value, abs=ROC_AUC.most
    )

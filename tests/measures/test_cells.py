import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdt.measures.binning import fit_number
from cdt.measures.cells import NumberCells, cells_of, edges_of

from .builders import SHAPES, chance

FLOATS = st.floats(allow_nan=False, allow_infinity=True)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_value_lies_in_the_cell_after_the_last_edge_that_it_reaches(shape: str) -> None:
    random = chance()
    cells = fit_number("x", SHAPES[shape](random, 5_000)).cells
    edges = edges_of(cells, np.arange(1, cells.size))
    values = np.concatenate((SHAPES[shape](random, 5_000), edges, np.nextafter(edges, np.inf), [np.inf, -np.inf]))
    if not cells.is_whole:  # just below a whole number rounding may decide
        values = np.concatenate((values, np.nextafter(edges, -np.inf)))
    assert np.array_equal(cells_of(cells, values), np.searchsorted(edges, values, side="right"))


@settings(max_examples=100, deadline=None)
@given(values=st.lists(FLOATS, min_size=1, max_size=50), reference=st.lists(FLOATS, min_size=1, max_size=50))
def test_cells_ascend_with_the_values_whatever_the_grid_was_fitted_to(
    values: list[float], reference: list[float]
) -> None:
    feature = fit_number("x", np.array(reference))
    found = cells_of(feature.cells, np.sort(np.array(values)))
    assert (np.diff(found) >= 0).all()
    assert found.min() >= 0
    assert found.max() < feature.cells.size


@pytest.mark.parametrize(
    "broken",
    [
        {"scale": 0.0},
        {"scale": float("inf")},
        {"origin": float("nan")},
        {"high": 0.0},
        {"count": 0},
        {"count": 1_000_000},
    ],
)
def test_cells_that_can_not_be_are_refused(broken: dict[str, float]) -> None:
    sound = {"spacing": "linear", "origin": -1.0, "scale": 1.0, "count": 3, "low": 0.0, "high": 3.0}
    NumberCells(**sound)
    with pytest.raises(ValueError, match="cells"):
        NumberCells(**(sound | broken))

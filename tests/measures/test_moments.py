"""Means, variances and extremes of profiles, against those of the rows."""

import statistics
import zlib
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from cdt.measures import Grid, decode, encode, merge
from cdt.measures.folding import profile_predictions
from cdt.measures.grid import NumberFeature
from cdt.measures.moments import Spread, spread
from cdt.measures.packing import BrokenProfile
from cdt.measures.profile import Profile

from .builders import HOSTILE, SHAPES, a_grid, a_grid_of, a_sample, chance, part_of

LARGE = 70_000  # more than two blocks
FORMAT_1 = "4344545001fee27b9648d5d25a6900000034000000789ce36520154c51606224191819010032a9015a"
"""The whole numbers up to 49, as they were stored before there were moments."""


def counted(grid: Grid, values: NDArray[np.float64]) -> Profile:
    return profile_predictions(grid, {"x": values}, np.zeros(len(values), dtype=np.int32))


def x_of(grid: Grid) -> NumberFeature:
    feature = grid.features[0]
    assert isinstance(feature, NumberFeature)
    return feature


def spread_of(grid: Grid, values: NDArray[np.float64]) -> Spread:
    return spread(grid, counted(grid, values), x_of(grid))


@pytest.mark.parametrize("rows", [40, LARGE])
@pytest.mark.parametrize("shape", SHAPES)
def test_mean_and_variance_are_those_of_the_rows_within_the_stated_error(shape: str, rows: int) -> None:
    random = chance()
    grid = a_grid_of(SHAPES[shape](random, 5_000))
    values = SHAPES[shape](random, rows) * 1.5
    values[::7] = np.nan
    known = values[~np.isnan(values)]
    cells = x_of(grid).cells
    outside = np.count_nonzero((known < cells.low) | (known >= cells.high))
    off = (cells.offset_unit * (len(known) - outside) + cells.quantum * outside) / 2 / len(known)
    found = spread_of(grid, values)
    assert (found.rows, found.missing) == (len(known), rows - len(known))
    assert (found.least, found.greatest) == (known.min(), known.max())
    assert found.mean == pytest.approx(known.mean(), abs=off + 1e-12 * abs(known.mean()))
    deviation = np.std(known, ddof=1)
    assert found.variance is not None
    assert np.sqrt(found.variance) == pytest.approx(deviation, abs=2 * cells.quantum)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 90), min_size=2, max_size=200))
def test_whole_numbers_in_range_have_the_exact_mean_and_variance(values: list[int]) -> None:
    found = spread_of(a_grid_of(np.arange(91.0)), np.array(values, dtype=np.float64))
    exact = [Fraction(value) for value in values]
    assert found.mean == float(statistics.mean(exact))
    assert found.variance == float(statistics.variance(exact))


def test_nothing_cancels_where_the_mean_is_large_against_the_spread() -> None:
    values = 1e9 + chance().random(2_000)
    found = spread_of(a_grid_of(values), values)
    assert found.variance == pytest.approx(np.var(values - 1e9, ddof=1), rel=1e-5)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 1_000), rows=st.integers(0, 300), cuts=st.lists(st.integers(0, 300), max_size=4))
def test_rows_in_any_cut_and_order_give_the_same_bits(seed: int, rows: int, cuts: list[int]) -> None:
    grid = a_grid()
    sample = a_sample(grid, seed, rows)
    edges = [0, *sorted(cuts), rows]
    parts = [part_of(sample, slice(start, end)).profile(grid) for start, end in pairwise(edges)]
    whole, merged = sample.profile(grid), merge(*reversed(parts))
    assert merged == whole
    for feature in grid.features:
        if isinstance(feature, NumberFeature):
            assert spread(grid, merged, feature) == spread(grid, whole, feature)


@pytest.mark.parametrize("rows", [40, LARGE])
def test_blocks_and_single_rows_give_the_same_bits(rows: int) -> None:
    random = chance()
    grid = a_grid_of(random.lognormal(size=5_000))
    values = np.where(random.random(rows) < 0.1, np.nan, random.normal(size=rows) * 3)
    parts = [counted(grid, values[start : start + 777]) for start in range(0, rows, 777)]
    assert merge(*parts) == counted(grid, values)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_values_have_a_spread_or_none(name: str) -> None:
    values = np.array(HOSTILE[name])
    for reference in [*HOSTILE.values(), SHAPES["lognormal"](chance(), 500)]:
        found = spread_of(a_grid_of(np.array(reference)), values)
        numbers = [found.least, found.greatest, found.mean, found.variance]
        assert all(number is None or np.isfinite(number) for number in numbers)
        assert found.variance is None or found.variance >= 0


def test_a_column_without_values_has_no_spread_and_a_single_value_no_variance() -> None:
    grid = a_grid_of(np.arange(50.0))
    assert spread_of(grid, np.array([np.nan])) == Spread(rows=0, missing=1)
    assert spread_of(grid, np.array([7.0])) == Spread(rows=1, missing=0, least=7.0, greatest=7.0, mean=7.0)
    infinite = spread_of(grid, np.array([7.0, np.inf]))
    assert (infinite.rows, infinite.least, infinite.greatest) == (2, 7.0, None)


def test_a_profile_of_the_format_before_is_read_and_has_no_spread() -> None:
    grid = a_grid_of(np.arange(50.0))
    profile = counted(grid, np.arange(50.0))
    stored = bytes.fromhex(FORMAT_1)
    read = decode(grid, stored)
    assert read.number("x").cells.tolist() == profile.number("x").cells.tolist()
    assert spread(grid, read, x_of(grid)) == Spread(rows=50, missing=0)
    assert spread(grid, merge(read, profile), x_of(grid)) == Spread(rows=100, missing=0)
    assert decode(grid, encode(read)) == read


@pytest.mark.parametrize(("where", "what"), [(0, b"\xff\xff"), (2, np.array([np.nan]).tobytes()), (2, 8 * b"\x7f")])
def test_extremes_that_can_not_be_are_refused(where: int, what: bytes) -> None:
    grid = a_grid_of(np.arange(50.0))
    stored = encode(counted(grid, np.arange(50.0)))
    body = bytearray(zlib.decompress(stored[25:]))
    start = len(body) - 18 + where
    body[start : start + len(what)] = what
    with pytest.raises(BrokenProfile, match="extremes"):
        decode(grid, stored[:25] + zlib.compress(bytes(body)))

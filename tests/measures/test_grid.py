import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdt.measures import CategoryColumn, Grid, GroupRule, fit_grid
from cdt.measures.binning import fit_number, quantiles_of
from cdt.measures.grid import CategoryFeature, NumberFeature

from .builders import CLASSES, HOSTILE, SHAPES, a_grid, a_grid_of, chance


def the_number(grid: Grid) -> NumberFeature:
    feature = grid.features[0]
    assert isinstance(feature, NumberFeature)
    return feature


def shares_of_bins(values: np.ndarray, feature: NumberFeature) -> list[float]:
    place = np.searchsorted(feature.edges, values, side="right")
    return (np.bincount(place, minlength=len(feature.edges) + 1) / len(values)).round(3).tolist()


def test_a_grid_comes_back_from_its_json_with_the_same_digest() -> None:
    grid = a_grid()
    again = Grid.from_json(grid.as_json())
    assert again == grid
    assert again.digest == grid.digest


def test_a_grid_fitted_twice_to_the_same_rows_is_the_same() -> None:
    assert a_grid().digest == a_grid().digest


def test_the_digest_does_not_depend_on_how_the_json_was_written() -> None:
    grid = a_grid()
    spread = msgspec.json.format(grid.as_json(), indent=4)
    assert Grid.from_json(spread).digest == grid.digest


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        Grid.from_json(a_grid().as_json().replace(b'"format":1', b'"format":2'))


@pytest.mark.parametrize(
    ("shape", "spacing"),
    [
        ("normal", "linear"),
        ("lognormal", "logarithmic"),
        ("uniform", "linear"),
        ("zero-inflated", "linear"),
        ("zero-inflated with a long tail", "logarithmic"),
        ("whole numbers", "stepped"),
        ("quarters", "stepped"),
        ("whole incomes", "logarithmic"),
    ],
)
def test_the_spacing_follows_the_shape_of_the_column(shape: str, spacing: str) -> None:
    assert the_number(a_grid_of(SHAPES[shape](chance(), 20_000))).cells.spacing == spacing


@pytest.mark.parametrize("shape", ["normal", "lognormal", "bimodal", "uniform", "student t3"])
def test_bins_of_a_smooth_column_hold_a_tenth_each(shape: str) -> None:
    values = SHAPES[shape](chance(), 20_000)
    assert shares_of_bins(values, the_number(a_grid_of(values))) == pytest.approx([0.1] * 10, abs=0.003)


def test_an_atom_has_a_bin_of_its_own() -> None:
    values = SHAPES["zero-inflated"](chance(), 20_000)
    feature = the_number(a_grid_of(values))
    assert feature.cells.atom == 0.0
    assert shares_of_bins(values, feature)[0] == round(float((values == 0).mean()), 3)


@pytest.mark.parametrize(("rows", "atom"), [(9, None), (10, 0.5)])
def test_an_atom_is_shared_by_one_row_in_a_hundred(rows: int, atom: float | None) -> None:
    values = np.append(chance().normal(size=1_000 - rows), np.full(rows, 0.5))
    assert the_number(a_grid_of(values)).cells.atom == atom


@given(st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=60), st.floats(0, 1))
def test_quantiles_of_ascending_values_are_those_of_numpy(values: list[float], share: float) -> None:
    ordered = np.sort(np.array(values))
    assert quantiles_of(ordered, [share]).tolist() == np.quantile(ordered, [share]).tolist()


def test_edges_of_whole_numbers_are_whole_numbers() -> None:
    edges = the_number(a_grid_of(SHAPES["whole numbers"](chance(), 20_000))).edges
    assert edges == tuple(np.rint(edges))


def test_a_column_of_two_values_has_two_bins() -> None:
    assert the_number(a_grid_of(np.array([0.0, 0.0, 0.0, 1.0]))).edges == (1.0,)


def test_a_constant_column_has_bins_below_and_above_so_that_change_is_seen() -> None:
    assert the_number(a_grid_of(np.full(100, 7.0))).edges == (7.0, 8.0)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_reference_gives_a_sound_grid(name: str) -> None:
    grid = a_grid_of(np.array(HOSTILE[name]))
    assert Grid.from_json(grid.as_json()) == grid


def test_one_far_value_does_not_widen_the_cells() -> None:
    values = np.append(chance().normal(size=10_000), 1e9)
    assert fit_number("x", values).cells.high < 10


def test_scores_in_the_unit_interval_are_cut_over_all_of_it() -> None:
    cells = a_grid().score.cells
    assert (cells.low, cells.high) == pytest.approx((0, 1), abs=1e-12)
    logits = chance().normal(0, 3, 1_000)
    grid = fit_grid({}, features=[], classes=CLASSES, positive_class="yes", score=logits)
    assert grid.score.cells.low < -5 < 5 < grid.score.cells.high


def test_the_most_frequent_categories_are_counted_one_by_one() -> None:
    texts = ["rare"] + ["often"] * 300 + ["sometimes"] * 20
    columns = {"c": CategoryColumn.from_texts(texts)}
    grid = fit_grid(columns, features=["c"], classes=CLASSES, positive_class="yes", most_categories=2)
    assert grid.features == (CategoryFeature(name="c", values=("often", "sometimes"), own_bins=2),)


def test_a_category_of_less_than_half_a_percent_shares_the_bin_of_the_others() -> None:
    columns = {"c": CategoryColumn.from_texts(["rare"] + ["often"] * 300)}
    grid = fit_grid(columns, features=["c"], classes=CLASSES, positive_class="yes")
    assert grid.features == (CategoryFeature(name="c", values=("often", "rare"), own_bins=1),)


def test_groups_are_bands_of_numbers_or_values_of_categories() -> None:
    by_name = a_grid().attributes
    assert by_name["age group"].labels == ("under 18", "18-29", "30-44", "45-59", "60-74", "75+", "(missing)")
    assert by_name["sex"].labels == ("female", "male", "(other)", "(missing)")


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"features": ["y"]}, "no column 'y'"),
        ({"positive_class": "maybe"}, "positive class 'maybe' is not among the classes"),
        ({"classes": ["yes"]}, "2 to 50 classes"),
        ({"classes": ["yes", "yes"]}, "different names"),
        ({"groups": [GroupRule(name="g", column="x")]}, "needs bands"),
        ({"groups": [GroupRule(name="g", column="c", bands=(1,))]}, "holds categories"),
        ({"groups": [GroupRule(name="g", column="x", bands=(2, 1))]}, "ascending"),
        ({"groups": [GroupRule(name="g", column="x", bands=(float("nan"),))]}, "ascending"),
        ({"groups": [GroupRule(name="g", column="z")]}, "no column 'z'"),
    ],
)
def test_what_can_not_be_a_grid_is_refused_with_the_reason(changed: dict[str, object], sentence: str) -> None:
    columns = {"x": np.array([1.0, 2.0]), "c": CategoryColumn.from_texts(["a", "b"])}
    sound: dict[str, object] = {"features": ["x"], "classes": CLASSES, "positive_class": "yes"}
    with pytest.raises(ValueError, match=sentence):
        fit_grid(columns, **(sound | changed))  # type: ignore[arg-type]

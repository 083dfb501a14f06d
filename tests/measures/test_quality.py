"""What the data of a window are like: counts with exact values, at their edges and with nothing to count."""

from datetime import UTC, datetime

import numpy as np
import pytest

from cdt.measures import CategoryColumn, Column, Grid, Profile, empty, fit_grid, quality, reading_from_profiles
from cdt.measures.estimates import Estimate, wilson_interval
from cdt.measures.folding import profile_predictions
from cdt.measures.quality import Span

from .builders import CLASSES, chance

AGES = np.arange(100.0) % 50
TOWNS = ["Arnhem", "Breda"] * 50


def a_column_pair(ages: np.ndarray, towns: list[str | None]) -> dict[str, Column]:
    return {"age": ages, "town": CategoryColumn.from_texts(towns)}


GRID = fit_grid(a_column_pair(AGES, list(TOWNS)), features=["age", "town"], classes=CLASSES, positive_class="yes")
AGE, TOWN = GRID.features


def counted(ages: list[float], towns: list[str | None] | None = None, ahead: int = 0, grid: Grid = GRID) -> Profile:
    rows = len(ages)
    columns = a_column_pair(np.array(ages, dtype=np.float64), towns or ["Arnhem"] * rows)
    return profile_predictions(grid, columns, np.zeros(rows, dtype=np.int32), is_ahead=np.arange(rows) < ahead)


BASELINE = counted(AGES.tolist(), list(TOWNS))


def test_the_volume_is_the_predictions_without_any_doubt() -> None:
    assert quality.volume(counted([1.0] * 7)) == Estimate.of(7, 7, 7, rows=7)
    assert quality.volume(empty(GRID)).reason == "no current rows"


@pytest.mark.parametrize(("newest", "value"), [((1, 0), 1.0), ((1, 12), 0.5), ((2, 0), 0.0)])
def test_freshness_is_the_part_of_the_window_since_its_newest_prediction(newest: tuple[int, int], value: float) -> None:
    day, hour = newest
    span = Span(
        datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, day, hour, tzinfo=UTC)
    )
    assert quality.freshness(span, 9) == Estimate.of(value, value, value, rows=9)
    assert quality.freshness(span._replace(newest=None), 0).reason == "no current rows"
    assert quality.freshness(None, 9).reason == "no current rows"


def test_missing_values_are_a_share_of_all_rows() -> None:
    profile = counted([1.0, np.nan, 3.0, 4.0], ["Arnhem", None, None, "Breda"])
    assert quality.missing_share(AGE, profile).value == 0.25
    assert quality.missing_share(TOWN, profile).value == 0.5
    assert quality.missing_share(AGE, empty(GRID)).reason == "no current rows"


def test_values_out_of_range_and_new_categories_are_a_share_of_the_values() -> None:
    profile = counted([1.0, np.nan, 900.0, -900.0, np.inf], ["Arnhem", "Zwolle", None, "Breda", "Zwolle"])
    assert quality.out_of_range_share(AGE, profile).value == 0.75
    assert quality.new_category_share(TOWN, profile).value == 0.5
    nothing = counted([np.nan], [None])
    assert quality.out_of_range_share(AGE, nothing).reason == "no current rows with a value"
    assert quality.new_category_share(TOWN, nothing).reason == "no current rows with a value"


def test_a_column_is_constant_when_all_its_values_are_one_and_the_baselines_are_not() -> None:
    same = counted([7.0, 7.0, np.nan] * 9, ["Breda", None, "Breda"] * 9)
    assert quality.constant(AGE, BASELINE, same) == Estimate.of(1, 1, 1, rows=18)
    assert quality.constant(TOWN, BASELINE, same) == Estimate.of(1, 1, 1, rows=18)
    assert quality.constant(AGE, BASELINE, counted([7.0, 7.0001])).value == 0
    assert quality.constant(AGE, same, same).value == 0
    assert quality.constant(TOWN, BASELINE, counted([1.0] * 2, ["Zwolle", "Almere"])).value == 0
    assert quality.constant(TOWN, BASELINE, counted([1.0], [None])).reason == "no current rows with a value"


def test_a_value_that_nearly_all_rows_share_may_be_alone_by_chance() -> None:
    mostly = counted([7.0] * 999 + [8.0])
    alone = quality.constant(AGE, mostly, counted([7.0] * 200))
    assert (alone.value, alone.low, alone.high) == (1, 0, 1)  # 0.999 ** 200 is 0.82
    assert quality.constant(AGE, mostly, counted([7.0] * 4_000)).low == 1  # 0.999 ** 4000 is 0.02


def test_clocks_that_are_ahead_are_a_share_of_all_rows() -> None:
    assert quality.clock_skew(counted([1.0] * 8, ahead=2)).value == 0.25
    assert quality.clock_skew(empty(GRID)).reason == "no current rows"


def test_rows_are_unlikely_that_no_row_of_the_reference_is_like() -> None:
    random = chance()
    ages = random.integers(0, 90, 4_000).astype(np.float64)
    towns: list[str | None] = ["Arnhem" if age < 45 else "Breda" for age in ages]
    grid = fit_grid(a_column_pair(ages, towns), features=["age", "town"], classes=CLASSES, positive_class="yes")
    usual = counted(ages.tolist(), towns, grid=grid)
    turned = counted([80.0] * 30 + [10.0] * 70, ["Arnhem"] * 100, grid=grid)
    assert quality.unlikely_share(usual).value == pytest.approx(0.0, abs=0.01)
    assert quality.unlikely_share(turned).value == 0.3  # each value by itself is as usual as any
    assert quality.unlikely_share(empty(grid)).reason == "no current rows"
    assert quality.unlikely_share(BASELINE).reason == quality.NO_LIKELIHOOD


def test_a_reading_tells_the_quality_of_the_window_and_of_each_feature() -> None:
    current = counted([900.0, 7.0, 8.0, np.nan], ["Zwolle", "Arnhem", "Arnhem", "Arnhem"], ahead=1)
    span = Span(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC))
    received = quality.Received(duplicates=1, violations=2, rejected=3)
    reading = reading_from_profiles(GRID, BASELINE, current, span=span, received=received)
    found = {
        (each.measure, each.subject): (each.estimate.value, each.baseline)
        for each in reading.results
        if each.measure not in {"population_stability_index", "jensen_shannon_distance", "kolmogorov_smirnov"}
        and each.measure not in {"accuracy", "precision", "recall", "roc_auc"}
    }
    assert found == {
        ("volume", None): (4, None),
        ("freshness", None): (0, None),
        ("clock_skew", None): (0.25, None),
        ("duplicate_share", None): (0.125, None),
        ("violation_share", None): (0.25, None),
        ("unlikely_share", None): (None, None),
        ("missing_share", "age"): (0.25, 0),
        ("constant", "age"): (0, None),
        ("out_of_range_share", "age"): (pytest.approx(1 / 3), 0),
        ("missing_share", "town"): (0, 0),
        ("constant", "town"): (0, None),
        ("new_category_share", "town"): (0.25, 0),
    }
    ages = reading.spreads["age"]
    assert (ages.current.least, ages.current.greatest, ages.current.mean) == (7, 900, pytest.approx(305, abs=1e-3))
    assert (ages.baseline.rows, ages.baseline.mean) == (100, 24.5)
    assert list(reading.spreads) == ["age"]


def test_what_came_in_besides_is_held_against_all_that_came_in() -> None:
    current = counted([7.0] * 90, ["Zwolle"] * 90)
    received = quality.Received(duplicates=8, violations=1, rejected=2)
    share = quality.duplicate_share(received, current)

    assert (share.value, share.rows) == (0.08, 100)
    assert (share.low, share.high) == pytest.approx(wilson_interval(0.08, 100))
    assert quality.violation_share(received, current).value == 0.01
    assert quality.violation_share(None, current).reason == quality.NOT_COUNTED
    assert quality.duplicate_share(quality.Received(0, 0, 0), empty(GRID)).reason == quality.NO_ROWS
    assert quality.duplicate_share(quality.Received(3, 0, 0), empty(GRID)).value == 1

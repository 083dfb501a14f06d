"""Drift of plain arrays is that of scipy; counted by the cells of a grid, it is so to a stated tolerance."""

from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.spatial import distance
from scipy.special import rel_entr

from cdt.measures import Estimate, drift
from cdt.measures.binning import fit_number
from cdt.measures.folding import profile_predictions
from cdt.measures.grid import NumberFeature
from cdt.measures.kolmogorov_smirnov import kolmogorov_smirnov_of_cells
from cdt.measures.profile_errors import WASSERSTEIN
from cdt.measures.wasserstein import wasserstein_of_cells

from .agreement import PAGE, Agreement, section
from .builders import SHAPES, a_grid_of, chance

Values = NDArray[np.float64]
EPSILON = 1e-6
ROWS = 9_000, 4_000


class Case(NamedTuple):
    """Two columns; those of their values that are there; the rows of the grid's bins, counted by comparing."""

    old: Values
    new: Values
    known: tuple[Values, Values]
    bins: tuple[Values, Values]

    @property
    def shares(self) -> tuple[Values, Values]:
        return self.bins[0] / self.bins[0].sum(), self.bins[1] / self.bins[1].sum()


@cache
def cases() -> tuple[Case, ...]:
    random = chance(21)
    found: list[Case] = []
    for shape in SHAPES.values():
        for shift in (0.0, 0.3):
            old, new = (shape(random, rows) for rows in ROWS)
            new = new * (1 + shift / 5) + shift * float(np.std(old))
            old[::10], new[::9] = np.nan, np.nan
            edges = [-np.inf, *fit_number("x", old).edges, np.inf]
            bins = [
                [np.count_nonzero((side >= low) & (side < high)) for low, high in pairwise(edges)]
                + [np.count_nonzero(np.isnan(side))]
                for side in (old, new)
            ]
            known = old[~np.isnan(old)], new[~np.isnan(new)]
            found.append(Case(old, new, known, (np.array(bins[0], dtype=float), np.array(bins[1], dtype=float))))
    return tuple(found)


def at_least_epsilon(case: Case) -> tuple[Values, Values]:
    old, new = case.shares
    return np.maximum(old, EPSILON), np.maximum(new, EPSILON)


def stability(case: Case) -> float:
    old, new = at_least_epsilon(case)
    return float(np.sum(rel_entr(old, new)) + np.sum(rel_entr(new, old)))


def lost(case: Case) -> float:
    old, new = at_least_epsilon(case)
    return float(np.sum(rel_entr(new, old)))


def table(case: Case) -> Values:
    both = np.stack(case.bins)
    return both[:, both.sum(axis=0) > 0]


def value(measure: Callable[..., Estimate]) -> Callable[[Case], float]:
    def number(case: Case) -> float:
        found = measure(case.old, case.new).value
        assert found is not None
        return found

    return number


def p_value(measure: Callable[..., Estimate]) -> Callable[[Case], float]:
    def number(case: Case) -> float:
        found = measure(case.old, case.new).p_value
        assert isinstance(found, float)
        return found

    return number


def of_cells(measure: Callable[..., Estimate]) -> Callable[[Case], float]:
    def number(case: Case) -> float:
        grid = a_grid_of(case.old)
        feature = grid.features[0]
        assert isinstance(feature, NumberFeature)
        sides = [
            profile_predictions(grid, {"x": side}, np.zeros(len(side), dtype=np.int32)).number("x")
            for side in (case.old, case.new)
        ]
        found = measure(feature.cells, *sides).value
        assert found is not None
        return found

    return number


def gap_tail(case: Case) -> float:
    old, new = case.known
    rows = len(old) * len(new) / (len(old) + len(new))
    return float(stats.kstwobign.sf(np.sqrt(rows) * stats.ks_2samp(old, new, method="asymp").statistic))


def way(case: Case) -> float:
    return float(stats.wasserstein_distance(*case.known))


@cache
def agreements() -> tuple[Agreement, ...]:
    return tuple(compared())


def compared() -> Iterator[Agreement]:
    def against(
        name: str,
        peer: str,
        ours: Callable[[Case], float],
        theirs: Callable[[Case], float],
        tolerance: float = 1e-9,
        these: tuple[Case, ...] = cases(),
    ) -> Agreement:
        # of numbers above 1 the difference is a share of them
        differences = [abs(ours(case) - theirs(case)) / max(1.0, theirs(case)) for case in these]
        return Agreement(name, peer, len(these), max(differences), tolerance)

    spreading = tuple(case for case in cases() if np.ptp(case.known[0]) > 0)
    steps = {"whole numbers", "quarters", "constant", "whole incomes"}
    on_cells = tuple(case for number, case in enumerate(cases()) if list(SHAPES)[number // 2] not in steps)
    yield against(
        "population_stability_index",
        "`scipy.special.rel_entr`, both ways",
        value(drift.population_stability_index),
        stability,
    )
    yield against(
        "kullback_leibler_divergence", "`scipy.special.rel_entr`", value(drift.kullback_leibler_divergence), lost
    )
    yield against(
        "jensen_shannon_distance",
        "`scipy.spatial.distance.jensenshannon`",
        value(drift.jensen_shannon_distance),
        lambda case: float(distance.jensenshannon(*case.shares, base=2)),
    )
    yield against(
        "hellinger_distance",
        "`scipy.spatial.distance.euclidean` of roots",
        value(drift.hellinger_distance),
        lambda case: float(distance.euclidean(*map(np.sqrt, case.shares))) / 2**0.5,
    )
    yield against(
        "total_variation_distance",
        "`scipy.spatial.distance.cityblock`",
        value(drift.total_variation_distance),
        lambda case: float(distance.cityblock(*case.shares)) / 2,
    )
    yield against(
        "l_infinity_distance",
        "`scipy.spatial.distance.chebyshev`",
        value(drift.l_infinity_distance),
        lambda case: float(distance.chebyshev(*case.shares)),
    )
    yield against(
        "chi_square",
        "`scipy.stats.chi2_contingency`",
        value(drift.chi_square),
        lambda case: float(stats.chi2_contingency(table(case), correction=False).statistic),
    )
    yield against(
        "chi_square",
        "its p-value",
        p_value(drift.chi_square),
        lambda case: float(stats.chi2_contingency(table(case), correction=False).pvalue),
    )
    yield against(
        "kolmogorov_smirnov",
        "`scipy.stats.ks_2samp`",
        value(drift.kolmogorov_smirnov),
        lambda case: float(stats.ks_2samp(*case.known, method="asymp").statistic),
    )
    yield against(
        "kolmogorov_smirnov", "`scipy.stats.kstwobign`, for its p-value", p_value(drift.kolmogorov_smirnov), gap_tail
    )
    yield against("wasserstein_distance", "`scipy.stats.wasserstein_distance`", value(drift.wasserstein_distance), way)
    yield against(
        "normalized_wasserstein_distance",
        "the same, over `numpy.std`",
        value(drift.normalized_wasserstein_distance),
        lambda case: way(case) / float(np.std(case.known[0])),
        these=spreading,
    )
    yield against(
        "kolmogorov_smirnov",
        "`scipy.stats.ks_2samp`, by cells",
        of_cells(kolmogorov_smirnov_of_cells),
        lambda case: float(stats.ks_2samp(*case.known, method="asymp").statistic),
        1e-3,
        on_cells,
    )
    yield against(
        "wasserstein_distance",
        "`scipy.stats.wasserstein_distance`, by cells",
        of_cells(wasserstein_of_cells),
        way,
        WASSERSTEIN.most,
        on_cells,
    )


SECTION = (
    "How far drift agrees",
    "\n".join(
        [
            f"Each case is a column of one of {len(SHAPES)} shapes, from normal to zero-inflated with a long tail,",
            f"a tenth of it missing: {ROWS[0]:,} rows beside {ROWS[1]:,}, moved or not. What rests on bins is held",
            "against scipy over the same bins, counted by comparing. By cells, columns that are no longer on their",
            "steps are left out, see above, and so few rows let a cell hide more of a gap. Of numbers above 1 the",
            "difference is a share of them.",
        ]
    ),
)


def test_drift_agrees_with_independent_implementations() -> None:
    assert [each for each in agreements() if not each.holds] == []


def test_the_page_says_how_far_drift_agrees() -> None:
    written = section(*SECTION, agreements())
    print(written)  # noqa: T201
    assert written in PAGE.read_text(encoding="utf-8")

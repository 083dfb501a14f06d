"""How often the 95 % intervals of fairness and performance miss what is true, in simulations."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from bench.table import Figures, Limit, Table
from cdt.measures import Estimate, performance
from cdt.measures.fairness.disparity import Against, disparity
from cdt.measures.fairness.entropy import entropy
from cdt.measures.fairness.kinds import FALSE_NEGATIVE_OF_ERRORS, FALSE_POSITIVE, SELECTION, TRUE_POSITIVE
from cdt.measures.fairness.means import error_parity_ratio, standardized_mean_difference
from cdt.measures.fairness.treatment import treatment_equality
from cdt.measures.performance.confusion import averaged_of, balanced_accuracy_of, f1_of, matthews_of

TIMES = 2_000
MOST_MISSED = 7.0
"""Per cent: 95 % intervals hold the true value at least 93 times in a hundred."""
ROWS = (200, 2_000)
CHANCE = np.random.default_rng(20)

Counts = NDArray[np.int64]
Draw = Callable[[], Estimate]


def measure() -> Table:
    """Each measure's misses in per cent, in the setting where it misses most."""
    found: dict[str, Figures] = {}
    for name, truth, draw in (*_fairness(), *_confusions(), *_scores(), *_numbers(), *_groups_of_numbers()):
        found.setdefault(name, Figures(name, "% missed")).add(_missed(truth, draw))
    worst = [Figures(f"{each.name}, worst of {len(each.of_rounds)}", each.unit) for each in found.values()]
    for figures, each in zip(worst, found.values(), strict=True):
        figures.add(max(each.of_rounds))
    return Table(
        title="Coverage of intervals",
        what=f"95 % intervals, {TIMES:,} simulations of each setting: groups of different size and rates, confusions "
        f"of two and three classes, scores that are calibrated and not, errors with a normal and a long tail, two to "
        f"five groups; "
        f"{' and '.join(f'{rows:,}' for rows in ROWS)} rows",
        figures=worst,
        claims=[Limit(each, at_most=MOST_MISSED) for each in worst],
    )


def _missed(truth: float, draw: Draw) -> float:
    missed, told = 0, 0
    for _ in range(TIMES):
        found = draw()
        if found.low is None or found.high is None:
            continue
        told += 1
        missed += not found.low - 1e-12 <= truth <= found.high + 1e-12
    return 100 * missed / told


def _fairness() -> Iterator[tuple[str, float, Draw]]:
    against: Against
    for rows, hits, alarms in (
        ([400, 400], [0.7, 0.7], [0.3, 0.3]),
        ([1_000, 300, 150], [0.7, 0.6, 0.6], [0.3, 0.25, 0.1]),
        ([1_000, 500, 500, 300, 300, 300], [0.7] * 6, [0.3] * 6),
        ([500, 500], [0.8, 0.5], [0.2, 0.3]),
    ):
        sizes, hit, alarm = np.array(rows), np.array(hits), np.array(alarms)
        is_group = np.arange(len(sizes) + 1) < len(sizes)

        def table(sizes: Counts = sizes, hit: object = hit, alarm: object = alarm) -> Counts:
            drawn = np.zeros((len(sizes) + 1, 2, 2), dtype=np.int64)
            positives = CHANCE.binomial(sizes, 0.4)
            drawn[:-1, 1, 1], drawn[:-1, 1, 0] = (
                CHANCE.binomial(positives, hit),
                CHANCE.binomial(sizes - positives, alarm),
            )
            drawn[:-1, 0, 1], drawn[:-1, 0, 0] = positives - drawn[:-1, 1, 1], sizes - positives - drawn[:-1, 1, 0]
            return drawn

        rate = 0.4 * hit + 0.6 * alarm
        whole = float(rate @ sizes / sizes.sum())
        truths: list[tuple[str, Against, float]] = [
            ("demographic parity difference", "groups", float(np.ptp(rate))),
            ("the same to the whole", "whole", float(np.abs(rate - whole).max())),
            ("the same to a reference group", 0, float(np.abs(rate - rate[0]).max())),
        ]
        for name, against, truth in truths:
            yield (
                name,
                truth,
                lambda against=against, table=table, is_group=is_group: (
                    disparity(SELECTION.of(table(), is_group), minimum_group_size=1, against=against).difference
                ),
            )
        odds = max(float(np.ptp(hit)), float(np.ptp(alarm)))

        def both(table: Callable[[], Counts] = table, is_group: NDArray[np.bool_] = is_group) -> Estimate:
            drawn = table()
            shares = (kind.of(drawn, is_group) for kind in (TRUE_POSITIVE, FALSE_POSITIVE))
            return disparity(*shares, minimum_group_size=1).difference

        yield "equalised odds difference", odds, both
        wrong = 0.4 * (1 - hit) / (0.6 * alarm)
        yield (
            "treatment equality ratio",
            float(wrong.min() / wrong.max()),
            lambda table=table, is_group=is_group: (
                treatment_equality(FALSE_NEGATIVE_OF_ERRORS.of(table(), is_group), minimum_group_size=1).ratio
            ),
        )
    for shares in ((0.1, 0.8, 0.1), (0.01, 0.98, 0.01)):
        for rows_ in ROWS:
            truth = entropy(_benefits(np.array(shares) * 1_000_000), alpha=1.0).value
            assert truth is not None
            yield (
                "Theil index",
                truth,
                lambda shares=shares, rows_=rows_: entropy(_benefits(CHANCE.multinomial(rows_, shares)), alpha=1.0),
            )


def _benefits(counts: NDArray[np.generic]) -> Counts:
    return np.array([[counts[1], counts[0]], [counts[2], 0]]).astype(np.int64)


def _confusions() -> Iterator[tuple[str, float, Draw]]:
    measures: dict[str, Callable[[Counts], Estimate]] = {
        "balanced accuracy": balanced_accuracy_of,
        "Matthews correlation": matthews_of,
        "F1": lambda table: f1_of(table, 1),
        "macro F1": lambda table: averaged_of(table, "f1", "macro"),
        "weighted precision": lambda table: averaged_of(table, "precision", "weighted"),
    }
    for shares in (
        [[0.5, 0.1], [0.1, 0.3]],
        [[0.8, 0.01], [0.01, 0.18]],
        [[0.49, 0.21], [0.21, 0.09]],
        [[0.40, 0.05, 0.03], [0.05, 0.20, 0.05], [0.02, 0.05, 0.15]],
    ):
        table = np.array(shares)
        for name, function in measures.items():
            truth = function(np.rint(table * 1e9).astype(np.int64)).value
            assert truth is not None
            for rows in ROWS:
                yield (
                    name,
                    truth,
                    lambda function=function, table=table, rows=rows: function(
                        CHANCE.multinomial(rows, table.ravel()).reshape(table.shape)
                    ),
                )


def _scores() -> Iterator[tuple[str, float, Draw]]:
    measures: dict[str, Callable[..., Estimate]] = {
        "ROC AUC": performance.roc_auc,
        "average precision": performance.average_precision,
        "lift": performance.lift,
        "log loss": performance.log_loss,
        "Brier score": performance.brier_score,
        "expected calibration error": performance.expected_calibration_error,
    }
    for first, second, off in ((1.2, 2.8, 0.0), (0.4, 3.6, 0.0), (0.3, 0.3, 0.0), (5.0, 5.0, -0.2)):

        def rows_of(
            rows: int, first: float = first, second: float = second, off: float = off
        ) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
            score = CHANCE.beta(first, second, rows)
            return CHANCE.random(rows) < np.clip(score + off, 0, 1), score

        many = rows_of(1_000_000)
        for name, function in measures.items():
            truth = 0.0 if name == "expected calibration error" and not off else function(*many).value
            assert truth is not None
            for rows in ROWS:
                yield name, truth, lambda function=function, rows_of=rows_of, rows=rows: function(*rows_of(rows))


def _numbers() -> Iterator[tuple[str, float, Draw]]:
    measures: dict[str, Callable[..., Estimate]] = {
        "mean absolute error": performance.mean_absolute_error,
        "root mean squared error": performance.root_mean_squared_error,
        "R squared": performance.r_squared,
    }
    for has_long_tail in (False, True):

        def rows_of(rows: int, has_long_tail: bool = has_long_tail) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
            predicted = 5 + 2 * CHANCE.normal(size=rows)
            error = CHANCE.standard_t(5, rows) if has_long_tail else CHANCE.normal(size=rows)
            return predicted + error, predicted

        many = rows_of(2_000_000)
        for name, function in measures.items():
            truth = function(*many).value
            assert truth is not None
            for rows in ROWS:
                yield name, truth, lambda function=function, rows_of=rows_of, rows=rows: function(*rows_of(rows))


def _groups_of_numbers() -> Iterator[tuple[str, float, Draw]]:
    """Groups whose mean predictions and errors differ and do not; errors of a normal distribution and with a tail."""
    for rows, shifts, spreads in (
        ([400, 400], [0.0, 0.0], [1.0, 1.0]),
        ([1_000, 300, 150], [0.0, 0.2, 0.5], [1.0, 1.2, 1.5]),
        ([500] * 5, [0.0] * 5, [1.0] * 5),
        ([2_000, 50], [0.0, 0.3], [1.0, 0.8]),
    ):
        for has_long_tail in (False, True):
            group = np.repeat(np.arange(len(rows)), rows)
            shift, spread = np.array(shifts)[group], np.array(spreads)[group]
            shares = np.array(rows) / sum(rows)
            between = float(shares @ (np.array(shifts) - shares @ np.array(shifts)) ** 2)
            difference = (max(shifts) - min(shifts)) / float(np.sqrt(4 + between))

            def case(
                shift: NDArray[np.float64] = shift, spread: NDArray[np.float64] = spread, tail: bool = has_long_tail
            ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
                predicted = shift + 2 * CHANCE.normal(size=len(shift))
                error = CHANCE.standard_t(5, len(shift)) if tail else CHANCE.normal(size=len(shift))
                return predicted + spread * error, predicted

            yield (
                "standardised mean difference",
                difference,
                lambda case=case, group=group: standardized_mean_difference(case()[1], group, draws=200),
            )
            yield (
                "error parity ratio",
                min(spreads) / max(spreads),
                lambda case=case, group=group: error_parity_ratio(*case(), group, draws=200),
            )

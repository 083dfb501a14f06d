"""Eight parities over three attributes and all their intersections, against fairlearn and aequitas."""

import time
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from bench.peers import AEQUITAS, FAIRLEARN, driven
from bench.table import Claim, Figures, Table
from cdt.measures import fairness
from cdt.measures.fairness.arrays import grouped

ROWS = 100_000
FEW, MANY = 10_000, 10_000_000
ROUNDS = 3
TIMES = 20
"""A measurement of less than a millisecond is the mean of so many."""

Columns = dict[str, NDArray[np.generic]]


def people(rows: int) -> Columns:
    """Decisions and labels of people of two sexes, five races and four ages."""
    chance = np.random.default_rng(7)
    return {
        "sex": chance.choice(np.array(["female", "male"]), rows),
        "race": chance.choice(np.array(["a", "b", "c", "d", "e"]), rows, p=[0.5, 0.2, 0.1, 0.1, 0.1]),
        "age": chance.choice(np.array(["young", "middle", "old", "older"]), rows),
        "decision": chance.random(rows) < 0.4,
        "label": chance.random(rows) < 0.5,
    }


def seconds(function: Callable[[], object], times: int = 1) -> float:
    """How long a call takes, as the mean of some."""
    began = time.perf_counter()
    for _ in range(times):
        function()
    return (time.perf_counter() - began) / times


def measure() -> Table:
    """Times a second, so that more is better."""
    coded = Figures("ours, from stored codes", "a second")
    texts = Figures("ours, from strings", "a second")
    frames = Figures("fairlearn, `MetricFrame`", "a second")
    crosstabs = Figures("aequitas, attributes alone", "a second")
    few = Figures(f"1,000 bootstrap samples, {FEW:,} rows", "s")
    many = Figures(f"1,000 bootstrap samples, {MANY:,} rows", "s")
    columns = people(ROWS)
    label, decision, attributes = _of(columns)
    codes = {name: grouped(each) for name, each in attributes.items()}
    tables = [_counted(rows) for rows in (FEW, MANY)]
    with (
        driven(FAIRLEARN, "fairlearn_peer.py", columns) as fairlearn,
        driven(AEQUITAS, "aequitas_peer.py", columns) as aequitas,
    ):
        for number in range(-1, ROUNDS):
            own = seconds(lambda: fairness.overview_values(label, decision, codes, positive=True), TIMES)
            read = seconds(lambda: fairness.overview_values(label, decision, attributes, positive=True))
            peers = [1 / fairlearn() if number >= 0 else 0.0, 1 / aequitas()]
            drawn = [seconds(table) for table in tables]
            if number >= 0:
                for figures, figure in zip(
                    (coded, texts, frames, crosstabs, few, many),
                    (1 / own, 1 / read, *peers, *drawn),
                    strict=True,
                ):
                    figures.add(figure)
    return Table(
        title="Fairness",
        what=f"eight parities, as difference and ratio, of three attributes (2, 5 and 4 groups) and all their "
        f"intersections, {ROWS:,} rows in memory, the median of {ROUNDS} rounds after one that is not counted; "
        f"bootstrap from counts, all of them with intervals; {' '.join((*FAIRLEARN, *AEQUITAS))}",
        figures=[coded, texts, frames, crosstabs, few, many],
        claims=[
            Claim(coded, frames, at_least=1_000),
            Claim(coded, crosstabs, at_least=20),
            Claim(texts, frames, at_least=100),
            Claim(many, few, at_most=1.2),
        ],
    )


def _counted(rows: int) -> Callable[[], object]:
    """The intervals of all parities of that many rows, which are counted beforehand."""
    label, decision, attributes = _of(people(rows))
    counted = fairness.tables_of(label, decision, attributes, positive=True)
    return lambda: fairness.overview_of(counted)


def _of(columns: Columns) -> tuple[NDArray[np.generic], NDArray[np.generic], Mapping[str, NDArray[np.generic]]]:
    attributes = {name: columns[name] for name in ("sex", "race", "age")}
    return columns["label"], columns["decision"], attributes

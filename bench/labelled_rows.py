"""Where a model is worst, found in ten million stored rows that all have labels, against reading the rows at all."""

import asyncio
import time

import numpy as np

from bench.servers import Installation, installation
from bench.stored import SIGNATURE, a_version, connected, fill
from bench.table import Claim, Figures, Table
from cdt.measures import Grid, ReadingRules, fit_grid
from cdt.measures.columns import CategoryColumn
from cdt.predictions.arrow import texts_of
from cdt.predictions.columns import Labels, Predictions
from cdt.predictions.objects import Objects
from cdt.predictions.parquet import columns_counted
from cdt.predictions.reading import read_predictions
from cdt.predictions.segments import find_segments
from cdt.storage.places import Folder
from cdt.storage.storage import Storage
from cdt.workers.labelled import labelled_rows_of

ROWS = 10_000_000
ROUNDS = 3
GRID_ROWS = 50_000
WRONG = 0.1


def measure() -> Table:
    """Seconds of each, one after the other, as an evaluation does both."""
    reading = Figures("the rows read, without their ids", "s")
    finding = Figures("labels matched to rows, weakest segments searched", "s")
    with installation() as installed:
        asyncio.run(_measure(installed, reading, finding))
    return Table(
        title="Labelled rows",
        what=(
            f"{ROWS:,} rows of 20 numbers and 5 categories in objects in a folder, each with its label, {WRONG:.0%} of"
            f" them wrong by chance; {ROUNDS} rounds. Labels are found by ids and times, read for this alone; the"
            " segments are searched among every tenth labelled row, each column's and each pair's."
        ),
        figures=[reading, finding],
        claims=[Claim(finding, reading, at_most=1.0)],
    )


async def _measure(installed: Installation, reading: Figures, finding: Figures) -> None:
    objects = Objects(Storage(Folder(path=installed.folder / "objects")))
    async with connected(installed) as connection:
        version = await a_version(connection)
        single, packed = installed.folder / "single.parquet", Figures("packing", "rows/s")
        await fill(connection, objects, version, single, packed, total=ROWS)
        segments = await find_segments(connection, version.number, kind="predictions")
        for _ in range(ROUNDS):
            began = time.perf_counter()
            rows = await read_predictions(connection, objects, segments, SIGNATURE, wanted=columns_counted(SIGNATURE))
            reading.add(time.perf_counter() - began)
            grid, labels = _grid(rows), _labels(rows)
            began = time.perf_counter()
            found = await labelled_rows_of(
                connection,
                objects,
                segments,
                SIGNATURE,
                grid,
                rows,
                labels,
                ReadingRules(),
                predicted_from=None,
                predicted_to=None,
            )
            finding.add(time.perf_counter() - began)
            assert found is not None
            assert found.weakest
            assert found.weakest.labelled_rows == ROWS


def _grid(rows: Predictions) -> Grid:
    some = rows.between(0, GRID_ROWS).features
    return fit_grid(some, features=list(some), classes=SIGNATURE.classes, positive_class=SIGNATURE.positive_class)


def _labels(rows: Predictions) -> Labels:
    """The truth of each row, in another order than the rows."""
    order = np.random.default_rng(5).permutation(len(rows))
    decision = rows.decision.codes[order]
    is_wrong = np.random.default_rng(6).random(len(rows)) < WRONG
    return Labels(
        ids=texts_of([f"prediction-{number:09}" for number in order.tolist()]),
        predicted_at=rows.predicted_at[order],
        label=CategoryColumn(np.where(is_wrong, 1 - decision, decision).astype(np.int32), SIGNATURE.classes),
        sign=np.ones(len(rows), dtype=np.int8),
        decision=CategoryColumn(decision, SIGNATURE.classes),
        score=rows.score[order],
        features={},
    )

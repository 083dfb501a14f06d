"""The demo's rows: census answers of Massachusetts, 2015-2018, with the predictions of a real classifier.

Source: American Community Survey, Public Use Microdata Sample, US Census Bureau (public domain), as prepared with
predictions and shipped with NannyML 0.13 (Apache-2.0). Scores are rounded to single precision.

There is no time of day in the data, so each year's rows are spread evenly over the year, in an order drawn once with a
fixed seed: in the source's own order some 5,000 answers from nursing homes, dormitories and the like stand together at
the end of 2017 and at the start of 2018, which is how the file was written and not how people lived.
"""

# pyright: reportMissingTypeStubs=false

from datetime import UTC, datetime, timedelta
from importlib.resources import as_file, files
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pyarrow
import pyarrow.parquet
from numpy.typing import NDArray

pa: Any = pyarrow
parquet: Any = pyarrow.parquet
Table: TypeAlias = Any
Texts: TypeAlias = Any

REFERENCE_YEAR = 2015
FIRST_YEAR, LAST_YEAR = 2016, 2018
NUMBER_COLUMNS = ("AGEP",)
CATEGORY_COLUMNS = (
    "SCHL", "MAR", "RELP", "DIS", "ESP", "CIT", "MIG", "MIL", "ANC", "NATIVITY", "DEAR", "DEYE", "DREM", "SEX", "RAC1P",
)  # fmt: skip
SEED = 2015
LABELS_AFTER = timedelta(days=10)
"""How long after its prediction a label arrives, in the data's own time."""


class DemoRows(NamedTuple):
    """All rows in time order; `ids` are their row numbers in the source."""

    table: Table
    predicted_at: NDArray[np.int64]
    reference_rows: int

    def __len__(self) -> int:
        return self.table.num_rows

    def predictions(self, start: int, end: int) -> Table:
        """Rows as the intake takes them, as Arrow columns."""
        part = self.table.slice(start, end - start)
        columns: dict[str, Any] = {
            "prediction_id": _ids(part),
            "predicted_at": pa.array(self.predicted_at[start:end], type=pa.timestamp("us", tz="UTC")),
            "decision": part["prediction"].cast(pa.string()),
            "score": part["score"].cast(pa.float64()),
        }
        columns |= {name: part[name].cast(pa.float64()) for name in NUMBER_COLUMNS}
        columns |= {name: part[name].cast(pa.string()) for name in CATEGORY_COLUMNS}
        return pa.table(columns)

    def labels(self, start: int, end: int) -> Table:
        """The truth for the same rows."""
        part = self.table.slice(start, end - start)
        return pa.table(
            {
                "prediction_id": _ids(part),
                "label": part["employed"].cast(pa.string()),
                "predicted_at": pa.array(self.predicted_at[start:end], type=pa.timestamp("us", tz="UTC")),
            }
        )

    def id_of(self, row: int) -> str:
        """The prediction's id."""
        return _ids(self.table.slice(row, 1))[0].as_py()

    def labelled_by(self, row: int) -> int:
        """How many rows have their label by the time that this row is predicted; all of them after the last row."""
        if row >= len(self):
            return len(self)
        cut = int(self.predicted_at[row]) - LABELS_AFTER // timedelta(microseconds=1)
        return int(np.searchsorted(self.predicted_at, cut))


def load() -> DemoRows:
    """Read the rows of the package."""
    with as_file(files("cdt.demo") / "employment.parquet") as path:
        table = parquet.read_table(path)
    table = table.append_column("row", pa.array(np.arange(table.num_rows)))
    table = table.take(pa.array(_order(table["year"].to_numpy())))
    years = table["year"].to_numpy()
    times = np.empty(len(years), dtype=np.int64)
    for year in range(REFERENCE_YEAR, LAST_YEAR + 1):
        rows = np.flatnonzero(years == year)
        times[rows] = _evenly(year, len(rows))
    return DemoRows(table, times, int((years == REFERENCE_YEAR).sum()))


def _order(years: NDArray[np.int16]) -> NDArray[np.int64]:
    chance = np.random.default_rng(SEED)
    return np.concatenate([chance.permutation(np.flatnonzero(years == year)) for year in np.unique(years)])


def _evenly(year: int, rows: int) -> NDArray[np.int64]:
    start, end = (int(datetime(each, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000 for each in (year, year + 1))
    return start + (np.arange(rows, dtype=np.int64) * (end - start)) // rows


def _ids(part: Table) -> Texts:
    return pa.array([f"acs-{row}" for row in part["row"].to_pylist()])

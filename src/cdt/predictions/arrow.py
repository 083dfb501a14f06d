"""Arrow's library, which ships no types: what comes from it is Any, and checked where it enters."""

# pyright: reportMissingTypeStubs=false

from typing import Any, TypeAlias

import pyarrow
import pyarrow.compute
import pyarrow.csv
import pyarrow.ipc
import pyarrow.parquet

pa: Any = pyarrow
compute: Any = pyarrow.compute
csv: Any = pyarrow.csv
ipc: Any = pyarrow.ipc
pq: Any = pyarrow.parquet

Texts: TypeAlias = Any
"""(rows,) an Arrow array of type string, none missing."""
Array: TypeAlias = Any
"""(rows,) an Arrow array of any type."""
Table: TypeAlias = Any
"""An Arrow table or record batch."""


def texts_of(values: list[str]) -> Texts:
    """Plain texts as Arrow's."""
    return pa.array(values, type=pa.string())

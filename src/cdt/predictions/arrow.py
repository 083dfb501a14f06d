"""Arrow's library, which ships no types: what comes from it is Any, and checked where it enters."""

# pyright: reportMissingTypeStubs=false

from typing import Any, TypeAlias

import numpy as np
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


def is_printable_ascii(texts: Texts) -> bool:
    """Whether no character of any text is a control character or beyond ASCII: then each is one byte."""
    _, offsets, data = texts.buffers()
    if data is None or len(texts) == 0:
        return True
    bounds = np.frombuffer(offsets, dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1]
    codes = np.frombuffer(data, dtype=np.uint8)[bounds[0] : bounds[-1]]
    return len(codes) == 0 or bool(codes.min() >= ord(" ") and codes.max() <= ord("~"))

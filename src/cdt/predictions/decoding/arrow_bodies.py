"""Arrow IPC streams: typed columns, read without copying, and without trusting them."""

import struct
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from cdt.domain.errors import Invalid
from cdt.domain.registry.signature import Signature
from cdt.predictions.arrow import Array, Table, ipc, pa
from cdt.predictions.columns import Predictions
from cdt.predictions.decoding.columnar import MAXIMUM_ROWS, check_width, labels_of_columns, predictions_of_columns
from cdt.predictions.decoding.flatbuffers import field, follow
from cdt.predictions.decoding.naming import AS_THEY_ARE, Naming
from cdt.predictions.rejections import Rejections
from cdt.predictions.rows import LabelRow

_HEADER, _COMPRESSION, _DICTIONARY_DATA = 2, 3, 1
"""Places of the fields in Arrow's flatbuffers `Message`, `RecordBatch` and `DictionaryBatch`."""


def predictions_of_arrow(
    body: bytes, signature: Signature, *, now: datetime, rejections: Rejections, naming: Naming = AS_THEY_ARE
) -> Predictions:
    """The good rows."""
    columns, numbers = read_arrow(body)
    columns = naming.applied(columns)
    return predictions_of_columns(columns, signature, now=now, rejections=rejections, numbers=numbers, is_text=False)


def labels_of_arrow(
    body: bytes, signature: Signature, *, now: datetime, rejections: Rejections, naming: Naming = AS_THEY_ARE
) -> list[LabelRow]:
    """The good labels."""
    columns, numbers = read_arrow(body)
    columns = naming.applied(columns)
    return labels_of_columns(columns, signature, now=now, rejections=rejections, numbers=numbers, is_text=False)


def read_arrow(body: bytes) -> tuple[dict[str, Array], NDArray[np.int64]]:
    """Its columns, and the place of each row."""
    try:
        _refuse_compression(body)
        with ipc.open_stream(body) as reader:
            check_width(len(reader.schema))
            names: list[str] = reader.schema.names
            batches: list[Table] = []
            rows = 0
            for batch in reader:
                batch.validate(full=True)
                rows += batch.num_rows
                if rows > MAXIMUM_ROWS:
                    raise Invalid("body", f"send at most {MAXIMUM_ROWS:,} rows at once")
                batches.append(batch)
            table = None
            if len(batches) != 1:
                table = pa.Table.from_batches(batches, schema=reader.schema).unify_dictionaries()
    except (pa.ArrowException, OSError, struct.error, UnicodeDecodeError) as error:
        raise Invalid("body", "it is no Arrow IPC stream that can be read") from error
    if len(set(names)) != len(names):
        raise Invalid("body", "it has two columns of one name")
    if table is None:  # as it came: to put one batch together would copy it
        return {name: batches[0].column(place) for place, name in enumerate(names)}, np.arange(rows, dtype=np.int64)
    columns = {name: table.column(name).combine_chunks() for name in names}
    return columns, np.arange(rows, dtype=np.int64)


def _refuse_compression(body: bytes) -> None:
    """Raise Invalid for compressed buffers: a small body could fill the memory before anybody looked at it."""
    for message in ipc.MessageReader.open_stream(body):
        if message.type not in {"record batch", "dictionary"}:
            continue
        metadata: bytes = message.metadata.to_pybytes()
        table = follow(metadata, field(metadata, follow(metadata, 0), _HEADER))
        if message.type == "dictionary":
            table = follow(metadata, field(metadata, table, _DICTIONARY_DATA))
        if field(metadata, table, _COMPRESSION):
            raise Invalid("body", "compressed buffers are not taken; write the stream without compression")

"""Reads a Parquet file from its standard input and writes its rows to its standard output as an Arrow IPC stream.

A program of its own, given to Python as a file: a few bytes of Parquet can ask for gigabytes, or for minutes, and only
a process can be held to less. It ends with 1 after a sentence about the file on its standard error; whatever else it
ends with means that it came to its bounds.
"""

# pyright: reportMissingTypeStubs=false

import resource
import sys
from typing import Any

import pyarrow
import pyarrow.ipc
import pyarrow.parquet

MOST_COLUMNS = 10_000
BATCH_ROWS = 5_000

pa: Any = pyarrow
ipc: Any = pyarrow.ipc
parquet: Any = pyarrow.parquet


def main(memory_bytes: int, cpu_seconds: int) -> int:
    """Read and write, within bounds."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    pa.set_cpu_count(1)
    try:
        with open(0, "rb") as body, open(1, "wb") as rows:
            file = parquet.ParquetFile(body, buffer_size=1 << 20, pre_buffer=False)
            if file.metadata.num_columns > MOST_COLUMNS:
                return refuse(f"it has more than {MOST_COLUMNS:,} columns")
            writer = ipc.new_stream(rows, file.schema_arrow)
            for batch in file.iter_batches(batch_size=BATCH_ROWS, use_threads=False):
                writer.write_batch(batch)
            writer.close()  # marks the end: after a failure nobody may take what was written for the whole
    except MemoryError:
        return 2
    except (pa.ArrowException, OSError, ValueError) as error:
        return refuse(f"it is no Parquet that can be read: {(str(error).splitlines() or ['it is broken'])[0][:200]}")
    return 0


def refuse(sentence: str) -> int:
    """End with a sentence about the file."""
    sys.stderr.write(sentence)
    return 1


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))

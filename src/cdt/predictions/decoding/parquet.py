"""Parquet: read by a process of its own that is bounded in memory and time, and read on here as an Arrow IPC stream."""

import contextlib
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import IO, BinaryIO

from cdt.domain.errors import Invalid
from cdt.predictions.decoding import parquet_program

MEMORY_BYTES = 1 << 30
CPU_SECONDS = 600
_MOST_WORDS = 1_000


class ParquetRows:
    """The rows of a Parquet file, as the bytes of an Arrow IPC stream."""

    def __init__(self, program: "subprocess.Popen[bytes]", said: IO[bytes]) -> None:
        self._program = program
        self._said = said

    def read(self, size: int, /) -> bytes:
        """The next bytes; Invalid when the file can't be read on."""
        assert self._program.stdout is not None
        part = self._program.stdout.read(size)
        if not part:
            self._require_whole()
        return part

    def _require_whole(self) -> None:
        ended = self._program.wait()
        if not ended:
            return
        words = self._said.read(_MOST_WORDS).decode(errors="replace") if ended == 1 else ""
        too_much = f"it can't be read within {MEMORY_BYTES >> 20} MiB of memory"
        raise Invalid("body", words if words.startswith("it ") else too_much)


@contextlib.contextmanager
def rows_of_parquet(file: BinaryIO) -> Generator[ParquetRows]:
    """Begin to read a file of the system; blocks, as reading does."""
    program = subprocess.Popen(  # noqa: S603  nothing of it is anybody's input
        [sys.executable, "-I", str(Path(parquet_program.__file__)), str(MEMORY_BYTES), str(CPU_SECONDS)],
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"ARROW_DEFAULT_MEMORY_POOL": "system"},  # others take addresses in advance
    )
    assert program.stderr is not None
    try:
        yield ParquetRows(program, program.stderr)
    finally:
        program.kill()
        program.wait()
        for each in (program.stdout, program.stderr):
            if each is not None:
                each.close()

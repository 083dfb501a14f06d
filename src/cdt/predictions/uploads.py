"""Reference rows from a body of any length, which are counted and not kept: the profile that they make is."""

import asyncio
import io
import os
from collections.abc import Awaitable, Callable, Generator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import BinaryIO, NamedTuple

from msgspec.structs import replace

from cdt.domain.errors import Invalid
from cdt.domain.evaluations.verdicts import LEAST_BASELINE_ROWS
from cdt.domain.registry.signature import Signature
from cdt.measures.grid import Grid
from cdt.measures.profile import Profile, empty
from cdt.predictions.columns import EPOCH
from cdt.predictions.counting import add_labels, add_predictions
from cdt.predictions.cutting import CUTTERS
from cdt.predictions.decoding import ARROW, PARQUET, Decoder
from cdt.predictions.decoding.naming import AS_THEY_ARE, Naming
from cdt.predictions.decoding.parquet import rows_of_parquet
from cdt.predictions.decoding.references import NAMED_REFERENCE_DECODERS, REFERENCE_DECODERS, ReferenceRows
from cdt.predictions.encodings import open_as
from cdt.predictions.large_bodies import Part
from cdt.predictions.pieces import Counted, PiecedBody, digest_of_file
from cdt.predictions.rejections import MAXIMUM_REPORTED, Rejection, Rejections
from cdt.predictions.sampling import Sample

Fit = Callable[[Signature, ReferenceRows], Awaitable[Grid]]


class Body(NamedTuple):
    """What is said of a body of reference rows, and the file that holds it, which is read from its beginning.

    content_type: one of `KINDS`; Parquet lies in a file of the system. encoding: how it is compressed, if at all.
    naming: which of its columns is which; of CSV, Arrow and Parquet alone.
    """

    file: BinaryIO
    content_type: str
    encoding: str | None
    signature: Signature
    naming: Naming = AS_THEY_ARE

    def decoder(self, form: str) -> Decoder[ReferenceRows]:
        """What makes rows of a body of this form."""
        if self.naming is AS_THEY_ARE:
            return REFERENCE_DECODERS[form]
        return partial(NAMED_REFERENCE_DECODERS[form], naming=self.naming)


class Uploaded(NamedTuple):
    """What became of a body.

    step: of a grid that was fitted, that each so many rows were its sample; None where there was a grid.
    """

    grid: Grid
    profile: Profile
    digest: str
    step: int | None
    rejected: list[Rejection]
    rejected_count: int


class Uploads:
    """Counts them, one body at a time."""

    def __init__(self, turns: asyncio.Semaphore, *, most_bytes: int) -> None:
        """`turns` are those of whoever decodes much; `most_bytes` of a body, opened."""
        self._turns = turns
        self._most_bytes = most_bytes
        self._one = asyncio.Lock()

    async def count(self, body: Body, grid: Grid | None, fit: Fit) -> Uploaded:
        """The profile of the good rows on the grid, or on one that is fitted to them, or to a sample of many.

        fit: fits a grid to rows. Of more rows than the sample holds the body is read twice. Invalid when it can't be
        read.
        """
        async with self._one:
            if grid is not None:
                counting = _Counting(grid, body.signature)
                return await self._through(body, grid, counting, None)
            sample = Sample(body.signature)
            told = _Told()
            digest = await self._read(body, sample.add, told)
            _require_enough(told)
            rows = sample.rows()
            fitted = await fit(body.signature, rows)
            counting = _Counting(fitted, body.signature)
            if sample.is_everything:
                await asyncio.to_thread(counting.add, rows)
                return Uploaded(fitted, counting.profile, digest, 1, told.rejected, told.count)
            return await self._through(body, fitted, counting, sample.step)

    async def _through(self, body: Body, grid: Grid, counting: "_Counting", step: int | None) -> Uploaded:
        told = _Told()
        digest = await self._read(body, counting.add, told)
        _require_enough(told)
        return Uploaded(grid, counting.profile, digest, step, told.rejected, told.count)

    async def _read(self, body: Body, take: Callable[[ReferenceRows], None], told: "_Told") -> str:
        """Give the good rows to `take`, piece by piece, in a thread; answer the digest of the body."""
        with self._opened(body, take) as pieces:
            async for part in pieces.parts():
                told.add(part.rejections, good=part.batch)
            return await pieces.digest()

    @contextmanager
    def _opened(self, body: Body, take: Callable[[ReferenceRows], None]) -> Generator[PiecedBody[int]]:
        body.file.seek(0)
        with ExitStack() as stack:
            if body.content_type == PARQUET:
                os.lseek(body.file.fileno(), 0, os.SEEK_SET)  # whoever read it before shares the place
                rows = stack.enter_context(rows_of_parquet(body.file))
                counted = Counted(rows, encoding=None, most_bytes=self._most_bytes, is_hashed=False)
                digest, form = partial(digest_of_file, body.file), ARROW
            else:
                counted = Counted(
                    open_as(body.encoding, body.file),
                    encoding=body.encoding,
                    most_bytes=self._most_bytes,
                    is_hashed=True,
                )
                digest, form = counted.digest, body.content_type
            decode = body.decoder(form)

            def decoded(piece: bytes) -> Part[int]:
                rejections = Rejections()
                good = decode(piece, body.signature, now=EPOCH, rejections=rejections)
                if len(good):
                    take(good)
                return Part(len(good), rejections)

            yield PiecedBody(CUTTERS[form](counted), decoded, digest, self._turns)


class _Counting:
    """Adds rows to a profile."""

    def __init__(self, grid: Grid, signature: Signature) -> None:
        self.profile = empty(grid)
        self._signature = signature

    def add(self, rows: ReferenceRows) -> None:
        """Count them."""
        self.profile = add_predictions(self.profile, rows.predictions)
        self.profile = add_labels(self.profile, rows.labels(self._signature))


class _Told:
    """What was said of bad rows, by their numbers in the body."""

    def __init__(self) -> None:
        self.rejected: list[Rejection] = []
        self.good = self.count = 0

    def add(self, rejections: Rejections, *, good: int) -> None:
        """The next piece's, counted from its own beginning, and how many rows of it were good."""
        room = MAXIMUM_REPORTED - len(self.rejected)
        self.rejected += [replace(each, row=self.good + self.count + each.row) for each in rejections.reported[:room]]
        self.count += rejections.count
        self.good += good


def _require_enough(told: _Told) -> None:
    if told.good >= LEAST_BASELINE_ROWS:
        return
    said = f"it holds {told.good} good rows, and a baseline needs {LEAST_BASELINE_ROWS}"
    if told.rejected:
        first = told.rejected[0]
        which = f"row {first.row}" if first.column is None else f"row {first.row}, {first.column!r}"
        said += f"; of {told.count} bad ones the first is {which}: {first.reason}"
    raise Invalid("body", said)


def in_memory(body: bytes) -> BinaryIO:
    """A body that needs no file of the system."""
    return io.BytesIO(body)

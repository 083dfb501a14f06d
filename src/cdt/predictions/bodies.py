"""Bodies of any form and length, from bytes or a file to a receipt: the one path of every way in."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from typing import Any, BinaryIO, NamedTuple, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

from cdt.domain.kernel import Actor
from cdt.domain.registry.events import IntakePolicy
from cdt.predictions.cutting import CUTTERS
from cdt.predictions.decoding import ARROW, COLUMN_DECODERS, DECODERS, PARQUET, Decoder
from cdt.predictions.decoding.naming import AS_THEY_ARE, Naming
from cdt.predictions.decoding.parquet import rows_of_parquet
from cdt.predictions.encodings import open_as
from cdt.predictions.errors import TooLarge
from cdt.predictions.intake import Intake, digest_of_body
from cdt.predictions.parts import Part
from cdt.predictions.pieces import Counted, PiecedBody, digest_of_file
from cdt.predictions.quarantine.gathering import Body, Decoded, gather, keep_good
from cdt.predictions.quarantine.held import NOTHING, Refused
from cdt.predictions.receipts import Receipt
from cdt.predictions.rejections import Rejection, Rejections
from cdt.predictions.rows import Kind
from cdt.predictions.versions import Version

MOST_LABEL_BYTES = 64 << 20
"""Labels are taken in whole: a million of them, about."""
DECODED_AT_ONCE = 2
PARQUET_AT_ONCE = 2
"""Each has a process of its own, which is waited for beside the turns of all others."""
_FEW_BYTES = 64 * 1024
"""A larger body is decoded in a thread."""

Confirm: TypeAlias = Callable[[], Awaitable[None]]


class Sent(NamedTuple):
    """What is said of a body.

    content_type: one of `KINDS`. encoding: how it is compressed; None where it is not. key: for idempotency.
    naming: which of its columns is which; of CSV, Arrow and Parquet alone. by: who sends it.
    """

    version: Version
    kind: Kind
    content_type: str
    encoding: str | None
    key: str | None
    naming: Naming = AS_THEY_ARE
    by: Actor | None = None

    def decoder(self, form: str) -> Decoder[Any]:
        """What makes rows of a body of this form."""
        if self.naming is AS_THEY_ARE:
            return DECODERS[self.kind][form]
        return partial(COLUMN_DECODERS[self.kind][form], naming=self.naming)

    def body(self, content: bytes, form: str, now: datetime) -> Body:
        """A body of this form, or a piece of it, as it is to be decoded."""
        return Body(content, form, self.kind, self.version.signature, now, self.naming)

    def told(self, digest: str) -> str:
        """What tells two bodies apart under one key: their digests, and how their columns are named."""
        if not digest or self.naming is AS_THEY_ARE:
            return digest
        return digest_of_body(f"{digest} {self.naming.as_text()}".encode())


class Preview(msgspec.Struct, frozen=True, rename="camel"):
    """What would become of a body if it came alone; whether its rows are there already is not looked at.

    good, rejected, rejected_count: rows that fit, and those that don't. accepted: those that would be taken in by the
    model's policy. marked: of these, those without their wrong features; said where there are any. batch_rejected: said
    where one row would reject all.
    """

    rows: int
    good: int
    rejected: tuple[Rejection, ...]
    rejected_count: int
    accepted: int
    marked: int | UnsetType = UNSET
    batch_rejected: bool | UnsetType = UNSET

    @property
    def row_count(self) -> int:
        """How many rows the body had."""
        return self.rows


class Bodies:
    """Takes them in."""

    def __init__(self, intake: Callable[[], Intake], now: Callable[[], datetime], *, most_bytes: int) -> None:
        """`most_bytes` of a body, opened."""
        self._intake = intake
        self._now = now
        self._most_bytes = most_bytes
        self.turns = asyncio.Semaphore(DECODED_AT_ONCE)
        """Who opens or decodes much waits for one, so that the process has time for others."""
        self._parquet = asyncio.Semaphore(PARQUET_AT_ONCE)

    def most_bytes_of(self, kind: Kind) -> int:
        """How many bytes a body of labels or predictions may have."""
        return self._most_bytes if kind == "predictions" else min(self._most_bytes, MOST_LABEL_BYTES)

    async def take_bytes(
        self, whole: bytes, sent: Sent, *, digest: str | None = None, again: tuple[int, ...] = ()
    ) -> Receipt:
        """Take in a body that is in memory, opened, and is no Parquet.

        digest: by which it is known, if not by its own. again: by its rows, their numbers in the quarantine, if that is
        where they come from.
        """
        body, decode = self._body(whole, sent)
        batch, rejections = await self._decoded(body, decode)
        leavings = NOTHING
        if rejections.count:
            batch, rejections, leavings = await self._gathered(body, batch, rejections, sent.version.policy)
        if digest is None:
            digest = "" if sent.key is None else sent.told(digest_of_body(whole))
        intake = self._intake()
        if sent.kind == "predictions":
            return await intake.take_predictions(
                sent.version,
                batch,
                rejections=rejections,
                body_digest=digest,
                key=sent.key,
                leavings=leavings,
                again=again,
            )
        return await intake.take_labels(
            sent.version,
            batch,
            rejections=rejections,
            body_digest=digest,
            key=sent.key,
            by=sent.by,
            leavings=leavings,
            again=again,
        )

    async def preview(self, whole: bytes, sent: Sent) -> Preview:
        """Say what is wrong with a body and what would become of it, and store nothing."""
        body, decode = self._body(whole, sent)
        batch, rejections = await self._decoded(body, decode)
        good, bad = len(batch), rejections.count
        gathered = Decoded(batch, rejections)
        if bad:
            gathered = await self._gathered(body, batch, rejections, sent.version.policy)
        return Preview(
            good + bad,
            good,
            tuple(rejections.reported),
            bad,
            len(gathered.batch),
            marked=len(gathered.leavings.marks) or UNSET,
            batch_rejected=True if bad and sent.version.policy == "reject_batch" else UNSET,
        )

    def _body(self, whole: bytes, sent: Sent) -> tuple[Body, Decoder[Any]]:
        return sent.body(whole, sent.content_type, self._now()), sent.decoder(sent.content_type)

    async def _gathered(self, body: Body, batch: Any, rejections: Rejections, policy: IntakePolicy) -> Decoded:
        async with self.turns:
            return await asyncio.to_thread(gather, body, batch, rejections, policy)

    async def _decoded(self, body: Body, decode: Decoder[Any]) -> tuple[Any, Rejections]:
        if len(body.content) <= _FEW_BYTES:
            return _decoded(body, decode)
        async with self.turns:
            return await asyncio.to_thread(_decoded, body, decode)

    async def take_file(self, file: BinaryIO, sent: Sent, *, confirm: Confirm) -> Receipt:
        """Take in a body of any length, as compressed as it was sent. Parquet must be in a file of the system.

        confirm: awaited before anything becomes visible; what it raises gives the body up.
        """
        if sent.content_type != PARQUET:
            return await self._take_file(file, sent, self.turns, confirm)
        async with self._parquet:
            return await self._take_file(file, sent, asyncio.Semaphore(1), confirm)

    async def _take_file(self, file: BinaryIO, sent: Sent, turns: asyncio.Semaphore, confirm: Confirm) -> Receipt:
        with ExitStack() as stack:
            if sent.content_type == PARQUET:
                rows = Counted(
                    stack.enter_context(rows_of_parquet(file)),
                    encoding=None,
                    most_bytes=self._most_bytes,
                    is_hashed=False,
                )
                digest, form = partial(digest_of_file, file), ARROW
            else:
                rows = Counted(
                    open_as(sent.encoding, file),
                    encoding=sent.encoding,
                    most_bytes=self.most_bytes_of(sent.kind),
                    is_hashed=sent.key is not None,
                )
                digest, form = rows.digest, sent.content_type
            if sent.kind == "labels":
                async with turns:
                    whole = await asyncio.to_thread(_read_all, rows)
                    told = "" if sent.key is None else sent.told(await asyncio.to_thread(digest))
                await confirm()
                return await self.take_bytes(whole, sent._replace(content_type=form), digest=told)
            pieces = _Pieces(sent, form, self._now())
            body = PiecedBody[Any](CUTTERS[form](rows), pieces.decode, lambda: sent.told(digest()), turns)
            return await self._intake().take_large_predictions(sent.version, body, key=sent.key, confirm=confirm)


class _Pieces:
    """Decodes the pieces of a body of predictions, one after another."""

    def __init__(self, sent: Sent, form: str, now: datetime) -> None:
        self._sent, self._form, self._now = sent, form, now
        self._decode = sent.decoder(form)
        self._spare = Refused()
        """The good rows of a body that may be rejected as a whole, as many as are kept."""

    def decode(self, piece: bytes) -> Part[Any]:
        """The next one. That a row rejects all of the body is for whoever knows all of it."""
        version = self._sent.version
        body = self._sent.body(piece, self._form, self._now)
        batch, rejections = _decoded(body, self._decode)
        spare = Refused()
        if version.policy == "reject_batch" and not self._spare.is_full:
            keep_good(body, rejections, len(batch), spare)
            self._spare.add(spare.rows, {}, first=0)
        policy = "keep_marked" if version.policy == "keep_marked" else "reject_row"
        return Part(*gather(body, batch, rejections, policy), tuple(spare.rows))


def _decoded(body: Body, decode: Decoder[Any]) -> tuple[Any, Rejections]:
    rejections = Rejections()
    return decode(body.content, body.signature, now=body.now, rejections=rejections), rejections


def _read_all(rows: Counted) -> bytes:
    parts: list[bytes] = []
    size = 0
    while part := rows.read(1 << 20):
        size += len(part)
        if size > MOST_LABEL_BYTES:
            raise TooLarge
        parts.append(part)
    return b"".join(parts)

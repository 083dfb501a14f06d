"""Bodies of any form and length, from bytes or a file to a receipt: the one path of every way in."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from typing import Any, BinaryIO, NamedTuple, TypeAlias

import msgspec

from cdt.domain.kernel import Actor
from cdt.predictions.cutting import CUTTERS
from cdt.predictions.decoding import ARROW, COLUMN_DECODERS, DECODERS, PARQUET, Decoder
from cdt.predictions.decoding.naming import AS_THEY_ARE, Naming
from cdt.predictions.decoding.parquet import rows_of_parquet
from cdt.predictions.encodings import open_as
from cdt.predictions.errors import TooLarge
from cdt.predictions.intake import Intake, digest_of_body
from cdt.predictions.pieces import Counted, PiecedBody, digest_of_file
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

    def told(self, digest: str) -> str:
        """What tells two bodies apart under one key: their digests, and how their columns are named."""
        if not digest or self.naming is AS_THEY_ARE:
            return digest
        return digest_of_body(f"{digest} {self.naming.as_text()}".encode())


class Preview(msgspec.Struct, frozen=True, rename="camel"):
    """What would become of a body if it came alone; whether its rows are there already is not looked at."""

    rows: int
    good: int
    rejected: tuple[Rejection, ...]
    rejected_count: int

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

    async def take_bytes(self, whole: bytes, sent: Sent, *, digest: str | None = None) -> Receipt:
        """Take in a body that is in memory, opened, and is no Parquet.

        digest: by which it is known, if not by its own.
        """
        batch, rejections = await self._decoded(whole, sent)
        if digest is None:
            digest = "" if sent.key is None else sent.told(digest_of_body(whole))
        intake, version, key = self._intake(), sent.version, sent.key
        if sent.kind == "predictions":
            return await intake.take_predictions(version, batch, rejections=rejections, body_digest=digest, key=key)
        return await intake.take_labels(version, batch, rejections=rejections, body_digest=digest, key=key, by=sent.by)

    async def preview(self, whole: bytes, sent: Sent) -> Preview:
        """Say what is wrong with a body, and store nothing of it."""
        batch, rejections = await self._decoded(whole, sent)
        good, bad = len(batch), rejections.count
        return Preview(good + bad, good, tuple(rejections.reported), bad)

    async def _decoded(self, whole: bytes, sent: Sent) -> tuple[Any, Rejections]:
        rejections = Rejections()
        decoding: Callable[[], Any] = partial(
            sent.decoder(sent.content_type), whole, sent.version.signature, now=self._now(), rejections=rejections
        )
        if len(whole) <= _FEW_BYTES:
            return decoding(), rejections
        async with self.turns:
            return await asyncio.to_thread(decoding), rejections

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
            decode, signature, now = sent.decoder(form), sent.version.signature, self._now()
            body = PiecedBody[Any](
                CUTTERS[form](rows),
                lambda piece, rejections: decode(piece, signature, now=now, rejections=rejections),
                lambda: sent.told(digest()),
                turns,
            )
            return await self._intake().take_large_predictions(sent.version, body, key=sent.key, confirm=confirm)


def _read_all(rows: Counted) -> bytes:
    parts: list[bytes] = []
    size = 0
    while part := rows.read(1 << 20):
        size += len(part)
        if size > MOST_LABEL_BYTES:
            raise TooLarge
        parts.append(part)
    return b"".join(parts)

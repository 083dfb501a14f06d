"""What a sender gets back, and gets back again under the same idempotency key."""

from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from cdt.domain.errors import Invalid
from cdt.predictions.rejections import MAXIMUM_REPORTED, Rejection

MOST_KEY_CHARACTERS = 200


class Receipt(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What became of one body, durable.

    accepted: rows taken in. duplicates: rows that were there already, the same to the bit.
    sequence: the version's intake sequence as of it.
    corrected, waiting: of the accepted labels, those that replaced another and those whose prediction isn't there yet.
    receipt_id: None without an idempotency key.
    marked: of the accepted predictions, those whose wrong features are missing; said where there are any.
    batch_rejected: said where one row rejected all; of these the wrong ones are named.
    """

    accepted: int
    duplicates: int
    rejected: tuple[Rejection, ...] = ()
    rejected_count: int = 0
    corrected: int = 0
    waiting: int = 0
    sequence: int = 0
    receipt_id: UUID | None = None
    marked: int | UnsetType = UNSET
    batch_rejected: bool | UnsetType = UNSET

    @property
    def row_count(self) -> int:
        """How many rows the body had, good or bad."""
        return self.accepted + self.duplicates + self.rejected_count


class Sum:
    """What became of a body, added up from its parts."""

    def __init__(self) -> None:
        self.row_count = 0
        self._accepted = self._duplicates = self._rejected_count = 0
        self._rejected: list[Rejection] = []
        self._marked = 0

    def add(self, part: Receipt) -> None:
        """Count the next part; its rejected rows are counted from its own beginning."""
        room = MAXIMUM_REPORTED - len(self._rejected)
        self._rejected += [replace(each, row=self.row_count + each.row) for each in part.rejected[:room]]
        self._accepted += part.accepted
        self._duplicates += part.duplicates
        self._rejected_count += part.rejected_count
        self._marked += part.marked or 0
        self.row_count += part.row_count

    def receipt(self, receipt_id: UUID | None) -> Receipt:
        """The whole body's, without a sequence."""
        return Receipt(
            accepted=self._accepted,
            duplicates=self._duplicates,
            rejected=tuple(self._rejected),
            rejected_count=self._rejected_count,
            receipt_id=receipt_id,
            marked=self._marked or UNSET,
        )

    def rejected_whole(self, receipt_id: UUID | None) -> Receipt:
        """That of a body of which one row rejected all."""
        return Receipt(
            accepted=0,
            duplicates=0,
            rejected=tuple(self._rejected),
            rejected_count=self.row_count,
            receipt_id=receipt_id,
            batch_rejected=True,
        )


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Receipt)


def encode(receipt: Receipt) -> bytes:
    """A receipt as JSON: as it is kept, and as it is answered."""
    return _ENCODER.encode(receipt)


def decode(answer: bytes) -> Receipt:
    """A receipt that was kept."""
    return _DECODER.decode(answer)


def checked_key(field: str, key: str | None) -> str | None:
    """An idempotency key of the sender's, or none; Invalid under the field's name otherwise."""
    if key is None or (0 < len(key) <= MOST_KEY_CHARACTERS and key.isascii() and key.isprintable()):
        return key
    raise Invalid(field, f"write 1 to {MOST_KEY_CHARACTERS} printable ASCII characters")

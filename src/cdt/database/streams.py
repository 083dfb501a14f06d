"""Things as their facts made them, and those that were decided on lately, so that the next decision needs no look."""

import threading
from collections import OrderedDict
from typing import Any
from uuid import UUID

import msgspec

from cdt.domain.kernel import Position, Tenant

MAXIMUM_KEPT = 1_000


class Stream(msgspec.Struct, frozen=True):
    """A thing's state, how many facts made it, and the positions of the commands that caused them."""

    id: UUID
    kind: str
    version: int
    state: Any
    tenant: Tenant | None
    positions: dict[UUID, Position]
    """Only ever grows, so that later states of the same thing may share it."""


class Streams:
    """Streams as this process left them. Others may have recorded more since: only a save shows whether that is so."""

    def __init__(self) -> None:
        """None yet."""
        self._kept: OrderedDict[UUID, Stream] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, stream_id: UUID, kind: str) -> Stream | None:
        """The stream as it was kept."""
        with self._lock:
            stream = self._kept.get(stream_id)
            if stream is None or stream.kind != kind:
                return None
            self._kept.move_to_end(stream_id)
            return stream

    def keep(self, stream: Stream) -> None:
        """For the next decision, in place of an earlier state."""
        with self._lock:
            kept = self._kept.get(stream.id)
            if kept is None or kept.version < stream.version:
                self._kept[stream.id] = stream
                self._kept.move_to_end(stream.id)
            if len(self._kept) > MAXIMUM_KEPT:
                self._kept.popitem(last=False)

    def forget(self, stream_id: UUID) -> None:
        """What was kept is old."""
        with self._lock:
            self._kept.pop(stream_id, None)

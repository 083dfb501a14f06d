"""Things as their facts made them, and those that were decided on lately, so that the next decision needs no look."""

import threading
from collections import OrderedDict
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from cdt.domain.kernel import Actor, Command, Digest, Position, Tenant

MAXIMUM_KEPT = 1_000


class Recorded(NamedTuple):
    """Where a command's last event is, who gave the command, and what it asked."""

    position: Position
    actor: Actor
    digest: Digest | None

    def is_of(self, command: Command) -> bool:
        """Whether this is what the command did, which has its id; not when it is somebody else's or asks another thing.

        A command without a digest is the system's own, whose ids follow from what they are about.
        """
        return command.digest is None or (self.actor == command.actor and self.digest in {None, command.digest})


class Stream(msgspec.Struct, frozen=True):
    """A thing's state, how many facts made it, and what each command recorded, by the command's id."""

    id: UUID
    kind: str
    version: int
    state: Any
    tenant: Tenant | None
    commands: dict[UUID, Recorded]
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

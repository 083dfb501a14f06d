"""Live readings of this process: read once when one is told of, and shared by everybody who watches."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

import msgspec

from cdt.access.grants import Reach
from cdt.database.notifications import LIVE, PROJECTED, Notifications
from cdt.database.reading import Reader, Scope
from cdt.database.writing import Writer
from cdt.graphql.context import At
from cdt.predictions import live_readings
from cdt.predictions.versions import IntakeState, intake_states
from cdt.readmodels import registry
from cdt.workers.readings import LiveDocument, live_reading

MAXIMUM_KEPT = 1_000
MAXIMUM_SHOWN = 100
COUNTED_SECONDS = 0.5

T = TypeVar("T")


class Kept(msgspec.Struct, frozen=True):
    """A version's reading, parsed once, and what is shown of it to all who may see the same."""

    row: live_readings.LiveRow
    document: LiveDocument
    _shown: dict[tuple[Reach, At], Any] = msgspec.field(default_factory=dict[tuple[Reach, At], Any])

    def shown(self, reach: Reach, at: At, make: Callable[[], T]) -> T:
        """The one object for all of this reach, as long as nothing new is known."""
        if (reach, at) not in self._shown:
            if len(self._shown) >= MAXIMUM_SHOWN:
                self._shown.clear()
            self._shown[reach, at] = make()
        return self._shown[reach, at]


class Counted(NamedTuple):
    """What a version had taken in at a moment of the process's clock."""

    state: IntakeState | None
    at: float


class Watch:
    """Somebody who waits for news of one version."""

    def __init__(self) -> None:
        """Of none yet."""
        self._version_id: UUID | None = None
        self._moved = asyncio.Event()

    def begin(self, version_id: UUID) -> None:
        """From here on, news of this version count."""
        self._version_id = version_id
        self._moved.clear()

    def tell(self, version_id: UUID | None) -> None:
        """There is news of a version; None for perhaps all."""
        if version_id is None or version_id == self._version_id:
            self._moved.set()

    async def until_moved(self, seconds: float) -> None:
        """Until there is news, or the time is over."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._moved.wait()


class LiveHub:
    """Hands out the newest reading of a version; wakes those who watch it."""

    def __init__(self, reader: Reader, writer: Writer, notifications: Notifications) -> None:
        """One for the process; hears while `following` is open."""
        self._reader = reader
        self._writer = writer
        self._notifications = notifications
        self._kept: dict[UUID, Kept] = {}
        self._told: dict[UUID, tuple[int, int]] = {}
        self._loading: dict[UUID, asyncio.Task[Kept | None]] = {}
        self._watching: set[Watch] = set()
        self._counted: OrderedDict[UUID, asyncio.Task[Counted]] = OrderedDict()
        self._versions: dict[UUID, registry.Version | None] = {}
        self._generation = 0

    @asynccontextmanager
    async def following(self) -> AsyncGenerator[None]:
        """Listen while the context is open."""
        async with (
            self._notifications.following(LIVE, self._hear),
            self._notifications.following(PROJECTED, self._hear_projected),
        ):
            yield

    @asynccontextmanager
    async def watching(self) -> AsyncGenerator[Watch]:
        """Wait for news of one version at a time."""
        watch = Watch()
        self._watching.add(watch)
        try:
            yield watch
        finally:
            self._watching.discard(watch)

    async def watched_version(self, model_id: UUID, project_id: UUID) -> registry.Version | None:
        """The version that screens show of a model: its production champion, else its newest. Kept until it changes."""
        if model_id not in self._versions:
            generation = self._generation
            async with self._reader.at(None, Scope(projects=(project_id,))) as view:
                deployments = await registry.deployments_of_models(view, [model_id])
                versions = await registry.versions_of_models(view, [model_id])
            champions = {
                each.version_id for each in deployments if (each.environment, each.role) == ("production", "champion")
            }
            version = next((each for each in versions if each.id in champions), versions[0] if versions else None)
            if generation != self._generation:  # it changed while we looked
                return version
            self._versions[model_id] = version
        return self._versions[model_id]

    async def newest(self, version_id: UUID, project_id: UUID) -> Kept | None:
        """The newest reading; whoever calls has checked that it may be seen. Many callers are one look."""
        kept = self._kept.get(version_id)
        if kept is not None and (kept.row.sequence, kept.row.position) >= self._told.get(version_id, (0, 0)):
            return kept
        task = self._loading.get(version_id)
        if task is None:
            task = asyncio.create_task(self._load(version_id, project_id))
            self._loading[version_id] = task
            task.add_done_callback(lambda _: self._loading.pop(version_id, None))
        return await asyncio.shield(task)

    async def counted(self, version_id: UUID, project_id: UUID) -> Counted:
        """What a version has taken in, half a second ago at most. Many callers are one look."""
        task = self._counted.get(version_id)
        if task is None or (task.done() and not _is_fresh(task)):
            task = self._counted[version_id] = asyncio.create_task(self._count(version_id, project_id))
            self._counted.move_to_end(version_id)
            if len(self._counted) > MAXIMUM_KEPT:
                self._counted.popitem(last=False)
        return await asyncio.shield(task)

    async def _count(self, version_id: UUID, project_id: UUID) -> Counted:
        async with self._writer.transaction([project_id]) as connection:
            states = await intake_states(connection, [version_id])
        return Counted(states.get(version_id), time.monotonic())

    async def _load(self, version_id: UUID, project_id: UUID) -> Kept | None:
        async with self._writer.transaction([project_id]) as connection:
            row = next(iter(await live_readings.read(connection, [version_id])), None)
        if row is None:
            return None
        kept = Kept(row, live_reading(row.reading))
        if len(self._kept) >= MAXIMUM_KEPT:
            self._kept.pop(next(iter(self._kept)))
        self._kept[version_id] = kept
        return kept

    def _hear(self, payload: str) -> None:
        if not payload:  # anything may have been missed
            self._kept.clear()
            self._tell(None)
            return
        version, sequence, position = payload.split(" ")
        self._told[UUID(version)] = (int(sequence), int(position))
        self._tell(UUID(version))

    def _hear_projected(self, payload: str) -> None:
        if not payload or {"registry", "all"} & set(payload.partition(" ")[2].split(",")):
            self._generation += 1
            self._versions.clear()
            self._tell(None)

    def _tell(self, version_id: UUID | None) -> None:
        for watch in self._watching:
            watch.tell(version_id)


def _is_fresh(task: asyncio.Task[Counted]) -> bool:
    return task.exception() is None and time.monotonic() - task.result().at < COUNTED_SECONDS

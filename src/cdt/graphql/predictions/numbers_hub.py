"""Live numbers of this process: read once a second for whatever is watched, and shared by everybody who watches it."""

import asyncio
import time
from collections import OrderedDict
from typing import Literal, NamedTuple, TypeAlias
from uuid import UUID

from cdt.database.writing import Writer
from cdt.predictions import minutes
from cdt.predictions.live_numbers import SHOWN_MINUTES, LiveFigures, figures_of

MAXIMUM_KEPT = 1_000
READ_SECONDS = 1.0

Of: TypeAlias = Literal["model", "project"]


class Read(NamedTuple):
    """Figures, and when they were read by the process's clock."""

    figures: LiveFigures
    at: float


class NumbersHub:
    """Hands out the newest."""

    def __init__(self, writer: Writer) -> None:
        """One for the process."""
        self._writer = writer
        self._reading: OrderedDict[tuple[Of, UUID], asyncio.Task[Read]] = OrderedDict()

    async def figures(self, of: Of, subject: UUID, project_id: UUID) -> LiveFigures:
        """A second old at most; whoever calls has checked that they may be seen. Many callers are one look."""
        key = of, subject
        task = self._reading.get(key)
        if task is None or (task.done() and not _is_fresh(task)):
            task = self._reading[key] = asyncio.create_task(self._read(of, subject, project_id))
            self._reading.move_to_end(key)
            if len(self._reading) > MAXIMUM_KEPT:
                self._reading.popitem(last=False)
        return (await asyncio.shield(task)).figures

    async def _read(self, of: Of, subject: UUID, project_id: UUID) -> Read:
        read = minutes.of_model if of == "model" else minutes.of_project
        async with self._writer.transaction([project_id]) as connection:
            return Read(figures_of(await read(connection, subject, minutes=SHOWN_MINUTES)), time.monotonic())


def _is_fresh(task: asyncio.Task[Read]) -> bool:
    return task.exception() is None and time.monotonic() - task.result().at < READ_SECONDS

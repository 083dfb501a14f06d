"""Look-ups of plans and evaluations, and of the documents that say what was asked and what came of it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from strawberry.dataloader import DataLoader

from cdt.graphql.batching import one_by_id
from cdt.graphql.limits import spend
from cdt.predictions import documents
from cdt.readmodels import evaluations
from cdt.workers import specification
from cdt.workers.progress import UnderWay, under_way
from cdt.workers.readings import JudgedReading, decode
from cdt.workers.specification import Specification

if TYPE_CHECKING:
    from cdt.graphql.context import Context

T = TypeVar("T")

BYTES_A_ROW = 8_192
"""Of a document: it takes 20 to 30 microseconds to decode so much of one."""


class EvaluationsLoaders:
    """Look-ups by id, version and model."""

    def __init__(self, context: "Context") -> None:
        """Reads as far as the context's grants reach."""
        self._context = context
        self.evaluation = one_by_id(context, evaluations.evaluations, lambda row: row.id)
        self.plan = one_by_id(context, evaluations.plans, lambda row: row.id)
        self.plan_of_version = one_by_id(context, evaluations.plans_of_versions, lambda row: row.version_id)
        self.latest_of_model = one_by_id(context, evaluations.latest_of_models, lambda row: row.model_id)
        # four fields of an evaluation ask for the same document; it never changes
        self.reading: DataLoader[tuple[UUID, str], JudgedReading] = DataLoader(load_fn=self._readings, cache=False)
        self.specification: DataLoader[tuple[UUID, str], Specification] = DataLoader(
            load_fn=self._specifications, cache=False
        )

        self.progress: DataLoader[tuple[UUID, UUID], UnderWay | None] = DataLoader(load_fn=self._progress, cache=False)

    async def _progress(self, keys: list[tuple[UUID, UUID]]) -> list[UnderWay | None]:
        projects = sorted({project for project, _ in keys})
        async with self._context.services.writer.transaction(projects) as connection:
            found = await under_way(connection, [evaluation_id for _, evaluation_id in keys])
        return [found.get(evaluation_id) for _, evaluation_id in keys]

    async def _readings(self, keys: list[tuple[UUID, str]]) -> list[JudgedReading]:
        return await self._documents(keys, decode)

    async def _specifications(self, keys: list[tuple[UUID, str]]) -> list[Specification]:
        return await self._documents(keys, specification.decode)

    async def _documents(self, keys: list[tuple[UUID, str]], decoded: Callable[[bytes], T]) -> list[T]:
        projects = sorted({project for project, _ in keys})
        found: dict[tuple[UUID, str], T] = {}
        async with self._context.services.writer.transaction(projects) as connection:
            for project_id, digest in set(keys):
                document = await documents.get(connection, project_id, digest)
                spend(len(document) // BYTES_A_ROW)
                found[project_id, digest] = decoded(document)
        return [found[key] for key in keys]

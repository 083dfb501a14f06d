"""Live numbers as a state that moves."""

import asyncio
from collections.abc import AsyncGenerator
from functools import partial
from uuid import UUID

import strawberry

from cdt.domain.errors import DomainError, NotFound
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.context import Info
from cdt.graphql.errors import graphql_error
from cdt.graphql.fields import subscription
from cdt.graphql.following import LOOK_AGAIN_SECONDS, admitted
from cdt.graphql.ids import id_of
from cdt.graphql.patience import patiently
from cdt.graphql.predictions.numbers import CURSOR, LiveNumbers
from cdt.graphql.predictions.numbers_hub import Of
from cdt.graphql.scalars import Cursor, places_of
from cdt.predictions.columns import microseconds


@strawberry.type
class NumbersSubscriptions:
    """Fields of Subscription."""

    @subscription(
        Permission.READ, "A state: calls of a model in the last five minutes, the present first, newest wins."
    )
    async def live_numbers(
        self, info: Info, model_id: strawberry.ID, after: Cursor | None = None
    ) -> AsyncGenerator[LiveNumbers, None]:
        """Of all its versions."""
        context = info.context
        try:
            await context.admit(Permission.READ)
            model = await context.loaders.registry.model.load((await context.present(), id_of(model_id, "Model")))
            if model is None:
                raise NotFound(kind="model")
            context.note_read(model.id, model.project_id)
            async for numbers in _numbers(info, "model", model.id, model.project_id, after):
                yield numbers
        except DomainError as error:
            raise graphql_error(error) from error

    @subscription(
        Permission.READ, "A state: calls of a project's models in the last five minutes; else as `liveNumbers`."
    )
    async def project_live_numbers(
        self, info: Info, project_id: strawberry.ID, after: Cursor | None = None
    ) -> AsyncGenerator[LiveNumbers, None]:
        """Of all models together."""
        try:
            await info.context.admit(Permission.READ)
            wanted = id_of(project_id, "Project")
            async for numbers in _numbers(info, "project", wanted, wanted, after):
                yield numbers
        except DomainError as error:
            raise graphql_error(error) from error


async def _numbers(
    info: Info, of: Of, subject: UUID, project_id: UUID, after: Cursor | None
) -> AsyncGenerator[LiveNumbers, None]:
    """Every two seconds while anything came in, and once more when the last of it has become too old."""
    context = info.context
    seen = -1 if after is None else places_of(after, CURSOR, 1)[0]
    was_quiet = False
    while True:
        await admitted(context, Permission.READ, project_id, of)
        figures = await patiently(partial(context.services.numbers.figures, of, subject, project_id))
        is_quiet = not figures.minutes
        if microseconds(figures.read_at) > seen and not (is_quiet and was_quiet):
            seen = microseconds(figures.read_at)
            yield LiveNumbers.of(figures, of, subject)
        was_quiet = is_quiet
        await asyncio.sleep(LOOK_AGAIN_SECONDS)

"""States that move: the live trust score, and what comes in."""

import asyncio
from collections.abc import AsyncGenerator
from functools import partial
from uuid import UUID

import msgspec
import strawberry

from cdt.access.grants import Reach
from cdt.domain.errors import DomainError, NotFound
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.context import Info
from cdt.graphql.errors import graphql_error
from cdt.graphql.fields import subscription
from cdt.graphql.following import LOOK_AGAIN_SECONDS, admitted
from cdt.graphql.ids import id_of
from cdt.graphql.patience import patiently
from cdt.graphql.predictions.types import IngestionState, LiveReading
from cdt.graphql.scalars import Cursor, cursor_of, places_of
from cdt.predictions.versions import IntakeState
from cdt.readmodels import registry

INGESTION_PACE_SECONDS = 1.0


@strawberry.type
class PredictionsSubscriptions:
    """Fields of Subscription."""

    @subscription(Permission.READ, "A state: the live reading of the model's champion, the present first, newest wins.")
    async def trust_score(
        self, info: Info, model_id: strawberry.ID, after: Cursor | None = None
    ) -> AsyncGenerator[LiveReading, None]:
        """`after` holds back what is not newer than a cursor."""
        context, hub = info.context, info.context.services.hub
        seen = _seen(after, "live")
        async with hub.watching() as watch:
            async for version, reach in _turns(info, model_id):
                watch.begin(version.id)
                kept = await patiently(partial(hub.newest, version.id, version.project_id))
                if kept is not None and (kept.row.position, kept.row.sequence) > seen:
                    seen = (kept.row.position, kept.row.sequence)
                    at = await context.present()
                    yield kept.shown(reach, at, partial(LiveReading.of, kept, version.typed_signature, at))
                await watch.until_moved(LOOK_AGAIN_SECONDS)

    @subscription(Permission.READ, "A state: how much has come in for the model's champion, and how fast.")
    async def ingestion(
        self, info: Info, model_id: strawberry.ID, after: Cursor | None = None
    ) -> AsyncGenerator[IngestionState, None]:
        """At most once a second; one more when the stream has stopped, with rates of 0; anew for another champion."""
        hub, (watched, seen) = info.context.services.hub, _seen(after, "ingestion")
        before: _Counted | None = None
        async for version, _ in _turns(info, model_id):
            if _mark_of(version.id) != watched:
                watched, seen, before = _mark_of(version.id), -1, None
            state, at = await patiently(partial(hub.counted, version.id, version.project_id))
            if state is not None:
                counted = _Counted(version.id, state, at)
                has_moved = before is None or before.state.sequence != state.sequence
                if state.sequence > seen or (before is not None and before.was_moving and not has_moved):
                    seen = state.sequence
                    yield counted.shown(before)
                counted.was_moving = before is not None and has_moved
                before = counted
            await asyncio.sleep(INGESTION_PACE_SECONDS)


class _Counted(msgspec.Struct):
    """What a version had taken in at a moment, and whether it was more than the moment before."""

    version_id: UUID
    state: IntakeState
    at: float
    was_moving: bool = False

    def shown(self, before: "_Counted | None") -> IngestionState:
        """The state, with rates since the moment before."""
        rows = labels = None
        if before is not None and before.version_id == self.version_id and self.at > before.at:
            seconds = self.at - before.at
            rows = (self.state.predictions - before.state.predictions) / seconds
            labels = (self.state.labels - before.state.labels) / seconds
        return IngestionState(
            cursor=cursor_of("ingestion", _mark_of(self.version_id), self.state.sequence),
            predictions=self.state.predictions,
            labels=self.state.labels,
            rejected=self.state.rejected,
            rows_per_second=rows,
            labels_per_second=labels,
            high_water=self.state.high_water,
            last_received_at=self.state.last_received_at,
        )


async def _turns(info: Info, model_id: strawberry.ID) -> AsyncGenerator[tuple[registry.Version, Reach], None]:
    """For every turn the version that is watched, and what the one who asks may see; an error once that is nothing."""
    context = info.context
    try:
        await context.admit(Permission.READ)
        wanted = id_of(model_id, "Model")
        model = await context.loaders.registry.model.load((await context.present(), wanted))
        if model is None:
            raise NotFound(kind="model")
        context.note_read(model.id, model.project_id)
        while True:
            grants = await admitted(context, Permission.READ, model.project_id, "model")
            version = await patiently(partial(context.services.hub.watched_version, wanted, model.project_id))
            if version is None:
                raise NotFound(kind="version")
            yield version, grants.reach
    except DomainError as error:
        raise graphql_error(error) from error


def _mark_of(version_id: UUID) -> int:
    """What tells a version from another in a cursor: the part of its id that chance has made."""
    return version_id.int & (2**62 - 1)


def _seen(after: Cursor | None, kind: str) -> tuple[int, int]:
    if after is None:
        return (-1, -1)
    position, sequence = places_of(after, kind, 2)
    return position, sequence

"""Labels of a version that were replaced by others."""

from datetime import datetime

import strawberry

from cdt.access.permissions import needs
from cdt.domain.registry.signature import Signature
from cdt.domain.tenancy.roles import Permission
from cdt.domain.text import described
from cdt.graphql.accounts.types import Actor
from cdt.graphql.context import At, Info
from cdt.graphql.paging import Connection, page, page_size
from cdt.graphql.predictions.texts import value_as_text
from cdt.graphql.scalars import Cursor, cursor_of, places_of
from cdt.predictions import corrections
from cdt.predictions.columns import Label, shown_label
from cdt.predictions.versions import find_version
from cdt.readmodels import registry


@needs(Permission.READ)
@strawberry.type(description="A label that another has replaced; windows that it lies in are measured again.")
class LabelCorrection:
    """Which prediction's, from what to what, by whom and why."""

    prediction_id: str
    predicted_at: datetime
    before: str
    after: str
    reason: str | None = strawberry.field(description="Null where the sender gave none.")
    recorded_at: datetime
    row: strawberry.Private[corrections.LabelCorrection]
    at: strawberry.Private[At]

    @classmethod
    def of(cls, row: corrections.LabelCorrection, signature: Signature, at: At) -> "LabelCorrection":
        """From a row."""
        return cls(
            prediction_id=row.prediction_id,
            predicted_at=row.predicted_at,
            before=_as_text(row.label_before, signature),
            after=_as_text(row.label_after, signature),
            reason=row.reason,
            recorded_at=row.recorded_at,
            row=row,
            at=at,
        )

    @strawberry.field(description="Who sent it.")
    def by(self) -> Actor | None:
        """A person, or a key."""
        if self.row.actor_kind is None or self.row.actor_id is None:
            return None
        return Actor.of(self.row.actor_kind, self.row.actor_id, self.at)


def _as_text(label: Label, signature: Signature) -> str:
    """The class, or the number that came as its shortest text."""
    return value_as_text(shown_label(label, signature))


@strawberry.type
class CorrectionsOfVersion:
    """A field of Version."""

    row: strawberry.Private[registry.Version]
    at: strawberry.Private[At]

    @strawberry.field(description="Its labels that were replaced, the newest first; under asOf those recorded by then.")
    async def label_corrections(
        self,
        info: Info,
        first: int | None = None,
        after: Cursor | None = None,
        prediction_id: str | None = None,
    ) -> Connection[LabelCorrection]:
        """Of all predictions, or of one."""
        size = page_size(first)
        before = None if after is None else places_of(after, "corrections")[0]
        services = info.context.services
        info.context.note_read(self.row.model_id, self.row.project_id)
        until = None if self.at.is_now else await services.reader.recorded_at(self.at.position)
        async with services.writer.transaction([self.row.project_id]) as connection:
            version = await find_version(connection, self.row.id)
            rows: list[corrections.LabelCorrection] = []
            if version is not None:
                rows = await corrections.find_corrections(
                    connection,
                    version.number,
                    before=before,
                    until=until,
                    prediction_id=None if prediction_id is None else described("predictionId", prediction_id),
                    limit=size + 1,
                )
        return page(
            rows,
            size=size,
            node=lambda row: LabelCorrection.of(row, self.row.typed_signature, self.at),
            cursor=lambda row: cursor_of("corrections", row.number),
            after=after,
        )

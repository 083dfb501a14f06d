"""Files of the watched folder, and what became of them."""

import enum
from datetime import datetime

import strawberry

from cdt.access.permissions import needs
from cdt.domain.errors import Invalid
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.context import At, Info
from cdt.graphql.errors import graphql_error
from cdt.graphql.paging import Connection, page, page_size
from cdt.graphql.scalars import Cursor, cursor_of, places_of
from cdt.predictions import files
from cdt.readmodels import registry


@strawberry.enum(description="What became of a file.")
class FileState(enum.Enum):
    """A file waits until it has not changed for a while, and while the server can't take it in."""

    WAITING = "waiting"
    TAKEN = "taken"
    REFUSED = "refused"


@strawberry.enum(description="What the rows of a file are.")
class FileKind(enum.Enum):
    """By the folder that it lies in."""

    PREDICTIONS = "predictions"
    LABELS = "labels"


@needs(Permission.READ)
@strawberry.type(description="A file that was found in the watched folder.")
class WatchedFile:
    """One content of one name; the counts are null until its rows were looked at."""

    name: str
    kind: FileKind
    state: FileState
    bytes: float
    found_at: datetime
    settled_at: datetime | None
    accepted: int | None
    duplicates: int | None
    rejected: int | None
    marked: int | None = strawberry.field(description="Of the accepted rows, those whose wrong features are missing.")
    reason: str | None = strawberry.field(description="Why it was refused, or the first of its rejected rows.")

    @classmethod
    def of(cls, file: files.File) -> "WatchedFile":
        """From a row."""
        return cls(
            name=file.file_key.split("/", 2)[-1],
            kind=FileKind(file.kind),
            state=FileState(file.state),
            bytes=float(file.bytes),
            found_at=file.found_at,
            settled_at=file.settled_at,
            accepted=file.accepted,
            duplicates=file.duplicates,
            rejected=file.rejected,
            marked=file.marked,
            reason=file.reason,
        )


@strawberry.type
class FilesOfVersion:
    """A field of Version."""

    row: strawberry.Private[registry.Version]
    at: strawberry.Private[At]

    @strawberry.field(description="Files of the watched folder, newest first; of now only, so not under asOf.")
    async def files(
        self,
        info: Info,
        states: list[FileState] | None = None,
        first: int | None = None,
        after: Cursor | None = None,
    ) -> Connection[WatchedFile]:
        """An error when the past is asked about."""
        if not self.at.is_now:
            raise graphql_error(Invalid("files", "what is in the watched folder is of now"))
        size = page_size(first)
        before = files.LAST if after is None else places_of(after, "file")[0]
        wanted = [each.value for each in (FileState if states is None else states)]
        async with info.context.services.writer.transaction([self.row.project_id]) as connection:
            rows = await files.of_version(connection, self.row.id, states=wanted, before=before, limit=size + 1)
        return page(
            rows,
            size=size,
            node=WatchedFile.of,
            cursor=lambda row: cursor_of("file", row.file_number),
            after=after,
        )

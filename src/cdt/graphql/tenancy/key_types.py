"""What mutations about keys take, and what they answer."""

from datetime import datetime
from typing import Annotated

import strawberry

from cdt.access.permissions import needs
from cdt.domain.tenancy.roles import KeyPermission, Permission
from cdt.graphql.errors import Failures
from cdt.graphql.scalars import PositionText
from cdt.graphql.tenancy.keys import ApiKey
from cdt.graphql.texts import CONFIRM

OVERLAP_HOURS = 24
_MODELS = "The models that it sends rows for, and no others; for a key that may INGEST alone."
_ENDS = "When it ends by itself, within ten years; left out, never."
_OVERLAP = "For how long the present secret goes on to admit beside the new one; at most 168."
_NEW_END = "When it shall end instead; left out, as before."


@strawberry.input(description="A key for a program that works for a project.")
class CreateApiKeyInput:
    """The project that it opens, a name to know it by, and what it may do there."""

    project_id: strawberry.ID
    name: str
    permissions: list[KeyPermission] | None = strawberry.field(
        default=None, description="What it may do; left out, INGEST alone."
    )
    model_ids: list[strawberry.ID] | None = strawberry.field(default=None, description=_MODELS)
    expires_at: datetime | None = strawberry.field(default=None, description=_ENDS)
    command_id: str | None = None


@strawberry.input(description="A key for a program that works for you.")
class CreateOwnApiKeyInput:
    """It may do what you may at that time, and no more than this."""

    name: str
    permissions: list[KeyPermission]
    model_ids: list[strawberry.ID] | None = strawberry.field(default=None, description=_MODELS)
    expires_at: datetime | None = strawberry.field(default=None, description=_ENDS)
    command_id: str | None = None


@strawberry.input(description="A key that shall have another secret.")
class RotateApiKeyInput:
    """The one before the present secret, if it still admits, ends at once."""

    key_id: strawberry.ID
    overlap_hours: int = strawberry.field(default=OVERLAP_HOURS, description=_OVERLAP)
    expires_at: datetime | None = strawberry.field(default=None, description=_NEW_END)
    command_id: str | None = None


@strawberry.input(description="A key of yours that shall have another secret.")
class RotateOwnApiKeyInput(RotateApiKeyInput):
    """See RotateApiKeyInput."""


@strawberry.input(description="A key that shall admit nobody any more.")
class RevokeApiKeyInput:
    """The reason is part of the record."""

    key_id: strawberry.ID
    reason: str
    confirm_personal: bool | None = strawberry.field(default=None, description=CONFIRM)
    command_id: str | None = None


@strawberry.input(description="A key of yours that shall admit nobody any more.")
class RevokeOwnApiKeyInput(RevokeApiKeyInput):
    """See RevokeApiKeyInput."""


@needs(Permission.SIGNED_IN)
@strawberry.type(description="The key; it is shown this once.")
class ShownKeyPayload:
    """CDT keeps only its hash. `apiKey` is null when it can't be read yet: `lagging`."""

    key: str
    prefix: str
    api_key: ApiKey | None
    position: PositionText | None
    lagging: bool


@needs(Permission.MANAGE_KEYS)
@strawberry.type(description="The key; it is shown this once.")
class CreateApiKeyPayload(ShownKeyPayload):
    """See ShownKeyPayload."""


@needs(Permission.SIGNED_IN)
@strawberry.type(description="The key; it is shown this once.")
class CreateOwnApiKeyPayload(ShownKeyPayload):
    """See ShownKeyPayload."""


@needs(Permission.MANAGE_KEYS)
@strawberry.type(description="The key with its new secret; it is shown this once.")
class RotateApiKeyPayload(ShownKeyPayload):
    """See ShownKeyPayload."""


@needs(Permission.SIGNED_IN)
@strawberry.type(description="The key with its new secret; it is shown this once.")
class RotateOwnApiKeyPayload(ShownKeyPayload):
    """See ShownKeyPayload."""


@needs(Permission.SIGNED_IN)
@strawberry.type(description="The key, which admits nobody any more; null when it can't be read yet.")
class RevokedKeyPayload:
    """`lagging` says that the end is recorded, and that processes which are behind still admit for a moment."""

    api_key: ApiKey | None
    position: PositionText | None
    lagging: bool


@needs(Permission.MANAGE_KEYS)
@strawberry.type(description="See RevokedKeyPayload.")
class RevokeApiKeyPayload(RevokedKeyPayload):
    """See RevokedKeyPayload."""


@needs(Permission.SIGNED_IN)
@strawberry.type(description="See RevokedKeyPayload.")
class RevokeOwnApiKeyPayload(RevokedKeyPayload):
    """See RevokedKeyPayload."""


CreateApiKeyResult = Annotated[CreateApiKeyPayload | Failures, strawberry.union("CreateApiKeyResult")]
CreateOwnApiKeyResult = Annotated[CreateOwnApiKeyPayload | Failures, strawberry.union("CreateOwnApiKeyResult")]
RotateApiKeyResult = Annotated[RotateApiKeyPayload | Failures, strawberry.union("RotateApiKeyResult")]
RotateOwnApiKeyResult = Annotated[RotateOwnApiKeyPayload | Failures, strawberry.union("RotateOwnApiKeyResult")]
RevokeApiKeyResult = Annotated[RevokeApiKeyPayload | Failures, strawberry.union("RevokeApiKeyResult")]
RevokeOwnApiKeyResult = Annotated[RevokeOwnApiKeyPayload | Failures, strawberry.union("RevokeOwnApiKeyResult")]

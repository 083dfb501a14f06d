"""What every operation passes: its position is pinned, and what nobody expected is masked and logged."""

from collections.abc import Iterator

import structlog
from graphql import GraphQLError
from strawberry.exceptions import StrawberryGraphQLError
from strawberry.extensions import SchemaExtension
from strawberry.relay.types import InvalidGlobalIDError

from cdt.graphql.context import pin_operation

log = structlog.get_logger()


class Watch(SchemaExtension):
    """Begins an operation."""

    def on_operation(self) -> Iterator[None]:
        """Pin its present."""
        pin_operation()
        yield


def should_mask(error: GraphQLError) -> bool:
    """Whether an error is unexpected: it is logged whole, and answered without its text."""
    original = error.original_error
    if isinstance(original, InvalidGlobalIDError):
        error.extensions = {"code": "INVALID"}
        return False
    if (
        original is None
        or (error.extensions or {}).get("code")
        or isinstance(original, GraphQLError | StrawberryGraphQLError)
    ):
        return False
    log.error("unexpected_error", path=error.path, error=repr(original), exc_info=original)
    return True

"""What every operation passes: its position is pinned, its rows are counted, and what nobody expected is masked."""

from collections.abc import Iterator

import structlog
from graphql import GraphQLError
from strawberry.exceptions import StrawberryGraphQLError
from strawberry.extensions import MaskErrors, SchemaExtension
from strawberry.relay.types import InvalidGlobalIDError
from strawberry.types.execution import StreamExecutionResult

from cdt.database.log import is_lost_connection
from cdt.domain.errors import DomainError
from cdt.graphql.context import pin_operation
from cdt.graphql.errors import graphql_error
from cdt.graphql.limits import begin_counting

UNEXPECTED = "Something went wrong on our side; it is logged under this request's id."
UNAVAILABLE = "The database can't be reached just now; try again in a moment."

log = structlog.get_logger()


class Watch(SchemaExtension):
    """Begins an operation, and each answer of a subscription."""

    def on_operation(self) -> Iterator[None]:
        """Pin its present, and count from nothing."""
        pin_operation()
        begin_counting()
        yield

    def on_stream_result(self, result: StreamExecutionResult) -> Iterator[None]:  # noqa: ARG002
        """The next answer has rows of its own."""
        yield
        begin_counting()


class Mask(MaskErrors):
    """Answers what was expected as it is, and what was not without its text, which is logged."""

    def __init__(self) -> None:
        """With our own judgement."""
        super().__init__(should_mask_error=_is_unexpected, error_message=UNEXPECTED)

    def anonymise_error(self, error: GraphQLError) -> GraphQLError:
        """The code, and the id under which it is logged."""
        is_away = error.original_error is not None and is_lost_connection(error.original_error)
        request_id = structlog.contextvars.get_contextvars().get("request_id")
        if is_away:
            log.warning("database_away", path=error.path, error=str(error.original_error))
        else:
            log.error("unexpected_error", path=error.path, exc_info=error.original_error)
        masked = super().anonymise_error(error)
        masked.message = UNAVAILABLE if is_away else UNEXPECTED
        masked.extensions = {"code": "UNAVAILABLE" if is_away else "UNEXPECTED", "requestId": request_id}
        return masked


def _is_unexpected(error: GraphQLError) -> bool:
    original = error.original_error
    match original:
        case InvalidGlobalIDError():
            error.extensions = {"code": "INVALID"}
            return False
        case DomainError():
            error.extensions = graphql_error(original).extensions
            return False
        case None | GraphQLError() | StrawberryGraphQLError():
            return False
        case _:
            return True

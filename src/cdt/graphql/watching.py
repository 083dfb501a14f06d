"""What every operation passes: its position is pinned, its rows are counted, and what nobody expected is masked."""

from collections.abc import Iterator
from contextlib import suppress

import structlog
from graphql import GraphQLError, OperationDefinitionNode
from strawberry.exceptions import MissingQueryError, StrawberryGraphQLError
from strawberry.extensions import MaskErrors, ParserCache, SchemaExtension
from strawberry.schema.exceptions import CannotGetOperationTypeError
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


class ParseOnce(ParserCache):
    """The library's cache, but what can't be parsed is left to the library, which tells it over every transport."""

    def on_parse(self) -> Iterator[None]:
        """A kept document, or a new one."""
        with suppress(GraphQLError):
            context = self.execution_context
            context.graphql_document = self.cached_parse_document(context.query, **context.parse_options)
        yield


class NameOne(SchemaExtension):
    """Of several operations, one must be named: the library would take the first."""

    def on_validate(self) -> Iterator[None]:
        """After the cache of validations, whose verdict does not know the name."""
        context, document = self.execution_context, self.execution_context.graphql_document
        if context._provided_operation_name is None and document is not None:  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
            operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
            if len(operations) > 1:
                message = "There are several operations; say in operationName which one."
                context.pre_execution_errors = [GraphQLError(message, extensions={"code": "INVALID"})]
        yield


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
        case DomainError():
            error.extensions = graphql_error(original).extensions
            return False
        case None | GraphQLError() | StrawberryGraphQLError():
            return False
        case MissingQueryError():
            error.message = "Send the operation's text as `query`."
            error.extensions = {"code": "INVALID"}
            return False
        case CannotGetOperationTypeError():
            error.message = original.as_http_error_reason()
            error.extensions = {"code": "INVALID"}
            return False
        case _:
            return True

"""What every operation passes: its position is pinned, its rows are counted, and what nobody expected is masked."""

from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from typing import NamedTuple

import structlog
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    parse,
    specified_rules,
)
from graphql import ExecutionResult as GraphQLResult
from strawberry.exceptions import MissingQueryError, StrawberryGraphQLError
from strawberry.extensions import MaskErrors
from strawberry.schema.exceptions import CannotGetOperationTypeError
from strawberry.schema.schema import validate_document
from strawberry.types.execution import ExecutionResult, StreamExecutionResult

from cdt.database.log import is_lost_connection
from cdt.domain.errors import DomainError
from cdt.graphql.context import pin_operation
from cdt.graphql.errors import graphql_error
from cdt.graphql.limits import MAXIMUM_TOKENS, BoundedAliases, BoundedDepth, begin_counting

UNEXPECTED = "Something went wrong on our side; it is logged under this request's id."
UNAVAILABLE = "The database can't be reached just now; try again in a moment."

CACHED_DOCUMENTS = 500
RULES = (*specified_rules, BoundedDepth, BoundedAliases)

log = structlog.get_logger()


class Watch(MaskErrors):
    """All of it in one extension: the library takes 15 us for each, in every operation."""

    def __init__(self) -> None:
        """With our own judgement of errors."""
        super().__init__(should_mask_error=_is_unexpected, error_message=UNEXPECTED)

    def on_operation(self) -> Iterator[None]:
        """Pin its present, count from nothing; at the end, mask."""
        pin_operation()
        begin_counting()
        self._stream_result_processed = False
        yield
        if self._stream_result_processed:
            return
        result = self.execution_context.result
        if isinstance(result, GraphQLResult | ExecutionResult) and result.errors:
            self._process_result(result)

    def on_stream_result(self, result: StreamExecutionResult) -> Iterator[None]:
        """Mask each answer of a subscription; the next one has rows of its own."""
        yield from super().on_stream_result(result)
        begin_counting()

    def on_parse(self) -> Iterator[None]:
        """A kept document, or a new one; what can't be parsed the library tells over every transport."""
        context = self.execution_context
        context.parse_options["max_tokens"] = MAXIMUM_TOKENS
        with suppress(GraphQLError):
            context.graphql_document = None if context.query is None else _parsed(context.query)
        yield

    def on_validate(self) -> Iterator[None]:
        """By a kept verdict, or a new one; of several operations one must be named: the library takes the first."""
        context = self.execution_context
        assert context.query is not None
        verdict = _verdict(context.schema._schema, context.query)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        context.pre_execution_errors = verdict.errors
        if verdict.has_several and context._provided_operation_name is None:  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
            message = "There are several operations; say in operationName which one."
            context.pre_execution_errors = [GraphQLError(message, extensions={"code": "INVALID"})]
        yield

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


class Verdict(NamedTuple):
    """What validation said of a document."""

    errors: list[GraphQLError]
    has_several: bool


@lru_cache(maxsize=CACHED_DOCUMENTS)
def _parsed(query: str) -> DocumentNode:
    return parse(query, max_tokens=MAXIMUM_TOKENS)


@lru_cache(maxsize=CACHED_DOCUMENTS)
def _verdict(schema: GraphQLSchema, query: str) -> Verdict:
    document = _parsed(query)
    operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    return Verdict(validate_document(schema, document, RULES), len(operations) > 1)


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

"""What every operation passes: its position is pinned, its rows are counted, and what nobody expected is masked."""

from collections.abc import Iterator, Sequence
from contextlib import suppress

import structlog
from graphql import DocumentNode, FieldNode, GraphQLError, OperationDefinitionNode
from graphql import ExecutionResult as GraphQLResult
from strawberry.exceptions import MissingQueryError, StrawberryGraphQLError
from strawberry.extensions import MaskErrors
from strawberry.schema.exceptions import CannotGetOperationTypeError
from strawberry.types.execution import ExecutionResult, StreamExecutionResult
from strawberry.types.graphql import OperationType

from cdt.access.rates.policies import Operation, RateLimited
from cdt.access.streams import TooManyStreams
from cdt.database.log import is_lost_connection
from cdt.domain.errors import DomainError, Forbidden
from cdt.graphql.context import Context, pin_operation
from cdt.graphql.documents import judged, parsed
from cdt.graphql.errors import graphql_error
from cdt.graphql.limits import MAXIMUM_TOKENS, begin_counting, rows_spent
from cdt.observability import request_id

UNEXPECTED = "Something went wrong on our side; it is logged under this request's id."
UNAVAILABLE = "The database can't be reached just now; try again in a moment."

READING = {OperationType.QUERY, OperationType.SUBSCRIPTION}
"""What is counted as a query; a mutation's fields are counted one by one."""

log = structlog.get_logger()


def begin_operation() -> None:
    """Pin its present, count from nothing."""
    pin_operation()
    begin_counting()


class Watch(MaskErrors):
    """All of it in one extension, for what is streamed; what has one answer passes the same in `Schema.execute`."""

    def __init__(self) -> None:
        """With our own judgement of errors."""
        super().__init__(should_mask_error=_is_unexpected, error_message=UNEXPECTED)
        self._stream: str | None = None
        """Under which name the subscription is counted, as long as it lasts."""

    def on_operation(self) -> Iterator[None]:
        """Pin its present, count from nothing; at the end, mask."""
        begin_operation()
        self._stream_result_processed = False
        try:
            yield
        finally:
            if self._stream is not None:
                self.execution_context.context.services.streams.end(self._stream)
        self._charge()
        if self._stream_result_processed:
            return
        result = self.execution_context.result
        if isinstance(result, GraphQLResult | ExecutionResult) and result.errors:
            self._process_result(result)

    def on_stream_result(self, result: StreamExecutionResult) -> Iterator[None]:
        """Mask each answer of a subscription; the next one has rows of its own."""
        yield from super().on_stream_result(result)
        self._charge()
        begin_counting()

    def on_parse(self) -> Iterator[None]:
        """A kept document, or a new one; what can't be parsed the library tells over every transport."""
        context = self.execution_context
        context.parse_options["max_tokens"] = MAXIMUM_TOKENS
        with suppress(GraphQLError):
            context.graphql_document = None if context.query is None else parsed(context.query)
        yield

    def on_validate(self) -> Iterator[None]:
        """By a kept verdict, or a new one."""
        context = self.execution_context
        assert context.query is not None
        verdict = judged(context.schema._schema, context.query)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        name = context._provided_operation_name  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        context.pre_execution_errors = verdict.errors_for(name)
        if not context.pre_execution_errors and verdict.type_of(name) in READING:
            try:
                if verdict.type_of(name) is OperationType.SUBSCRIPTION:
                    self._stream = context.context.begin_stream()
                context.context.admit_rate(Operation.QUERY)
            except (RateLimited, TooManyStreams) as error:
                context.pre_execution_errors = [graphql_error(error)]
        yield

    def _process_result(self, result: object) -> None:
        """Notice what was refused, then mask."""
        context = self.execution_context
        notice_refusals(context.context, getattr(result, "errors", None), wanted=_first_field(context.graphql_document))
        super()._process_result(result)

    def _charge(self) -> None:
        context: Context = self.execution_context.context
        context.charge_rate(Operation.QUERY, rows_spent())

    def masked(self, errors: Sequence[GraphQLError]) -> list[GraphQLError]:
        """Each as it may be shown."""
        return self._process_errors(list(errors))

    def anonymise_error(self, error: GraphQLError) -> GraphQLError:
        """The code, and the id under which it is logged."""
        is_away = error.original_error is not None and is_lost_connection(error.original_error)
        if is_away:
            log.warning("database_away", path=error.path, error=str(error.original_error))
        else:
            log.error("unexpected_error", path=error.path, exc_info=error.original_error)
        masked = super().anonymise_error(error)
        masked.message = UNAVAILABLE if is_away else UNEXPECTED
        masked.extensions = {"code": "UNAVAILABLE" if is_away else "UNEXPECTED", "requestId": request_id.get()}
        return masked


def notice_refusals(context: Context, errors: Sequence[GraphQLError] | None, *, wanted: str = "") -> None:
    """Of those errors that say that somebody may not do something; `wanted` where an error doesn't say what."""
    for error in errors or ():
        cause: BaseException | None = error
        while isinstance(cause, GraphQLError):
            cause = cause.original_error
        if isinstance(cause, Forbidden):
            path = ".".join(part for part in error.path or () if isinstance(part, str))
            context.notice_refusal(cause, path or wanted)


def _first_field(document: DocumentNode | None) -> str:
    """Of an operation of one field, as a subscription is: that one."""
    for definition in document.definitions if document is not None else ():
        if isinstance(definition, OperationDefinitionNode):
            for selected in definition.selection_set.selections:
                if isinstance(selected, FieldNode):
                    return selected.name.value
    return ""


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

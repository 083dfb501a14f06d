"""GraphQL over HTTP and WebSocket, to the letter of the GraphQL-over-HTTP specification."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
import strawberry
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL, HTTPException  # pyright: ignore[reportPrivateImportUsage]
from strawberry.exceptions import ConnectionRejectionError, MissingQueryError
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData, process_result
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL, GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType
from strawberry.types.unset import UNSET, UnsetType

from cdt.access.admission import Identity
from cdt.access.cookies import Page, page_of
from cdt.graphql.answers import cookie_headers_of, rate_headers_of, send_answer, status_of
from cdt.graphql.context import Context
from cdt.graphql.services import Services
from cdt.graphql.sockets import SocketAdapter, SocketHandler

MAXIMUM_KEPT = 10_000
GRAPHQL_JSON = "application/graphql-response+json"
OF_POST = OperationType.from_http("POST") - {OperationType.SUBSCRIPTION}
FOLLOW_ELSEWHERE = "A subscription is followed over a WebSocket here, or as server-sent events at /graphql/stream."


class _Operation(msgspec.Struct, rename="camel"):
    query: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = None
    extensions: dict[str, Any] | None = None


_operation = msgspec.json.Decoder(_Operation)
_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(dict[str, Any] | list[Any])


class Endpoint(GraphQL[Context, None]):
    """The schema at one path. `streams` answers subscriptions as server-sent events at a path of their own."""

    graphql_transport_ws_handler_class = SocketHandler
    websocket_adapter_class = SocketAdapter

    def __init__(
        self,
        schema: strawberry.Schema,
        services: Callable[[], Services],
        *,
        origins: Sequence[str],
        streams: bool = False,
    ) -> None:
        """`origins` may open WebSockets besides our own; `services` are there once the process has started."""
        super().__init__(
            schema,
            graphql_ide=None,
            subscription_protocols=(GRAPHQL_SSE_PROTOCOL,) if streams else (GRAPHQL_TRANSPORT_WS_PROTOCOL,),
            allowed_origins=origins,
        )
        self._services = services
        self._streams = streams
        self._origins = frozenset(each.lower() for each in origins)
        self._identities: dict[str | None, Identity] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A plain operation is answered here; everything else, and what is wrong with one, is left to the library.

        Its views are made for every transport there is: for one JSON object that gets one JSON object they take as long
        as the execution of a small operation.
        """
        if self._streams or not _is_plain(scope):
            await super().__call__(scope, receive, send)
            return
        body = await _body(receive)
        if body is None:
            return
        answer = await self._answer(scope, body)
        if answer is None:
            await super().__call__(scope, _again(body, receive), send)
            return
        await send_answer(send, *answer)

    async def answer_with_file(
        self, scope: Scope, send: Send, query: str, variables: Mapping[str, Any], operation_name: str | None
    ) -> bool:
        """Execute an operation among whose variables is a file, and answer it; False when there is none."""
        answer = await self._executed(scope, _Operation(query, dict(variables), operation_name))
        if answer is not None:
            await send_answer(send, *answer)
        return answer is not None

    async def _answer(self, scope: Scope, body: bytes) -> tuple[bytes, Context] | None:
        """The answer's JSON; None when there is no operation that could be executed."""
        try:
            operation = _operation.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        return await self._executed(scope, operation)

    async def _executed(self, scope: Scope, operation: _Operation) -> tuple[bytes, Context] | None:
        services, client = self._services(), scope.get("client")
        address = client[0] if client else "unknown"
        identity = await self._identify(services, _header(scope, b"authorization"), address)
        context = Context(
            services,
            identity,
            address,
            agent=_header(scope, b"user-agent") or "",
            page=self._page_of(scope),
            is_one_operation=True,
        )
        try:
            result = await self.schema.execute(
                operation.query,
                variable_values=operation.variables,
                context_value=context,
                operation_name=operation.operation_name,
                allowed_operation_types=OF_POST,
                operation_extensions=operation.extensions,
            )
        except (MissingQueryError, CannotGetOperationTypeError, InvalidOperationTypeError):
            return None
        return _encoder.encode(process_result(result)), context

    async def run(self, request: Any, context: Any = UNSET, root_value: Any = UNSET) -> Any:  # noqa: ANN401
        """As the library, but a refusal is JSON like every other answer."""
        try:
            return await super().run(request, context, root_value)  # pyright: ignore[reportUnknownVariableType]
        except HTTPException as error:
            if request.scope["type"] != "http":
                raise
            kind = GRAPHQL_JSON if GRAPHQL_JSON in request.headers.get("accept", "") else "application/json"
            told = {"errors": [{"message": error.reason, "extensions": {"code": "INVALID"}}]}
            return Response(_encoder.encode(told), status_code=error.status_code, media_type=kind)

    async def execute_single(
        self,
        request: Request,  # noqa: ARG002
        request_adapter: Any,  # noqa: ANN401
        sub_response: Response,  # noqa: ARG002
        context: Context,
        root_value: None,  # noqa: ARG002
        request_data: GraphQLRequestData,
    ) -> ExecutionResult:
        """As the library, but a subscription has no single answer."""
        method = request_adapter.method
        try:
            return await self.schema.execute(
                request_data.query,
                variable_values=request_data.variables,
                context_value=context,
                operation_name=request_data.operation_name,
                allowed_operation_types=OperationType.from_http(method) - {OperationType.SUBSCRIPTION},
                operation_extensions=request_data.extensions,
            )
        except CannotGetOperationTypeError as error:
            raise HTTPException(400, error.as_http_error_reason()) from error
        except InvalidOperationTypeError as error:
            is_subscription = error.operation_type is OperationType.SUBSCRIPTION
            raise HTTPException(
                400, FOLLOW_ELSEWHERE if is_subscription else error.as_http_error_reason(method)
            ) from error
        except MissingQueryError as error:
            raise HTTPException(400, "No GraphQL query found in the request") from error

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:
        """Who asks, by the Authorization header; a WebSocket may say it in its first message instead."""
        del response
        services = self._services()
        address = request.client.host if request.client else "unknown"
        identity = await self._identify(services, request.headers.get("authorization"), address)
        request.state.context = context = Context(
            services,
            identity,
            address,
            agent=request.headers.get("user-agent", ""),
            page=self._page_of(request.scope),
            is_one_operation=isinstance(request, Request) and not self._streams,
        )
        return context

    def _page_of(self, scope: Scope) -> Page | None:
        """The page of ours that asks; of what is streamed no answer can set a cookie."""
        if self._streams or scope["type"] != "http":
            return None
        return page_of(scope["headers"], scope["scheme"], self._origins)

    async def _identify(self, services: Services, authorization: str | None, address: str) -> Identity | None:
        """Who asks. A token that was read is believed until it ends: reading one costs as much as a small query.

        Keys are kept where they are found, and forgotten there.
        """
        kept = self._identities.get(authorization)
        if kept is not None and services.admission.still_admits(kept, services.now()):
            return kept
        identity = await services.admission.identify(authorization, address)
        if identity is not None and identity.key is None and identity.expires_at is not None:
            if len(self._identities) >= MAXIMUM_KEPT:
                self._identities.clear()
            self._identities[authorization] = identity
        return identity

    async def on_ws_connect(self, context: Context) -> UnsetType | dict[str, object] | None:
        """Admit a WebSocket by the `authorization` of its connection_init; refuse one without."""
        match context.connection_params:
            case {"authorization": str(given)} | {"Authorization": str(given)} if context.identity is None:
                context.identity = await context.services.admission.identify(given, context.address)
            case _:
                pass
        if context.identity is None:
            raise ConnectionRejectionError({"code": "UNAUTHENTICATED"})
        context.socket = context.begin_stream()
        return await super().on_ws_connect(context)

    async def get_sub_response(self, request: Request | WebSocket) -> Response:
        """Remember which media type the client asked for."""
        response = await super().get_sub_response(request)
        request.state.speaks_graphql_json = GRAPHQL_JSON in request.headers.get("accept", "")
        request.state.sub_response = response
        return response

    async def process_result(self, request: Request | WebSocket, result: ExecutionResult) -> GraphQLHTTPResponse:
        """An operation that never began is status 400 without `data`, for whoever speaks the newer media type."""
        answer = await super().process_result(request, result)  # pyright: ignore[reportArgumentType]
        never_began = isinstance(result, PreExecutionError) or (
            result.data is None and all(error.path is None for error in result.errors or ())
        )
        response = getattr(request.state, "sub_response", None)
        context: Context | None = getattr(request.state, "context", None)
        if response is not None and context is not None:
            response.raw_headers.extend([*rate_headers_of(context), *cookie_headers_of(context)])
            response.status_code = status_of(context) if context.limited else response.status_code
        if response is not None and getattr(request.state, "speaks_graphql_json", False):
            response.headers["content-type"] = f"{GRAPHQL_JSON}; charset=utf-8"
            if never_began and result.errors:
                answer.pop("data", None)
                response.status_code = response.status_code or 400
        return answer

    def create_response(self, response_data: Any, sub_response: Response) -> Response:  # noqa: ANN401
        """One content type, the one that was agreed."""
        chosen = sub_response.headers.get("content-type")
        if chosen is not None:
            del sub_response.headers["content-type"]
        response = super().create_response(response_data, sub_response)
        if chosen is not None:
            response.headers["content-type"] = chosen
        return response

    def decode_json(self, data: str | bytes) -> object:
        """Strict JSON, no NaN and no infinities; a request or a message is an object (or a list, refused later)."""
        try:
            return _decoder.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise json.JSONDecodeError(str(error), "", 0) from error

    def encode_json(self, data: object) -> str:
        """Text: as bytes it would go out in binary frames, which graphql-ws refuses."""
        return _encoder.encode(data).decode()


def _is_plain(scope: Scope) -> bool:
    return (
        scope["type"] == "http"
        and scope["method"] == "POST"
        and _header(scope, b"content-type") in {"application/json", "application/json; charset=utf-8"}
        and _header(scope, b"accept") in {None, "*/*", "application/json"}
    )


def _header(scope: Scope, name: bytes) -> str | None:
    """The only header of this name; None for none. More than one is one that nobody understands."""
    found = [value for each, value in scope["headers"] if each == name]
    return ", ".join(each.decode("latin-1") for each in found) if found else None


async def _body(receive: Receive) -> bytes | None:
    """The whole body; None when the client has gone before its end."""
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    """Hands out the body that was read already, and then what comes."""
    is_given = False

    async def given() -> Message:
        nonlocal is_given
        if is_given:
            return await receive()
        is_given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return given

"""Files beside a GraphQL operation: `POST /graphql` as `multipart/form-data`, by the convention for such requests.

The parts are `operations` (the operation as JSON, with null where the file belongs), `map` (which part belongs where)
and the file. The operation is executed before the file is read: who may not send it is refused at once, and what is
read goes the way of every body of rows, through the disk where it is large.

Such a form is what any page may send without asking first, so the header that our pages send is required.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast

import msgspec
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from cdt.access.cookies import HEADER
from cdt.domain.errors import DomainError, Forbidden, Invalid
from cdt.http.bodies import Deadline, TooSlow
from cdt.http.forms import Form
from cdt.http.intake import IntakeRoutes
from cdt.http.intake_heads import text
from cdt.predictions.bodies import Sent
from cdt.predictions.coming import ComingFile
from cdt.predictions.errors import TooLarge
from cdt.predictions.receipts import Receipt

MOST_MAP_BYTES = 4 * 1024

Execute = Callable[[Scope, Send, str, Mapping[str, Any], str | None], Awaitable[bool]]
"""Executes an operation of this text, with these variables and of this name, and answers; False if there is none."""


class NoPageOfOurs(Forbidden):
    """A file beside an operation must come with the header X-CSRF-Token, of any text."""

    code = "FORBIDDEN"


class _Operation(msgspec.Struct, rename="camel"):
    query: str
    variables: dict[str, Any]
    operation_name: str | None = None


_operation = msgspec.json.Decoder(_Operation)
_map = msgspec.json.Decoder(dict[str, list[str]])


class Uploads:
    """The application."""

    def __init__(self, rows: IntakeRoutes, execute: Execute, *, most_operation_bytes: int, body_seconds: float) -> None:
        """`rows` is the way of all bodies. In `body_seconds` what comes before the file must be there."""
        self._rows = rows
        self._execute = execute
        self._most_operation_bytes = most_operation_bytes
        self._deadline = Deadline(body_seconds)

    @staticmethod
    def concerns(scope: Scope) -> bool:
        """Whether a request to GraphQL's path brings a file."""
        kind = next((value for name, value in scope["headers"] if name == b"content-type"), b"")
        return scope["type"] == "http" and scope["method"] == "POST" and kind[:19].lower() == b"multipart/form-data"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer an operation with a file."""
        try:
            await self._answer(scope, receive, send)
        except ClientDisconnect:
            return  # nobody is there to be answered
        except TooLarge:
            await _refusal(413, "TOO_LARGE", "What comes before the file is too large.")(scope, receive, send)
        except TooSlow:
            await _refusal(408, "TOO_SLOW", "What comes before the file took too long.")(scope, receive, send)
        except DomainError as error:
            status = 403 if isinstance(error, NoPageOfOurs) else 400
            await _refusal(status, error.code, str(error))(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers: dict[bytes, bytes] = dict(scope["headers"])
        if not headers.get(HEADER):
            raise NoPageOfOurs
        form = Form(receive, text(headers, b"content-type") or "")
        with self._deadline.kept():
            sent = await form.small_part("operations", most_bytes=self._most_operation_bytes)
            operation = _decoded(_operation, "operations", sent, "it is one operation as JSON, with its variables")
            sent = await form.small_part("map", most_bytes=MOST_MAP_BYTES)
            name, path = _place(_decoded(_map, "map", sent, "it is an object of lists of paths"))
            await form.begin_part(name)
        file = _File(self._rows, form, scope)
        _put(operation.variables, path, file)
        if not await self._execute(scope, send, operation.query, operation.variables, operation.operation_name):
            raise Invalid("operations", "it holds no operation that could be executed")
        if file.is_gone:
            raise ClientDisconnect


class _File(ComingFile):
    """The last part of a form."""

    def __init__(self, rows: IntakeRoutes, form: Form, scope: Scope) -> None:
        self._rows = rows
        self._form = form
        self._scope = scope
        self._is_begun = False
        self.is_gone = False

    async def take(self, sent: Sent, *, organization: int, version_id: str) -> Receipt:
        """See ComingFile."""
        if self._is_begun:
            raise Invalid("file", "it was taken in by another field of the operation; send it with each")
        self._is_begun = True
        client = self._scope.get("client")
        address, authorization = client[0] if client else "", text(dict(self._scope["headers"]), b"authorization")

        async def confirm() -> None:
            await self._rows.entry.confirm(authorization, address, version_id)

        try:
            return await self._rows.take_coming(self._form.receive, sent, organization, confirm)
        except TooLarge as error:
            raise Invalid("file", "it is larger than one may be; send it in parts") from error
        except TooSlow as error:
            raise Invalid("file", "it took too long to arrive; send it in smaller parts") from error
        except ClientDisconnect as error:
            self.is_gone = True
            raise Invalid("file", "it broke off") from error


def _decoded(decoder: "msgspec.json.Decoder[Any]", name: str, sent: bytes, wanted: str) -> Any:  # noqa: ANN401
    try:
        return decoder.decode(sent)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid(name, wanted) from error


def _place(paths_by_part: Mapping[str, list[str]]) -> tuple[str, list[str]]:
    """The part that is the file, and the path to the variable that it is."""
    placed = [(name, path) for name, paths in paths_by_part.items() for path in paths]
    if len(paths_by_part) != 1 or len(placed) != 1:
        raise Invalid("map", "name one part, and one place for it")
    name, path = placed[0]
    first, *rest = path.split(".")
    if first != "variables" or not rest:
        raise Invalid("map", "the place is a variable, such as variables.input.file")
    return name, rest


def _put(variables: dict[str, Any], path: list[str], file: _File) -> None:
    """Put the file where null stands for it."""
    *outer, last = path
    inner: Any = variables
    for name in outer:
        inner = cast("dict[str, Any]", inner).get(name) if isinstance(inner, dict) else None
    if not isinstance(inner, dict) or cast("dict[str, Any]", inner).get(last, ...) is not None:
        raise Invalid("map", f"at {'.'.join(path)[:100]} stands no null for the file")
    inner[last] = file


def _refusal(status: int, code: str, message: str) -> JSONResponse:
    told = {"errors": [{"message": message, "extensions": {"code": code}}]}
    headers = {"connection": "close"} if status in {408, 413} else {}
    return JSONResponse(told, status_code=status, headers=headers)

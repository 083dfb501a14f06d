"""What the demo asks of the API: the same that any program would, through the client that any program can use."""

from typing import Any, TypeAlias

from cdt.client import CdtError, Client, sign_in

Table: TypeAlias = Any

PATIENCE_SECONDS = 180.0


class Refused(RuntimeError):
    """The API answered a failure; the message is its sentence."""


class Api:
    """Speaks GraphQL, and sends rows as Arrow."""

    def __init__(self, url: str, *, email: str, password: str) -> None:
        """Signs in at the first request, and again when the token has ended."""
        self._client = Client(url, lambda: sign_in(url, email, password), timeout_seconds=PATIENCE_SECONDS)

    def run(self, document: str, **variables: Any) -> dict[str, Any]:  # noqa: ANN401
        """The data of an operation; Refused for errors. The payload of a single mutation must not be a failure."""
        try:
            data = self._client.query(document, variables)
        except CdtError as error:
            raise Refused(str(error)) from error
        for field in data.values():
            if isinstance(field, dict) and {"code", "message"} <= set(map(str, field)):  # pyright: ignore[reportUnknownArgumentType]
                raise Refused(str(field["message"]))  # pyright: ignore[reportUnknownArgumentType]
        return data

    def send(self, version_id: str, kind: str, table: Table, *, key: str) -> None:
        """Send predictions or labels; the same key again is safe."""
        log = self._client.log_predictions if kind == "predictions" else self._client.log_labels
        try:
            log(version_id, table, key=key)
        except CdtError as error:
            raise Refused(str(error)) from error

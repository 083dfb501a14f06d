"""What the demo asks of the API: the same that any program would."""

# pyright: reportMissingTypeStubs=false

from typing import Any, TypeAlias

import httpx
import pyarrow
import pyarrow.ipc

pa: Any = pyarrow
ipc: Any = pyarrow.ipc
Table: TypeAlias = Any

PATIENCE_SECONDS = 180.0


class Refused(RuntimeError):
    """The API answered a failure; the message is its sentence."""


class Api:
    """Speaks GraphQL, and sends rows as Arrow."""

    def __init__(self, url: str, *, email: str, password: str) -> None:
        """Signs in at the first request, and again when the token has ended."""
        self._http = httpx.Client(base_url=url, timeout=PATIENCE_SECONDS)
        self._email = email
        self._password = password
        self._token: str | None = None

    def run(self, document: str, **variables: Any) -> dict[str, Any]:  # noqa: ANN401
        """The data of an operation; Refused for errors. The payload of a single mutation must not be a failure."""
        for _ in range(2):
            answer = self._post(document, variables)
            errors: list[dict[str, Any]] = answer.get("errors") or []
            if any(error.get("extensions", {}).get("code") == "UNAUTHENTICATED" for error in errors):
                self._token = None
                continue
            if errors:
                raise Refused(str(errors[0]["message"]))
            data: dict[str, Any] = answer["data"]
            fields: list[Any] = list(data.values())
            for field in fields:
                if isinstance(field, dict) and {"code", "message"} <= set(map(str, field)):  # pyright: ignore[reportUnknownArgumentType]
                    raise Refused(str(field["message"]))  # pyright: ignore[reportUnknownArgumentType]
            return data
        raise Refused("The address or the password is wrong.")

    def send(self, version_id: str, kind: str, table: Table, *, key: str) -> dict[str, Any]:
        """Send rows; the same key again is safe."""
        sink = pa.BufferOutputStream()
        with ipc.new_stream(sink, table.schema) as stream:
            stream.write_table(table)
        body = sink.getvalue().to_pybytes()
        for _ in range(2):
            answer = self._http.post(
                f"/v1/versions/{version_id}/{kind}",
                content=body,
                headers={
                    "authorization": f"Bearer {self._signed_in()}",
                    "content-type": "application/vnd.apache.arrow.stream",
                    "idempotency-key": key,
                },
            )
            if answer.status_code == 401:
                self._token = None
                continue
            if answer.status_code != 200:
                raise Refused(f"{answer.status_code}: {answer.text[:300]}")
            receipt: dict[str, Any] = answer.json()
            return receipt
        raise Refused("The address or the password is wrong.")

    def _post(self, document: str, variables: dict[str, Any]) -> dict[str, Any]:
        answer = self._http.post(
            "/graphql",
            json={"query": document, "variables": variables},
            headers={"authorization": f"Bearer {self._signed_in()}", "accept": "application/json"},
        )
        body: dict[str, Any] = answer.json()
        return body

    def _signed_in(self) -> str:
        if self._token is None:
            answer = self._http.post(
                "/graphql",
                json={"query": SIGN_IN, "variables": {"email": self._email, "password": self._password}},
            ).json()["data"]["signIn"]
            if "accessToken" not in answer:
                raise Refused(str(answer.get("message")))
            self._token = str(answer["accessToken"])
        return self._token


SIGN_IN = """
mutation ($email: String!, $password: String!) {
  signIn(input: {email: $email, password: $password}) {
    ... on SignInPayload { accessToken }
    ... on Failure { code message }
  }
}
"""

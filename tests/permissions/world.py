"""The API without a network: its GraphQL endpoint in this process, a follower, tenants, and everybody who asks."""

import json
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from starlette.types import Message, Scope
from uuid_utils.compat import uuid7

from cdt.access.tokens import Tokens
from cdt.bootstrap.api import api_services
from cdt.commands import accounts
from cdt.database.log import Log
from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.domain.accounts.events import EndOfSession
from cdt.domain.errors import Invalid
from cdt.domain.kernel import Actor, Command, Sealed, Tenant
from cdt.domain.tenancy.roles import KeyPermission, Role
from cdt.graphql.endpoint import Endpoint
from cdt.graphql.services import Services
from cdt.predictions import documents
from cdt.predictions.coming import ComingFile
from cdt.settings import Settings
from cdt.vault import keys, people
from cdt.vault.secret import VaultSecret
from tests.api import following
from tests.permissions.drafting import Draft
from tests.permissions.operations import UPLOADED, Operation, schema
from tests.permissions.people import Who
from tests.permissions.places import Place, a_place, has_a_key, is_removed, joins, works

UNLIMITED: Mapping[str, int] = {
    "limit_sign_ins": 0, "limit_ingest_requests": 0, "limit_ingest_rows": 0, "limit_query_cost": 0,
    "limit_mutations": 0, "log_connections": 2, "api_connections": 4,
}  # fmt: skip
KEPT = ("log", "vault", "predictions", "storage", "work")
"""The schemas that hold a truth of their own: what is refused changes nothing in them."""

OF_THE_JOURNAL = {"person_keys", "key_uses"}
"""When a key was used last; and a program whose refusal is told of has its address sealed under a key made then."""


def posted(path: str, token: str | None, *, accept: str = "application/json") -> Scope:
    """The head of a request with JSON in its body, by whoever has the token."""
    headers = [(b"content-type", b"application/json"), (b"accept", accept.encode())]
    if token is not None:
        headers.append((b"authorization", f"Bearer {token}".encode()))
    return {
        "type": "http", "scheme": "http", "method": "POST", "path": path, "headers": headers, "query_string": b"",
        "client": ("127.0.0.1", 1),
    }  # fmt: skip


class BrokenOff(ComingFile):
    """A file of which nothing comes."""

    async def take(self, sent: Any, *, organization: int, version_id: str) -> Any:
        del sent, organization, version_id
        raise Invalid("file", "it broke off")


def _with_file(variables: Any) -> Any:
    if isinstance(variables, Mapping):
        return {name: _with_file(each) for name, each in variables.items()}
    return BrokenOff() if variables == UPLOADED else variables


@dataclass
class World:
    """A running API."""

    services: Services
    endpoint: Endpoint
    dsn: str
    secret: VaultSecret
    log: Log
    telling: dict[UUID, set[Operation]] = field(default_factory=dict)
    """By organization: the questions that tell its owner something."""
    tokens: dict[tuple[Who, UUID], str | None] = field(default_factory=dict)
    """Of who asks about a tenant, by its organization."""

    async def ask(self, document: str, variables: Mapping[str, Any], token: str | None) -> dict[str, Any]:
        """The answer to an operation, as it goes out."""
        body = json.dumps({"query": document, "variables": variables}).encode()
        parts: list[bytes] = []
        if json.dumps(UPLOADED).encode() in body:
            return await self._ask_with_file(document, variables, token)

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            parts.append(message.get("body", b""))

        await self.endpoint(posted("/graphql", token), receive, send)
        return json.loads(b"".join(parts))

    async def _ask_with_file(self, document: str, variables: Mapping[str, Any], token: str | None) -> dict[str, Any]:
        """As `http.uploads` hands it on, of a file that breaks off before its first byte."""
        parts: list[bytes] = []

        async def send(message: Message) -> None:
            parts.append(message.get("body", b""))

        await self.endpoint.answer_with_file(posted("/graphql", token), send, document, _with_file(variables), None)
        return json.loads(b"".join(parts))

    async def places(self, *everybody: Iterable[Who]) -> list[Place]:
        """A tenant for each group of people who belong there, or do not."""
        draft = Draft()
        made = [(a_place(draft), tuple(group)) for group in everybody]
        async with self.services.writer.transaction() as connection:
            for place, group in made:
                for who in group:
                    self.tokens[who, place.organization_id] = await self._token(draft, connection, who, place)
        for place, _ in made:
            async with self.services.writer.transaction([place.project_id]) as connection:
                await documents.put(connection, place.project_id, place.specification)
        await self.settle(draft)
        return [place for place, _ in made]

    async def archive(self, place: Place) -> None:
        """A member who is an owner archives the tenant's project."""
        document = (
            "mutation ($id: ID!) { archiveProject(input: { projectId: $id }) { __typename ... on Failure { code } } }"
        )
        token = self.tokens[Who("member", Role.OWNER), place.organization_id]
        answer = await self.ask(document, {"id": place.global_id("Project")}, token)
        assert answer["data"]["archiveProject"] == {"__typename": "ArchiveProjectPayload"}, answer

    async def settle(self, draft: Draft) -> None:
        """Record what was decided, and wait until the API has heard of all of it."""
        position = draft.record(self.log)
        assert await self.services.notifications.wait_for(position, seconds=20)
        await self.services.admission._ended.read()

    async def _token(self, draft: Draft, connection: Any, who: Who, place: Place) -> str | None:
        if who.way == "nobody":
            return None
        if who.key is not None:
            return await self._key(draft, who.key, place)
        user_id, session_id, now = uuid7(), uuid7(), datetime.now(UTC)
        key = await people.new_person(connection, self.secret, user_id)

        def sealed(text: str) -> Sealed:
            return people.sealed(user_id, key, text)

        def by() -> Command:
            return Command(id=uuid7(), actor=Actor("user", str(user_id)), at=now, tenant=Tenant())

        accounts.register_user(
            draft, user_id, name=sealed(str(who)), email=sealed(f"{user_id}@example.com"),
            email_hash=self.secret.name_hash("email", f"{user_id}@example.com"), by=by(),
        )  # fmt: skip
        accounts.sign_in(draft, user_id, session_id=session_id, address=sealed("::1"), agent=sealed(str(who)), by=by())
        if who.way == "stranger":
            elsewhere = a_place(draft)
            joins(draft, elsewhere, user_id, Role.OWNER)
        elif who.way == "removed":
            joins(draft, place, user_id, Role.ADMIN)
            is_removed(draft, place, user_id)
        else:
            joins(draft, place, user_id, who.role or Role.OWNER, who.project_role)
        if who.way == "revoked":
            accounts.end_session(draft, user_id, session_id=session_id, reason=EndOfSession.REVOKED, by=by())
        if who.way == "member":
            place.things["Session"], place.things["OwnApiKey"] = session_id, uuid7()
            has_a_key(draft, user_id, place.things["OwnApiKey"], sealed("a program"))
        issued_at = now - timedelta(hours=2) if who.way == "expired" else now
        return Tokens(self.secret).issue(user_id, now=issued_at, session_id=session_id).text

    async def _key(self, draft: Draft, permission: KeyPermission, place: Place) -> str:
        key_id = uuid7()
        text = keys.KeyTexts(self.secret).made_of(key_id)
        works(draft, place, key_id, permission)
        async with self.services.writer.transaction([place.project_id]) as connection:
            await keys.keep(
                connection, text, key_id=key_id, organization_id=place.organization_id, project_id=place.project_id
            )
        return text

    def fingerprints(self) -> dict[str, tuple[int, int]]:
        """How many rows each kept table has, and a sum over all of them."""
        with psycopg.connect(conninfo_as(self.dsn, DatabaseRole.SYSTEM)) as connection:
            found = connection.execute(
                "SELECT schemaname, tablename FROM pg_tables WHERE schemaname = ANY(%s) ORDER BY 1, 2", (list(KEPT),)
            ).fetchall()
            prints: dict[str, tuple[int, int]] = {}
            for schema_name, table in found:
                if table in OF_THE_JOURNAL:
                    continue
                statement = sql.SQL(
                    "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM {} AS t"
                )
                row = connection.execute(statement.format(sql.Identifier(schema_name, table))).fetchone()
                assert row is not None
                prints[f"{schema_name}.{table}"] = (row[0], int(row[1]))
            return prints


@asynccontextmanager
async def world(settings: Settings) -> AsyncIterator[World]:
    """An API with a follower, without anybody yet."""
    assert settings.database_url is not None
    assert settings.secret_key is not None
    dsn = settings.database_url
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(following(dsn))
        services = await stack.enter_async_context(api_services(settings))
        log = stack.enter_context(Log(conninfo_as(dsn, DatabaseRole.API), connections=1))
        yield World(
            services, Endpoint(schema(), lambda: services, origins=[]), dsn, VaultSecret(settings.secret_key), log
        )

"""A running API for tests: a real server on a free port, with a follower beside it, and the people who use it."""

import asyncio
import json
import socket
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

import httpx
import uvicorn
import websockets
from strawberry import relay
from uuid_utils.compat import uuid7
from websockets.exceptions import ConnectionClosed

from cdt import asgi, first_owner
from cdt.access.tokens import Tokens
from cdt.commands import tenancy_keys
from cdt.database.log import Log
from cdt.database.notifications import PROJECTED, Notifications
from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.database.writing import Writer
from cdt.domain.kernel import Actor, Change, Command, Position, Tenant
from cdt.domain.tenancy.events import MemberAdded
from cdt.domain.tenancy.roles import Role
from cdt.domain.tenancy.state import organizations
from cdt.projections.follower import Follower
from cdt.settings import Settings
from cdt.vault import keys
from cdt.vault.secret import VaultSecret

PASSWORD = "correct horse battery staple"
TRANSPORT_WS = websockets.Subprotocol("graphql-transport-ws")


@dataclass(frozen=True)
class Someone:
    """Who asks: a person with a token in an organization and its project, or a program with a key."""

    token: str
    organization_id: UUID
    project_id: UUID
    user_id: UUID | None = None
    email: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"}

    @property
    def project(self) -> str:
        """The project's global id."""
        return global_id("Project", self.project_id)

    @property
    def tenant(self) -> Tenant:
        return Tenant(self.organization_id, self.project_id)


@dataclass
class Api:
    """A running API."""

    settings: Settings
    dsn: str
    client: httpx.AsyncClient
    secret: VaultSecret
    log: Log
    writer: Writer
    projected: Notifications
    tokens: Tokens
    server: "Server"
    follower: AsyncExitStack
    owners: list[Someone] = field(default_factory=list)

    @property
    def owner(self) -> Someone:
        """The first owner, signed in."""
        return self.owners[0]

    @property
    def stranger(self) -> Someone:
        """The owner of another organization."""
        return self.owners[1]

    @property
    def address(self) -> str:
        return str(self.client.base_url).rstrip("/")

    async def post(
        self, document: str, variables: Mapping[str, Any] | None = None, *, by: Someone | None = None, **headers: str
    ) -> httpx.Response:
        """The HTTP answer to an operation."""
        return await self.client.post(
            "/graphql",
            json={"query": document, "variables": variables or {}},
            headers={**(by.headers if by else {}), **{name.replace("_", "-"): text for name, text in headers.items()}},
        )

    async def ask(
        self, document: str, variables: Mapping[str, Any] | None = None, *, by: Someone | None = None
    ) -> dict[str, Any]:
        """The data of an operation that must not fail."""
        answer = (await self.post(document, variables, by=by)).json()
        assert "errors" not in answer, answer
        return answer["data"]

    async def refused(
        self, document: str, variables: Mapping[str, Any] | None = None, *, by: Someone | None = None
    ) -> str:
        """The code of the only error of an operation that must fail."""
        answer = (await self.post(document, variables, by=by)).json()
        assert len(answer.get("errors", ())) == 1, answer
        return answer["errors"][0]["extensions"]["code"]

    async def settle(self, position: Position) -> None:
        """Wait until a position is projected, and the API has heard of it."""
        assert await self.projected.wait_for(position, seconds=10)
        while self.owners and await self._stands_at() < position:
            pass

    async def _stands_at(self) -> int:
        """The position at which the API answers just now."""
        return int((await self.ask("{ recordedTime { position } }", by=self.owner))["recordedTime"]["position"])

    async def stop_following(self) -> None:
        """From now on nothing is projected."""
        await self.follower.aclose()

    async def start_following(self) -> None:
        """Project again."""
        await self.follower.enter_async_context(following(self.dsn))

    async def make_owner(self, name: str) -> Someone:
        """A person with an organization and project of their own."""
        email = f"{name}@example.com"
        made = await first_owner.ensure(
            self.log,
            self.writer,
            self.secret,
            name=name.title(),
            email=email,
            password=PASSWORD,
            organization=f"{name}'s organization",
            project=f"{name}'s project",
            now=datetime.now(UTC),
        )
        await self.settle(await newest(self))
        token = self.tokens.issue(made.user_id, now=datetime.now(UTC)).text
        return Someone(token, made.organization_id, made.project_id, made.user_id, email)

    async def make_member(self, role: Role) -> Someone:
        """Somebody with a role in the first owner's organization."""
        user_id, organization_id = uuid7(), self.owner.organization_id
        by = a_system_command(Tenant(organization_id))
        position = await asyncio.to_thread(
            self.log.decide,
            organizations,
            organization_id,
            lambda _: [MemberAdded(user_id=user_id, role=Change(None, role))],
            by=by,
        )
        assert position is not None
        await self.settle(position)
        token = self.tokens.issue(user_id, now=datetime.now(UTC)).text
        return Someone(token, organization_id, self.owner.project_id, user_id)

    async def make_key(self) -> Someone:
        """A program with an API key of the first owner's project."""
        key_id, owner = uuid7(), self.owner
        key = keys.KeyTexts(self.secret).made_of(key_id)
        async with self.writer.transaction([owner.project_id]) as connection:
            await keys.keep(
                connection, key, key_id=key_id, organization_id=owner.organization_id, project_id=owner.project_id
            )
        position = await asyncio.to_thread(
            tenancy_keys.create_api_key,
            self.log,
            owner.project_id,
            key_id=key_id,
            name="a program",
            prefix=keys.shown_prefix(key),
            by=a_system_command(owner.tenant),
        )
        assert position is not None
        await self.settle(position)
        return Someone(key, owner.organization_id, owner.project_id)

    @asynccontextmanager
    async def socket(self, *, by: Someone | None = None, origin: str | None = None) -> AsyncIterator["Socket"]:
        """A WebSocket that has said hello."""
        async with opened(self.address, origin=None if origin is None else websockets.Origin(origin)) as connection:
            socket = Socket(connection)
            await socket.hello(by)
            yield socket


class Socket:
    """graphql-transport-ws, spoken by hand."""

    def __init__(self, connection: websockets.ClientConnection) -> None:
        self.connection = connection

    async def send(self, kind: str, **rest: Any) -> None:
        await self.connection.send(json.dumps({"type": kind, **rest}))

    async def hello(self, by: Someone | None) -> None:
        """The first message, and its acknowledgement."""
        await self.send("connection_init", payload=by.headers if by else {})
        assert (await self.receive())["type"] == "connection_ack"

    async def receive(self) -> dict[str, Any]:
        message = await asyncio.wait_for(self.connection.recv(), 10)
        assert isinstance(message, str)
        return json.loads(message)

    async def subscribe(self, document: str, variables: Mapping[str, Any] | None = None, *, named: str = "1") -> None:
        await self.send("subscribe", id=named, payload={"query": document, "variables": variables or {}})

    async def ends(self) -> int:
        """The code with which the server closes the connection, whatever it says before."""
        with suppress(ConnectionClosed):
            while True:
                await self.receive()
        assert self.connection.close_code is not None
        return self.connection.close_code

    async def next(self) -> dict[str, Any]:
        """The data of the next message, which must be one."""
        message = await self.receive()
        assert message["type"] == "next", message
        assert "errors" not in message["payload"], message
        return message["payload"]["data"]


def opened(address: str, **options: Any) -> websockets.connect:
    """A WebSocket on which nothing was said yet.

    It takes in whatever comes: one that waits to be read does not see the other end's goodbye for ten seconds.
    """
    url = address.replace("http", "ws") + "/graphql"
    return websockets.connect(url, subprotocols=[TRANSPORT_WS], max_size=None, **{"max_queue": None, **options})


class Server(uvicorn.Server):
    """Serves until told; leaves the signals to pytest."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.has_started, self.has_ended = asyncio.Event(), asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.has_started.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        self.has_ended.set()

    def capture_signals(self) -> Any:
        return nullcontext()


@asynccontextmanager
async def following(dsn: str) -> AsyncIterator[Follower]:
    """A follower at work."""
    stopping = asyncio.Event()
    follower = Follower(conninfo_as(dsn, DatabaseRole.SYSTEM), conninfo_as(dsn, DatabaseRole.OWNER))
    task = asyncio.create_task(follower.run(stopping))
    try:
        yield follower
    finally:
        stopping.set()
        await task


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[tuple[Server, str]]:
    """A server on a free port, and its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = Server(uvicorn.Config(asgi.build(settings), **asgi.server_options(settings)))
    task = asyncio.create_task(server.serve(sockets=[listening]))
    await asyncio.wait_for(server.has_started.wait(), 20)
    try:
        yield server, f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
        listening.close()


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Api]:
    """An API with a follower, two organizations and their owners."""
    assert settings.database_url is not None
    assert settings.secret_key is not None
    dsn, secret = settings.database_url, VaultSecret(settings.secret_key)
    conninfo = conninfo_as(dsn, DatabaseRole.API, application="cdt-test")
    async with AsyncExitStack() as stack:
        follower = await stack.enter_async_context(AsyncExitStack())
        await follower.enter_async_context(following(dsn))
        server, address = await stack.enter_async_context(serving(settings))
        writer, projected = Writer(conninfo, connections=1), Notifications(conninfo, PROJECTED)
        for each in (writer, projected):
            await each.open()
            stack.push_async_callback(each.close)
        api = Api(
            settings=settings,
            dsn=dsn,
            client=await stack.enter_async_context(client_of(address)),
            secret=secret,
            log=stack.enter_context(Log(conninfo, connections=2)),
            writer=writer,
            projected=projected,
            tokens=Tokens(secret),
            server=server,
            follower=follower,
        )
        api.owners += [await api.make_owner("ada"), await api.make_owner("bob")]
        yield api


def client_of(address: str) -> httpx.AsyncClient:
    """Who asks the API at the address."""
    return httpx.AsyncClient(base_url=address, timeout=30, verify=_trusted())


@cache
def _trusted() -> ssl.SSLContext:
    """Read once: each client would read all certificates there are for 50 ms, and none here speaks TLS."""
    return ssl.create_default_context()


async def newest(api: Api) -> Position:
    """The newest recorded position."""
    return Position(await asyncio.to_thread(lambda: api.log.recorder.max_notification_id() or 0))


def a_system_command(tenant: Tenant) -> Command:
    """What the system does by itself, now."""
    return Command(id=uuid7(), actor=Actor("system", "test"), at=datetime.now(UTC), tenant=tenant)


def global_id(kind: str, key: UUID | str) -> str:
    """The opaque id of a thing."""
    return str(relay.GlobalID(kind, str(key)))


def settings_of(dsn: str, redis_url: str, **changes: Any) -> Settings:
    """Settings with a secret of their own."""
    given = {"database_url": dsn, "redis_url": redis_url, "secret_key": VaultSecret.new(), **changes}
    return Settings(**given)

"""Whoever loses a permission is told no more: every subscription of the schema ends by itself, with its reason."""

import asyncio
from typing import Any

import pytest
from graphql import GraphQLNonNull, is_required_argument

from cdt.domain.tenancy.roles import Role
from cdt.graphql.schema import build_schema
from tests.api import Api, Socket
from tests.graphql.operations import a_model, a_version
from tests.graphql.tenancy_operations import done, member_id

_TYPE = build_schema()._schema.subscription_type
assert _TYPE is not None
FIELDS = sorted(_TYPE.fields)
SECONDS = 20
"""Five are promised; a machine that does much else at the same time may take more."""


def document_of(name: str) -> str:
    """The subscription, of the model `$model` where it wants an id."""
    assert _TYPE is not None
    field = _TYPE.fields[name]
    required = {key: each.type for key, each in field.args.items() if is_required_argument(each)}
    assert all(isinstance(each, GraphQLNonNull) and str(each) == "ID!" for each in required.values())
    given = f"({', '.join(f'{key}: $model' for key in required)})" if required else ""
    head = "subscription ($model: ID!)" if required else "subscription"
    return f"{head} {{ {name}{given} {{ __typename }} }}"


async def codes_at_the_end(socket: Socket, *names: str) -> dict[str, str | None]:
    """The code with which each subscription ends, whatever it says before."""
    codes: dict[str, str | None] = {}
    ended: set[str] = set()
    async with asyncio.timeout(SECONDS):
        while not ended.issuperset(names):
            message: dict[str, Any] = await socket.receive()
            errors = message["payload"] if message["type"] == "error" else message.get("payload", {}).get("errors", [])
            for each in errors:
                codes[message["id"]] = each["extensions"]["code"]
            if message["type"] in {"complete", "error"}:
                ended.add(message["id"])
    return codes


def test_there_are_subscriptions() -> None:
    assert "auditLog" in FIELDS


async def test_every_subscription_of_a_removed_member_ends(api: Api) -> None:
    someone, model = await api.make_member(Role.AUDITOR), await a_model(api)
    await a_version(api, model["id"])  # without one there is nothing to follow
    async with api.socket(by=someone) as socket:
        for name in FIELDS:
            await socket.subscribe(document_of(name), {"model": model["id"]}, named=name)
        await socket.subscribe("{ viewer { __typename } }", named="answered")  # so they all have begun
        while (await socket.receive())["id"] != "answered":
            pass

        await done(api, "removeMember", memberId=member_id(someone))

        codes = await codes_at_the_end(socket, *FIELDS)

    assert codes.keys() == set(FIELDS)
    assert set(codes.values()) <= {"FORBIDDEN", "NOT_FOUND"}


@pytest.mark.parametrize("stays", [False, True])
async def test_a_role_that_reads_no_audit_trail_follows_none(api: Api, stays: bool) -> None:
    someone, model = await api.make_member(Role.AUDITOR), await a_model(api)
    await a_version(api, model["id"])  # without one there is nothing to follow
    async with api.socket(by=someone) as socket:
        await socket.subscribe(document_of("auditLog"), named="auditLog")
        await socket.subscribe(document_of("ingestion"), {"model": model["id"]}, named="ingestion")
        await socket.subscribe("{ viewer { __typename } }", named="answered")
        while (await socket.receive())["id"] != "answered":
            pass

        await done(api, "changeMemberRole", memberId=member_id(someone), role="ADMIN" if stays else "VIEWER")
        await a_model(api)

        if stays:
            message = await socket.receive()
            while message["id"] != "auditLog":
                message = await socket.receive()
            assert message["type"] == "next"
        else:
            assert await codes_at_the_end(socket, "auditLog") == {"auditLog": "FORBIDDEN"}

"""What tests send about keys, and the programs that use them."""

import asyncio
from typing import Any

from tests.api import Api, Someone
from tests.graphql.operations import FAILURE, act

KEY = """id name prefix state permissions createdAt createdBy { kind name } expiresAt rotatedAt formerPrefix
  formerEndsAt revokedAt revokeReason revokedBy { kind name } models { name } lastUsedAt"""
KEYS = f"""query ($project: ID!, $first: Int, $after: Cursor, $asOf: AsOf) {{
  apiKeys(projectId: $project, first: $first, after: $after, asOf: $asOf) {{
    pageInfo {{ hasNextPage endCursor }} nodes {{ {KEY} }}
  }}
}}"""
OWN_KEYS = f"query ($asOf: AsOf) {{ ownApiKeys(asOf: $asOf) {{ nodes {{ {KEY} }} }} }}"


def document(name: str) -> str:
    """The mutation of that name."""
    kind = name[0].upper() + name[1:]
    shown = "" if name.startswith("revoke") else "key prefix "
    return f"""
mutation ($input: {kind}Input!) {{
  {name}(input: $input) {{ ... on {kind}Payload {{ {shown}position lagging apiKey {{ {KEY} }} }} {FAILURE} }}
}}"""


async def do(api: Api, mutation: str, /, *, by: Someone | None = None, **fields: Any) -> dict[str, Any]:
    """The answer of a mutation about keys, given by the first owner or by somebody else."""
    return await act(api, document(mutation), by=by or api.owner, **fields)


async def done(api: Api, mutation: str, /, *, by: Someone | None = None, **fields: Any) -> dict[str, Any]:
    """As `do`, for what must not be refused."""
    answer = await do(api, mutation, by=by, **fields)
    assert "code" not in answer, answer
    return answer


async def a_key(api: Api, *, of: Someone | None = None, **fields: Any) -> tuple[Someone, dict[str, Any]]:
    """The program that holds a new key of a project, and the key as it is shown."""
    owner = of or api.owner
    answer = await done(api, "createApiKey", by=owner, projectId=owner.project, **{"name": "a program", **fields})
    return with_key(answer, owner), answer["apiKey"]


async def an_own_key(api: Api, person: Someone, *permissions: str, **fields: Any) -> tuple[Someone, dict[str, Any]]:
    """The program that holds a new key of a person, and the key as it is shown."""
    asked = {"name": "a laptop", "permissions": permissions, **fields}
    answer = await done(api, "createOwnApiKey", by=person, **asked)
    return with_key(answer, person), answer["apiKey"]


def with_key(answer: dict[str, Any], of: Someone) -> Someone:
    """The program that holds the key that was just shown."""
    return Someone(answer["key"], of.organization_id, of.project_id)


async def is_known(api: Api, program: Someone) -> bool:
    """Whether the program is admitted."""
    return (await api.ask("{ viewer { id } }", by=program))["viewer"] is not None


async def is_refused_soon(api: Api, program: Someone) -> bool:
    """The end is told as soon as it is projected; every process hears of it a moment later."""
    async with asyncio.timeout(5):
        while await is_known(api, program):
            pass
    return True

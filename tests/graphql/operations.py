"""The operations that tests send, and what they make: a model, a version, a promotion."""

from typing import Any
from uuid import uuid4

from tests.api import Api, Someone

FAILURE = "... on Failure { __typename code message path }"
MODEL = "id name description versionCount"

REGISTER = f"""
mutation ($input: RegisterModelInput!) {{
  registerModel(input: $input) {{ ... on RegisterModelPayload {{ position lagging model {{ {MODEL} }} }} {FAILURE} }}
}}"""
ADD_VERSION = f"""
mutation ($input: AddVersionInput!) {{
  addVersion(input: $input) {{
    ... on AddVersionPayload {{ position lagging version {{ id tag model {{ id }} }} }}
    {FAILURE}
  }}
}}"""
PROMOTE = f"""
mutation ($input: PromoteVersionInput!) {{
  promoteVersion(input: $input) {{
    ... on PromoteVersionPayload {{ position lagging model {{ production {{ version {{ tag }} reason }} }} }}
    {FAILURE}
  }}
}}"""
ROLL_BACK = f"""
mutation ($input: RollBackDeploymentInput!) {{
  rollBackDeployment(input: $input) {{
    ... on RollBackDeploymentPayload {{ position lagging model {{ production {{ version {{ tag }} reason }} }} }}
    {FAILURE}
  }}
}}"""
CREATE_KEY = f"""
mutation ($input: CreateApiKeyInput!) {{
  createApiKey(input: $input) {{ ... on CreateApiKeyPayload {{ key prefix position lagging }} {FAILURE} }}
}}"""
SIGN_IN = f"""
mutation ($input: SignInInput!) {{
  signIn(input: $input) {{ ... on SignInPayload {{ accessToken expiresAt viewer {{ id name email }} }} {FAILURE} }}
}}"""

SIGNATURE: dict[str, Any] = {
    "columns": [{"name": "age", "kind": "NUMBER"}, {"name": "sex", "kind": "CATEGORY"}],
    "classes": ["0", "1"],
    "positiveClass": "1",
    "groups": [
        {"name": "sex", "column": "sex", "labels": [{"value": "1", "label": "male"}]},
        {"name": "age group", "column": "age", "bands": [30, 60]},
    ],
}


async def act(api: Api, document: str, *, by: Someone | None, **fields: Any) -> dict[str, Any]:
    """The answer of the document's one mutation."""
    (answer,) = (await api.ask(document, {"input": fields}, by=by)).values()
    return answer


async def a_model(api: Api, *, by: Someone | None = None, **fields: Any) -> dict[str, Any]:
    """A new model of the first owner, or of somebody else."""
    by = by or api.owner
    answer = await act(api, REGISTER, by=by, **{"projectId": by.project, "name": f"model {uuid4()}", **fields})
    return answer["model"]


async def a_version(api: Api, model_id: str, tag: str = "1.0", *, by: Someone | None = None) -> dict[str, Any]:
    """A new version of a model."""
    answer = await act(api, ADD_VERSION, by=by or api.owner, modelId=model_id, tag=tag, signature=SIGNATURE)
    return answer["version"]


async def promoted(
    api: Api, version_id: str, *, by: Someone | None = None, reason: str = "it is better", **fields: Any
) -> dict[str, Any]:
    """The answer of a promotion."""
    return await act(api, PROMOTE, by=by or api.owner, versionId=version_id, reason=reason, **fields)

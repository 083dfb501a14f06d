"""Every operation of the README, of the docs and of GraphiQL's examples runs as it stands."""

import asyncio
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from graphql import OperationDefinitionNode, OperationType, build_schema, parse, validate
from strawberry.relay import GlobalID
from uuid_utils.compat import uuid7

from cdt.commands import alerts
from cdt.domain.alerts.decisions import Observation
from cdt.domain.alerts.state import alert_id_of
from cdt.domain.evaluations.results import RECORDED
from cdt.domain.kernel import EvaluationId, Position, RuleId
from tests.api import Api, Someone, a_system_command, global_id, newest
from tests.graphql.key_operations import a_key
from tests.graphql.operations import a_model, a_version, promoted

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```graphql\n(.*?)^```", re.MULTILINE | re.DOTALL)
WRITTEN = [
    pytest.param(block, id=f"{path.name} {number}")
    for path in (ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md")))
    for number, block in enumerate(BLOCK.findall(path.read_text()), 1)
]
EXAMPLES = [
    pytest.param(path.read_text(), id=path.name) for path in sorted((ROOT / "web/graphiql/examples").glob("*.graphql"))
]


@pytest.fixture(scope="module")
async def known(api: Api) -> dict[str, Any]:
    """What the operations are about, by the names of their variables."""
    model = await a_model(api)
    version = await a_version(api, model["id"])
    await promoted(api, version["id"])
    while await newest(api) < 16:  # which the README asks about
        await a_model(api)
    unfit = {"prediction_id": "p-0", "predicted_at": "2026-11-20T09:00:00Z", "decision": "perhaps", "features": {}}
    await api.client.post(  # the first row of its quarantine
        f"/v1/versions/{version['id']}/predictions",
        json=[unfit],
        headers=api.owner.headers,
    )
    row = {
        "predictionId": "p-1", "predictedAt": "2026-11-20T09:00:00Z", "decision": "1", "score": 0.8,
        "features": {"age": 41, "sex": "1"},
    }  # fmt: skip
    return {
        "project": api.owner.project,
        "key": (await a_key(api))[1]["id"],
        "alert": await an_alert(api, UUID(GlobalID.from_id(model["id"]).node_id)),
        "modelId": model["id"],
        "versionId": version["id"],
        "version": version["id"],
        "then": datetime.now(UTC).isoformat(),
        "first": 20,
        "after": None,
        "IngestPredictions": {"versionId": version["id"], "rows": [row]},
        "PromoteVersion": {"versionId": version["id"], "environment": "STAGING", "reason": "Trying it"},
    }


async def an_alert(api: Api, model_id: UUID, *, of: Someone | None = None) -> str:
    """One that rings, of the first owner or of somebody else."""
    tenant = (of or api.owner).tenant

    def ring() -> tuple[Position | None, UUID]:
        rule_id, version_id, by = RuleId(uuid7()), uuid7(), a_system_command(tenant)
        alerts.add_alert_rule(
            api.log, rule_id, model_id=model_id, name="Trust is low", subject="trust", operator="below", threshold=0.7,
            in_a_row=1, measures=RECORDED, by=by,
        )  # fmt: skip
        seen = [Observation(EvaluationId(uuid7()), Position(1), 0.1)]
        by = a_system_command(tenant)
        position = alerts.judge_alert(api.log, rule_id, version_id=version_id, observations=seen, by=by)
        return position, alert_id_of(rule_id, version_id)

    position, alert_id = await asyncio.to_thread(ring)
    assert position is not None
    await api.settle(position)
    return global_id("Alert", alert_id)


@pytest.mark.parametrize("document", [*WRITTEN, *EXAMPLES])
async def test_it_runs_as_it_stands(api: Api, known: dict[str, Any], document: str) -> None:
    operation = next(each for each in parse(document).definitions if isinstance(each, OperationDefinitionNode))
    names = [each.variable.name.value for each in operation.variable_definitions or ()]
    title = operation.name.value if operation.name else ""
    variables = {name: known[title] if name == "input" else known[name] for name in names}

    if operation.operation is OperationType.SUBSCRIPTION:  # that it runs is seen in test_trust_score
        assert validate(build_schema((ROOT / "schema.graphql").read_text()), parse(document)) == []
        return
    data = await api.ask(document, variables, by=api.owner)

    for answer in data.values():
        assert answer is not None
        assert "code" not in answer, answer


def test_there_is_something_to_run() -> None:
    assert len(WRITTEN) >= 4
    assert len(EXAMPLES) == 7

"""What nobody expected is answered without its text, and logged whole under the request's id."""

from typing import Any

import pytest
from structlog.testing import capture_logs

from cdt.domain.errors import NotFound
from cdt.observability import IDS_IN_CONTEXT
from cdt.readmodels import audit, registry, tenancy
from tests.api import Api

SECRET = "the password is hunter2"


async def broken(*_: Any, **__: Any) -> Any:
    raise RuntimeError(SECRET)


def broken_at_once(*_: Any, **__: Any) -> Any:
    raise RuntimeError(SECRET)


async def test_an_unexpected_error_is_masked_and_logged_under_the_requests_id(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tenancy, "projects_of_organizations", broken)
    await api.ask("{ viewer { id } }", by=api.owner)

    with capture_logs(processors=IDS_IN_CONTEXT) as lines:
        answer = await api.post("{ viewer { kind } projects { totalCount } }", by=api.owner)

    error = answer.json()["errors"][0]
    assert answer.json()["data"] is None
    assert error["message"] == "Something went wrong on our side; it is logged under this request's id."
    assert error["extensions"] == {"code": "UNEXPECTED", "requestId": answer.headers["x-request-id"]}
    assert SECRET not in answer.text
    assert "Traceback" not in answer.text
    (line,) = [each for each in lines if each["event"] == "unexpected_error"]
    assert line["request_id"] == answer.headers["x-request-id"]
    assert str(line["exc_info"]) == SECRET
    assert line["path"] == ["projects"]


async def test_a_broken_mutation_is_masked_too(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cdt.commands.registry.register_model", broken_at_once)

    with capture_logs() as lines:
        answer = await api.post(
            """mutation ($project: ID!) {
              registerModel(input: { projectId: $project, name: "x" }) { __typename }
            }""",
            {"project": api.owner.project},
            by=api.owner,
        )

    assert answer.json()["errors"][0]["extensions"]["code"] == "UNEXPECTED"
    assert SECRET not in answer.text
    assert [line["event"] for line in lines if line["log_level"] == "error"] == ["unexpected_error"]


async def test_a_broken_subscription_ends_masked(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "entries_after", broken)

    async with api.socket(by=api.owner) as socket:
        with capture_logs(processors=IDS_IN_CONTEXT) as lines:
            await socket.subscribe("subscription { auditLog { cursor } }")
            answer = await socket.receive()

    assert SECRET not in str(answer)
    (line,) = [each for each in lines if each["event"] == "unexpected_error"]
    assert line["request_id"]


async def test_a_refusal_below_the_root_keeps_its_code(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refusing(*_: Any, **__: Any) -> Any:
        raise NotFound(kind="version")

    monkeypatch.setattr(registry, "every_model", refusing)

    answer = (await api.post("{ models { totalCount } }", by=api.owner)).json()

    assert answer["errors"][0]["extensions"] == {"code": "NOT_FOUND"}
    assert answer["errors"][0]["message"] == "There is no such version, or you may not see it."

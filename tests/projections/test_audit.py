"""Every event is an entry of the audit trail."""

from collections.abc import AsyncIterator

import pytest

from cdt.commands import alerts, trust
from cdt.database.reading import NOBODY
from cdt.domain.kernel import Change, Position
from cdt.domain.registry.events import Promoted
from cdt.domain.trust.decisions import Wanted
from cdt.projections.audit import changed_fields
from cdt.readmodels import audit
from tests.builders import an_id
from tests.domain.builders import A_MODEL, A_VERSION
from tests.readmodels.recording import A_SCOPE, Recording, recording_of


@pytest.fixture
async def recording(dsn: str) -> AsyncIterator[Recording]:
    async with recording_of(dsn) as recording:
        yield recording


def test_a_changed_field_has_its_old_and_its_new_value_and_others_only_a_new_one() -> None:
    event = Promoted(
        version_id=A_VERSION, environment="production", role="champion", serving=Change(None, A_VERSION), reason="best"
    )

    fields = {each["field"]: (each["old"], each["new"]) for each in changed_fields(event)}

    assert fields["serving"] == (None, A_VERSION)
    assert fields["reason"] == (None, "best")


async def test_who_did_what_to_what_is_an_entry(recording: Recording) -> None:
    recording.do(trust.change_trust_policy, A_MODEL, wanted=Wanted(threshold=0.8), reason="the board wants it")
    rule_id = recording.add_rule()
    recording.do(alerts.disable_alert_rule, rule_id)
    alert_rule, position = rule_id, await recording.project()

    async with recording.at(scope=A_SCOPE) as view:
        entries = await audit.entries_before(view, audit.Filter(), before=Position(position + 1), limit=9)
    assert [(each.action, each.subject_kind) for each in entries] == [
        ("alerts.RuleDisabled", "alert rule"),
        ("alerts.RuleAdded", "alert rule"),
        ("trust.PolicySet", "trust policy"),
    ]
    assert entries[0].stream_id == alert_rule
    assert entries[0].changes == {"fields": [{"field": "is_enabled", "old": True, "new": False}]}
    assert {(each.actor_kind, each.actor_id) for each in entries} == {("user", str(an_id(1001)))}

    async with recording.at(scope=NOBODY) as view:
        assert await audit.entries_before(view, audit.Filter(), before=Position(position + 1), limit=9) == []

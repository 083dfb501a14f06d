"""Commands about rules and alerts, on a real log."""

import pytest

from cdt.commands import alerts
from cdt.domain.alerts.decisions import Observation
from cdt.domain.alerts.events import Raised
from cdt.domain.alerts.state import alert_id_of
from cdt.domain.errors import NotFound
from cdt.domain.kernel import EvaluationId, Position, RuleId
from tests.builders import a_command, an_id
from tests.domain.builders import A_VERSION
from tests.readmodels.recording import Recording

LOW = [Observation(EvaluationId(an_id(1)), Position(1), 0.6)]


async def test_told_twice_it_rings_once(recording: Recording) -> None:
    rule_id = recording.add_rule()
    alert_id = recording.judge(rule_id, 0.6)

    again = alerts.judge_alert(
        recording.log, rule_id, version_id=A_VERSION, observations=LOW, by=a_command(id=an_id(7))
    )

    assert again is None
    assert [type(each.event) for each in recording.log.history(alert_id)] == [Raised]


async def test_the_same_command_again_answers_the_same_position(recording: Recording) -> None:
    rule_id = recording.add_rule()
    command = a_command(id=an_id(7))

    first, second = [
        alerts.judge_alert(recording.log, rule_id, version_id=A_VERSION, observations=LOW, by=command) for _ in range(2)
    ]

    assert first == second == 2


async def test_a_disabled_rule_is_not_judged(recording: Recording) -> None:
    rule_id = recording.add_rule()
    recording.do(alerts.disable_alert_rule, rule_id)

    judged = alerts.judge_alert(
        recording.log, rule_id, version_id=A_VERSION, observations=LOW, by=a_command(id=an_id(7))
    )

    assert judged is None
    assert recording.log.history(alert_id_of(rule_id, A_VERSION)) == []


async def test_a_rule_that_is_not_there_can_not_be_judged(recording: Recording) -> None:
    with pytest.raises(NotFound):
        alerts.judge_alert(recording.log, RuleId(an_id(99)), version_id=A_VERSION, observations=LOW, by=a_command())

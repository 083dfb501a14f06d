"""A random history, read at every position, against a plain-Python model of what was known then."""

import random
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from cdt.commands import alerts as alert_commands
from cdt.commands import evaluations as evaluation_commands
from cdt.commands import trust as trust_commands
from cdt.domain.kernel import EvaluationId, Position, RuleId
from cdt.domain.trust.decisions import Wanted
from cdt.domain.trust.policy import DEFAULT_POLICY, TrustPolicy
from cdt.readmodels import alerts, evaluations, trust
from tests.builders import an_id
from tests.domain.builders import A_MODEL, A_VERSION, ANOTHER_VERSION, a_ratio, a_score, an_accuracy, an_index
from tests.readmodels.recording import Recording

VERSIONS = (A_VERSION, ANOTHER_VERSION)
RULES = [RuleId(an_id(31)), RuleId(an_id(32))]


class Known:
    """What is known: dictionaries, changed by each step as a person would say it."""

    def __init__(self) -> None:
        self.evaluations: dict[UUID, str] = {}
        self.asked: list[UUID] = []
        self.alerts: dict[tuple[UUID, UUID], tuple[str, int]] = {}
        self.policy: TrustPolicy | None = None
        self.scores: dict[UUID, float] = {}

    def answer(self) -> dict[str, Any]:
        states = sorted(self.alerts.values())
        completed = [each for each in self.asked if self.evaluations[each] == "completed"]
        return {
            "evaluations": [(each, self.evaluations[each]) for each in reversed(self.asked)],
            "latest": completed[-1] if completed else None,
            "alerts": states,
            "open": sum(state != "resolved" for state, _ in states),
            "policy": self.policy,
            "scores": dict(self.scores),
        }


async def answered(recording: Recording, position: int) -> dict[str, Any]:
    async with recording.at(position) as view:
        listed = await evaluations.evaluations_of_model(view, A_MODEL, limit=200)
        latest = await evaluations.latest_of_models(view, [A_MODEL])
        ringing = await alerts.alerts_of_model(view, A_MODEL, limit=200)
        counts = await alerts.open_counts(view, [A_MODEL])
        policies = await trust.policies_of_models(view, [A_MODEL])
        scores = await trust.newest_of_versions(view, list(VERSIONS), environment="production")
    return {
        "evaluations": [(each.id, each.state) for each in listed],
        "latest": latest[0].id if latest else None,
        "alerts": sorted((each.state, each.times_raised) for each in ringing),
        "open": counts[0].count if counts else 0,
        "policy": policies[0].typed_policy if policies else None,
        "scores": {each.version_id: each.value for each in scores},
    }


class History:
    """Random steps; each changes the record by a command and what is known by plain assignment."""

    def __init__(self, recording: Recording, seed: int) -> None:
        self.recording = recording
        self.random = random.Random(seed)
        self.known = Known()
        self.steps = 0

    def step(self) -> None:
        self.steps += 1
        self.random.choice([self.ask, self.finish, self.score, self.judge, self.judge, self.acknowledge, self.decide])()

    def ask(self) -> None:
        evaluation_id = self.recording.request(self.steps, version_id=self.random.choice(VERSIONS))
        self.known.evaluations[evaluation_id] = "requested"
        self.known.asked.append(evaluation_id)

    def finish(self) -> None:
        waiting = [each for each, state in self.known.evaluations.items() if state == "requested"]
        if not waiting:
            return self.ask()
        evaluation_id = EvaluationId(waiting[0])  # one after the other, as a plan's evaluations are
        if self.random.random() < 0.3:
            self.recording.do(evaluation_commands.give_up_evaluation, evaluation_id, attempts=3, reason="out of memory")
            self.known.evaluations[evaluation_id] = "failed"
        else:
            self.recording.complete(evaluation_id)
            self.known.evaluations[evaluation_id] = "completed"
        return None

    def score(self) -> None:
        version_id, parity = self.random.choice(VERSIONS), self.random.random()
        score = a_score(an_index("age", 0.0), a_ratio("sex", parity), an_accuracy(0.8))
        self.recording.record_score(EvaluationId(an_id(10_000 + self.steps)), score, version_id=version_id)
        assert score.value is not None
        self.known.scores[version_id] = score.value

    def judge(self) -> None:
        rule_id, version_id = self.random.choice(RULES), self.random.choice(VERSIONS)
        state, times = self.known.alerts.get((rule_id, version_id), (None, 0))
        is_ringing = state in {"open", "acknowledged"}
        self.recording.judge(rule_id, 0.9 if is_ringing else 0.6, version_id=version_id, first=1_000 + self.steps)
        self.known.alerts[rule_id, version_id] = ("resolved", times) if is_ringing else ("open", times + 1)

    def acknowledge(self) -> None:
        ringing = [key for key, (state, _) in self.known.alerts.items() if state == "open"]
        if not ringing:
            return self.judge()
        rule_id, version_id = self.random.choice(ringing)
        alert_id = alert_commands.alert_id_of(RuleId(rule_id), version_id)
        _, times = self.known.alerts[rule_id, version_id]
        if self.random.random() < 0.5:
            self.recording.do(alert_commands.acknowledge_alert, alert_id, note="on it")
            self.known.alerts[rule_id, version_id] = ("acknowledged", times)
        else:
            self.recording.do(alert_commands.resolve_alert, alert_id, note="mended", seen_at=Position(self.steps))
            self.known.alerts[rule_id, version_id] = ("resolved", times)
        return None

    def decide(self) -> None:
        present = self.known.policy or DEFAULT_POLICY
        threshold = round(self.random.random(), 6)
        self.recording.do(
            trust_commands.change_trust_policy, A_MODEL, wanted=Wanted(threshold=threshold), reason="it should be so"
        )
        self.known.policy = replace(present, version=present.version + 1, threshold=threshold)


async def test_what_was_known_at_each_position_is_answered_there(recording: Recording) -> None:
    for number, rule_id in enumerate(RULES, 31):
        assert recording.add_rule(number) == rule_id
    history = History(recording, seed=20261121)
    expected: dict[int, dict[str, Any]] = {}
    for _ in range(120):
        history.step()
        expected[recording.commands] = history.known.answer()
    assert await recording.project() == recording.commands

    for position, answer in expected.items():
        assert await answered(recording, position) == answer, position

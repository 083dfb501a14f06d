"""A history of mixed events, as an installation with a few models would have recorded it."""

from collections.abc import Generator, Iterable
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from typing import Literal, cast
from uuid import UUID

import msgspec

from cdt.domain.alerts import events as alerts
from cdt.domain.evaluations import events as evaluations
from cdt.domain.evaluations.plan import DEFAULT_POLICY as DEFAULT_PLAN
from cdt.domain.kernel import (
    Actor,
    AlertId,
    Change,
    Digest,
    Envelope,
    EvaluationId,
    Event,
    Name,
    NameClaimed,
    PlanId,
    Position,
    RuleId,
    Tenant,
    derived_id,
)
from cdt.domain.registry import events as registry
from cdt.domain.registry.signature import Column, GroupAttribute, Signature
from cdt.domain.trust import events as trust
from cdt.domain.trust.policy import DEFAULT_POLICY, KINDS
from cdt.domain.trust.score import Component, Part, Standing, Trend

BEGAN = datetime(2026, 1, 5, 8, tzinfo=UTC)
ACTOR = Actor("user", str(derived_id("bench", "owner")))
TENANT = Tenant(derived_id("bench", "organization"), derived_id("bench", "project"))
DIGEST = Digest("0123456789abcdef" * 4)
FEATURES = tuple(f"feature {number}" for number in range(20))
SIGNATURE = Signature(
    columns=(*(Column(name, "number") for name in FEATURES), Column("sex", "category"), Column("age", "number")),
    classes=("0", "1"),
    positive_class="1",
    groups=(GroupAttribute("sex", "sex", labels={"1": "male", "2": "female"}),),
)
VERSIONS_OF_A_MODEL = 3
EVALUATIONS_OF_A_VERSION = 12

Fact = tuple[UUID, Event]


def history(length: int) -> list[Envelope]:
    """The first `length` envelopes of a history: two of three are evaluations and scores, the rest is all kinds."""
    versions: dict[UUID, int] = {}
    envelopes: list[Envelope] = []
    for number, (stream_id, event) in enumerate(islice(_facts(), length)):
        versions[stream_id] = versions.get(stream_id, 0) + 1
        envelopes.append(
            Envelope(
                originator_id=stream_id,
                originator_version=versions[stream_id],
                timestamp=BEGAN + timedelta(seconds=number),
                actor=ACTOR,
                command_id=derived_id("command", number),
                tenant=TENANT,
                event=event,
            )
        )
    return envelopes


def _facts() -> Generator[Fact]:
    number = 0
    while True:
        number += 1
        yield from _of_model(number)


def _of_model(number: int) -> Generator[Fact]:
    model = derived_id("model", number)
    name = f"model {number}"
    yield Name("model", name).stream_id, NameClaimed(scope="model", holder=model)
    yield model, registry.ModelRegistered(name=name, description="Who leaves within a quarter.")
    rule, alert = RuleId(derived_id("rule", model)), AlertId(derived_id("alert", model))
    yield (
        rule,
        alerts.RuleAdded(
            model_id=model, name="trust falls", subject="trust", operator="below", threshold=0.7, in_a_row=1
        ),
    )
    policy = msgspec.structs.replace(DEFAULT_POLICY, version=2, threshold=0.75)
    yield derived_id("policy", model), trust.PolicySet(model_id=model, policy=Change(None, policy), reason="Stricter.")
    serving: UUID | None = None
    for version_number in range(VERSIONS_OF_A_MODEL):
        version = derived_id("version", model, version_number)
        yield from _of_version(model, version, tag=f"{version_number}.0")
        yield model, _promoted(version, serving)
        if serving is not None:
            yield (
                model,
                registry.RolledBack(
                    environment="production", serving=Change(version, serving), reason="Slower than it seemed."
                ),
            )
            yield model, _promoted(version, serving)
        serving = version
        yield from _evaluations(model, version)
    yield from _alert(alert, rule, model, cast(UUID, serving))


def _of_version(model: UUID, version: UUID, *, tag: str) -> Iterable[Fact]:
    return [
        (model, registry.VersionAdded(version_id=version, tag=tag, signature=SIGNATURE)),
        (
            model,
            registry.BaselineSet(
                version_id=version,
                grid=Change(None, DIGEST),
                baseline=Change(None, DIGEST),
                rows=20_000,
                labelled_rows=0,
            ),
        ),
        (
            derived_id("plan", version),
            evaluations.PlanMade(version_id=version, model_id=model, policy=DEFAULT_PLAN),
        ),
    ]


def _promoted(version: UUID, serving: UUID | None) -> Event:
    return registry.Promoted(
        version_id=version,
        environment="production",
        role="champion",
        serving=Change(serving, version),
        reason="Better by two points on last month's labels.",
    )


def _evaluations(model: UUID, version: UUID) -> Generator[Fact]:
    standings: tuple[Standing, ...] = ("trusted", "trusted", "below_threshold")
    former: tuple[float | None, Standing | None] = (None, None)
    for number, standing in enumerate(islice(cycle(standings), EVALUATIONS_OF_A_VERSION)):
        evaluation = EvaluationId(derived_id("evaluation", version, number))
        window = BEGAN + timedelta(days=number)
        yield (
            evaluation,
            evaluations.Requested(
                plan_id=PlanId(derived_id("plan", version)),
                version_id=version,
                model_id=model,
                environment="production",
                cause="window_closed",
                window_start=window,
                window_end=window + timedelta(days=1),
                through_sequence=number * 10,
                specification=DIGEST,
            ),
        )
        yield (
            evaluation,
            evaluations.Completed(
                rows=20_000,
                labels=8_000,
                rows_digest=DIGEST,
                results_digest=DIGEST,
                passed=60,
                failed=3,
                inconclusive=5,
                libraries={"numpy": "2.2.0", "scipy": "1.15.0"},
                processor="x86-64",
            ),
        )
        value = 0.9 - 0.01 * number
        yield derived_id("score", evaluation), _scored(model, version, evaluation, value, standing, former)
        former = value, standing


def _scored(
    model: UUID,
    version: UUID,
    evaluation: EvaluationId,
    value: float,
    standing: Standing,
    former: tuple[float | None, Standing | None],
) -> Event:
    components = tuple(
        Component(
            kind=kind,
            value=value,
            low=value - 0.02,
            high=value + 0.02,
            weight=1 / 3,
            contribution=value / 3,
            evidence=1.0,
            rows=8_000,
            parts=tuple(Part(name, value) for name in FEATURES[:5]),
        )
        for kind in KINDS
    )
    return trust.Scored(
        model_id=model,
        version_id=version,
        environment="production",
        evaluation_id=evaluation,
        value=Change(former[0], value),
        low=value - 0.02,
        high=value + 0.02,
        coverage=1.0,
        standing=Change(former[1], standing),
        reason=None,
        threshold=0.75,
        components=components,
        trend=Trend(cast(Literal["up", "down"], "up" if former[0] is None else "down"), 0.01),
        policy_version=2,
        formula=1,
        window_end=BEGAN,
        sentence="Trust fell by 1 % because fairness fell.",
    )


def _alert(alert: AlertId, rule: RuleId, model: UUID, version: UUID) -> Iterable[Fact]:
    evaluation = EvaluationId(derived_id("evaluation", version, 2))
    through = Position(1)
    return [
        (
            alert,
            alerts.Raised(
                rule_id=rule, model_id=model, version_id=version, evaluation_id=evaluation, value=0.6,
                judged_through=through, state=Change(None, "open"),
            ),
        ),
        (alert, alerts.Acknowledged(note="On it.", state=Change("open", "acknowledged"))),
        (
            alert,
            alerts.Resolved(
                note="A feed was late.", evaluation_id=None, value=None, judged_through=through,
                state=Change("acknowledged", "resolved"),
            ),
        ),
        (
            alert,
            alerts.Reopened(
                evaluation_id=evaluation, value=0.6, judged_through=through, state=Change("resolved", "open")
            ),
        ),
    ]  # fmt: skip

"""Policies and scores, as read."""

from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from cdt.commands import trust as commands
from cdt.domain.kernel import EvaluationId
from cdt.domain.trust.decisions import Wanted
from cdt.domain.trust.policy import Weights
from cdt.domain.trust.score import Score
from cdt.readmodels import trust
from tests.builders import NOON, an_id
from tests.domain.builders import A_MODEL, A_VERSION, ANOTHER_VERSION, a_policy, a_ratio, a_score, an_accuracy, an_index
from tests.readmodels.recording import ANOTHER_SCOPE, Recording

WELL = a_score()
WORSE = a_score(an_index("age", 1.0, within=None), a_ratio("sex", 0.8), an_accuracy(0.8), previous=WELL)


def evaluation(number: int) -> EvaluationId:
    return EvaluationId(an_id(500 + number))


async def test_a_policy_is_read_with_who_set_it_and_why(recording: Recording) -> None:
    first = recording.do(
        commands.change_trust_policy, A_MODEL, wanted=Wanted(threshold=0.8), reason="the board wants it"
    )
    recording.do(commands.change_trust_policy, A_MODEL, wanted=Wanted(weights={"stability": 2}), reason="drift matters")
    await recording.project()

    async with recording.at(first) as view:
        (policy,) = await trust.policies_of_models(view, [A_MODEL])
    assert policy.typed_policy == a_policy(version=2, threshold=0.8)
    assert (policy.reason, policy.since) == ("the board wants it", first)

    async with recording.at() as view:
        (policy,) = await trust.policies_of_models(view, [A_MODEL, an_id(99)])
    assert policy.typed_policy == a_policy(version=3, threshold=0.8, weights=Weights(stability=2))
    assert (policy.changed_at, policy.changed_by_kind, policy.changed_by_id) == (
        recording.now(),
        "user",
        str(an_id(1001)),
    )


async def test_a_score_is_read_back_as_the_formula_made_it(recording: Recording) -> None:
    first = recording.record_score(evaluation(1), WELL)
    second = recording.record_score(evaluation(2), WORSE, previous=WELL, previous_window_end=NOON)
    await recording.project()

    async with recording.at(first) as view:
        (score,) = await trust.newest_of_versions(view, [A_VERSION, ANOTHER_VERSION], environment="production")
    assert score.typed_score == WELL
    assert (score.previous_value, score.since) == (None, first)

    async with recording.at() as view:
        (score,) = await trust.newest_of_versions(view, [A_VERSION], environment="production")
        assert await trust.newest_of_versions(view, [A_VERSION], environment="staging") == []
        assert await trust.scores_of_evaluations(view, [evaluation(2)]) == [score]
    assert score.typed_score == WORSE
    assert (score.previous_value, score.since, score.window_end) == (1.0, second, NOON)
    assert score.sentence == "Below its threshold of 0.70, at 0.67, down 0.33 since 2026-03-02, because age drifted."
    assert score.recorded_at.tzinfo is not None


async def test_a_models_trust_is_its_production_champions(recording: Recording) -> None:
    recording.register_model()
    recording.record_score(evaluation(1), WELL)
    before = recording.record_score(evaluation(2), WORSE, version_id=ANOTHER_VERSION)
    after = recording.promote(ANOTHER_VERSION)
    await recording.project()

    async with recording.at(before) as view:
        (score,) = await trust.newest_of_champions(view, [A_MODEL], environment="production")
        assert score.version_id == A_VERSION
        assert await trust.newest_values_of_champions(view, environment="production") == [
            trust.NewestValue(A_MODEL, 1.0, "trusted")
        ]
    async with recording.at(after) as view:
        (score,) = await trust.newest_of_champions(view, [A_MODEL], environment="production")
        assert score.version_id == ANOTHER_VERSION
        assert await trust.newest_of_champions(view, [A_MODEL], environment="staging") == []


async def test_recent_values_come_oldest_first(recording: Recording) -> None:
    positions = [recording.record_score(evaluation(n), WORSE if n == 2 else WELL) for n in range(4)]
    await recording.project()

    async with recording.at() as view:
        values = await trust.recent_values(view, A_VERSION, environment="production", limit=3)

    assert values == [
        trust.ScoredValue(evaluation(1), positions[1], 1.0),
        trust.ScoredValue(evaluation(2), positions[2], 2 / 3),
        trust.ScoredValue(evaluation(3), positions[3], 1.0),
    ]


async def test_missing_values_are_left_out_of_recent_ones_but_at_the_end(recording: Recording) -> None:
    nothing = a_score(an_index("age", 0.0))
    first = recording.record_score(evaluation(1), WELL)
    recording.record_score(evaluation(2), nothing)
    third = recording.record_score(evaluation(3), WORSE)
    last = recording.record_score(evaluation(4), nothing)
    await recording.project()

    async def recent(at: int, limit: int) -> list[tuple[int, float | None]]:
        async with recording.at(at) as view:
            values = await trust.recent_values(view, A_VERSION, environment="production", limit=limit)
        return [(each.position, each.value) for each in values]

    assert await recent(third, 2) == [(first, 1.0), (third, 2 / 3)]
    assert await recent(last, 2) == [(first, 1.0), (third, 2 / 3), (last, None)]
    assert await recent(last, 1) == [(third, 2 / 3), (last, None)]


async def an_evaluated(recording: Recording, day: int, cause: str, score: Score = WELL, **changes: Any) -> EvaluationId:
    """A completed and scored evaluation of the day."""
    asked = recording.request(day, cause=cause, **changes)
    recording.complete(asked)
    recording.record_score(asked, score, window_end=changes.get("window_end", NOON + timedelta(days=day + 1)))
    await recording.project()
    return asked


async def counted(recording: Recording) -> list[EvaluationId]:
    """The evaluations that rules are judged by, oldest first: the same for rules on trust and on a measure."""
    async with recording.at() as view:
        values = await trust.recent_values(view, A_VERSION, environment="production", limit=9)
        results = await trust.recent_results(view, A_VERSION, environment="production", limit=9)
        (newest,) = await trust.newest_of_versions(view, [A_VERSION], environment="production")
    assert [(each.evaluation_id, each.position) for each in values] == [
        (each.evaluation_id, each.position) for each in results[::-1]
    ]
    assert newest.evaluation_id == values[-1].evaluation_id
    return [EvaluationId(each.evaluation_id) for each in values]


async def test_what_somebody_asked_for_never_is_the_newest(recording: Recording) -> None:
    asked = recording.request(0, cause="asked")
    recording.complete(asked)
    recording.record_score(asked, WORSE)
    await recording.project()
    async with recording.at() as view:
        assert await trust.newest_of_versions(view, [A_VERSION], environment="production") == []
        assert [each.value for each in await trust.scores_of_evaluations(view, [asked])] == [2 / 3]

    first = await an_evaluated(recording, 1, "live_change")
    await an_evaluated(recording, 900, "asked", WORSE)
    second = await an_evaluated(recording, 2, "live_change")

    assert await counted(recording) == [first, second]


async def test_only_the_newest_window_measured_again_is_the_newest(recording: Recording) -> None:
    await an_evaluated(recording, 7, "restatement", WORSE)  # of a window that was scored in another environment
    first = await an_evaluated(recording, 0, "window_closed")
    second = await an_evaluated(recording, 1, "window_closed")
    await an_evaluated(recording, 0, "restatement", WORSE)
    restated = await an_evaluated(recording, 1, "restatement", WORSE)

    assert await counted(recording) == [first, second, restated]


async def test_a_window_that_closes_behind_the_live_reading_is_not_the_newest(recording: Recording) -> None:
    live = await an_evaluated(recording, 4, "live_change")
    await an_evaluated(recording, 3, "window_closed", WORSE)

    assert await counted(recording) == [live]


async def test_recent_results_are_paged_newest_first(recording: Recording) -> None:
    asked = [await an_evaluated(recording, day, "window_closed") for day in range(3)]

    async with recording.at() as view:
        first = await trust.recent_results(view, A_VERSION, environment="production", limit=2)
        rest = await trust.recent_results(view, A_VERSION, environment="production", before=first[-1].position, limit=2)
        elsewhere = await trust.recent_results(view, A_VERSION, environment="staging", limit=2)

    assert [each.evaluation_id for each in (*first, *rest)] == asked[::-1]
    assert elsewhere == []


async def test_another_tenant_sees_none_of_it(recording: Recording) -> None:
    recording.register_model()
    recording.do(commands.change_trust_policy, A_MODEL, wanted=Wanted(threshold=0.8), reason="the board wants it")
    recording.record_score(evaluation(1), WELL)
    await recording.project()

    async with recording.at(scope=ANOTHER_SCOPE) as view:
        assert await trust.policies_of_models(view, [A_MODEL]) == []
        assert await trust.newest_of_versions(view, [A_VERSION], environment="production") == []
        assert await trust.newest_values_of_champions(view, environment="production") == []
        assert await trust.recent_values(view, A_VERSION, environment="production", limit=9) == []
        assert await trust.recent_results(view, A_VERSION, environment="production", limit=9) == []


async def test_a_score_is_found_again_by_the_one_after_it_and_by_its_position(recording: Recording) -> None:
    first = recording.record_score(evaluation(1), WELL)
    elsewhere = recording.record_score(evaluation(2), WORSE, version_id=ANOTHER_VERSION)
    recording.record_score(evaluation(3), WORSE, previous=WELL, previous_window_end=NOON)
    await recording.project()

    async with recording.at() as view:
        (newest,) = await trust.newest_of_versions(view, [A_VERSION], environment="production")
        before = await trust.recorded_before(view, newest)
        assert before is not None
        assert (before.since, await trust.recorded_before(view, before)) == (first, None)
        other = await trust.recorded_at(view, newest, position=elsewhere)
        assert other is not None
        assert other.version_id == ANOTHER_VERSION
        assert await trust.recorded_at(view, newest, position=elsewhere + 1_000) is None
        of_another_model = replace(newest, model_id=an_id(99))
        assert await trust.recorded_at(view, of_another_model, position=first) is None

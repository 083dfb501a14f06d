"""Plans and evaluations, as read."""

from datetime import timedelta

from cdt.commands import evaluations as commands
from cdt.domain.evaluations.plan import DEFAULT_POLICY
from cdt.domain.evaluations.state import plan_id_of
from cdt.readmodels import evaluations
from tests.builders import NOON, an_id
from tests.domain.builders import A_DIGEST, A_MODEL, A_VERSION, ANOTHER_VERSION
from tests.readmodels.recording import ANOTHER_SCOPE, Recording

PLAN = plan_id_of(A_VERSION)


async def test_a_plan_is_read_with_its_policy(recording: Recording) -> None:
    recording.do(commands.make_plan, A_VERSION, model_id=A_MODEL)
    await recording.project()

    async with recording.at() as view:
        (plan,) = await evaluations.plans_of_versions(view, [A_VERSION, ANOTHER_VERSION])

        assert (plan.id, plan.version_id, plan.typed_policy) == (PLAN, A_VERSION, DEFAULT_POLICY)
        assert (plan.made_at, plan.made_by_kind) == (recording.now(), "user")
        assert await evaluations.plans(view, [PLAN]) == [plan] == await evaluations.every_plan(view)


async def test_an_evaluation_is_read_as_it_stood_at_each_position(recording: Recording) -> None:
    evaluation_id = recording.request(0)
    asked = recording.commands
    recording.complete(evaluation_id)
    await recording.project()

    async with recording.at(1) as view:
        (evaluation,) = await evaluations.evaluations(view, [evaluation_id])
    assert (evaluation.state, evaluation.rows, evaluation.finished_at, evaluation.libraries) == (
        "requested",
        None,
        None,
        None,
    )
    assert (evaluation.window_start, evaluation.window_end) == (NOON, NOON + timedelta(days=1))
    assert (evaluation.requested_position, evaluation.specification_digest) == (asked, A_DIGEST)

    async with recording.at() as view:
        (evaluation,) = await evaluations.evaluations(view, [evaluation_id])
    assert (evaluation.state, evaluation.rows, evaluation.labels) == ("completed", 100, 50)
    assert (evaluation.passed, evaluation.failed, evaluation.inconclusive) == (5, 0, 0)
    assert (evaluation.libraries, evaluation.processor) == ({"numpy": "2.3"}, "avx2")
    assert (evaluation.finished_at, evaluation.finished_position) == (recording.now(), 2)


async def test_what_was_given_up_says_why_until_it_is_tried_again(recording: Recording) -> None:
    evaluation_id = recording.request(0, cause="asked")
    recording.do(commands.give_up_evaluation, evaluation_id, attempts=3, reason="out of memory")
    assert recording.request(0, cause="asked") == evaluation_id
    await recording.project()

    async with recording.at(2) as view:
        (evaluation,) = await evaluations.evaluations(view, [evaluation_id])
    assert (evaluation.state, evaluation.attempts, evaluation.failure) == ("failed", 3, "out of memory")
    async with recording.at(3) as view:
        (evaluation,) = await evaluations.evaluations(view, [evaluation_id])
    assert (evaluation.state, evaluation.attempts, evaluation.failure) == ("requested", None, None)
    assert (evaluation.requested_position, evaluation.finished_at) == (3, None)


async def test_evaluations_are_paged_newest_first(recording: Recording) -> None:
    asked = [recording.request(day) for day in range(5)]
    other = recording.request(9, version_id=ANOTHER_VERSION)
    await recording.project()

    async with recording.at() as view:
        first = await evaluations.evaluations_of_model(view, A_MODEL, limit=4)
        rest = await evaluations.evaluations_of_model(view, A_MODEL, before=first[-1].requested_position, limit=4)
        of_version = await evaluations.evaluations_of_version(view, A_VERSION, limit=2)
        count = await evaluations.count_of_model(view, A_MODEL)

    assert [each.id for each in first + rest] == [other, *reversed(asked)]
    assert [each.id for each in of_version] == [asked[4], asked[3]]
    assert count == 6


async def test_the_latest_of_a_model_is_the_newest_that_is_complete(recording: Recording) -> None:
    first, second = recording.request(0), recording.request(1)
    recording.complete(first)
    recording.complete(second)
    recording.request(2)
    await recording.project()

    async with recording.at() as view:
        assert [each.id for each in await evaluations.latest_of_models(view, [A_MODEL, an_id(99)])] == [second]
    async with recording.at(3) as view:
        assert [each.id for each in await evaluations.latest_of_models(view, [A_MODEL])] == [first]
    async with recording.at(2) as view:
        assert await evaluations.latest_of_models(view, [A_MODEL]) == []


async def test_the_latest_of_a_model_is_of_its_newest_window_and_never_asked_for(recording: Recording) -> None:
    first, second = recording.request(0), recording.request(1)
    recording.complete(first)
    recording.complete(second)
    for cause, day in (("asked", 7), ("restatement", 0)):
        recording.complete(recording.request(day, cause=cause))
    await recording.project()
    async with recording.at() as view:
        assert [each.id for each in await evaluations.latest_of_models(view, [A_MODEL])] == [second]

    again = recording.request(1, cause="restatement")
    recording.complete(again)
    await recording.project()
    async with recording.at() as view:
        assert [each.id for each in await evaluations.latest_of_models(view, [A_MODEL])] == [again]


async def test_the_latest_of_a_model_is_its_champions_where_that_has_one(recording: Recording) -> None:
    recording.register_model()
    of_another = recording.request(5, version_id=ANOTHER_VERSION)
    recording.complete(of_another)
    await recording.project()
    async with recording.at() as view:
        assert [each.id for each in await evaluations.latest_of_models(view, [A_MODEL])] == [of_another]

    of_champion = recording.request(0)
    recording.complete(of_champion)
    await recording.project()
    async with recording.at() as view:
        assert [each.id for each in await evaluations.latest_of_models(view, [A_MODEL])] == [of_champion]

    recording.promote(ANOTHER_VERSION)
    await recording.project()
    async with recording.at() as view:
        assert [each.id for each in await evaluations.latest_of_models(view, [A_MODEL])] == [of_another]


async def test_a_plan_knows_what_is_in_flight(recording: Recording) -> None:
    first, second = recording.request(0), recording.request(1)
    recording.complete(first)
    await recording.project()

    async with recording.at() as view:
        assert [each.id for each in await evaluations.in_flight(view, [PLAN])] == [second]
    async with recording.at(2) as view:
        assert [each.id for each in await evaluations.in_flight(view, [PLAN])] == [first, second]


async def test_the_newest_of_a_window_is_its_last_restatement(recording: Recording) -> None:
    recording.request(0)
    recording.request(0, cause="live_change")
    second = recording.request(1)
    restated = recording.request(0, cause="restatement")
    await recording.project()

    async with recording.at() as view:
        newest = await evaluations.newest_of_windows(view, PLAN, ending_after=NOON)
        later = await evaluations.newest_of_windows(view, PLAN, ending_after=NOON + timedelta(days=1))
        live = await evaluations.newest_by_cause(view, PLAN, "live_change")
        none = await evaluations.newest_by_cause(view, PLAN, "promotion")

    assert [each.id for each in newest] == [restated, second]
    assert [each.id for each in later] == [second]
    assert live is not None
    assert live.requested_position == 2
    assert none is None


async def test_another_tenant_sees_none_of_it(recording: Recording) -> None:
    recording.do(commands.make_plan, A_VERSION, model_id=A_MODEL)
    evaluation_id = recording.request(0)
    await recording.project()

    async with recording.at(scope=ANOTHER_SCOPE) as view:
        assert await evaluations.every_plan(view) == []
        assert await evaluations.evaluations(view, [evaluation_id]) == []
        assert await evaluations.evaluations_of_model(view, A_MODEL, limit=9) == []
        assert await evaluations.count_of_model(view, A_MODEL) == 0
        assert await evaluations.latest_of_models(view, [A_MODEL]) == []

"""Rules and alerts, as read."""

from cdt.commands import alerts as commands
from cdt.domain.alerts.state import alert_id_of
from cdt.domain.kernel import Position
from cdt.readmodels import alerts
from tests.builders import an_id
from tests.domain.builders import A_MODEL, A_VERSION, ANOTHER_VERSION
from tests.readmodels.recording import ANOTHER_SCOPE, Recording

ANOTHER_MODEL = an_id(2)


async def test_a_rule_is_read_whether_enabled_or_not(recording: Recording) -> None:
    rule_id = recording.add_rule()
    recording.do(commands.disable_alert_rule, rule_id)
    recording.do(commands.enable_alert_rule, rule_id)
    await recording.project()

    async with recording.at() as view:
        (rule,) = await alerts.rules_of_models(view, [A_MODEL, ANOTHER_MODEL])
        assert await alerts.rules(view, [rule_id]) == [rule]
    assert (rule.name, rule.subject, rule.operator, rule.threshold, rule.in_a_row) == (
        "Trust is low",
        "trust",
        "below",
        0.7,
        1,
    )
    async with recording.at(2) as view:
        assert [each.is_enabled for each in await alerts.rules(view, [rule_id])] == [False]
    async with recording.at(3) as view:
        assert [each.is_enabled for each in await alerts.rules(view, [rule_id])] == [True]


async def test_an_alert_is_read_as_it_stood_at_each_position(recording: Recording) -> None:
    rule_id = recording.add_rule()
    alert_id = recording.judge(rule_id, 0.6)
    recording.do(commands.acknowledge_alert, alert_id, note="on it")
    recording.judge(rule_id, 0.6, 0.9)
    recording.judge(rule_id, 0.6, 0.9, 0.5)
    recording.do(commands.resolve_alert, alert_id, note="mended", seen_at=Position(9))
    await recording.project()

    async def read(position: int) -> alerts.Alert:
        async with recording.at(position) as view:
            (alert,) = await alerts.alerts(view, [alert_id])
        assert alert.since == position
        return alert

    raised, acknowledged, silent, again, over = [await read(position) for position in (2, 3, 4, 5, 6)]
    assert (raised.state, raised.value, raised.times_raised, raised.raised_position) == ("open", 0.6, 1, 2)
    assert raised.sentence == "Trust is 0.6, below 0.7."
    assert (acknowledged.state, acknowledged.note, acknowledged.acknowledged_by_kind) == (
        "acknowledged",
        "on it",
        "user",
    )
    assert (silent.state, silent.note, silent.resolved_at) == ("resolved", "on it", silent.state_at)
    assert (again.state, again.times_raised, again.raised_position, again.value) == ("open", 2, 5, 0.5)
    assert (again.note, again.acknowledged_at, again.resolved_at) == ("", None, None)
    assert (over.state, over.note, over.resolved_by_id, over.state_at) == (
        "resolved", "mended", str(an_id(1001)), recording.now(),
    )  # fmt: skip


async def test_alerts_are_filtered_and_paged_newest_first(recording: Recording) -> None:
    low, high = recording.add_rule(31), recording.add_rule(32, operator="above", threshold=0.5)
    elsewhere = recording.add_rule(33, model_id=ANOTHER_MODEL)
    first = recording.judge(low, 0.6)
    second = recording.judge(high, 0.6)
    third = recording.judge(low, 0.6, version_id=ANOTHER_VERSION)
    other = recording.judge(elsewhere, 0.6)
    recording.do(commands.resolve_alert, second, note="mended", seen_at=Position(9))
    await recording.project()

    async with recording.at() as view:
        page = await alerts.alerts_of_model(view, A_MODEL, limit=2)
        rest = await alerts.alerts_of_model(view, A_MODEL, before=page[-1].raised_position, limit=2)
        unresolved = await alerts.alerts_of_model(view, A_MODEL, states=("open", "acknowledged"), limit=9)
        everywhere = await alerts.alerts_of_scope(view, states=("open",), limit=9)
        counts = await alerts.open_counts(view, [A_MODEL, ANOTHER_MODEL, an_id(99)])
        totals = (
            await alerts.count_of_model(view, A_MODEL),
            await alerts.count_of_model(view, A_MODEL, states=("resolved",)),
            await alerts.count_of_scope(view),
        )

    assert [each.id for each in page + rest] == [third, second, first]
    assert [each.id for each in unresolved] == [third, first]
    assert [each.id for each in everywhere] == [other, third, first]
    assert {each.model_id: each.count for each in counts} == {A_MODEL: 2, ANOTHER_MODEL: 1}
    assert totals == (3, 1, 4)


async def test_open_counts_are_those_of_the_position(recording: Recording) -> None:
    rule_id = recording.add_rule()
    recording.judge(rule_id, 0.6)
    recording.judge(rule_id, 0.6, 0.9)
    await recording.project()

    async with recording.at(2) as view:
        assert [each.count for each in await alerts.open_counts(view, [A_MODEL])] == [1]
    async with recording.at(3) as view:
        assert await alerts.open_counts(view, [A_MODEL]) == []


async def test_changes_are_followed_in_their_order(recording: Recording) -> None:
    rule_id = recording.add_rule()
    first = recording.judge(rule_id, 0.6)
    second = recording.judge(rule_id, 0.6, version_id=ANOTHER_VERSION)
    recording.do(commands.acknowledge_alert, first, note="")
    await recording.project()

    async with recording.at() as view:
        assert [each.id for each in await alerts.changed_after(view, after=0, limit=9)] == [second, first]
        assert [each.id for each in await alerts.changed_after(view, after=3, limit=9)] == [first]


async def test_another_tenant_sees_none_of_it(recording: Recording) -> None:
    rule_id = recording.add_rule()
    recording.judge(rule_id, 0.6)
    await recording.project()

    async with recording.at(scope=ANOTHER_SCOPE) as view:
        assert await alerts.rules(view, [rule_id]) == []
        assert await alerts.alerts(view, [alert_id_of(rule_id, A_VERSION)]) == []
        assert await alerts.alerts_of_scope(view, limit=9) == []
        assert await alerts.count_of_scope(view) == 0
        assert await alerts.open_counts(view, [A_MODEL]) == []

"""The live reading: every row moves it, none is counted twice, what moved far is recorded at most once a minute."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cdt.commands import trust
from cdt.database.notifications import PROJECTED
from cdt.domain.evaluations.events import Requested
from cdt.domain.evaluations.plan import PlanPolicy
from cdt.domain.trust.decisions import Wanted
from cdt.domain.trust.events import Scored
from cdt.domain.trust.policy import ComponentKind
from cdt.measures.quality import Received
from cdt.predictions import folded
from cdt.predictions.versions import Version
from cdt.reactions import live as leading
from cdt.workers import readings
from tests.predictions.builders import as_ndjson, send, send_labels
from tests.predictions.quarantining import take
from tests.reactions.world import World, labels_of, some_rows

A_MINUTE = timedelta(minutes=1)
FIRST = datetime(2026, 1, 4, tzinfo=UTC)
LONG = PlanPolicy(window_seconds=30 * 86_400, minimum_rows=20, minimum_group_size=5)


async def reading(world: World, version: Version) -> dict[str, Any]:
    """The row, without the time at which it was made."""
    await world.read(version)
    ((sequence, document),) = await world.rows(
        "SELECT sequence, reading FROM predictions.live_readings WHERE version_id = %s", version.version_id
    )
    return {"sequence": sequence, **document}


async def asked(world: World) -> int:
    """How many records the live reading has asked for."""
    requested = [each.event for each in await world.facts(Requested) if isinstance(each.event, Requested)]
    return sum(each.cause == "live_change" for each in requested)


async def twice(world: World) -> bool:
    """Whether a second record was asked for, after the first one was made."""
    await world.finish()
    return await asked(world) == 2


@asynccontextmanager
async def a_recorded_version(world: World) -> AsyncIterator[Version]:
    """A version whose reading has been recorded, a minute ago, while live readings and reactions run."""
    version = await world.watched_version(LONG)
    await send(world.intake, version, *some_rows(120, FIRST, A_MINUTE, named="m", sex="m", age=88.0))
    async with world.live(), world.reactions():
        await world.read(version)
        await world.until(lambda: asked(world), "the first record is asked for")
        await world.finish()
        world.time += timedelta(seconds=61)
        yield version


async def test_every_row_that_comes_in_is_in_the_reading(world: World) -> None:
    version = await world.watched_version(LONG)
    seen: list[tuple[int, int]] = []
    async with world.live():
        rows = some_rows(40, FIRST, A_MINUTE, named="new")
        for begin in range(0, 40, 10):
            await send(world.intake, version, *rows[begin : begin + 10])
            await world.read(version)
        await send_labels(world.intake, version, *labels_of(rows[:15]))
        now = (await reading(world, version))["reading"]
        seen.append((now["rows"], now["labelled"]))

    assert seen == [(300 + 40, 300 + 15)]


async def test_rows_that_are_not_taken_in_move_the_reading_and_are_kept_with_an_evaluation(world: World) -> None:
    version = await world.watched_version(LONG)
    rows = some_rows(40, FIRST, A_MINUTE, named="new")
    bad = [{**row, "prediction_id": f"bad-{number}", "decision": "?"} for number, row in enumerate(rows[:20])]

    async def share(measure: str, value: float) -> bool:
        results = (await reading(world, version))["reading"]["results"]
        return [each["value"] for each in results if each["measure"] == measure] == [pytest.approx(value)]

    async with world.live(), world.reactions():
        await send(world.intake, version, *rows)
        await send(world.intake, version, *rows[:20])
        await world.until(lambda: share("duplicate_share", 20 / 360), "the duplicates are told, though no row is new")
        await take(world.intake, version, as_ndjson(*bad))
        await world.until(lambda: share("violation_share", 20 / 380), "so are the rows that do not fit")
        await world.promote(version)
        await world.until(lambda: is_asked(world), "an evaluation is asked for")
        await world.finish()

    kept = await world.rows(
        "SELECT payload FROM storage.documents WHERE position('\"received\"'::bytea in payload) > 0"
    )
    found = [readings.decode(bytes(payload)).received for (payload,) in kept]
    assert Received(duplicates=20, violations=20, rejected=20) in found


async def is_asked(world: World) -> bool:
    return bool(await world.facts(Requested))


async def test_what_is_added_up_row_by_row_is_what_is_counted_from_all_rows_at_once(world: World) -> None:
    version = await world.watched_version(LONG)
    rows = some_rows(200, FIRST, timedelta(hours=2), named="new", seed=5)
    async with world.live():
        for begin in range(0, 200, 40):
            await send(world.intake, version, *rows[begin : begin + 40])
            await send_labels(world.intake, version, *labels_of(rows[begin : begin + 20]))
            added_up = await reading(world, version)
    await world.rows("DELETE FROM predictions.live_readings")

    async with world.live():
        at_once = await reading(world, version)
        await world.fold(version)
    await world.rows("DELETE FROM predictions.live_readings")
    async with world.live():
        from_profiles = await reading(world, version)

    assert added_up == at_once == from_profiles


async def test_rows_that_left_the_window_leave_the_reading(world: World) -> None:
    version = await world.watched_version(PlanPolicy(window_seconds=86_400, minimum_rows=20, minimum_group_size=5))
    async with world.live():
        await send(world.intake, version, *some_rows(30, FIRST + timedelta(days=9), A_MINUTE, named="later"))

        assert (await reading(world, version))["reading"]["rows"] == 30


async def test_a_window_that_goes_on_beyond_a_day_it_holds_whole_is_filled_anew(world: World) -> None:
    version = await world.watched_version(PlanPolicy(window_seconds=10 * 86_400, minimum_rows=20, minimum_group_size=5))
    await send(world.intake, version, *some_rows(240, FIRST, timedelta(hours=2), named="before"))
    await world.fold(version)
    days = await world.rows("SELECT day FROM predictions.profile_days")
    seen: list[int] = []
    async with world.live():
        for day in (21, 22, 26):  # the window holds its first three days by the hour
            rows = some_rows(12, FIRST + timedelta(days=day), timedelta(hours=2), named=f"day {day}")
            await send(world.intake, version, *rows)
            seen.append((await reading(world, version))["reading"]["rows"])
        went_on = await reading(world, version)
    await world.rows("DELETE FROM predictions.live_readings")
    await world.rows("DELETE FROM predictions.profile_days")
    async with world.live():
        anew = await reading(world, version)

    assert len(days) >= 19
    assert seen == [9 * 12, 9 * 12, 6 * 12]
    assert went_on == anew


async def test_what_moved_far_is_recorded_at_most_once_a_minute(world: World) -> None:
    version = await world.watched_version(LONG)
    async with world.live(), world.reactions():
        await world.read(version)
        await world.until(lambda: asked(world), "the first record is asked for")
        await world.finish()

        for turn in range(4):  # each moves the score by far more than 0.01
            begin, sex = FIRST + timedelta(days=turn), "f" if turn % 2 else "m"
            rows = some_rows(120, begin, A_MINUTE, named=f"turn {turn}", sex=sex, age=88.0)
            await send(world.intake, version, *rows)
            await world.read(version)
            await world.finish()
        assert await asked(world) == 1

        world.time += timedelta(seconds=61)
        await world.until(lambda: twice(world), "the second record is asked for, though no row comes in")
        await world.finish()  # it may have been asked for just after everything before was done
        await world.settle()
        world.time += timedelta(seconds=61)
        await send(world.intake, version, *some_rows(1, FIRST + timedelta(days=4), A_MINUTE, named="one"))
        await world.read(version)
        await world.finish()

    assert await asked(world) == 2  # one row more moves nothing


async def test_another_trust_policy_gives_another_reading_at_once(world: World) -> None:
    version = await world.watched_version(LONG)
    async with world.live():
        before = (await reading(world, version))["score"]["threshold"]
        position = await world.do(
            trust.change_trust_policy, version.model_id, wanted=Wanted(threshold=0.93), reason="it matters"
        )

        async def has_changed() -> bool:
            found = await world.rows(
                "SELECT reading FROM predictions.live_readings WHERE version_id = %s AND position >= %s",
                version.version_id,
                position,
            )
            return bool(found) and found[0][0]["score"]["threshold"] == 0.93

        await world.until(has_changed, "the reading follows the policy")

    assert before != 0.93


async def test_another_trust_policy_that_moves_the_score_is_recorded_once_though_no_row_comes_in(world: World) -> None:
    async with a_recorded_version(world) as version:
        weights: dict[ComponentKind, float] = {"stability": 1.0, "fairness": 0.0, "performance": 0.0}
        await world.do(
            trust.change_trust_policy, version.model_id, wanted=Wanted(weights=weights), reason="drift is all"
        )
        await world.until(lambda: twice(world), "the score by the other policy is recorded")
        await world.finish()
        await world.settle()
        ((recorded, newest),) = await world.rows(
            "SELECT score.value, score.policy_version FROM trust_newest AS newest"
            " JOIN trust_scores AS score ON score.id = newest.score_id"
        )
        world.time += timedelta(seconds=61)
        assert (await reading(world, version))["score"]["value"] == recorded
        await world.finish()

    assert newest == 2
    assert await asked(world) == 2


async def test_another_threshold_is_recorded_once_with_its_verdict_though_the_score_is_the_same(world: World) -> None:
    async with a_recorded_version(world) as version:
        await world.do(trust.change_trust_policy, version.model_id, wanted=Wanted(threshold=0.99), reason="it matters")
        await world.until(lambda: twice(world), "the verdict by the other threshold is recorded")
        await world.finish()
        await world.settle()
        world.time += timedelta(seconds=61)
        await reading(world, version)
        await world.finish()

    first, second = [each.event for each in await world.facts(Scored)]
    assert isinstance(first, Scored)
    assert isinstance(second, Scored)
    assert first.value.new == second.value.new
    assert (second.standing.old, second.standing.new) == ("trusted", "below_threshold")
    assert (second.threshold, second.policy_version) == (0.99, 2)
    assert await world.rows("SELECT standing FROM trust_newest") == [("below_threshold",)]


async def test_whoever_leads_next_waits_until_the_read_models_know_what_was_asked_for(world: World) -> None:
    version = await world.watched_version(LONG)
    await world.stop_following()
    async with world.live():
        await world.until(lambda: asked(world), "the first record is asked for")
    await send(world.intake, version, *some_rows(1, FIRST, A_MINUTE, named="one"))  # another intake sequence
    async with world.live():
        await world.read(version)

        assert await asked(world) == 1


async def test_a_version_that_was_forgotten_is_not_recorded_again_before_the_read_models_know(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leading, "FORGET_SECONDS", -1.0)
    version = await world.watched_version(LONG)
    await world.stop_following()
    async with world.live():
        await world.until(lambda: asked(world), "the first record is asked for")
        await send(world.intake, version, *some_rows(1, FIRST, A_MINUTE, named="one"))
        await world.read(version)

        assert await asked(world) == 1


async def test_a_fold_between_two_looks_counts_no_row_twice(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    version = await world.watched_version(LONG)
    await world.fold(version)
    among_the_folded = FIRST - timedelta(days=1)
    await send(world.intake, version, *some_rows(40, among_the_folded, A_MINUTE, named="new"))
    stored = folded.stored
    sequences: list[int] = []

    async def stored_and_then_folded(*about: Any) -> folded.FoldState | None:
        state = await stored(*about)
        await world.fold(version)
        assert state is not None
        sequences.append(state.sequence)
        return state

    monkeypatch.setattr(folded, "stored", stored_and_then_folded)
    async with world.live():
        now = await reading(world, version)

    assert sequences == [now["sequence"] - 1]
    assert now["reading"]["rows"] == 340


async def is_read_at(world: World, version: Version, position: int) -> bool:
    """Whether the reading is as of the position or later."""
    return bool(
        await world.rows(
            "SELECT 1 FROM predictions.live_readings WHERE version_id = %s AND position >= %s",
            version.version_id,
            position,
        )
    )


async def test_a_quiet_version_that_was_forgotten_follows_its_policy_and_its_deployment(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leading, "FORGET_SECONDS", -1.0)
    version = await world.watched_version(LONG)
    async with world.live():
        await world.read(version)
        changed = await world.do(
            trust.change_trust_policy, version.model_id, wanted=Wanted(threshold=0.93), reason="it matters"
        )
        await world.until(lambda: is_read_at(world, version, changed), "the reading follows the policy")
        assert (await reading(world, version))["score"]["threshold"] == 0.93

        promoted = await world.promote(version)
        await world.until(lambda: is_read_at(world, version, promoted), "the reading follows the deployment")
        assert (await reading(world, version))["environment"] == "production"


async def test_what_was_not_heard_is_looked_for_when_listening_goes_on(world: World) -> None:
    version = await world.watched_version(LONG)
    listeners = world.notifications._listeners
    async with world.live():
        await world.read(version)
        live_hears = listeners.pop(PROJECTED)
        changed = await world.do(
            trust.change_trust_policy, version.model_id, wanted=Wanted(threshold=0.93), reason="it matters"
        )
        listeners[PROJECTED] = live_hears
        for listen in live_hears:
            listen("")

        await world.until(lambda: is_read_at(world, version, changed), "the reading follows the policy")


async def test_a_lost_connection_loses_no_row(world: World) -> None:
    version = await world.watched_version(LONG)
    async with world.live():
        await world.read(version)
        await world.lose(await world.leader(leading.LEADERSHIP))
        await send(world.intake, version, *some_rows(25, FIRST, A_MINUTE, named="after"))

        assert (await reading(world, version))["reading"]["rows"] == 325


async def test_one_leads_and_another_takes_over(world: World) -> None:
    version = await world.watched_version(LONG)
    async with AsyncExitStack() as first:
        await first.enter_async_context(world.live())
        await world.read(version)
        leader = await world.leader(leading.LEADERSHIP)
        async with world.live():
            await send(world.intake, version, *some_rows(25, FIRST, A_MINUTE, named="before"))
            await world.read(version)
            assert await world.leader(leading.LEADERSHIP) == leader

            await first.aclose()
            await send(world.intake, version, *some_rows(25, FIRST, A_MINUTE, named="after"))

            assert (await reading(world, version))["reading"]["rows"] == 350


async def test_a_version_that_cannot_be_read_does_not_hold_up_the_others(world: World) -> None:
    broken = await world.watched_version(LONG)
    version = await world.version(await world.model("another"))
    await world.send_reference(version)
    await world.set_baseline(version, LONG)
    await world.settle()
    await world.rows(
        'UPDATE evaluations_plans SET policy = policy || \'{"window_seconds": "none"}\' WHERE version_id = %s',
        broken.version_id,
    )

    async with world.live():
        assert (await reading(world, version))["reading"]["rows"] == 300
        assert not await world.is_read(broken)


async def test_whoever_is_told_to_stop_while_no_row_comes_in_ends_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leading, "IDLE_SECONDS", 3600.0)
    monkeypatch.setattr(leading, "LOOK_AROUND_SECONDS", 3600.0)
    version = await world.watched_version(LONG)
    async with asyncio.timeout(60), world.live():
        await world.read(version)


async def test_a_drift_in_the_stream_is_named_in_words_at_once_and_in_the_record_that_follows(world: World) -> None:
    async with a_recorded_version(world) as version:  # all of one age, where the reference is of all ages
        live = (await reading(world, version))["sentence"]
        await world.finish()
        scores = [each.event for each in await world.facts(Scored) if isinstance(each.event, Scored)]

    assert live.endswith("Drifted: age.")
    assert scores[-1].sentence.endswith("Drifted: age.")
    stability = next(each for each in scores[-1].components if each.kind == "stability")
    assert [part.name for part in stability.parts] == ["age"]


async def test_the_same_rows_without_a_drift_name_none(world: World) -> None:
    version = await world.watched_version(LONG)
    await send(world.intake, version, *some_rows(120, FIRST, A_MINUTE, named="alike", seed=9))
    async with world.live():
        assert "Drifted" not in (await reading(world, version))["sentence"]

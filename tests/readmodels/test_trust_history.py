"""A model's trust over time."""

import pytest

from cdt.commands import registry
from cdt.commands import trust as commands
from cdt.domain.kernel import EvaluationId
from cdt.domain.registry.baselines import FittedBaseline, MovingBaseline
from cdt.domain.trust.decisions import Wanted
from cdt.domain.trust.score import Score
from cdt.readmodels import trust_history
from tests.builders import NOON, an_id, noon_plus
from tests.domain.builders import (
    A_DIGEST,
    A_MODEL,
    A_VERSION,
    ANOTHER_DIGEST,
    ANOTHER_VERSION,
    a_ratio,
    a_score,
    an_accuracy,
    an_index,
)
from tests.readmodels.recording import ANOTHER_SCOPE, Recording


def a_score_of(ratio: float) -> Score:
    return a_score(an_index("age", 0.0), a_ratio("sex", ratio), an_accuracy(0.8))


NO_SCORE = a_score(an_index("age", 0.0))


def record(recording: Recording, *scores: Score, first: int = 0, **changes) -> list[int]:
    return [
        recording.record_score(EvaluationId(an_id(500 + number)), score, **changes)
        for number, score in enumerate(scores, first)
    ]


async def series(recording: Recording, points: int = 300, at: int | None = None) -> trust_history.Series:
    async with recording.at(at) as view:
        return await trust_history.series_of_model(view, A_MODEL, environment="production", points=points)


async def test_a_series_is_the_recorded_scores_oldest_first(recording: Recording) -> None:
    recording.register_model()
    positions = record(recording, a_score_of(0.8), a_score_of(0.4), NO_SCORE)
    await recording.project()

    found = await series(recording)

    assert found.positions == positions
    assert found.values == [1.0, pytest.approx(2.5 / 3), None]
    assert found.lows == found.highs == found.values
    assert found.coverages == [1.0, 1.0, pytest.approx(1 / 3)]
    assert len(found.recorded_at) == len(found.window_end) == 3
    assert (await series(recording, at=positions[1])).positions == positions[:2]


async def test_only_the_champion_of_the_time_counts(recording: Recording) -> None:
    recording.register_model()
    (first,) = record(recording, a_score_of(0.8))
    record(recording, a_score_of(0.4), first=1, version_id=ANOTHER_VERSION)
    recording.promote(ANOTHER_VERSION)
    record(recording, a_score_of(0.4), first=2)
    (last,) = record(recording, a_score_of(0.8), first=3, version_id=ANOTHER_VERSION)
    record(recording, a_score_of(0.4), first=4, version_id=ANOTHER_VERSION, environment="staging")
    await recording.project()

    assert (await series(recording)).positions == [first, last]


async def test_thinning_keeps_both_ends_and_every_dip(recording: Recording) -> None:
    recording.register_model()
    positions = record(recording, *[a_score_of(0.4 if number == 37 else 0.8) for number in range(60)])
    await recording.project()

    found = await series(recording, points=10)

    assert 4 <= len(found.positions) <= 10
    assert (found.positions[0], found.positions[-1]) == (positions[0], positions[-1])
    assert positions[37] in found.positions
    assert found.positions == sorted(found.positions)


async def test_what_fits_is_not_thinned(recording: Recording) -> None:
    recording.register_model()
    positions = record(recording, *[a_score_of(0.8) for _ in range(12)])
    await recording.project()

    assert (await series(recording, points=12)).positions == positions
    assert len((await series(recording, points=11)).positions) < 12
    assert len((await series(recording, points=0)).positions) <= 4


async def test_what_happened_to_the_model_is_marked(recording: Recording) -> None:
    recording.register_model()
    recording.do(
        registry.set_baseline, A_MODEL, version_id=A_VERSION,
        fitted=FittedBaseline(grid=A_DIGEST, baseline=A_DIGEST, rows=9, labelled_rows=0),
    )  # fmt: skip
    moving = MovingBaseline(kind="trailing", days=30)
    recording.do(registry.follow_baseline, A_MODEL, version_id=A_VERSION, moving=moving)
    recording.do(
        registry.refit_grid, A_MODEL, version_id=A_VERSION, fitted=FittedBaseline(
            grid=ANOTHER_DIGEST, baseline=A_DIGEST, rows=9, labelled_rows=0, predicted_from=NOON,
            predicted_to=noon_plus(days=1),
        ),
    )  # fmt: skip
    recording.promote(ANOTHER_VERSION)
    recording.do(registry.roll_back_deployment, A_MODEL, environment="production", reason="it was worse")
    recording.do(commands.change_trust_policy, A_MODEL, wanted=Wanted(threshold=0.8), reason="the board wants it")
    last = await recording.project()

    async with recording.at() as view:
        marks = await trust_history.marks_of_model(view, A_MODEL)
    assert [(mark.kind, mark.text(mark.reason)) for mark in marks] == [
        ("promotion", "Version 1 promoted to production as champion: better"),
        ("baseline", "Baseline of version 1 set."),
        ("following", "Version 1 held against the days before each window."),
        ("grid", "Another grid fitted for version 1."),
        ("promotion", "Version 2 promoted to production as champion: better"),
        ("roll_back", "Rolled back to version 1 in production: it was worse"),
        ("policy", "Trust policy changed: the board wants it"),
    ]
    assert (marks[-1].position, marks[-1].at) == (last, recording.now())

    async with recording.at(marks[1].position) as view:
        assert await trust_history.marks_of_model(view, A_MODEL) == marks[:2]
    async with recording.at(scope=ANOTHER_SCOPE) as view:
        assert await trust_history.marks_of_model(view, A_MODEL) == []

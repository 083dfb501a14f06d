"""A model told by its events alone is the model that the read models show, at every position."""

from datetime import timedelta

import psycopg
import pytest

from cdt.audit import replay
from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.domain.kernel import Position
from cdt.readmodels import trust
from tests.builders import NOON
from tests.domain.builders import A_MODEL, A_VERSION, ANOTHER_VERSION, a_score
from tests.readmodels.recording import Recording

A_DAY = timedelta(days=1)
SCORED = [
    (1, A_VERSION, "live_change"),
    (2, A_VERSION, "live_change"),
    (1, A_VERSION, "restatement"),
    (2, A_VERSION, "restatement"),
    (9, A_VERSION, "asked"),
    (3, ANOTHER_VERSION, "live_change"),
    (2, A_VERSION, "promotion"),
    (1, A_VERSION, "window_closed"),
    (4, A_VERSION, "live_change"),
]
"""Day of the window's end, version, cause."""


async def test_the_trust_is_that_of_the_read_models_at_every_position(recording: Recording, dsn: str) -> None:
    recording.register_model()
    for number, (day, version, cause) in enumerate(SCORED):
        window = {"window_start": NOON - number * A_DAY, "window_end": NOON + day * A_DAY}
        evaluation = recording.request(day, version, cause, **window)
        recording.complete(evaluation)
        recording.record_score(evaluation, a_score(), version_id=version, window_end=NOON + day * A_DAY)
    recording.promote(ANOTHER_VERSION)
    last = await recording.project()

    seen: set[object] = set()
    with psycopg.connect(conninfo_as(dsn, DatabaseRole.SYSTEM)) as connection:
        for position in range(2, last + 1):  # 1 is the claim of the name
            told = replay.replay(connection, A_MODEL, Position(position))["trust"]
            async with recording.at(position) as view:
                shown = await trust.newest_of_champions(view, [A_MODEL], environment="production")
            assert (None if told is None else told["position"]) == (shown[0].since if shown else None), position
            seen.add(None if told is None else told["position"])
    assert len(seen) == 7  # none, five of the one version, one of the other


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("9999", "nothing is recorded at 9999 yet; the newest position is"),
        ("2999-01-01T00:00:00Z", "lies in the future"),
        ("2026-01-01T00:00:00", "has no time zone"),
        ("yesterday", "neither a position nor a time"),
        ("", "neither a position nor a time"),
        ("-1", "neither a position nor a time"),
        ("\u0663", "neither a position nor a time"),
    ],
)
async def test_what_is_no_moment_of_the_past_is_refused(
    recording: Recording, dsn: str, text: str, sentence: str
) -> None:
    recording.register_model()
    with (
        psycopg.connect(conninfo_as(dsn, DatabaseRole.SYSTEM)) as connection,
        pytest.raises(ValueError, match=sentence),
    ):
        replay.position_of(connection, text)

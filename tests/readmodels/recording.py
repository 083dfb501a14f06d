"""A history that tests write by commands, project by the follower's own code, and read as the API does."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import psycopg

from cdt.commands import alerts, evaluations, registry, trust
from cdt.database.log import Log
from cdt.database.log_pages import read_page
from cdt.database.reading import Reader, Scope, View
from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.domain.alerts.decisions import Observation
from cdt.domain.alerts.state import AlertId, alert_id_of
from cdt.domain.evaluations.results import RECORDED, MeasureResult
from cdt.domain.evaluations.state import evaluation_id_of, plan_id_of
from cdt.domain.kernel import EvaluationId, Position, RuleId
from cdt.domain.trust.score import Score
from cdt.projections.pages import write_page
from tests.builders import A_SIGNATURE, A_TENANT, NOON, a_command, an_id, noon_plus
from tests.domain.builders import A_DIGEST, A_MODEL, A_VERSION, ALL_WELL, ANOTHER_VERSION

assert A_TENANT.organization_id is not None
assert A_TENANT.project_id is not None
A_SCOPE = Scope(an_id(1001), (A_TENANT.organization_id,), (A_TENANT.project_id,))
ANOTHER_SCOPE = Scope(an_id(2001), (an_id(2002),), (an_id(2003),))


class Recording:
    """Each command is a minute after the one before, under an id of its own."""

    def __init__(self, log: Log, system: str, reader: Reader) -> None:
        self.log = log
        self.commands = 0
        self._system = system
        self._reader = reader

    def do(self, command: Callable[..., Position | None], *about: Any, **values: Any) -> Position:
        """Act; answer the position, which must be there."""
        self.commands += 1
        by = a_command(id=an_id(90_000 + self.commands), at=noon_plus(minutes=self.commands))
        position = command(self.log, *about, **values, by=by)
        assert position is not None
        return position

    def now(self) -> datetime:
        """When the last command was."""
        return noon_plus(minutes=self.commands)

    def register_model(self) -> None:
        """A model with two versions, the first of which is the production champion."""
        self.do(registry.register_model, A_MODEL, name="churn", description="")
        for tag, version in (("1", A_VERSION), ("2", ANOTHER_VERSION)):
            self.do(registry.add_version, A_MODEL, version_id=version, tag=tag, signature=A_SIGNATURE)
        self.promote(A_VERSION)

    def promote(self, version_id: Any, role: str = "champion") -> Position:
        return self.do(
            registry.promote_version,
            A_MODEL,
            version_id=version_id,
            environment="production",
            role=role,
            reason="better",
        )

    def request(
        self, day: int, version_id: Any = A_VERSION, cause: str = "window_closed", **changes: Any
    ) -> EvaluationId:
        """Ask for the window of a day; answer the evaluation."""
        window = {"window_start": NOON + timedelta(days=day), "window_end": NOON + timedelta(days=day + 1), **changes}
        self.do(
            evaluations.request_evaluation, version_id, model_id=A_MODEL, environment="production", cause=cause,
            through_sequence=day, specification=A_DIGEST, **window,
        )  # fmt: skip
        return evaluation_id_of(
            plan_id_of(version_id),
            cause,
            *window.values(),
            day,
            specification=A_DIGEST,  # type: ignore[arg-type]
        )

    def complete(self, evaluation_id: EvaluationId, results: tuple[MeasureResult, ...] = ALL_WELL) -> Position:
        return self.do(
            evaluations.complete_evaluation, evaluation_id, rows=100, labels=50, rows_digest=A_DIGEST, results=results,
            results_digest=A_DIGEST, libraries={"numpy": "2.3"}, processor="avx2",
        )  # fmt: skip

    def record_score(self, evaluation_id: EvaluationId, score: Score, **changes: Any) -> Position:
        about: dict[str, Any] = {
            "model_id": A_MODEL, "version_id": A_VERSION, "environment": "production", "score": score, "previous": None,
            "previous_window_end": None, "window_end": NOON, **changes,
        }  # fmt: skip
        return self.do(trust.record_score, evaluation_id, **about)

    def add_rule(self, number: int = 31, **changes: Any) -> RuleId:
        terms: dict[str, Any] = {
            "model_id": A_MODEL, "name": "Trust is low", "subject": "trust", "operator": "below", "threshold": 0.7,
            "in_a_row": 1, "measures": RECORDED, **changes,
        }  # fmt: skip
        self.do(alerts.add_alert_rule, RuleId(an_id(number)), **terms)
        return RuleId(an_id(number))

    def judge(self, rule_id: RuleId, *values: float, version_id: Any = A_VERSION, first: int = 1) -> AlertId:
        """Judge these values, as results at the positions from `first` on; answer the alert."""
        observations = [
            Observation(EvaluationId(an_id(n)), Position(n), value) for n, value in enumerate(values, first)
        ]
        self.do(alerts.judge_alert, rule_id, version_id=version_id, observations=observations)
        return alert_id_of(rule_id, version_id)

    async def project(self) -> Position:
        """Bring the read models to where the log ends; answer that position."""
        async with await psycopg.AsyncConnection.connect(self._system, autocommit=True) as connection:
            cursor = await connection.execute("SELECT position FROM follower")
            row = await cursor.fetchone()
            assert row is not None
            position = Position(row[0])
            while page := await read_page(connection, position, 100):
                async with connection.transaction():
                    await write_page(connection, page, set())
                    assert page[-1].position is not None
                    position = page[-1].position
                    await connection.execute("UPDATE follower SET position = %s::bigint", (position,))
            return position

    @asynccontextmanager
    async def at(self, position: int | None = None, scope: Scope = A_SCOPE) -> AsyncIterator[View]:
        """What a reader of the scope sees at a position, or now."""
        async with self._reader.at(None if position is None else Position(position), scope) as view:
            yield view


@asynccontextmanager
async def recording_of(dsn: str) -> AsyncIterator[Recording]:
    """A recording over a migrated database."""
    reader = Reader(conninfo_as(dsn, DatabaseRole.API), connections=2)
    await reader.open()
    with Log(conninfo_as(dsn, DatabaseRole.API), connections=2) as log:
        yield Recording(log, conninfo_as(dsn, DatabaseRole.SYSTEM), reader)
    await reader.close()

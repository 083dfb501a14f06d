"""Everything that reactions and workers work with, over a database of a test's own, at a time that the test sets."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.rows import class_row
from uuid_utils.compat import uuid7

from cdt.commands import evaluations, registry, tenancy
from cdt.database.async_log import AsyncLog
from cdt.database.log import Log
from cdt.database.log_pages import StoredRow
from cdt.database.mapper import decode
from cdt.database.notifications import INTAKE, PROJECTED, Notifications
from cdt.database.reading import Reader
from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.database.writing import Writer
from cdt.domain.evaluations.events import Completed, Failed, Requested
from cdt.domain.evaluations.plan import PlanPolicy
from cdt.domain.kernel import Actor, Command, Envelope, Event, Position, Tenant
from cdt.domain.registry.baselines import FittedBaseline
from cdt.domain.trust.events import Scored
from cdt.predictions.intake import Intake
from cdt.predictions.versions import NumberedVersion, Version, find_version
from cdt.reactions.all import REACTIONS
from cdt.reactions.live import Live
from cdt.reactions.responding import Reacting, Reaction
from cdt.reactions.runner import Runner
from cdt.senders.addresses import Mailbox
from cdt.senders.mail import Server
from cdt.vault.secret import VaultSecret
from cdt.workers import baselines, leases
from cdt.workers.attempts import Evaluating
from cdt.workers.child import Child
from cdt.workers.deliver import Delivering, deliver
from cdt.workers.evaluate import evaluate
from cdt.workers.fold import fold_all
from cdt.workers.letter_writing import Desk
from cdt.workers.queue import Queue
from cdt.workers.recompute import recompute
from cdt.workers.send_mail import Mailing, send_mail
from tests.api import following
from tests.predictions.builders import HASH_KEY, SIGNATURE, a_label, a_row, an_intake, send, send_labels

START = datetime(2026, 1, 1, tzinfo=UTC)
"""When the first reference row was predicted."""
REFERENCE_ROWS = 300
SMALL = PlanPolicy(minimum_rows=20, minimum_group_size=5)
WAIT_SECONDS = 60.0
LOOK_SECONDS = 0.02

Reactions = Mapping[str, Mapping[type[Event], Reaction]]


@dataclass
class World:
    """One organization with one project. `time` is what reactions and workers take for now."""

    dsn: str
    log: Log
    reader: Reader
    writer: Writer
    queue: Queue
    notifications: Notifications
    intake: Intake
    child: Child
    follower: AsyncExitStack
    time: datetime = field(default_factory=lambda: datetime.now(UTC))
    tenant: Tenant = field(default_factory=lambda: Tenant(uuid7(), uuid7()))
    secret: VaultSecret = field(default_factory=lambda: VaultSecret(VaultSecret.new()))

    @property
    def system(self) -> str:
        return conninfo_as(self.dsn, DatabaseRole.SYSTEM, application="cdt-test")

    @property
    def project_id(self) -> UUID:
        assert self.tenant.project_id is not None
        return self.tenant.project_id

    @property
    def reacting(self) -> Reacting:
        log = AsyncLog(self.log, self.writer)
        return Reacting(log=log, reader=self.reader, writer=self.writer, queue=self.queue, now=lambda: self.time)

    @property
    def evaluating(self) -> Evaluating:
        return Evaluating(
            log=self.log,
            writer=self.writer,
            child=self.child,
            conninfo=self.system,
            worker="a worker",
            now=lambda: self.time,
        )

    @property
    def delivering(self) -> Delivering:
        return Delivering(
            log=self.log,
            reader=self.reader,
            writer=self.writer,
            secret=self.secret,
            worker="a worker",
            now=lambda: self.time,
        )

    @property
    def mailing(self) -> Mailing:
        return Mailing(
            desk=Desk(
                log=self.log,
                reader=self.reader,
                writer=self.writer,
                secret=self.secret,
                address="https://cdt.example.com",
            ),
            sender=Mailbox("cdt", "example.com", "CDT"),
            server=None,
            worker="a worker",
            now=lambda: self.time,
        )

    def mailing_by(self, server: Server) -> Mailing:
        """With a mail server."""
        return replace(self.mailing, server=server)

    async def do(self, command: Callable[..., Position | None], *about: Any, **values: Any) -> Position:
        """Act, and wait until what was recorded can be read."""
        by = Command(id=uuid7(), actor=Actor("user", str(uuid7())), at=self.time, tenant=self.tenant)
        position = await asyncio.to_thread(lambda: command(self.log, *about, **values, by=by))
        assert position is not None
        await self.settle()
        return position

    async def settle(self) -> None:
        """Wait until everything recorded can be read."""
        newest = await self.reader.newest_position()
        assert await self.notifications.wait_for(newest, seconds=WAIT_SECONDS)

    def say_projected(self) -> None:
        """Say once more what is projected, at this very moment."""
        self.notifications._hear(PROJECTED, f"{self.notifications.projected} registry")

    async def stop_following(self) -> None:
        """From now on nothing is projected."""
        await self.follower.aclose()

    async def start_following(self) -> None:
        """Project again."""
        await self.follower.enter_async_context(following(self.dsn))

    async def facts(self, *events: type[Event]) -> list[Envelope]:
        """Everything recorded, or every fact of these kinds, in order."""
        async with (
            await psycopg.AsyncConnection.connect(self.system) as connection,
            connection.cursor(row_factory=class_row(StoredRow)) as cursor,
        ):
            await cursor.execute(
                "SELECT originator_id, originator_version, topic, state, notification_id, recorded_at"
                " FROM log.cdt_events ORDER BY notification_id"
            )
            found = [decode(*row) for row in await cursor.fetchall()]
        return [each for each in found if not events or isinstance(each.event, events)]

    async def rows(self, statement: str, *values: Any) -> list[Any]:
        """What a statement answers the system; committed."""
        async with await psycopg.AsyncConnection.connect(self.system, autocommit=True) as connection:
            cursor = await connection.execute(statement.encode(), values)
            return await cursor.fetchall() if cursor.description else []

    async def lose(self, *pids: int) -> None:
        """Let Postgres end these connections, as a restart would."""
        superuser = make_conninfo(self.dsn, user="postgres")
        async with await psycopg.AsyncConnection.connect(superuser, autocommit=True) as connection:
            await connection.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s::int[]) AS pid", (list(pids),))

    async def leader(self, lock: int) -> int:
        """The process of Postgres that holds this advisory lock."""
        found = await self.rows(
            "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            lock,
        )
        return found[0][0]

    async def model(self, name: str = "churn") -> UUID:
        """Register a model."""
        model_id = uuid7()
        await self.do(registry.register_model, model_id, name=name, description="")
        return model_id

    async def version(self, model_id: UUID, tag: str = "1") -> Version:
        """Add a version to a model."""
        version_id = uuid7()
        await self.do(registry.add_version, model_id, version_id=version_id, tag=tag, signature=SIGNATURE)
        return Version(version_id=version_id, project_id=self.project_id, model_id=model_id, signature=SIGNATURE)

    async def set_baseline(
        self, version: Version, policy: PlanPolicy | None = None, *, days: int = 3, grid: str | None = None
    ) -> str:
        """Make the rows of January's first days the baseline; its digest. With a policy, make the plan at once."""
        window = (START, START + timedelta(days=days))
        fitted = await self.fitted(version, window, grid)
        if policy is not None:
            await self.do(evaluations.make_plan, version.version_id, model_id=version.model_id, policy=policy)
        await self.do(registry.set_baseline, version.model_id, version_id=version.version_id, fitted=fitted)
        return fitted.baseline

    async def fitted(
        self, version: Version, window: tuple[datetime, datetime], grid: str | None = None, *, refits: bool = False
    ) -> FittedBaseline:
        """What fitting to a window comes to."""
        fitted = await asyncio.to_thread(
            baselines.fit_baseline, self.system, None, self.project_id, version.version_id, window, grid, HASH_KEY,
            refits=refits,
        )  # fmt: skip
        assert isinstance(fitted, FittedBaseline), fitted
        return fitted

    async def watched_version(self, policy: PlanPolicy = SMALL) -> Version:
        """A version with reference rows and their labels, a baseline, a plan."""
        version = await self.version(await self.model())
        await self.send_reference(version)
        await self.set_baseline(version, policy)
        return version

    async def change_plan(self, version: Version, **wanted: Any) -> Position:
        columns = version.signature.columns
        return await self.do(
            evaluations.change_plan, version.version_id, wanted=wanted, columns=columns, reason="we know better"
        )

    async def send_reference(self, version: Version) -> None:
        """The rows that become the baseline, and their labels."""
        rows = some_rows(REFERENCE_ROWS, START, timedelta(minutes=12), named="reference")
        await send(self.intake, version, *rows)
        await send_labels(self.intake, version, *labels_of(rows))

    async def promote(self, version: Version, environment: str = "production") -> Position:
        """Let it serve."""
        return await self.do(
            registry.promote_version,
            version.model_id,
            version_id=version.version_id,
            environment=environment,
            role="champion",
            reason="It is better.",
        )

    async def numbered(self, version: Version) -> NumberedVersion:
        """The version as intake knows it."""
        async with await psycopg.AsyncConnection.connect(self.system) as connection:
            found = await find_version(connection, version.version_id)
        assert found is not None
        return found

    async def fold(self, version: Version) -> None:
        """Fold everything that came in."""
        assert await fold_all(self.system, None, (await self.numbered(version)).number, HASH_KEY)

    async def work(self) -> int:
        """Do what is due as a worker would, until nothing is; how much that was."""
        done = 0
        while True:
            await self.settle()
            async with self.writer.transaction() as connection:
                due = await leases.due(connection)
            if not due:
                return done
            for each in due:
                done += 1
                if each.kind == "evaluation":
                    await evaluate(self.evaluating, each.fact, each.attempt)
                elif each.kind == "recomputation":
                    await recompute(self.evaluating, each.fact, each.attempt)
                elif each.kind == "delivery":
                    await deliver(self.delivering, each.fact, each.attempt)
                else:
                    await send_mail(self.mailing, each.fact, each.attempt)

    async def finish(self) -> None:
        """With reactions at work: until everything that was asked for is done, and its score recorded."""

        async def is_finished() -> bool:
            await self.work()
            asked = len(await self.facts(Requested))
            return asked == len(await self.facts(Completed, Failed)) == len(await self.facts(Scored, Failed))

        await self.until(is_finished, "every evaluation is done")

    @asynccontextmanager
    async def reactions(self, reactions: Reactions = REACTIONS, **options: Any) -> AsyncIterator[Runner]:
        """Reactions at work, which save at once how far they are: `react` waits for that."""
        stopping = asyncio.Event()
        options = {"save_seconds": 0.0, **options}
        runner = Runner(self.system, self.reacting, self.notifications, reactions, **options)
        task = asyncio.create_task(runner.run(stopping))
        try:
            yield runner
        finally:
            stopping.set()
            await task

    async def react(self) -> None:
        """Tell the reactions everything, until they have nothing to do."""
        async with self.reactions():
            await self.until(self._nothing_to_tell, "every fact was told")

    async def _nothing_to_tell(self) -> bool:
        newest = await self.reader.newest_position()
        told = await self.rows("SELECT name FROM work.reactions WHERE position >= %s", newest)
        return len(told) == len(REACTIONS) and await self.reader.newest_position() == newest

    @asynccontextmanager
    async def live(self) -> AsyncIterator[asyncio.Task[None]]:
        """Live readings kept."""
        stopping = asyncio.Event()
        task = asyncio.create_task(Live(self.system, self.reacting, self.notifications).run(stopping))
        try:
            yield task
        finally:
            stopping.set()
            await task

    async def is_read(self, version: Version) -> bool:
        """Whether the live reading has everything that came in."""
        found = await self.rows(
            "SELECT 1 FROM predictions.versions JOIN predictions.live_readings USING (version_id, sequence)"
            " WHERE version_id = %s",
            version.version_id,
        )
        return bool(found)

    async def read(self, version: Version) -> None:
        """Wait until the live reading has everything that came in."""
        await self.until(lambda: self.is_read(version), "the live reading has every row")

    async def until(self, look: Callable[[], Any], what: str, *, seconds: float = WAIT_SECONDS) -> Any:
        """The first truth that `look` answers, asked again and again."""
        deadline = asyncio.get_running_loop().time() + seconds
        while not (found := await look()):
            assert asyncio.get_running_loop().time() < deadline, f"waited {seconds:.0f} s in vain until {what}"
            await asyncio.sleep(LOOK_SECONDS)
        return found


def some_rows(
    count: int, start: datetime, step: timedelta, *, named: str, seed: int = 1, **changes: Any
) -> list[dict[str, Any]]:
    """Rows drawn by chance, in the order of time; `changes` are what all of them have in common."""
    chance = random.Random(seed)
    rows: list[dict[str, Any]] = []
    for number in range(count):
        score = chance.random()
        values = {
            "decision": "yes" if score > 0.5 else "no",
            "score": score,
            "age": chance.uniform(18, 90),
            "income": chance.uniform(0, 1e5),
            "sex": chance.choice("fm"),
            **changes,
        }
        rows.append(a_row(f"{named} {number}", predicted_at=(start + number * step).isoformat(), **values))
    return rows


def labels_of(rows: list[dict[str, Any]], *, wrong: float = 0.1, seed: int = 2) -> list[dict[str, Any]]:
    """The truths of rows: the decisions, but for a share of them."""
    chance = random.Random(seed)
    other = {"yes": "no", "no": "yes"}
    return [
        a_label(
            row["prediction_id"],
            other[row["decision"]] if chance.random() < wrong else row["decision"],
            predicted_at=row["predicted_at"],
        )
        for row in rows
    ]


@asynccontextmanager
async def a_world(dsn: str, redis_url: str, child: Child) -> AsyncIterator[World]:
    """A world with its follower; reactions, live readings and work are begun by the test."""
    system = conninfo_as(dsn, DatabaseRole.SYSTEM, application="cdt-test")
    async with AsyncExitStack() as stack:
        follower = await stack.enter_async_context(AsyncExitStack())
        await follower.enter_async_context(following(dsn))
        reader, writer = Reader(system, connections=4), Writer(system, connections=6)
        notifications, intake = Notifications(system, PROJECTED, INTAKE), an_intake(dsn)
        for each in (reader, writer, notifications, intake):
            await each.open()
            stack.push_async_callback(each.close)
        queue = Queue(redis_url)
        stack.push_async_callback(queue.close)
        log = stack.enter_context(Log(system, connections=4))
        world = World(dsn, log, reader, writer, queue, notifications, intake, child, follower)
        organization_id = world.tenant.organization_id
        await world.do(tenancy.create_organization, organization_id, name="Ours", owner=uuid7())
        await world.do(
            tenancy.create_project, world.project_id, organization_id=organization_id, name="First", time_zone="UTC"
        )
        yield world

"""What an evaluation tells of itself while it is computed: never back, never the end before the end, seldom."""

from uuid import UUID, uuid4

from psycopg import AsyncConnection

from cdt.domain.evaluations.events import Completed, Requested
from cdt.workers import leases
from cdt.workers.progress import LEAST_SECONDS, READING_SHARE, Progress, UnderWay, under_way
from tests.reactions.world import World


class Clock:
    """Goes on by as much as it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def a_lease(world: World, *, is_claimed: bool = True) -> UUID:
    subject = uuid4()
    async with world.writer.transaction() as connection:
        await leases.open_lease(connection, fact=1, kind="evaluation", subject=subject, project_id=world.project_id)
    if is_claimed:
        assert await leases.claim(world.writer, 1, 1, worker="a worker") is not None
    return subject


async def noted(world: World, subject: UUID) -> UnderWay:
    async with world.writer.transaction() as connection:
        return (await under_way(connection, [subject]))[subject]


async def test_it_goes_on_with_the_rows_and_is_told_now_and_then(world: World) -> None:
    subject, clock = await a_lease(world), Clock()
    async with await AsyncConnection.connect(world.system, autocommit=True) as connection:
        progress = Progress(connection, 1, 1, clock=clock)
        told: list[tuple[str | None, int | None]] = []

        async def tell() -> None:
            found = await noted(world, subject)
            told.append((found.step, found.rows_read))

        await tell()
        await progress.begin(100)
        await tell()
        await progress.read(10)
        await tell()  # too soon
        clock.now += LEAST_SECONDS
        await progress.read(10)
        await tell()
        await progress.measure()
        await tell()

    assert told == [(None, None), ("reading", 0), ("reading", 0), ("reading", 20), ("measuring", 100)]


async def test_rows_that_are_read_once_more_are_not_counted_again(world: World) -> None:
    subject, clock = await a_lease(world), Clock()
    async with await AsyncConnection.connect(world.system, autocommit=True) as connection:
        progress = Progress(connection, 1, 1, clock=clock)
        shares: list[float] = []
        for rows in (0, 50, 0, 40, 40, 40):  # at last more than there were to be, since segments grew
            clock.now += LEAST_SECONDS
            await progress.read(rows) if rows else await progress.begin(100)
            shares.append((await noted(world, subject)).share)
        await progress.measure()
        shares.append((await noted(world, subject)).share)

    assert shares == sorted(shares)
    assert shares[-1] == READING_SHARE < 1


async def test_no_more_rows_are_read_than_are_left_to_read_where_some_have_gone(world: World) -> None:
    subject = await a_lease(world)
    async with await AsyncConnection.connect(world.system, autocommit=True) as connection:
        progress = Progress(connection, 1, 1)
        await progress.begin(100)
        await progress.measure()
        await progress.begin(60)
    found = await noted(world, subject)

    assert (found.step, found.rows_read, found.rows_to_read, found.share) == ("reading", 60, 60, READING_SHARE)


async def test_what_waits_has_done_nothing_and_an_attempt_that_is_over_tells_nothing_more(world: World) -> None:
    subject = await a_lease(world, is_claimed=False)
    waiting = await noted(world, subject)
    lease = await leases.claim(world.writer, 1, 1, worker="a worker")
    assert lease is not None
    async with await AsyncConnection.connect(world.system, autocommit=True) as connection:
        first = Progress(connection, 1, 1)
        await first.begin(100)
        await leases.cut_short(world.writer, lease, error="its process died", died=True)
        await first.measure()  # by a process that is not quite dead
        between = await noted(world, subject)
    async with world.writer.transaction() as connection:
        await connection.execute("UPDATE work.leases SET due_at = clock_timestamp()")
    assert await leases.claim(world.writer, 1, 2, worker="another") is not None
    second = await noted(world, subject)

    assert [(each.is_running, each.share, each.attempt) for each in (waiting, between, second)] == [
        (False, 0.0, 1), (False, 0.0, 2), (True, 0.0, 2),
    ]  # fmt: skip
    assert (between.last_error, second.rows_read) == ("its process died", None)


async def test_an_evaluation_tells_how_many_rows_it_reads_and_nothing_once_it_is_over(world: World) -> None:
    version = await world.watched_version()
    await world.promote(version)
    await world.react()
    (asked,) = await world.facts(Requested)
    await world.work()
    await world.settle()

    (row,) = await world.rows("SELECT step, rows_read, rows_to_read FROM work.leases WHERE kind = 'evaluation'")
    (completed,) = await world.facts(Completed)
    assert isinstance(completed.event, Completed)
    assert row == (
        "measuring",
        completed.event.rows + completed.event.labels,
        completed.event.rows + completed.event.labels,
    )
    async with world.writer.transaction() as connection:
        assert await under_way(connection, [asked.stream_id]) == {}

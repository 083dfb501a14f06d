"""Whatever is killed, whenever: nothing acknowledged is lost or counted twice, and the whole comes back by itself."""

import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from cdt.predictions.objects import Objects
from cdt.storage.places import Folder
from cdt.storage.storage import Storage
from tests.flows.kills import kill_at_random_moments, table
from tests.flows.ledger import Client
from tests.flows.proofs import Proofs
from tests.flows.whole import Whole, until, up

KILLS = 20
KILLS_OF_A_SOAK = 300


@pytest.fixture
def state() -> Iterator[Path]:
    """A folder that the embedded servers can enter, whoever they run as, and whose path a socket can have."""
    with tempfile.TemporaryDirectory(prefix="cdt-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield Path(folder) / "state"


async def test_whatever_is_killed_nothing_acknowledged_is_lost_or_counted_twice(state: Path) -> None:
    await kill_and_prove(state, KILLS)


@pytest.mark.soak
@pytest.mark.timeout(3600)
async def test_hundreds_of_kills_lose_nothing_either(state: Path) -> None:
    await kill_and_prove(state, KILLS_OF_A_SOAK)


async def kill_and_prove(state: Path, count: int) -> None:
    seed = random.SystemRandom().randrange(2**32)
    say(f"seed {seed}")
    chance = random.Random(seed)
    async with (
        up(state, "--no-demo") as whole,
        httpx.AsyncClient(base_url=whole.address, timeout=20) as http,
    ):
        client = Client(whole, http, chance)
        await client.set_up()
        settings = whole.environment()
        began = time.monotonic()
        async with asyncio.TaskGroup() as senders:
            client.load(senders)
            kills = await kill_at_random_moments(whole, client.ledger, count=count, chance=chance)
            client.stop()
        killed_for = time.monotonic() - began

        began = time.monotonic()
        await until(lambda: whole.readiness(http), "the whole is ready again")
        ready_after = time.monotonic() - began
        objects = Objects(Storage(Folder(path=Path(settings["CDT_STORAGE"]))))
        proofs = Proofs(settings["CDT_DATABASE_URL"], client.version_key, objects)
        put = len(client.ledger.files)
        await until(lambda: proofs.files_are_settled(put), "all files are taken in")
        await proofs.quiet()
        quiet_after = time.monotonic() - began
        say(table(kills))
        say(f"killed for {killed_for:.1f} s, ready {ready_after:.1f} s and quiet {quiet_after:.1f} s after the last")
        ledger = client.ledger
        await proofs.every_file_was_taken_in_once(ledger)
        say(f"{len(ledger.predictions)} predictions, {len(ledger.labels)} labels, {ledger.bodies} bodies acknowledged")
        say(f"{ledger.large} of the bodies were large, {ledger.streamed} batches came over a WebSocket")
        say(f"{ledger.uploaded} came beside operations, {ledger.calls} as calls, {len(ledger.files)} as files")
        say(f"{ledger.early} labels came before their predictions")
        say(f"instead of an acknowledgement: {dict(ledger.refused)}")

        await until(proofs.rows_were_packed, "rows are packed, of which a worker is often killed first")
        packed = await proofs.rows_were_packed()
        say(f"{packed} rows were packed")
        await proofs.every_acknowledged_row_is_there_once(ledger)
        await proofs.every_acknowledged_label_holds_once(ledger)
        await proofs.totals_are_those_of_the_segments()
        await proofs.the_live_reading_is_that_of_the_rows()
        evaluations = await proofs.every_evaluation_is_completed_once()
        say(f"{evaluations} evaluations")
        await proofs.no_window_is_recorded_twice()
        await proofs.every_command_is_recorded_once(ledger)
        await proofs.nothing_is_parked()
        await a_rebuild_changes_nothing(whole, proofs)
        assert whole.stop() == 0


async def a_rebuild_changes_nothing(whole: Whole, proofs: Proofs) -> None:
    """Row for row, histories included; when something was recorded meanwhile, it is done again."""
    for _ in range(5):
        before, tables = await proofs.read_models()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "cdt", "rebuild", "--patience", "120", env=whole.environment()
        )
        assert await process.wait() == 0
        after, rebuilt = await proofs.read_models()
        if after == before:
            assert rebuilt.keys() == tables.keys()
            for name, rows in tables.items():
                assert rebuilt[name] == rows, name
            return
    raise AssertionError("something was recorded during each of five rebuilds")


def say(line: str) -> None:
    """For whoever reads a failure, or runs it with `-s`."""
    sys.stdout.write(f"{line}\n")

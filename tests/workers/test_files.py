"""Files of a watched folder: each content taken in once, when it is whole, for the version that its folder names."""

import gzip
import io
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from psycopg import AsyncConnection

from cdt.commands import registry, tenancy
from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.domain.registry.events import IntakePolicy
from cdt.predictions import files
from cdt.predictions.bodies import Bodies
from cdt.predictions.intake import Intake
from cdt.predictions.versions import Version
from cdt.storage import watching as storage_watching
from cdt.storage.places import Folder
from cdt.storage.storage import Storage
from cdt.workers.files import GONE_FOR, MOST_TRIES, SEEN_EVERY, Watching, form_of, take_files
from tests.predictions.builders import a_label, a_row, as_ndjson, many_rows
from tests.predictions.quarantining import quarantine, reasons
from tests.reactions.world import World

STEADY_FOR = timedelta(seconds=30)
ROWS = as_ndjson(*many_rows(3))


class Watched:
    """A folder, and looks at it."""

    def __init__(self, world: World, version: Version, folder: Path) -> None:
        self.world = world
        self.version = version
        self.folder = folder
        self.work = Watching(
            storage=Storage(Folder(path=folder)),
            conninfo=world.system,
            reader=world.reader,
            bodies=Bodies(lambda: world.intake, lambda: world.time, most_bytes=1 << 20),
            most_bytes=1 << 20,
            spool_folder=None,
            steady_for=STEADY_FOR,
            now=lambda: world.time,
        )

    def put(self, name: str, content: bytes = ROWS, *, kind: str = "predictions") -> Path:
        path = self.folder / str(self.version.version_id) / kind / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    async def look(self, *, later: timedelta = timedelta(0)) -> None:
        self.world.time += later
        await take_files(self.work, 0)

    async def look_twice(self) -> None:
        """Find what is new, and take in what has not changed since."""
        await self.look()
        await self.look(later=STEADY_FOR)

    async def change_policy(self, policy: IntakePolicy) -> None:
        await self.world.do(
            registry.change_intake_policy, self.version.model_id, policy=policy, reason="we have learned"
        )

    async def states(self) -> list[tuple[Any, ...]]:
        return await self.world.rows(
            "SELECT split_part(file_key, '/', 3), state, accepted, duplicates, rejected FROM predictions.files"
            " ORDER BY file_number"
        )

    async def reasons(self) -> dict[str, str]:
        found = await self.world.rows(
            "SELECT split_part(file_key, '/', 3), reason FROM predictions.files WHERE state = 'refused'"
        )
        return dict(found)


@pytest.fixture
async def watched(world: World, tmp_path: Path) -> Watched:
    return Watched(world, await world.version(await world.model()), tmp_path)


async def test_a_file_is_taken_in_once_it_is_whole_and_not_again(watched: Watched) -> None:
    path = watched.put("march.ndjson", ROWS[:100])
    await watched.look()
    path.write_bytes(ROWS)
    await watched.look(later=STEADY_FOR)  # found anew, since it changed
    assert await watched.states() == [("march.ndjson", "waiting", None, None, None)]
    for _ in range(2):
        await watched.look(later=STEADY_FOR)
        assert await watched.states() == [("march.ndjson", "taken", 3, 0, 0)]
    assert await watched.world.rows("SELECT predictions FROM predictions.versions") == [(3,)]


async def test_a_renamed_file_is_the_same_and_a_replaced_one_another(watched: Watched) -> None:
    path = watched.put("a.ndjson")
    await watched.look_twice()
    path.rename(path.with_name("b.ndjson"))
    watched.put("a.ndjson", as_ndjson(*many_rows(5)))
    await watched.look_twice()
    assert sorted(await watched.states()) == [
        ("a.ndjson", "taken", 2, 3, 0),
        ("a.ndjson", "taken", 3, 0, 0),
        ("b.ndjson", "taken", 3, 0, 0),  # the same receipt
    ]
    assert await watched.world.rows("SELECT predictions FROM predictions.versions") == [(5,)]


async def test_a_process_that_died_after_storing_leaves_nothing_twice(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched.put("a.ndjson", ROWS + b"{}\n")

    async def dies(*_: Any, **__: Any) -> None:
        raise OSError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(files, "settle", dies)
        await watched.look_twice()
    assert await watched.states() == [("a.ndjson", "waiting", None, None, None)]
    await watched.look()
    assert await watched.states() == [("a.ndjson", "taken", 3, 0, 1)]
    assert await watched.world.rows("SELECT predictions, rejected FROM predictions.versions") == [(3, 1)]


async def test_names_tell_the_form_and_hidden_files_are_left_alone(watched: Watched) -> None:
    watched.put("a.csv.gz", gzip.compress(_csv()))
    watched.put("labels.jsonl", as_ndjson(a_label("p0", "yes")), kind="labels")
    watched.put("_temporary/b.ndjson")
    watched.put(".c.ndjson")
    watched.put("other/d.ndjson", kind="somewhere")
    (watched.folder / "e.ndjson").write_bytes(ROWS)
    await watched.look_twice()
    assert sorted(await watched.states()) == [("a.csv.gz", "taken", 1, 0, 0), ("labels.jsonl", "taken", 1, 0, 0)]


async def test_a_file_s_rows_that_do_not_fit_become_what_the_model_s_policy_says(watched: Watched) -> None:
    watched.put("a.ndjson", as_ndjson(a_row("a"), a_wrong_row("wrong a")))
    await watched.look_twice()
    await watched.change_policy("reject_batch")
    watched.put("b.ndjson", as_ndjson(a_row("b"), a_wrong_row("wrong b")))
    await watched.look_twice()
    await watched.change_policy("keep_marked")
    watched.put("c.ndjson", as_ndjson(a_row("c"), a_wrong_row("wrong c")))
    await watched.look_twice()

    first = "row 1: age must be a number or null, not text"
    assert await watched.world.rows(
        "SELECT split_part(file_key, '/', 3), state, accepted, rejected, marked, reason FROM predictions.files"
        " ORDER BY file_number"
    ) == [
        ("a.ndjson", "taken", 1, 1, 0, first),
        ("b.ndjson", "refused", 0, 2, 0, f"{first}; one such row rejects all of its batch"),
        ("c.ndjson", "taken", 2, 0, 1, None),
    ]
    kept = await quarantine(watched.world.dsn)
    assert [(row.prediction_id, row.state, [each[:2] for each in reasons(row)]) for row in kept] == [
        ("wrong a", "open", [("age", "type")]),
        ("wrong b", "open", [("age", "type")]),
        ("b", "open", [(None, "batch")]),
        ("wrong c", "marked", [("age", "type")]),
    ]
    assert await watched.world.rows("SELECT predictions FROM predictions.versions") == [(3,)]


async def test_a_file_that_is_put_there_again_under_another_policy_is_taken_in_anew(watched: Watched) -> None:
    await watched.change_policy("reject_batch")
    wrong = {**a_row("wrong"), "score": 7}
    path = watched.put("a.ndjson", as_ndjson(a_row("a"), wrong))
    await watched.look_twice()
    await watched.change_policy("reject_row")
    os.utime(path, (1_000_000_000, 1_000_000_000))
    await watched.look_twice()
    assert await watched.states() == [("a.ndjson", "refused", 0, 0, 2), ("a.ndjson", "taken", 1, 0, 1)]


async def test_a_policy_that_changes_while_a_file_is_read_holds_for_the_next_one(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first is whole when the policy changes; by that of then the second is rejected, in the same look."""
    wrong = {**a_row("wrong"), "score": 7}
    watched.put("a.ndjson", as_ndjson(a_row("a"), wrong))
    watched.put("b.ndjson", as_ndjson(a_row("b"), wrong))
    settle = files.settle

    async def change_and_settle(*about: Any, **values: Any) -> None:
        await settle(*about, **values)
        if not await watched.world.rows("SELECT 1 FROM predictions.files WHERE state = 'refused'"):
            await watched.change_policy("reject_batch")

    await watched.look()
    monkeypatch.setattr(files, "settle", change_and_settle)
    await watched.look(later=STEADY_FOR)
    assert sorted((each[1], each[2], each[4]) for each in await watched.states()) == [
        ("refused", 0, 2),
        ("taken", 1, 1),
    ]


async def test_a_file_whose_project_is_archived_while_it_is_read_waits_for_it(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = watched.world
    watched.put("a.ndjson")
    take_file = Bodies.take_file

    async def archived_meanwhile(bodies: Bodies, *about: Any, **values: Any) -> Any:
        await world.do(tenancy.archive_project, world.project_id)
        await world.settle()
        return await take_file(bodies, *about, **values)

    with monkeypatch.context() as patched:
        patched.setattr(Bodies, "take_file", archived_meanwhile)
        await watched.look_twice()
    assert await world.rows("SELECT state, tries FROM predictions.files") == [("waiting", 0)]
    await world.do(tenancy.restore_project, world.project_id)
    await world.settle()
    await watched.look()
    assert await watched.states() == [("a.ndjson", "taken", 3, 0, 0)]


async def test_what_can_t_be_taken_is_refused_once_and_says_why(watched: Watched, tmp_path: Path) -> None:
    watched.put("notes.txt")
    watched.put("broken.json", b"{")
    watched.put("large.ndjson", b" " * ((1 << 20) + 1))
    watched.put("empty.ndjson", b"")
    outside = tmp_path.parent / f"{uuid4()}.ndjson"
    outside.write_bytes(ROWS)
    watched.put("x.ndjson").with_name("link.ndjson").symlink_to(outside)
    await watched.look_twice()
    await watched.look()
    reasons = await watched.reasons()
    assert reasons["large.ndjson"] == "it is larger than one may be"
    assert reasons["link.ndjson"] == "it is a link that leads out of the folder, or no file"
    assert reasons["empty.ndjson"] == "rows: send at least one row"
    assert reasons["broken.json"].startswith("body: ")
    assert reasons["notes.txt"].startswith("Its name must end in ")
    assert len(reasons) == 5
    assert await watched.world.rows("SELECT DISTINCT tries FROM predictions.files") == [(1,)]


async def test_a_file_that_ends_its_worker_is_not_tried_for_ever(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched.put("bomb.ndjson")

    async def dies(*_: Any, **__: Any) -> None:
        raise MemoryError

    monkeypatch.setattr("cdt.workers.files.copy", dies)
    await watched.look_twice()
    for _ in range(MOST_TRIES):
        await watched.look()
    assert (await watched.reasons())["bomb.ndjson"].startswith(f"{MOST_TRIES} tries to take it in were cut short")


async def test_while_the_server_can_t_a_file_waits(watched: Watched, dsn: str) -> None:
    watched.put("a.ndjson")
    nowhere = conninfo_as("postgresql://cdt_admin@127.0.0.1:1/cdt?connect_timeout=1", DatabaseRole.API)
    intake = Intake(nowhere, hash_key=b"key", wait_seconds=0.1)
    await intake.open()
    work, away = watched.work, Bodies(lambda: intake, lambda: watched.world.time, most_bytes=1 << 20)
    watched.work = replace(work, bodies=away)
    await watched.look_twice()
    await intake.close()
    assert await watched.world.rows("SELECT state, tries FROM predictions.files") == [("waiting", 0)]
    watched.work = work
    await watched.look()
    assert await watched.states() == [("a.ndjson", "taken", 3, 0, 0)]


async def test_one_looks_at_a_time(watched: Watched) -> None:
    watched.put("a.ndjson")
    async with await AsyncConnection.connect(watched.world.system, autocommit=True) as other:
        await other.execute("SELECT pg_advisory_lock(%s)", (0x_CD7_F11E,))
        await watched.look()
        assert await watched.states() == []
        await other.execute("SELECT pg_advisory_unlock(%s)", (0x_CD7_F11E,))
    await watched.look()
    assert len(await watched.states()) == 1


async def test_what_is_gone_for_long_is_forgotten_if_other_files_of_its_version_are_there(watched: Watched) -> None:
    gone, path = watched.put("gone.ndjson"), watched.put("b.ndjson", ROWS + b"{}\n")
    watched.put("waits.ndjson", as_ndjson(a_row("late")))
    await watched.look()
    (path.parent / "waits.ndjson").unlink()
    await watched.look(later=STEADY_FOR)
    path.write_bytes(ROWS)  # another content: the former one is gone, too
    gone.unlink()
    await watched.look_twice()
    assert len(await watched.states()) == 4
    for _ in range(GONE_FOR // SEEN_EVERY):
        await watched.look(later=SEEN_EVERY)
        assert ("b.ndjson", "taken", 0, 3, 0) in await watched.states()
    assert await watched.states() == [("b.ndjson", "taken", 0, 3, 0)]


async def test_a_folder_that_is_empty_may_be_one_that_is_not_mounted(watched: Watched) -> None:
    path = watched.put("a.ndjson")
    await watched.look_twice()
    folder = watched.folder / str(watched.version.version_id)
    away = folder.rename(watched.folder / "away")
    await watched.look(later=10 * GONE_FOR)
    other = watched.put("new.ndjson", as_ndjson(a_row("new")))  # where it was to be mounted
    await watched.look()
    assert [each[0] for each in await watched.states()] == ["a.ndjson", "new.ndjson"]
    other.unlink()
    (folder / "predictions").rmdir()
    folder.rmdir()
    away.rename(folder)
    await watched.look()
    assert path.exists()
    assert [each[0] for each in await watched.states()] == ["a.ndjson", "new.ndjson"]
    assert await watched.world.rows("SELECT tries FROM predictions.files WHERE state = 'taken'") == [(1,)]
    assert await watched.world.rows("SELECT count(*) FROM predictions.files WHERE seen_at = %s", watched.world.time)


async def test_a_look_that_does_not_get_to_its_end_forgets_nothing(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = watched.put("0.ndjson")
    watched.put("1.ndjson", as_ndjson(a_row("b")))
    await watched.look_twice()
    gone.unlink()
    watched.put("2.ndjson", as_ndjson(a_row("c")))
    await watched.look(later=GONE_FOR)
    assert len(await watched.states()) == 2
    gone = watched.put("0.ndjson")
    await watched.look()
    gone.unlink()
    monkeypatch.setattr("cdt.workers.files.LOOK_SECONDS", -1.0)
    await watched.look(later=GONE_FOR)
    assert len(await watched.states()) == 3


async def test_many_files_are_listed_in_pages(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage_watching, "PAGE_FILES", 3)
    for number in range(8):
        watched.put(f"{number}.ndjson", as_ndjson(many_rows(8)[number]))
    sizes = [len(page) async for page in storage_watching.pages(watched.work.storage)]
    assert (sum(sizes), max(sizes)) == (8, 3)
    await watched.look_twice()
    assert {each[1:] for each in await watched.states()} == {("taken", 1, 0, 0)}


async def test_of_an_unknown_version_nothing_is_taken(watched: Watched) -> None:
    stray = watched.folder / str(uuid4()) / "predictions"
    stray.mkdir(parents=True)
    (stray / "a.ndjson").write_bytes(ROWS)
    await watched.look_twice()
    assert await watched.states() == []


async def test_of_an_archived_project_nothing_is_taken_until_it_is_restored(watched: Watched) -> None:
    world = watched.world
    watched.put("a.ndjson")
    await watched.look()
    await world.do(tenancy.archive_project, world.project_id)
    await world.settle()
    await watched.look(later=STEADY_FOR)
    assert await watched.states() == [("a.ndjson", "waiting", None, None, None)]
    await world.do(tenancy.restore_project, world.project_id)
    await world.settle()
    await watched.look()
    assert await watched.states() == [("a.ndjson", "taken", 3, 0, 0)]


def test_forms_are_told_by_the_end_of_a_name() -> None:
    assert form_of("A.CSV") == ("text/csv", None)
    assert form_of("x/a.ndjson.zst") == ("application/x-ndjson", "zstd")
    assert form_of("a.parquet") == ("application/vnd.apache.parquet", None)
    for wrong in ("a.parquet.gz", "a", "csv", "a.csv.bz2"):
        with pytest.raises(Exception, match="Its name must end"):
            form_of(wrong)


def a_wrong_row(prediction_id: str) -> dict[str, Any]:
    return {**a_row(prediction_id), "features": {"age": "old", "income": None, "sex": "f"}}


def _csv() -> bytes:
    text = io.StringIO()
    text.write("prediction_id,predicted_at,decision,age,income,sex\nz,2026-03-01T12:00:00Z,yes,40,,f\n")
    return text.getvalue().encode()

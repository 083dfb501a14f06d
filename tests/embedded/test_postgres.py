import os
import pwd
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from cdt.embedded import EmbeddedPostgres
from cdt.embedded.errors import DataOfAnotherVersion, ServerFailed, StateFolderInUse, StateFolderUnusable
from cdt.embedded.state import server_account
from cdt.supervision.log_files import last_lines

START_AND_WAIT = """
import sys
from pathlib import Path
from cdt.embedded import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]))
server.start()
print(server.pid, flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def cluster(shared_state: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(shared_state, durable=False)
    yield server
    server.stop()


@pytest.fixture
def server(cluster: EmbeddedPostgres) -> EmbeddedPostgres:
    """A running server; a test may stop or kill it."""
    cluster.start()
    with psycopg.connect(cluster.dsn) as connection:
        connection.execute("DROP TABLE IF EXISTS kept")
        connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS number")
    return cluster


def fetch(server: EmbeddedPostgres, statement: str) -> list[tuple]:
    with psycopg.connect(server.dsn) as connection:
        return connection.execute(statement).fetchall()


def kill(server: EmbeddedPostgres) -> None:
    os.kill(server.pid, signal.SIGKILL)
    os.waitid(os.P_PID, server.pid, os.WEXITED | os.WNOWAIT)


def contents(folder: Path) -> dict[Path, tuple[int, int]]:
    return {path: (path.stat().st_size, path.stat().st_mtime_ns) for path in folder.rglob("*")}


def test_the_application_is_no_superuser_but_may_create_roles_and_owns_its_database(server: EmbeddedPostgres) -> None:
    rows = fetch(
        server,
        "SELECT rolname, rolsuper, rolcreaterole, rolcreatedb, rolcanlogin, rolbypassrls, datname"
        " FROM pg_roles JOIN pg_database ON datdba = pg_roles.oid WHERE rolname = current_user",
    )

    assert ("cdt_admin", False, True, True, True, False, "cdt") in rows


def test_root_hands_the_server_to_nobody_and_others_run_it_themselves(server: EmbeddedPostgres) -> None:
    expected = pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else os.geteuid()

    assert Path(f"/proc/{server.pid}").stat().st_uid == expected
    assert server.data.stat().st_uid == expected


def test_it_listens_on_a_private_socket_alone(server: EmbeddedPostgres) -> None:
    assert fetch(server, "SELECT current_setting('listen_addresses'), inet_server_addr()") == [("", None)]
    assert (server.home / "socket").stat().st_mode & 0o777 == 0o700


def test_text_beyond_ascii_has_cases_and_sorts_by_code_point(server: EmbeddedPostgres) -> None:
    assert fetch(server, "SELECT lower('ÉÜ'), 'a' > 'B'") == [("éü", True)]


def test_data_outlast_a_stop(server: EmbeddedPostgres) -> None:
    server.stop()
    assert not server.is_running()

    server.start()

    assert fetch(server, "SELECT count(*) FROM kept") == [(1000,)]


def test_a_killed_server_starts_again_with_what_was_committed(server: EmbeddedPostgres) -> None:
    with closing(psycopg.connect(server.dsn)) as busy:
        busy.execute("DELETE FROM kept")

        kill(server)

        assert server.restart_if_dead()
    assert not server.restart_if_dead()
    assert fetch(server, "SELECT count(*) FROM kept") == [(1000,)]


def test_a_process_id_that_now_belongs_to_another_does_not_hinder_a_start(server: EmbeddedPostgres) -> None:
    owner, pid_file = server.data.stat().st_uid, server.data / "postmaster.pid"
    kill(server)
    with subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE, user=owner if os.geteuid() == 0 else None) as theirs:
        pid_file.write_text(pid_file.read_text().replace(str(server.pid), str(theirs.pid), 1))

        server.start()

        assert theirs.poll() is None
    assert fetch(server, "SELECT 1") == [(1,)]


def test_a_killed_supervisor_takes_its_server_along_and_the_next_one_takes_over(server: EmbeddedPostgres) -> None:
    server.stop()
    command = [sys.executable, "-c", START_AND_WAIT, server.state]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as supervisor:
        former = os.pidfd_open(int(supervisor.stdout.readline()))
        supervisor.kill()
    said_before = server.log.stat().st_size

    server.start()

    assert select.select([former], [], [], 0)[0]
    os.close(former)
    assert fetch(server, "SELECT count(*) FROM kept") == [(1000,)]
    assert "not properly shut down" not in last_lines(server.log, since=said_before)


def test_a_folder_in_use_is_refused_in_one_sentence(server: EmbeddedPostgres) -> None:
    with pytest.raises(StateFolderInUse) as refusal:
        EmbeddedPostgres(server.state).start()

    assert str(refusal.value) == (
        f"The state folder {server.state} is in use by another running `cdt up` (process {os.getpid()}): "
        "stop that one first, or choose another state folder."
    )
    assert fetch(server, "SELECT 1") == [(1,)]


def test_a_server_that_gives_up_is_reported_with_the_end_of_its_log(server: EmbeddedPostgres) -> None:
    server.stop()

    with pytest.raises(ServerFailed) as failure:
        EmbeddedPostgres(server.state, settings={"shared_buffers": "plenty"}).start()

    first, *said = str(failure.value).splitlines()
    assert first == f"postgres ended while it was started; its log {server.log} ends with:"
    assert 'invalid value for parameter "shared_buffers": "plenty"' in said[-1]


def test_data_of_another_major_version_are_refused_and_left_alone(state: Path) -> None:
    server = EmbeddedPostgres(state)
    server.data.mkdir(parents=True)
    give_to_the_servers_account(server.home)
    (server.data / "PG_VERSION").write_text("17\n")
    before = contents(server.data)

    with pytest.raises(DataOfAnotherVersion) as refusal:
        server.start()

    assert str(refusal.value) == (
        f"The data in {server.data} were written by Postgres 17, and this release brings Postgres 18: "
        "nothing was touched; start it with the release that wrote it, or choose another state folder."
    )
    assert contents(server.data) == before


def test_a_folder_of_something_else_is_refused_and_left_alone(state: Path) -> None:
    server = EmbeddedPostgres(state)
    server.data.mkdir(parents=True)
    give_to_the_servers_account(server.home)
    (server.data / "letters.txt").write_text("kept")
    before = contents(server.data)

    with pytest.raises(StateFolderUnusable, match="is not a data folder of Postgres"):
        server.start()

    assert contents(server.data) == before


def give_to_the_servers_account(folder: Path) -> None:
    if account := server_account():
        os.chown(folder, account.user_id, account.group_id)


def test_a_first_start_that_was_interrupted_is_done_anew_even_when_the_path_is_too_long_for_a_socket(
    state: Path,
) -> None:
    server = EmbeddedPostgres(state / ("long" * 25), durable=False)
    unfinished = server.home / "unfinished"
    unfinished.mkdir(parents=True)
    give_to_the_servers_account(server.home)
    (unfinished / "PG_VERSION").write_text("18\n")

    try:
        server.start()

        assert fetch(server, "SELECT current_user") == [("cdt_admin",)]
        assert not unfinished.exists()
        folder = Path(conninfo_to_dict(server.dsn)["host"])
        assert len(str(folder)) < 40
        assert folder.stat().st_mode & 0o777 == 0o700
    finally:
        server.stop()
    folder.rmdir()

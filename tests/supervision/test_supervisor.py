import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cdt.supervision import CannotStart, Change, Program, Supervisor
from cdt.supervision.programs import never

SLEEPS = "import signal; print('up', flush=True); signal.pause()"
IGNORES_TERM = (
    "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True)\nwhile True: signal.pause()"
)
SUPERVISES = """
import sys
from pathlib import Path
from cdt.supervision import Program, Supervisor
def tell(change):
    print(change.what, change.name, change.pid, flush=True)
with Supervisor(logs=Path(sys.argv[1]), tell=tell) as supervisor:
    for name in ("worker", "api"):
        supervisor.add_program(Program(name=name, arguments=[sys.executable, "-c", sys.argv[2]]))
    words = iter(["running"])
    supervisor.run(until=lambda: [print(word, flush=True) for word in words] == "never")
"""


class Told(list[Change]):
    """What a supervisor told, and questions about it to wait for."""

    def of(self, name: str) -> list[str]:
        return [change.what for change in self if change.name == name]

    def has(self, count: int, what: str) -> Callable[[], bool]:
        return lambda: sum(change.what == what for change in self) >= count


def python(name: str, code: str, **options: object) -> Program:
    return Program(name=name, arguments=[sys.executable, "-c", code], **options)


def says(logs: Path, name: str, text: str) -> Callable[[], bool]:
    return lambda: text in (logs / f"{name}.log").read_text()


def test_a_program_that_is_killed_is_started_again(tmp_path: Path) -> None:
    told = Told()
    with Supervisor(logs=tmp_path, tell=told.append) as supervisor:
        supervisor.add_program(python("api", SLEEPS))
        supervisor.run(until=says(tmp_path, "api", "up"))

        os.kill(told[0].pid, signal.SIGKILL)
        assert supervisor.run(until=told.has(2, "started"))

    started, died, again, stopped = told
    assert died == Change(what="died", name="api", pid=started.pid, exit_code=-9, seconds=0.2, explanation="up")
    assert (again.what, again.pid != started.pid) == ("started", True)
    assert (stopped.what, stopped.exit_code) == ("stopped", -15)


def test_a_program_that_dies_soon_again_and_again_waits_longer_and_longer(tmp_path: Path) -> None:
    told = Told()
    with Supervisor(logs=tmp_path, tell=told.append) as supervisor:
        supervisor.add_program(python("api", "raise SystemExit('no port')"))
        supervisor.run(until=told.has(3, "died"))

    deaths = [change for change in told if change.what == "died"]
    assert [change.seconds for change in deaths] == [0.2, 0.4, 0.8]
    assert deaths[2].explanation.splitlines()[-1] == "no port"


def test_a_program_that_was_healthy_does_not_wait_longer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cdt.supervision.supervisor.HEALTHY_SECONDS", 0)
    told = Told()
    with Supervisor(logs=tmp_path, tell=told.append) as supervisor:
        supervisor.add_program(python("api", "raise SystemExit(1)"))
        supervisor.run(until=told.has(2, "died"))

    assert [change.seconds for change in told if change.what == "died"] == [0.2, 0.2]


def test_a_program_that_may_finish_is_not_started_again(tmp_path: Path) -> None:
    told = Told()
    with Supervisor(logs=tmp_path, tell=told.append) as supervisor:
        supervisor.add_program(python("demo", "", restart="on failure"))
        supervisor.add_program(python("once", "raise SystemExit(1)", restart="never"))
        supervisor.add_program(python("unlucky", "raise SystemExit(1)", restart="on failure"))
        supervisor.run(until=lambda: told.of("unlucky")[-1:] == ["died"] and told.has(2, "finished")())

    assert told.of("demo") == told.of("once") == ["started", "finished"]


def test_a_program_that_is_not_there_says_so_in_its_log(tmp_path: Path) -> None:
    told = Told()
    with Supervisor(logs=tmp_path, tell=told.append) as supervisor:
        supervisor.add_program(Program(name="api", arguments=["/nonexistent/api"]))
        supervisor.run(until=told.has(1, "died"))

    assert (told[1].exit_code, told[1].explanation) == (127, "/nonexistent/api can't be run: No such file or directory")


def test_a_program_gets_the_environment_it_is_given(tmp_path: Path) -> None:
    told = Told()
    code = "import os; print(os.environ)"
    with Supervisor(logs=tmp_path, tell=told.append) as supervisor:
        supervisor.add_program(python("api", code, environment={"CDT_PORT": "8123"}, restart="never"))
        supervisor.run(until=told.has(1, "finished"))

    assert "'CDT_PORT': '8123'" in (tmp_path / "api.log").read_text()
    assert "'HOME'" not in (tmp_path / "api.log").read_text()


def test_a_program_has_a_session_of_its_own_so_that_the_terminal_reaches_the_supervisor_alone(tmp_path: Path) -> None:
    told = Told()
    with Supervisor(logs=tmp_path, tell=told.append) as supervisor:
        supervisor.add_program(python("api", SLEEPS))

        assert os.getsid(told[0].pid) == told[0].pid


def test_what_was_started_last_is_stopped_first(tmp_path: Path) -> None:
    told = Told()
    with Supervisor(logs=tmp_path, tell=told.append) as supervisor:
        for name in ("follower", "worker", "api"):
            supervisor.add_program(python(name, SLEEPS))

    assert [change.name for change in told if change.what == "stopped"] == ["api", "worker", "follower"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_run(tmp_path: Path, number: signal.Signals) -> None:
    with Supervisor(logs=tmp_path) as supervisor:
        supervisor.add_program(python("api", SLEEPS))

        assert not supervisor.run(until=lambda: os.kill(os.getpid(), number) or False)


def test_a_signal_while_things_are_prepared_interrupts_that_and_stops_what_runs(tmp_path: Path) -> None:
    told = Told()

    def prepare() -> None:
        with Supervisor(logs=tmp_path, tell=told.append) as supervisor:
            supervisor.add_program(python("api", SLEEPS))
            signal.raise_signal(signal.SIGTERM)

    with pytest.raises(KeyboardInterrupt):
        prepare()
    assert told.of("api") == ["started", "stopped"]


def test_a_program_that_does_not_stop_is_killed_with_all_it_started(tmp_path: Path) -> None:
    told = Told()
    code = f"import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', {SLEEPS!r}]).pid)\n{IGNORES_TERM}"
    with Supervisor(logs=tmp_path, tell=told.append) as supervisor:
        supervisor.add_program(python("api", code, stop_seconds=0))
        supervisor.run(until=lambda: (tmp_path / "api.log").read_text().count("up") == 2)
        grandchild = os.pidfd_open(int(next(filter(str.isdigit, (tmp_path / "api.log").read_text().split()))))

    assert (told[-1].what, told[-1].exit_code) == ("stopped", -9)
    assert select.select([grandchild], [], [], 5)[0]
    os.close(grandchild)


def test_a_second_signal_hurries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cdt.supervision.supervisor.SAME_REQUEST_SECONDS", 0)
    told = Told()

    def ask_twice() -> bool:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        return False

    with Supervisor(logs=tmp_path, tell=told.append) as supervisor:
        supervisor.add_program(python("api", IGNORES_TERM, stop_seconds=3600))
        supervisor.run(until=says(tmp_path, "api", "up"))
        supervisor.run(until=ask_twice)

    assert (told[-1].what, told[-1].exit_code) == ("stopped", -9)


def test_the_same_request_sent_on_by_make_does_not_hurry(tmp_path: Path) -> None:
    told = Told()
    stops = "import signal, sys; signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))"

    def ask_twice() -> bool:
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGTERM)
        return False

    with Supervisor(logs=tmp_path, tell=told.append) as supervisor:
        supervisor.add_program(python("api", f"{stops}; {SLEEPS}"))
        supervisor.run(until=says(tmp_path, "api", "up"))
        supervisor.run(until=ask_twice)

    assert (told[-1].what, told[-1].exit_code) == ("stopped", 7)


def test_programs_die_with_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", SUPERVISES, tmp_path, SLEEPS]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as supervisor:
        children = [os.pidfd_open(int(supervisor.stdout.readline().split()[2])) for _ in range(2)]
        supervisor.kill()

    for child in children:
        assert select.select([child], [], [], 5)[0]
        os.close(child)


def test_a_supervisor_without_a_terminal_stops_its_programs_when_it_is_asked_to(tmp_path: Path) -> None:
    command = [sys.executable, "-c", SUPERVISES, tmp_path, SLEEPS]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as supervisor:
        said = [supervisor.stdout.readline() for _ in range(3)]
        supervisor.terminate()
        said += supervisor.stdout.readlines()

    assert [line.split()[:2] for line in said] == [
        ["started", "worker"],
        ["started", "api"],
        ["running"],
        ["stopped", "api"],
        ["stopped", "worker"],
    ]
    assert supervisor.returncode == 0


def test_a_closed_terminal_is_no_reason_to_stop(tmp_path: Path) -> None:
    told = Told()

    def tell(change: Change) -> None:
        told.append(change)
        raise BrokenPipeError

    with Supervisor(logs=tmp_path, tell=tell) as supervisor:
        supervisor.add_program(python("api", "raise SystemExit(1)"))
        supervisor.run(until=told.has(2, "started"))

    assert told.of("api")[:3] == ["started", "died", "started"]


class FailingServer:
    """A server whose process is killed, and which can be started the third time only."""

    name = "postgres"

    def __init__(self, folder: Path) -> None:
        self.log = folder / "postgres.log"
        self.attempts = 0
        self.pid: int | None = None
        self.exit_code: int | None = None

    def start(self, *, interrupted: Callable[[], bool] = never) -> None:  # noqa: ARG002
        self.attempts += 1
        if self.attempts == 2:
            raise CannotStart("The disk is full.")
        self.pid, self.exit_code = self.attempts, None

    def stop(self, *, hurried: Callable[[], bool] = never) -> None:  # noqa: ARG002
        self.exit_code = 0


def test_a_server_that_can_not_be_started_again_is_tried_until_it_can(tmp_path: Path) -> None:
    told, server = Told(), FailingServer(tmp_path)
    with Supervisor(logs=tmp_path, tell=told.append) as supervisor:
        supervisor.add_server(server)
        server.exit_code = -9
        supervisor.run(until=told.has(2, "started"))

    assert told == [
        Change(what="started", name="postgres", pid=1),
        Change(what="died", name="postgres", pid=1, exit_code=-9, seconds=0.2),
        Change(what="unstartable", name="postgres", seconds=0.4, explanation="The disk is full."),
        Change(what="started", name="postgres", pid=3),
        Change(what="stopped", name="postgres", exit_code=0),
    ]


def test_a_server_that_can_not_be_started_at_first_is_the_callers_concern(tmp_path: Path) -> None:
    told, server = Told(), FailingServer(tmp_path)
    server.attempts = 1

    def prepare() -> None:
        with Supervisor(logs=tmp_path, tell=told.append) as supervisor:
            supervisor.add_program(python("api", SLEEPS))
            supervisor.add_server(server)

    with pytest.raises(CannotStart, match="The disk is full"):
        prepare()
    assert told.of("api") == ["started", "stopped"]


def test_the_former_signal_handlers_are_back_afterwards(tmp_path: Path) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD)]

    with Supervisor(logs=tmp_path):
        pass

    after = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD)]
    assert after == before

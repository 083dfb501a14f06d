from pathlib import Path

from cdt.supervision.log_files import keep_small, last_lines, open_log


def test_a_log_is_appended_to(tmp_path: Path) -> None:
    for line in (b"first\n", b"second\n"):
        with open_log(tmp_path / "logs", "api") as log:
            log.write(line)

    assert (tmp_path / "logs" / "api.log").read_text() == "first\nsecond\n"


def test_a_log_that_grew_too_large_is_moved_aside_under_its_writer(tmp_path: Path) -> None:
    path = tmp_path / "api.log"
    (tmp_path / "api.log.1").write_text("older\n")
    with open_log(tmp_path, "api") as log:
        log.write(b"before\n")

        keep_small(path, largest_bytes=6)
        log.write(b"after\n")

    assert path.read_text() == "after\n"
    assert (tmp_path / "api.log.1").read_text() == "before\n"


def test_a_log_within_its_size_stays(tmp_path: Path) -> None:
    path = tmp_path / "api.log"
    path.write_text("before\n")

    keep_small(path, largest_bytes=7)

    assert path.read_text() == "before\n"
    assert not (tmp_path / "api.log.1").exists()


def test_the_last_lines_are_those_after_what_was_said_before(tmp_path: Path) -> None:
    path = tmp_path / "api.log"
    path.write_text("old\n" + "\n".join(str(number) for number in range(1, 21)) + "\n")

    assert last_lines(path, count=3) == "18\n19\n20"
    assert last_lines(path, since=path.stat().st_size - 3) == "20"
    assert last_lines(path, count=1, since=10_000) == "20"
    assert last_lines(tmp_path / "none.log") == ""


def test_a_long_log_is_read_from_its_end_only(tmp_path: Path) -> None:
    path = tmp_path / "api.log"
    path.write_text("x" * 2_000_000 + "\nlast\n")

    assert last_lines(path, count=1) == "last"

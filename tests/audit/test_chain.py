"""What `cdt verify` takes for a whole and unaltered export, and what it names when it is not."""

import hashlib
import io
from pathlib import Path

import pytest

from cdt import cli
from cdt.audit import chain
from cdt.audit.chain import ExportIsWrong, Verified, verify

HEADER = {"until": 9, "asked_by": "user 1"}
ENTRIES = [
    {"position": 3, "topic": "registry.ModelRegistered", "state": {"event": {"name": "churn"}}},
    {"position": 4, "topic": "registry.VersionAdded", "state": {"event": {"tag": "1"}}},
    {"position": 9, "topic": "registry.Promoted", "state": {"event": {"reason": "it is better"}}},
]


def an_export(entries: list[dict[str, object]] | None = None) -> list[bytes]:
    """The lines of an export, with their line feeds: the header, the entries, the last line."""
    entries = ENTRIES if entries is None else entries
    hashed = chain.Chain()
    lines = [chain.begin(hashed, HEADER), *(chain.entry_line(hashed, each) for each in entries)]
    return [*lines, chain.end(hashed, entries[-1]["position"] if entries else 0)]


def head_of(lines: list[bytes]) -> str:
    """The head, reckoned as the documented format says and not as the code does."""
    hashed = hashlib.sha256(lines[0].rstrip(b"\n")).digest()
    for line in lines[1:-1]:
        hashed = hashlib.sha256(hashed + line.rstrip(b"\n")).digest()
    return hashed.hex()


def refusal(lines: list[bytes], *, expect: str | None = None) -> str:
    """The sentence that refuses a file of these lines."""
    with pytest.raises(ExportIsWrong) as refused:
        verify(io.BytesIO(b"".join(lines)), expect=expect)
    return str(refused.value)


def test_a_whole_export_is_taken_and_told() -> None:
    lines = an_export()

    assert verify(lines) == Verified(
        entries=3,
        position=9,
        head=head_of(lines),
        header={"kind": "cdt-audit-export", "format": 1, "until": 9, "asked_by": "user 1"},
    )


def test_an_export_without_entries_is_whole_too() -> None:
    verified = verify(an_export([]))

    assert (verified.entries, verified.position) == (0, 0)


def test_the_head_is_a_chain_of_hashes_over_the_lines() -> None:
    lines = an_export()

    assert verify(lines, expect=head_of(lines)).head == head_of(lines)


def test_the_expected_head_may_be_written_in_capitals() -> None:
    lines = an_export()

    assert verify(lines, expect=head_of(lines).upper()).head == head_of(lines)


@pytest.mark.parametrize("bit", [1, 32, 128])
def test_no_byte_of_the_file_can_be_another(bit: int) -> None:
    whole = b"".join(an_export())

    for place in range(len(whole) - 1):
        altered = bytearray(whole)
        altered[place] ^= bit
        with pytest.raises(ExportIsWrong):
            verify(io.BytesIO(altered))


def test_the_last_line_names_the_last_position() -> None:
    *lines, end = an_export()

    assert refusal([*lines, end.replace(b'"position":9', b'"position":8')]) == (
        "line 5 says position 8, the last entry has 9"
    )


def test_an_altered_value_is_told_with_both_hashes() -> None:
    lines = an_export()
    altered = [lines[0], lines[1].replace(b"churn", b"other"), *lines[2:]]

    assert refusal(altered) == (
        f"the lines hash to {head_of(altered)}, but line 5 says {head_of(lines)}: something was altered"
    )


def test_blanks_that_mean_nothing_in_json_are_an_alteration() -> None:
    lines = an_export()

    assert refusal([lines[0].replace(b":", b": ", 1), *lines[1:]]).endswith("something was altered")


def test_entries_that_changed_places_are_out_of_order() -> None:
    header, first, second, third, end = an_export()

    assert refusal([header, second, first, third, end]) == "line 3 is out of order: positions must ascend"


def test_an_entry_that_stands_twice_is_out_of_order() -> None:
    header, first, second, third, end = an_export()

    assert refusal([header, first, first, second, third, end]) == "line 3 is out of order: positions must ascend"


def test_an_entry_without_a_position_is_out_of_order() -> None:
    header, first, *rest = an_export()

    assert refusal([header, first, b'{"topic":"registry.VersionAdded"}\n', *rest]) == (
        "line 3 is out of order: positions must ascend"
    )


def test_an_entry_that_was_taken_out_is_missed() -> None:
    header, first, _, third, end = an_export()

    assert refusal([header, first, third, end]) == "line 4 says 3 entries, the file has 2"


def test_an_entry_that_was_put_in_is_one_too_many() -> None:
    header, first, second, third, end = an_export()

    assert refusal([header, first, second, b'{"position":5}\n', third, end]) == "line 6 says 3 entries, the file has 4"


def test_a_file_without_its_last_line_was_cut_off() -> None:
    assert refusal(an_export()[:-1]) == "the file has no last line: it was cut off"


def test_a_line_that_was_cut_off_is_no_object() -> None:
    lines = an_export()

    assert refusal([*lines[:3], lines[3][:40]]) == "line 4 is no JSON object"


def test_nothing_may_follow_the_last_line() -> None:
    assert refusal([*an_export(), b'{"position":10}\n']) == "something follows the last line, 5"


def test_two_exports_in_one_file_are_not_one() -> None:
    assert refusal([*an_export(), *an_export()]) == "something follows the last line, 5"


def test_an_export_made_up_anew_has_another_head_than_the_noted_one() -> None:
    noted = head_of(an_export())
    made_up = an_export([{**ENTRIES[0], "topic": "registry.RolledBack"}, *ENTRIES[1:]])

    assert verify(made_up).head == head_of(made_up)
    assert refusal(made_up, expect=noted) == (
        f"the export is whole, but its head is {head_of(made_up)}, not the expected {noted}"
    )


def test_another_header_gives_another_head() -> None:
    hashed = chain.Chain()
    lines = [chain.begin(hashed, {**HEADER, "asked_by": "user 2"})]
    lines += [chain.entry_line(hashed, each) for each in ENTRIES]
    lines.append(chain.end(hashed, 9))

    assert verify(lines).head != head_of(an_export())


def test_an_empty_file_was_cut_off() -> None:
    assert refusal([]) == "the file has no last line: it was cut off"


@pytest.mark.parametrize("line", [b"", b"position,topic", b"[]", b'"text"', b"{", b"null", b"\xef\xbb\xbf{}"])
def test_what_is_not_json_is_told_with_its_line(line: bytes) -> None:
    header, *rest = an_export()

    assert refusal([header, line + b"\n", *rest]) == "line 2 is no JSON object"


@pytest.mark.parametrize("header", [b"{}", b'{"kind":"cdt-audit-export","format":2}', b'{"kind":"end","entries":0}'])
def test_another_kind_or_format_is_not_taken(header: bytes) -> None:
    assert refusal([header + b"\n", *an_export()[1:]]) == "line 1 is not the header of an audit export of format 1"


def test_line_ends_of_another_system_are_an_alteration() -> None:
    assert refusal([line.replace(b"\n", b"\r\n") for line in an_export()]).endswith("something was altered")


def test_the_command_says_what_it_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, lines = tmp_path / "export.ndjson", an_export()
    file.write_bytes(b"".join(lines))

    assert cli.main(["verify", str(file), "--expect", head_of(lines)]) == 0
    assert capsys.readouterr().out == (f"3 entries up to position 9, unaltered.\nhead {head_of(lines)} as expected\n")


def test_the_command_asks_for_a_comparison_when_no_head_is_expected(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, lines = tmp_path / "export.ndjson", an_export()
    file.write_bytes(b"".join(lines))

    assert cli.main(["verify", str(file)]) == 0
    assert capsys.readouterr().out.endswith(f"head {head_of(lines)}; compare it with the one that was noted\n")


def test_the_command_fails_with_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "export.ndjson"
    file.write_bytes(b"".join(an_export()[:-1]))

    assert cli.main(["verify", str(file)]) == 1
    assert capsys.readouterr() == ("", "cdt: the file has no last line: it was cut off\n")


def test_the_command_fails_with_one_sentence_without_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    absent = tmp_path / "absent"

    assert cli.main(["verify", str(absent)]) == 1
    assert capsys.readouterr() == ("", f"cdt: {absent} can't be read: No such file or directory\n")

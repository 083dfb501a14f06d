"""What is asked of Arrow's arrays."""

import pyarrow as pa
import pytest

from cdt.predictions.arrow import is_printable_ascii


@pytest.mark.parametrize(
    ("texts", "is_plain"),
    [
        ([], True),
        (["", ""], True),
        ([" ~", "a-b_c"], True),
        (["a", "b\x1f"], False),
        (["\x7f"], False),
        (["a\n"], False),
        (["\x00"], False),
        (["ä"], False),
        (["\x85"], False),
        (["日本"], False),
    ],
)
def test_texts_are_plain_when_no_character_is_a_control_or_beyond_ascii(texts: list[str], is_plain: bool) -> None:
    whole = pa.array(["ä", *texts, "\x00"], type=pa.string())

    assert is_printable_ascii(pa.array(texts, type=pa.string())) is is_plain
    assert is_printable_ascii(whole[1:-1]) is is_plain

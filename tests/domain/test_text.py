"""Free text on its way into a fact."""

import pytest

from cdt.domain.errors import Invalid
from cdt.domain.text import described, named, reasoned


def test_a_name_loses_its_outer_spaces() -> None:
    assert named("name", "  churn ") == "churn"


@pytest.mark.parametrize("text", ["", "   ", "x" * 201, "a\x00b", "a\nb", "a\u202eb"])
def test_a_name_is_printable_and_neither_empty_nor_long(text: str) -> None:
    with pytest.raises(Invalid):
        named("name", text)


def test_a_description_may_be_empty_and_have_lines() -> None:
    assert described("description", "") == ""
    assert described("description", "one\ntwo") == "one\ntwo"


@pytest.mark.parametrize("text", ["x" * 4_001, "a\x00b"])
def test_a_description_is_neither_too_long_nor_holds_a_nul(text: str) -> None:
    with pytest.raises(Invalid):
        described("description", text)


def test_a_reason_is_needed() -> None:
    with pytest.raises(Invalid):
        reasoned("  ")

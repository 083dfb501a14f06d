"""Free text on its way into a fact."""

import pytest

from cdt.domain.errors import Invalid
from cdt.domain.kernel import Sealed
from cdt.domain.text import LooksPersonal, Text, described, named, parsed, reasoned, require_impersonal, stored
from tests.builders import an_id


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


@pytest.mark.parametrize(
    "text",
    [
        "ask ada@example.com",
        "<ada.lovelace+x@sub.example.co.uk>",
        "ADA@EXAMPLE.COM",
        "ada@müller.example",
        "call +49 (0)30 901820",
        "call 0044 20 7946 0958",
        "+4915112345678",
        "came from 203.0.113.7.",
    ],
)
def test_what_looks_like_an_address_or_a_number_of_somebody_is_warned_of(text: str) -> None:
    with pytest.raises(LooksPersonal):
        require_impersonal("reason", text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "It is better since 2026-03-02 12:00:00 (0.713 against 0.690).",
        "Rows 1,000,000 to 2,000,000 of version 1.2.3",
        "follow-up of #004512, see https://example.com/a?b=1@2",
        "@team: 10+ 20 30 40",
        "precision@10 rose to 0.91",
        "x" * 4_000,
        "1" * 4_000,
        "a@" * 2_000,
        "+1 " * 1_333,
    ],
)
def test_other_texts_are_not_and_looking_takes_no_time(text: str) -> None:
    require_impersonal("reason", text)


@pytest.mark.parametrize("text", ["", "in clear", "sealed:not", "sealed:x:y", Sealed(an_id(1), "Ym94")])
def test_a_column_holds_a_text_so_that_it_is_read_as_it_was(text: Text) -> None:
    assert parsed(stored(text)) == text


def test_what_is_sealed_was_looked_at_before() -> None:
    sealed = Sealed(an_id(1), "Ym94")

    assert described("description", sealed) is reasoned(sealed) is sealed

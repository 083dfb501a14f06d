"""What a version's columns may be."""

import math
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from cdt.domain.errors import Invalid
from cdt.domain.registry.signature import Column, GroupAttribute, PredictedNumber, Signature, check
from tests.builders import A_SIGNATURE

MANY = tuple(Column(f"c{number}", "number") for number in range(1_001))


def test_a_signature_of_columns_classes_and_groups_is_good() -> None:
    check(A_SIGNATURE)


@pytest.mark.parametrize("count", [3, 50])
def test_a_signature_may_have_more_than_two_classes(count: int) -> None:
    classes = tuple(f"class {number}" for number in range(count))
    check(msgspec.structs.replace(A_SIGNATURE, classes=classes, positive_class="class 2"))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"columns": (), "groups": ()}, "signature.columns"),
        ({"columns": MANY, "groups": ()}, "signature.columns"),
        ({"columns": (Column(" ", "number"),), "groups": ()}, "signature.columns"),
        ({"columns": (Column("a", "number"), Column("a", "category")), "groups": ()}, "signature.columns"),
        ({"columns": (Column("a\x00b", "number"),), "groups": ()}, "signature.columns"),
        ({"columns": (Column("a" * 201, "number"),), "groups": ()}, "signature.columns"),
        ({"columns": (Column("a", "category", minimum=1),), "groups": ()}, "signature.columns"),
        ({"columns": (Column("a", "number", minimum=2, maximum=1),), "groups": ()}, "signature.columns"),
        ({"columns": (Column("a", "number", maximum=math.inf),), "groups": ()}, "signature.columns"),
        ({"columns": (Column("a", "number", categories=("1",)),), "groups": ()}, "signature.columns"),
        ({"columns": (Column("a", "category", categories=()),), "groups": ()}, "signature.columns"),
        ({"columns": (Column("a", "category", categories=("b", "b")),), "groups": ()}, "signature.columns"),
        ({"columns": (Column("a", "category", categories=("\x00",)),), "groups": ()}, "signature.columns"),
        ({"classes": ("0", "1\x00")}, "signature.classes"),
        ({"classes": ("0", "")}, "signature.classes"),
        ({"groups": (GroupAttribute("s\x00", "sex"),)}, "signature.groups"),
        ({"groups": (GroupAttribute("sex", "sex", labels={"1": "\x00"}),)}, "signature.groups"),
        ({"groups": (GroupAttribute("sex", "sex", labels={"\ud800": "m"}),)}, "signature.groups"),
        ({"classes": ("0",)}, "signature.classes"),
        ({"classes": tuple(map(str, range(51)))}, "signature.classes"),
        ({"classes": ("0", "1", "1")}, "signature.classes"),
        ({"classes": ("1", "1")}, "signature.classes"),
        ({"positive_class": "2"}, "signature.positiveClass"),
        ({"groups": (GroupAttribute("sex", "sex"), GroupAttribute("sex", "sex"))}, "signature.groups"),
        ({"groups": (GroupAttribute("race", "race"),)}, "signature.groups"),
        ({"groups": (GroupAttribute("age", "age"),)}, "signature.groups"),
        ({"groups": (GroupAttribute("sex", "sex", bands=(1.0,)),)}, "signature.groups"),
        ({"groups": (GroupAttribute("age", "age", bands=()),)}, "signature.groups"),
        ({"groups": (GroupAttribute("age", "age", bands=(30.0, 18.0)),)}, "signature.groups"),
        ({"groups": (GroupAttribute("age", "age", bands=(30.0, 30.0)),)}, "signature.groups"),
        ({"groups": (GroupAttribute("age", "age", bands=(30.0, math.inf)),)}, "signature.groups"),
        ({"groups": (GroupAttribute("age", "age", bands=(math.nan,)),)}, "signature.groups"),
    ],
)
def test_a_signature_that_can_not_be_served_is_refused_by_its_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check(replace(A_SIGNATURE, **changes))

    assert refusal.value.field == field


def of_columns(count: int, *, characters: int) -> Signature:
    """So many columns with names of so many characters."""
    columns = tuple(Column(f"{number:0{characters}}", "category") for number in range(count))
    return replace(A_SIGNATURE, columns=columns, groups=())


def test_a_thousand_columns_with_names_of_thirty_characters_are_kept() -> None:
    check(of_columns(1_000, characters=30))
    check(of_columns(650, characters=60))


def test_a_signature_that_no_event_could_hold_is_refused_with_what_to_do() -> None:
    with pytest.raises(Invalid) as refusal:
        check(of_columns(1_000, characters=50))

    assert refusal.value.field == "signature"
    assert refusal.value.problem == (
        "it has 80,066 bytes as JSON, and at most 62,000 can be kept; send fewer columns, or shorter names and labels"
    )


def test_a_version_may_predict_a_number_within_bounds() -> None:
    check(msgspec.structs.replace(A_SIGNATURE, classes=(), positive_class="", number=PredictedNumber()))
    check(
        msgspec.structs.replace(
            A_SIGNATURE, classes=(), positive_class="", number=PredictedNumber(minimum=0.0, maximum=0.0, unit="EUR")
        )
    )


@pytest.mark.parametrize(
    ("number", "field"),
    [
        (PredictedNumber(minimum=1.0, maximum=0.0), "signature.number"),
        (PredictedNumber(maximum=math.inf), "signature.number"),
        (PredictedNumber(minimum=math.nan), "signature.number"),
        (PredictedNumber(unit=""), "signature.number.unit"),
        (PredictedNumber(unit="\x00"), "signature.number.unit"),
        (PredictedNumber(unit="x" * 21), "signature.number.unit"),
    ],
)
def test_a_number_that_means_nothing_is_refused(number: PredictedNumber, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        check(msgspec.structs.replace(A_SIGNATURE, classes=(), positive_class="", number=number))

    assert refused.value.field == field


def test_a_version_decides_or_predicts_and_not_both() -> None:
    with pytest.raises(Invalid) as refused:
        check(msgspec.structs.replace(A_SIGNATURE, number=PredictedNumber()))

    assert refused.value.field == "signature.number"


def test_the_signature_of_a_version_that_decides_is_kept_as_it_always_was() -> None:
    assert b"number" not in msgspec.json.encode(msgspec.structs.replace(A_SIGNATURE, columns=()))

"""What a version's columns may be."""

from typing import Any

import pytest
from msgspec.structs import replace

from cdt.domain.errors import Invalid
from cdt.domain.registry.signature import Column, GroupAttribute, check
from tests.builders import A_SIGNATURE

MANY = tuple(Column(f"c{number}", "number") for number in range(1_001))


def test_a_signature_of_columns_classes_and_groups_is_good() -> None:
    check(A_SIGNATURE)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"columns": (), "groups": ()}, "signature.columns"),
        ({"columns": MANY, "groups": ()}, "signature.columns"),
        ({"columns": (Column(" ", "number"),), "groups": ()}, "signature.columns"),
        ({"columns": (Column("a", "number"), Column("a", "category")), "groups": ()}, "signature.columns"),
        ({"columns": (Column("a\x00b", "number"),), "groups": ()}, "signature.columns"),
        ({"columns": (Column("a" * 201, "number"),), "groups": ()}, "signature.columns"),
        ({"classes": ("0", "1\x00")}, "signature.classes"),
        ({"classes": ("0", "")}, "signature.classes"),
        ({"groups": (GroupAttribute("s\x00", "sex"),)}, "signature.groups"),
        ({"groups": (GroupAttribute("sex", "sex", labels={"1": "\x00"}),)}, "signature.groups"),
        ({"groups": (GroupAttribute("sex", "sex", labels={"\ud800": "m"}),)}, "signature.groups"),
        ({"classes": ("0",)}, "signature.classes"),
        ({"classes": ("0", "1", "2")}, "signature.classes"),
        ({"classes": ("1", "1")}, "signature.classes"),
        ({"positive_class": "2"}, "signature.positiveClass"),
        ({"groups": (GroupAttribute("sex", "sex"), GroupAttribute("sex", "sex"))}, "signature.groups"),
        ({"groups": (GroupAttribute("race", "race"),)}, "signature.groups"),
        ({"groups": (GroupAttribute("age", "age"),)}, "signature.groups"),
        ({"groups": (GroupAttribute("sex", "sex", bands=(1.0,)),)}, "signature.groups"),
        ({"groups": (GroupAttribute("age", "age", bands=()),)}, "signature.groups"),
        ({"groups": (GroupAttribute("age", "age", bands=(30.0, 18.0)),)}, "signature.groups"),
        ({"groups": (GroupAttribute("age", "age", bands=(30.0, 30.0)),)}, "signature.groups"),
    ],
)
def test_a_signature_that_can_not_be_served_is_refused_by_its_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check(replace(A_SIGNATURE, **changes))

    assert refusal.value.field == field

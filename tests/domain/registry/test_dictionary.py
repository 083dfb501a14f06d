"""What a model's columns mean to people is a fact of the model, and about columns that it has."""

import msgspec
import pytest
from msgspec.structs import replace

from cdt.domain.errors import Invalid
from cdt.domain.kernel import Change
from cdt.domain.registry import decisions
from cdt.domain.registry.dictionary import MAXIMUM_BYTES, ColumnMeaning
from cdt.domain.registry.events import ColumnsDescribed, ModelRegistered, VersionAdded
from cdt.domain.registry.state import RegisteredModel, evolve
from tests.builders import A_SIGNATURE, an_id

AGE = ColumnMeaning(name="age", title="Age in years")
SEX = ColumnMeaning(name="sex", labels={"1": "male", "2": "female"})


def a_model() -> RegisteredModel:
    model = evolve(RegisteredModel(), ModelRegistered(name="Credit", description=""))
    return evolve(model, VersionAdded(version_id=an_id(1), tag="1", signature=A_SIGNATURE))


def test_columns_are_described_in_the_order_of_their_names_and_again_only_when_it_is_another_thing() -> None:
    model = a_model()

    (event,) = decisions.describe_columns(model, dictionary=(SEX, AGE))

    assert event == ColumnsDescribed(columns=Change((), (AGE, SEX)))
    described = evolve(model, event)
    assert described.dictionary == (AGE, SEX)
    assert decisions.describe_columns(described, dictionary=(AGE, SEX)) == []
    assert decisions.describe_columns(described, dictionary=()) == [ColumnsDescribed(columns=Change((AGE, SEX), ()))]


def test_a_column_of_which_nothing_is_said_is_as_if_it_were_not_named() -> None:
    assert decisions.describe_columns(a_model(), dictionary=(ColumnMeaning(name="age"),)) == []


@pytest.mark.parametrize(
    "dictionary",
    [
        (ColumnMeaning(name="height", title="Height"),),
        (AGE, replace(AGE, title="Years")),
        (replace(AGE, title="\x00"),),
        (replace(AGE, title=" "),),
        (replace(SEX, labels={"1": "m" * 201}),),
        (replace(SEX, labels={"\ud800": "male"}),),
        (replace(SEX, labels={str(number): "m" * 200 for number in range(120)}),),
    ],
)
def test_what_can_not_be_said_of_columns_is_refused(dictionary: tuple[ColumnMeaning, ...]) -> None:
    with pytest.raises(Invalid) as refusal:
        decisions.describe_columns(a_model(), dictionary=dictionary)

    assert refusal.value.field == "columns"


def test_the_largest_dictionary_after_another_fits_an_event() -> None:
    one = replace(SEX, labels={f"{number:03}": "ä" * 103 for number in range(110)})
    assert 23_000 < len(msgspec.json.encode((one,))) <= MAXIMUM_BYTES
    (event,) = decisions.describe_columns(
        replace(a_model(), dictionary=(one,)), dictionary=(replace(one, title="Sex"),)
    )

    assert len(msgspec.json.encode(event)) < 60_000

"""The bodies of KServe's protocols: what was asked and answered of each instance, or why that can't be told."""

from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cdt.domain.errors import Invalid
from cdt.predictions.kserve.bodies import ModelFailed, NotUnderstood, answers_of, instances_of
from cdt.predictions.kserve.mapping import Mapping, mapping_of
from cdt.predictions.kserve.rows import read_call
from cdt.predictions.kserve.verdicts import Reader, Verdict
from cdt.predictions.quarantine.gathering import gather
from cdt.predictions.rejections import Rejections
from cdt.predictions.rows import Problem
from tests.predictions.builders import NOW, SIGNATURE

COLUMNS = ("age", "income", "sex")


def tensor(name: str, shape: list[int], data: Any, datatype: str = "FP32", **more: Any) -> dict[str, Any]:
    return {"name": name, "shape": shape, "datatype": datatype, "data": data, **more}


def asked(request: Any) -> Any:
    return instances_of(msgspec.json.encode(request), COLUMNS)


def verdicts(answer: Any, **stated: Any) -> list[Verdict | Problem]:
    return Reader(SIGNATURE, Mapping(**stated)).verdicts(answers_of(msgspec.json.encode(answer)))


def test_a_lone_tensor_holds_the_columns_by_position_flat_or_nested() -> None:
    expected = [[1, 2, 3], [4, 5, 6]]
    assert asked({"inputs": [tensor("input-0", [2, 3], [1, 2, 3, 4, 5, 6])]}) == expected
    assert asked({"inputs": [tensor("input-0", [2, 3], expected)]}) == expected
    assert asked({"inputs": [tensor("age", [2], [1, 2])]}) == [{"age": 1}, {"age": 2}]
    assert asked({"inputs": [tensor("f", [2, 1], [True, False], "BOOL"), tensor("g", [2], [0, 1])]}) == [
        {"f": 1, "g": 0},
        {"f": 0, "g": 1},
    ]


@pytest.mark.parametrize(
    "inputs",
    [
        [tensor("a", [2, 2], [[1, 2, 3], [4]])],
        [tensor("a", [2, 2], [1, 2, 3])],
        [tensor("a", [2], [[1], [2]])],
        [tensor("a", [-1, 2], [])],
        [tensor("a", [], [])],
        [tensor("a", [1] * 9, [1])],
        [tensor("a", [1], None, parameters={"binary_data_size": 4})],
        [tensor("a", [1], [1]), tensor("b", [2], [1, 2])],
        [tensor("a", [1], [1]), tensor("a", [1], [1])],
        [tensor("a", [10_001], list(range(10_001)))],
        [],
    ],
)
def test_tensors_that_contradict_themselves_are_not_understood(inputs: Any) -> None:
    with pytest.raises(NotUnderstood):
        asked({"inputs": inputs})


def test_an_answer_may_be_a_class_a_score_one_for_each_class_or_an_object() -> None:
    assert verdicts({"predictions": ["yes", 1.0, True]}) == [("yes", None), (1, None), (1, None)]
    assert verdicts({"predictions": [0.5, 0.25, 1]}, threshold=0.5) == [("yes", 0.5), ("no", 0.25), ("yes", 1)]
    assert verdicts({"predictions": [[0.75, 0.25], [0.5, 0.5]]}) == [("no", 0.25), ("no", 0.5)]
    assert verdicts({"predictions": [[0.75, 0.25]]}, threshold=0.2) == [("yes", 0.25)]
    assert verdicts({"predictions": [[["yes"]], ["yes"]]}) == [
        Problem("score", "must be a number, or one for each class, not ['yes']"),
        ("yes", None),
    ]
    assert verdicts({"predictions": [{"class": "yes", "p": 0.9}]}, decision="class", score="p") == [("yes", 0.9)]
    assert verdicts({"predictions": [{"score": 0.9}, {}]}) == [
        Problem("decision", "is not in the answer; say by threshold from which score on it is the positive class"),
        Problem("decision", "is not in the answer, as 'decision'"),
    ]


def test_outputs_are_read_by_name_or_alone() -> None:
    alone = [tensor("output-0", [2], [1, 0], "INT64")]
    assert verdicts({"outputs": alone}) == [(1, None), (0, None)]
    several = [tensor("label", [2, 1], ["yes", "no"], "BYTES"), tensor("p", [2, 2], [0.25, 0.75, 0.5, 0.5])]
    assert verdicts({"outputs": several}, decision="label", score="p") == [("yes", 0.75), ("no", 0.5)]
    assert verdicts({"outputs": several}, score="p") == [("yes", 0.75), ("no", 0.5)]
    with pytest.raises(NotUnderstood, match="there are: label, p"):
        verdicts({"outputs": several})


def test_an_error_is_a_failure_unless_something_was_answered() -> None:
    with pytest.raises(ModelFailed):
        answers_of(b'{"error": "out of memory"}')
    assert answers_of(b'{"error": null, "predictions": [1]}') == [1]


def test_columns_may_stand_elsewhere() -> None:
    mapping = mapping_of([("columns", "sex,,age,income")], SIGNATURE)
    request, answer = b'{"instances": [["f", "ignored", 40, 7]]}', b'{"predictions": ["yes"]}'
    (row,) = read_call("a", request, answer, SIGNATURE, mapping, predicted_at=NOW, now=NOW).good(Rejections())
    assert (row.id, row.features) == ("a-0", (40.0, 7.0, "f"))


def test_a_mapping_names_each_column_once() -> None:
    for columns in ("age,income", "age,income,sex,sex", "age,income,other", ""):
        with pytest.raises(Invalid, match="columns"):
            mapping_of([("columns", columns)], SIGNATURE)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
TENSORS = st.lists(
    st.fixed_dictionaries(
        {"name": st.sampled_from(["age", "sex", "a"]), "shape": st.lists(st.integers(-1, 3), max_size=3)},
        optional={"datatype": st.sampled_from(["FP32", "BOOL", ""]), "data": st.lists(JSON, max_size=3)},
    ),
    max_size=3,
)
HALVES = (
    st.binary(max_size=50)
    | st.fixed_dictionaries({}, optional={"instances": st.lists(JSON), "inputs": TENSORS}).map(msgspec.json.encode)
    | st.fixed_dictionaries({}, optional={"predictions": st.lists(JSON), "outputs": TENSORS, "error": st.text()}).map(
        msgspec.json.encode
    )
)


@settings(max_examples=150, deadline=None)
@given(HALVES, HALVES, st.sampled_from([Mapping(), Mapping(threshold=0.5), Mapping(score="a")]))
@example(b'{"instances": [[%s, 1, "f"]]}' % (b"9" * 30), b'{"predictions": ["yes"]}', Mapping())
def test_whatever_comes_is_a_row_a_rejection_or_a_failure(request: bytes, answer: bytes, mapping: Mapping) -> None:
    rejections = Rejections()
    try:
        read = read_call("c", request, answer, SIGNATURE, mapping, predicted_at=NOW, processing_ms=2.5, now=NOW)
    except ModelFailed:
        return
    rows = read.good(rejections)
    assert len(rows) + rejections.count == len(read.sent) > 0
    for policy in ("reject_row", "keep_marked", "reject_batch"):
        batch, told, leavings = gather(read, rows, rejections, policy)
        assert len(batch) + told.count == len(read.sent)
        assert len(leavings.refused.rows) == told.count


def test_what_is_nested_without_end_is_not_understood() -> None:
    deep = b'{"instances": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    with pytest.raises(NotUnderstood):
        instances_of(deep, COLUMNS)

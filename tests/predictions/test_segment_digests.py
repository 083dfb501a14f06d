"""The digest of a segment says the same of its rows in Parquet, however they are cut and whatever they hold."""

import io
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cdt.domain.registry.signature import Column, GroupAttribute, Signature
from cdt.predictions.columns import Labels, Predictions, moment_of
from cdt.predictions.objects import Objects
from cdt.predictions.parquet import Writing, column_of
from cdt.predictions.rows import PredictionRow, columns_of
from cdt.predictions.segment_digests import digests_of
from cdt.predictions.shapes import LABELS, PREDICTIONS, Shape
from cdt.storage.places import Folder
from cdt.storage.storage import Storage

SIGNATURE = Signature(
    columns=(
        Column("score", "number"),
        Column("features.score", "number"),
        Column("features", "number"),
        Column("label", "category"),
        Column("ä \x01", "category"),
    ),
    classes=("no", "yes", "perhaps"),
    positive_class="yes",
    groups=(GroupAttribute("label", "label"),),
)
numbers = st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False), st.sampled_from([0.0, -0.0, 5e-324]))
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)
rows = st.builds(
    PredictionRow,
    texts,
    st.integers(0, 2**52).map(moment_of),
    st.integers(0, 2),
    numbers,
    st.tuples(numbers, numbers, numbers, st.one_of(st.none(), texts), st.one_of(st.none(), texts)),
)
segments_of_rows = st.lists(st.lists(rows, min_size=1, max_size=6), min_size=1, max_size=6)


def labels_of(rows: Predictions) -> Labels:
    return Labels(
        ids=rows.ids,
        predicted_at=rows.predicted_at,
        label=rows.decision,
        sign=((rows.predicted_at % 2) * 2 - 1).astype("i1"),
        decision=rows.decision,
        score=rows.score,
        features={"label": rows.features["label"]},
    )


async def through_parquet(segments: list[Any], shape: Shape[Any], group_rows: int) -> list[Any]:
    """The segments as they are read one by one, of a file whose row groups are so large."""
    joined = shape.join(segments, SIGNATURE)
    with TemporaryDirectory() as folder:
        objects, file = Objects(Storage(Folder(path=Path(folder)))), io.BytesIO()
        schema = shape.as_table(joined).schema
        writing = Writing(file, schema)
        for start in range(0, len(joined), group_rows):
            writing.add(shape.as_table(joined.between(start, min(start + group_rows, len(joined)))))
        writing.close()
        await objects.storage.put("object", file)
        columns = shape.columns(SIGNATURE, None)
        found, start = list[Any](), 0
        for segment in segments:
            spans = [(start, start + len(segment))]
            table = await objects.read("object", spans, columns, texts=shape.texts(columns, SIGNATURE))
            found.append(shape.of_table(table, SIGNATURE))
            start += len(segment)
        return found


@given(segments_of_rows, st.integers(1, 9))
@settings(max_examples=40, deadline=None)
async def test_predictions_have_the_same_digest_in_parquet(
    segments: list[list[PredictionRow]], group_rows: int
) -> None:
    columns = [columns_of(each, SIGNATURE) for each in segments]

    found = await through_parquet(columns, PREDICTIONS, group_rows)

    expected = [PREDICTIONS.digest(each) for each in columns]
    assert [PREDICTIONS.digest(each) for each in found] == expected
    assert digests_of(found, PREDICTIONS, SIGNATURE) == expected


@given(segments_of_rows, st.integers(1, 9))
@settings(max_examples=20, deadline=None)
async def test_labels_have_the_same_digest_in_parquet(segments: list[list[PredictionRow]], group_rows: int) -> None:
    columns = [labels_of(columns_of(each, SIGNATURE)) for each in segments]

    found = await through_parquet(columns, LABELS, group_rows)

    expected = [LABELS.digest(each) for each in columns]
    assert [LABELS.digest(each) for each in found] == expected
    assert digests_of(found, LABELS, SIGNATURE) == expected


def test_large_segments_that_share_many_texts_are_digested_as_alone() -> None:
    made = [
        PredictionRow(f"p{number}", datetime(2026, 1, 1, tzinfo=UTC), 1, 0.5, (1.0, 2.0, None, f"t{number}", None))
        for number in range(600)
    ]
    whole = columns_of(made, SIGNATURE)
    parts = [whole.between(0, 300), whole.between(300, 600)]

    assert digests_of(parts, PREDICTIONS, SIGNATURE) == [
        PREDICTIONS.digest(columns_of(made[:300], SIGNATURE)),
        PREDICTIONS.digest(columns_of(made[300:], SIGNATURE)),
    ]


def test_no_two_columns_have_one_name_in_a_file() -> None:
    names = ["prediction_id", "score", "features.score", "features", "age", "sign", "features.features.score"]

    assert [column_of(name, SIGNATURE) for name in names] == [
        "features.prediction_id",
        "features.score",
        "features.features.score",
        "features",
        "age",
        "features.sign",
        "features.features.features.score",
    ]

"""A version that decides among more than two classes is measured from end to end, as one of two is."""

import random
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from sklearn import metrics
from uuid_utils.compat import uuid7

from cdt.commands import registry
from cdt.domain.evaluations.events import Completed
from cdt.domain.evaluations.families import OF_NUMBERS
from cdt.domain.evaluations.plan import PlanPolicy
from cdt.domain.evaluations.results import BUSINESS_VALUE, RECORDED
from cdt.domain.registry.signature import MAXIMUM_CLASSES
from cdt.measures.confusions import Confusions
from cdt.measures.grid import MOST_CLASSES
from cdt.predictions import documents
from cdt.predictions.rows import listed
from cdt.predictions.versions import Version
from cdt.workers import readings
from tests.predictions.builders import SIGNATURE, a_row, send, send_labels
from tests.reactions.world import START, World, labels_of, some_rows

CLASSES = ("bird", "cat", "dog")
OF_CLASSES = RECORDED.keys() - OF_NUMBERS - {BUSINESS_VALUE}
COUNT = 400
IN_THREE_DAYS = 360
"""Five an hour; they become the baseline."""
ALL = PlanPolicy(minimum_rows=20, minimum_group_size=5, measures=tuple(sorted(OF_CLASSES)))


def rows_and_labels() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows decided among the classes, a fifth of them wrongly; the score is the chance of a dog."""
    chance = random.Random(3)
    rows = some_rows(COUNT, START, timedelta(minutes=12), named="pet")
    for row in rows:
        row["decision"] = chance.choices(CLASSES, (5, 3, 2))[0]
        row["score"] = chance.uniform(0.5, 1) if row["decision"] == "dog" else chance.uniform(0, 0.5)
    labels = labels_of([{**row, "decision": "no"} for row in rows], wrong=0.0)
    for row, label in zip(rows, labels, strict=True):
        label["label"] = chance.choice(CLASSES) if chance.random() < 0.3 else row["decision"]
    return rows, labels


async def a_version(world: World) -> Version:
    model_id, version_id = await world.model(), uuid7()
    signature = msgspec.structs.replace(SIGNATURE, classes=CLASSES, positive_class="dog")
    await world.do(registry.add_version, model_id, version_id=version_id, tag="1", signature=signature)
    return Version(version_id=version_id, project_id=world.project_id, model_id=model_id, signature=signature)


async def test_each_measure_knows_every_class(world: World) -> None:
    version = await a_version(world)
    rows, labels = rows_and_labels()
    await send(world.intake, version, *rows)
    await send_labels(world.intake, version, *labels)
    await world.set_baseline(version, ALL)
    await world.promote(version)
    await world.react()
    await world.work()
    (done,) = await world.facts(Completed)
    assert isinstance(done.event, Completed)
    async with world.writer.transaction() as connection:
        document = await documents.get(connection, version.project_id, done.event.results_digest)
    reading = readings.decode(document)
    truth = [label["label"] for label in labels]
    decided = [row["decision"] for row in rows]
    expected = {
        "accuracy": metrics.accuracy_score(truth, decided),
        "balanced_accuracy": metrics.balanced_accuracy_score(truth, decided),
        "matthews_correlation": metrics.matthews_corrcoef(truth, decided),
        "macro_precision": metrics.precision_score(truth, decided, average="macro"),
        "macro_recall": metrics.recall_score(truth, decided, average="macro"),
        "macro_f1": metrics.f1_score(truth, decided, average="macro"),
        "weighted_precision": metrics.precision_score(truth, decided, average="weighted"),
        "weighted_f1": metrics.f1_score(truth, decided, average="weighted"),
        "precision": metrics.precision_score(truth, decided, labels=["dog"], average="macro"),
        "recall": metrics.recall_score(truth, decided, labels=["dog"], average="macro"),
        "f1": metrics.f1_score(truth, decided, labels=["dog"], average="macro"),
        "roc_auc": metrics.roc_auc_score([each == "dog" for each in truth], [row["score"] for row in rows]),
    }
    values = {each.measure: each.value for each in reading.results if each.measure in expected}
    assert values == pytest.approx(expected, abs=1e-9)
    confusions = reading.confusions
    assert isinstance(confusions, Confusions)
    assert confusions.classes == CLASSES
    for found, count in ((confusions.current, COUNT), (confusions.baseline, IN_THREE_DAYS)):
        matrix = metrics.confusion_matrix(truth[:count], decided[:count], labels=CLASSES)
        assert [row[:-1] for row in found] == [tuple(row) for row in matrix.tolist()]
        assert [row[-1] for row in found] == [0, 0, 0]
    assert {each.measure for each in reading.results} == OF_CLASSES
    assert {each.reason for each in reading.results if each.measure.startswith("estimated_")} == {
        "it is told of two classes alone"
    }


async def test_a_decision_that_is_none_of_the_classes_is_told_them(world: World) -> None:
    version = await a_version(world)
    receipt = await send(world.intake, version, a_row("one", decision="fish"))

    assert [each.reason for each in receipt.rejected] == ["must be one of 'bird', 'cat' and 'dog', not 'fish'"]


def test_a_signature_may_have_as_many_classes_as_a_grid_can_count() -> None:
    assert MAXIMUM_CLASSES == MOST_CLASSES


def test_of_many_classes_the_first_are_told() -> None:
    assert listed([f"class {number}" for number in range(50)]) == (
        "'class 0', 'class 1', 'class 2', 'class 3', 'class 4' and 45 more"
    )

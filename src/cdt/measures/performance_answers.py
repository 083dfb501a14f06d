"""The measures of performance, of the labelled rows of a window."""

from collections.abc import Iterator

from cdt.measures.answers import Answer
from cdt.measures.definitions import CountedFrom, ReadingRules
from cdt.measures.estimates import Estimate
from cdt.measures.grid import Grid
from cdt.measures.performance import accuracy, precision, recall, roc_auc_of_rows
from cdt.measures.profile import Profile
from cdt.measures.samples import LabelRows


def performance(grid: Grid, baseline: Profile, current: Profile, rules: ReadingRules) -> Iterator[Answer]:
    """What the labels say of the decisions, beside what those of the baseline say."""
    positive, confidence = grid.positive_code, rules.confidence_of("performance")
    old, new = baseline.confusion, current.confusion
    yield _beside("accuracy", accuracy(new, confidence=confidence), accuracy(old))
    yield _beside("precision", precision(new, positive, confidence=confidence), precision(old, positive))
    yield _beside("recall", recall(new, positive, confidence=confidence), recall(old, positive))


def ranked(now: Estimate, before: Estimate, baseline: Profile, *, counted_from: CountedFrom = "profile") -> Answer:
    """The ROC AUC, beside that of the baseline."""
    rarer = int(baseline.ranking.sum(axis=0).min())
    return Answer("roc_auc", None, now, before.value, before.rows, rarer, before.reason, counted_from)


def ranking_of_rows(grid: Grid, labels: LabelRows | None, rules: ReadingRules) -> Estimate:
    """The ROC AUC of labelled rows, exactly."""
    if labels is None or labels.score is None:
        return Estimate.missing("no labelled rows with a score")
    is_labelled = labels.label >= 0
    is_positive = labels.label[is_labelled] == grid.positive_code
    return roc_auc_of_rows(labels.score[is_labelled], is_positive, confidence=rules.confidence_of("performance"))


def _beside(measure: str, now: Estimate, before: Estimate) -> Answer:
    return Answer(measure, None, now, before.value, before.rows, baseline_reason=before.reason)

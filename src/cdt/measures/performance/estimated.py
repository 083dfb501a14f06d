"""Performance without labels: what the labels of a window are expected to say of it, by what scores have meant so far.

Confidence-based performance estimation: each row counts as positive with the chance that rows of its score had in the
reference, and the expected table of decisions by labels gives the measures. It is right as long as a score goes on to
mean what it meant: it sees how other rows come, and doesn't see that the same rows turn out otherwise.

The interval is where the measure of the window's own labels will lie: it allows for the chance in them, and for the
chance in the reference's labels by which scores were understood, block by block of scores. It leaves out that the
borders of the blocks are chosen on the same labels. Source: NannyML, Confidence-based Performance Estimation; Guillory,
Shankar, Ebrahimi, Darrell and Schmidt 2021, Predicting with confidence on unseen distributions.
"""

from collections.abc import Callable, Mapping
from typing import TypedDict, Unpack

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cdt.measures.estimates import Estimate
from cdt.measures.performance.chances import Chances, Places, learnt
from cdt.measures.performance.ranking import ties_of
from cdt.measures.plain_arrays import is_positive, numbers, same_rows

Counts = NDArray[np.int64]
Numbers = NDArray[np.float64]

DRAWS = 1_000
NO_DECISIONS = "no rows with a decision and a score"
NOTHING_TO_COMPARE = "all rows are expected to be of one class, or decided alike"


class Terms(TypedDict, total=False):
    """What may be said of an estimate: which value is positive, and of the interval its confidence, draws and seed."""

    positive: object
    confidence: float
    draws: int
    seed: int


def estimated_accuracy(
    reference_label: ArrayLike,
    reference_score: ArrayLike,
    decision: ArrayLike,
    score: ArrayLike,
    **terms: Unpack[Terms],
) -> Estimate:
    """The expected share of right decisions, in [0, 1].

    reference_label, reference_score: (rows,) labelled rows, from which the meaning of scores is learnt. decision,
    score: (rows,) those of the window, without labels. A row that lacks one of the two of its side doesn't count.

    >>> label, score = [0] * 60 + [1] * 40, [0.2] * 50 + [0.7] * 50
    >>> round(estimated_accuracy(label, score, [0, 0, 1], [0.2, 0.2, 0.7]).value, 4)
    0.9333
    """
    return _of_arrays("accuracy", reference_label, reference_score, decision, score, terms)


def estimated_balanced_accuracy(
    reference_label: ArrayLike,
    reference_score: ArrayLike,
    decision: ArrayLike,
    score: ArrayLike,
    **terms: Unpack[Terms],
) -> Estimate:
    """The expected mean recall of both classes, in [0, 1]; arrays as of `estimated_accuracy`."""
    return _of_arrays("balanced_accuracy", reference_label, reference_score, decision, score, terms)


def estimated_precision(
    reference_label: ArrayLike,
    reference_score: ArrayLike,
    decision: ArrayLike,
    score: ArrayLike,
    **terms: Unpack[Terms],
) -> Estimate:
    """The expected share of positive decisions that are right, in [0, 1]; arrays as of `estimated_accuracy`."""
    return _of_arrays("precision", reference_label, reference_score, decision, score, terms)


def estimated_recall(
    reference_label: ArrayLike,
    reference_score: ArrayLike,
    decision: ArrayLike,
    score: ArrayLike,
    **terms: Unpack[Terms],
) -> Estimate:
    """The expected share of positive labels that are decided so, in [0, 1]; arrays as of `estimated_accuracy`."""
    return _of_arrays("recall", reference_label, reference_score, decision, score, terms)


def estimated_f1(
    reference_label: ArrayLike,
    reference_score: ArrayLike,
    decision: ArrayLike,
    score: ArrayLike,
    **terms: Unpack[Terms],
) -> Estimate:
    """The harmonic mean of expected precision and recall, in [0, 1]; arrays as of `estimated_accuracy`."""
    return _of_arrays("f1", reference_label, reference_score, decision, score, terms)


def estimated_roc_auc(
    reference_label: ArrayLike, reference_score: ArrayLike, score: ArrayLike, **terms: Unpack[Terms]
) -> Estimate:
    """The expected chance that a positive row has a higher score than another, in [0, 1]; it takes no decisions.

    Scores of one block count as ties.
    """
    scores = numbers(score, "score")
    return _expected("roc_auc", reference_label, reference_score, np.zeros(len(scores), dtype=np.bool_), scores, terms)


def estimate_of(
    measure: str,
    chances: Chances,
    decided: Counts,
    *,
    confidence: float = 0.95,
    draws: int = DRAWS,
    seed: int = 0,
) -> Estimate:
    """The expected number of a measure.

    measure: a name of `FORMULAS`. decided: (blocks, 2) rows of the window by the block of their score, those decided
    otherwise first, those decided positively second.
    """
    rows = int(decided.sum())
    if not rows:
        return Estimate.missing(NO_DECISIONS)
    formula = FORMULAS[measure]
    with np.errstate(invalid="ignore", divide="ignore"):
        value = float(formula(decided * chances.chance[:, np.newaxis], decided))
        if np.isnan(value):
            return Estimate.missing(NOTHING_TO_COMPARE, rows=rows)
        drawn = formula(_drawn(chances, decided, draws, seed), decided)
    told = drawn[~np.isnan(drawn)]
    if not len(told):
        return Estimate.missing(NOTHING_TO_COMPARE, rows=rows)
    low, high = np.quantile(told, [(1 - confidence) / 2, (1 + confidence) / 2]).tolist()
    return Estimate.of(value, low, high, rows=rows)


def _drawn(chances: Chances, decided: Counts, draws: int, seed: int) -> Numbers:
    """(draws, blocks, 2) positive labels that may come: of chances that the reference's labels leave possible."""
    random = np.random.default_rng(seed)
    positives, others = chances.positives, chances.rows - chances.positives
    chance = random.beta(positives + 0.5, others + 0.5, (draws, len(positives)))
    return random.binomial(decided, chance[:, :, np.newaxis]).astype(np.float64)


def _truths(came: Numbers, decided: Counts) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """True and false positives, true and false negatives."""
    found, missed = came[..., 1].sum(axis=-1), came[..., 0].sum(axis=-1)
    return found, decided[:, 1].sum() - found, decided[:, 0].sum() - missed, missed


def _accuracy(came: Numbers, decided: Counts) -> Numbers:
    found, _, spared, _ = _truths(came, decided)
    return (found + spared) / decided.sum()


def _precision(came: Numbers, decided: Counts) -> Numbers:
    found, wrong, _, _ = _truths(came, decided)
    return found / (found + wrong)


def _recall(came: Numbers, decided: Counts) -> Numbers:
    found, _, _, missed = _truths(came, decided)
    return found / (found + missed)


def _f1(came: Numbers, decided: Counts) -> Numbers:
    found, wrong, _, missed = _truths(came, decided)
    return 2 * found / (2 * found + wrong + missed)


def _balanced_accuracy(came: Numbers, decided: Counts) -> Numbers:
    found, wrong, spared, missed = _truths(came, decided)
    return (found / (found + missed) + spared / (spared + wrong)) / 2


def _roc_auc(came: Numbers, decided: Counts) -> Numbers:
    positives = came.sum(axis=-1)
    others = decided.sum(axis=-1) - positives
    below = np.cumsum(others, axis=-1) - others
    pairs = positives.sum(axis=-1) * others.sum(axis=-1)
    return (positives * (below + others / 2)).sum(axis=-1) / pairs


FORMULAS: Mapping[str, Callable[[Numbers, Counts], Numbers]] = {
    "accuracy": _accuracy,
    "balanced_accuracy": _balanced_accuracy,
    "precision": _precision,
    "recall": _recall,
    "f1": _f1,
    "roc_auc": _roc_auc,
}
"""What can be estimated: of (..., blocks, 2) positive labels among (blocks, 2) rows; NaN where there is nothing."""


def decided_by_block(chances: Chances, place: Places, decided: NDArray[np.bool_]) -> Counts:
    """(blocks, 2) rows by the block of their score or cell, and by whether they were decided positively."""
    block = chances.block_of(place)
    size = len(chances.rows)
    return np.bincount(block * 2 + decided, minlength=size * 2).reshape(size, 2)


def _of_arrays(
    measure: str,
    reference_label: ArrayLike,
    reference_score: ArrayLike,
    decision: ArrayLike,
    score: ArrayLike,
    terms: Terms,
) -> Estimate:
    decided, has_decision = is_positive(decision, terms.get("positive", 1), what="decision")
    scores = numbers(score, "score")
    same_rows(decisions=decided, scores=scores)
    return _expected(measure, reference_label, reference_score, decided[has_decision], scores[has_decision], terms)


def _expected(
    measure: str,
    reference_label: ArrayLike,
    reference_score: ArrayLike,
    decided: NDArray[np.bool_],
    scores: Numbers,
    terms: Terms,
) -> Estimate:
    label, has_label = is_positive(reference_label, terms.get("positive", 1), what="label")
    known = numbers(reference_score, "score")
    same_rows(labels=label, scores=known)
    counted = has_label & ~np.isnan(known)
    known = known[counted]
    chances = learnt(np.unique(known), ties_of(known, label[counted]))
    if isinstance(chances, Estimate):
        return chances
    has_score = ~np.isnan(scores)
    return estimate_of(
        measure,
        chances,
        decided_by_block(chances, scores[has_score], decided[has_score]),
        confidence=terms.get("confidence", 0.95),
        draws=terms.get("draws", DRAWS),
        seed=terms.get("seed", 0),
    )

"""Drift of whole rows is what scikit-learn makes of the same points."""

from collections.abc import Iterator
from functools import cache

import numpy as np
from scipy.spatial.distance import pdist
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.metrics.pairwise import rbf_kernel

from cdt.measures import drift
from cdt.measures.drift.classifying import terms_of
from cdt.measures.drift.encoding import Points, Table, points_of

from .agreement import PAGE, Agreement, section
from .builders import chance, people
from .test_drift_of_rows import together

Case = tuple[Table, Table]


def cases() -> tuple[Case, ...]:
    random = chance(31)
    return (
        (people(random, 900), people(random, 700)),
        (together(random, 900), together(random, 700)),
        (together(random, 900), together(random, 700, correlation=0.3) + 0.2),
    )


def points(case: Case) -> Points:
    return points_of(*case, most_rows=10_000, seed=0)


def reconstruction(case: Case) -> float:
    found = points(case)
    fitted, kept = found.reference[::2], found.reference[1::2]
    reduced = PCA(n_components=0.65, svd_solver="full").fit(fitted)
    means = [
        np.linalg.norm(side - reduced.inverse_transform(reduced.transform(side)), axis=1).mean()
        for side in (kept, found.current)
    ]
    return float(means[1] / means[0])


def classifier(case: Case) -> float:
    found = points(case)
    terms = terms_of(np.vstack(found))
    is_current = np.arange(len(terms)) >= len(found.reference)
    random = np.random.default_rng(0)
    asked = np.concatenate([random.permutation(len(side)) % 2 == 1 for side in found])
    fitted = LogisticRegression(C=1.0, tol=1e-10, max_iter=2_000, solver="newton-cholesky")
    fitted.fit(terms[~asked, 1:], is_current[~asked])
    return float(roc_auc_score(is_current[asked], fitted.decision_function(terms[asked, 1:])))


def discrepancy(case: Case) -> float:
    found = points_of(*case, most_rows=1_000, seed=0)
    both = np.vstack(found)
    gamma = 1 / (2 * float(np.median(pdist(both, "sqeuclidean"))))
    old, new = found
    within = [(rbf_kernel(side, gamma=gamma).sum() - len(side)) / (len(side) * (len(side) - 1)) for side in (old, new)]
    return float(np.sqrt(max(0.0, sum(within) - 2 * rbf_kernel(old, new, gamma=gamma).mean())))


@cache
def agreements() -> tuple[Agreement, ...]:
    return tuple(compared())


def compared() -> Iterator[Agreement]:
    for name, peer, theirs, tolerance in (
        ("pca_reconstruction_error", "`sklearn.decomposition.PCA`", reconstruction, 1e-9),
        ("domain_classifier", "`sklearn.linear_model.LogisticRegression`", classifier, 1e-3),
        ("maximum_mean_discrepancy", "`sklearn.metrics.pairwise.rbf_kernel`", discrepancy, 1e-9),
    ):
        differences: list[float] = []
        for case in cases():
            value = getattr(drift, name)(*case).value
            assert value is not None
            differences.append(abs(value - theirs(case)))
        yield Agreement(name, peer, len(differences), max(differences), tolerance)


SENTENCE = """Each case is of 900 rows beside 700: people with columns of every kind, four numbers that hang together,
and the same moved and hanging together less. The peer gets the same points and the same halves; a classifier's weights
differ by where its solver stops, and then two rows may change places in a ranking."""
SECTION = ("How far drift of whole rows agrees", SENTENCE)


def test_drift_of_whole_rows_agrees_with_independent_implementations() -> None:
    assert [each for each in agreements() if not each.holds] == []


def test_the_page_says_how_far_drift_of_whole_rows_agrees() -> None:
    written = section(*SECTION, agreements())
    print(written)  # noqa: T201
    assert written in PAGE.read_text(encoding="utf-8")

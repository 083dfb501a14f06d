"""The measures of decisions by labels that a plan takes by name, as the catalog lists them."""

from cdt.measures.measure import WILSON, WILSON_SOURCE, Measure

_DELTA = (
    "Wilson score with the number of rows that would have the delta method's variance, two rows spread over all cells "
    "added to it"
)
_AVERAGES = "Sokolova and Lapalme 2009, A systematic analysis of performance measures for classification tasks"
_CLASSES = "classes with a decision or a label, those with one of the two alone as 0"


def _averaged(average: str, what: str, meaning: str, formula: str) -> Measure:
    return Measure(
        name=f"{average}_{what}",
        title=f"{average.capitalize()} {'F1' if what == 'f1' else what}",
        meaning=meaning,
        family="performance",
        subject="model",
        low=0.0,
        high=1.0,
        better_when="higher",
        formula=f"{formula}; {_CLASSES}",
        interval=_DELTA,
        source=_AVERAGES,
        needs=("classes",),
        defaults={"confidence": 0.95},
    )


CONFUSION: tuple[Measure, ...] = (
    Measure(
        name="balanced_accuracy",
        title="Balanced accuracy",
        meaning="The mean, over the classes, of the share of each one's labels that was decided rightly; guessing "
        "gives 1 divided by the number of classes.",
        family="performance",
        subject="model",
        low=0.0,
        high=1.0,
        better_when="higher",
        formula="mean recall of the classes that have labels",
        interval=_DELTA,
        source="Brodersen, Ong, Stephan and Buhmann 2010, The balanced accuracy and its posterior distribution",
        needs=("classes",),
        defaults={"confidence": 0.95},
    ),
    Measure(
        name="f1",
        title="F1",
        meaning="The harmonic mean of precision and recall.",
        family="performance",
        subject="model",
        low=0.0,
        high=1.0,
        better_when="higher",
        formula="2 * true positives / (positive decisions + positive labels), of labelled rows with a decision",
        interval=f"{WILSON}, of true positives among rows positive by decision or label, carried over",
        source=f"van Rijsbergen 1979, Information Retrieval, ch. 7; {WILSON_SOURCE}",
        needs=("classes", "positive_class"),
        defaults={"confidence": 0.95},
    ),
    Measure(
        name="matthews_correlation",
        title="Matthews correlation",
        meaning="How decisions and labels hang together: 1 when they are the same, 0 when they have nothing to do with "
        "each other.",
        family="performance",
        subject="model",
        low=-1.0,
        high=1.0,
        better_when="higher",
        formula="correlation of the indicators of all classes, by decision and by label",
        interval=f"of (1 + value) / 2: {_DELTA}",
        source="Matthews 1975; Gorodkin 2004, Comparing two K-category assignments by a K-category correlation "
        "coefficient",
        needs=("classes",),
        defaults={"confidence": 0.95},
    ),
    _averaged(
        "macro",
        "precision",
        "The mean precision of the classes, each counting the same.",
        "mean over classes of the share of a class's decisions that were right",
    ),
    _averaged(
        "macro",
        "recall",
        "The mean recall of the classes, each counting the same.",
        "mean over classes of the share of a class's labels that were decided rightly",
    ),
    _averaged("macro", "f1", "The mean F1 of the classes, each counting the same.", "mean over classes of F1"),
    _averaged(
        "weighted",
        "precision",
        "The mean precision of the classes, each counting as often as it is a label.",
        "mean over classes, by labels, of the share of a class's decisions that were right",
    ),
    _averaged(
        "weighted",
        "f1",
        "The mean F1 of the classes, each counting as often as it is a label.",
        "mean over classes, by labels, of F1",
    ),
)

"""The columns of a row that are CDT's own, by what a version makes: decisions and scores, or numbers.

Within, the number that was predicted lies where else the score lies, and no row has a decision: a version's rows are
one or the other. Wherever rows are sent, stored or handed out they have the names that are here.
"""

from cdt.domain.registry.signature import Signature

DECISION, SCORE, PREDICTION = "decision", "score", "prediction"

_OF_CLASSES = (DECISION, SCORE)
_OF_NUMBERS = (PREDICTION,)
_OF_LABELS = ("prediction_id", "predicted_at", "label", "sign")
LABEL_COLUMNS = (*_OF_LABELS, *_OF_CLASSES)
LABEL_COLUMNS_OF_NUMBERS = (*_OF_LABELS, *_OF_NUMBERS)
"""Of a label, as it is stored beside what its prediction said."""


def score_name(signature: Signature) -> str:
    """What the number of a prediction is called."""
    return PREDICTION if signature.is_of_numbers else SCORE


def output_columns(signature: Signature) -> tuple[str, ...]:
    """What the version makes of a row."""
    return _OF_NUMBERS if signature.is_of_numbers else _OF_CLASSES


def required_columns(signature: Signature) -> tuple[str, ...]:
    """What each prediction must come with; a score may be missing."""
    return ("prediction_id", "predicted_at", output_columns(signature)[0])


def prediction_columns(signature: Signature) -> tuple[str, ...]:
    """Of a prediction, as it is sent and stored."""
    return ("prediction_id", "predicted_at", *output_columns(signature))


def label_columns(signature: Signature) -> tuple[str, ...]:
    """Of a label, as it is stored."""
    return LABEL_COLUMNS_OF_NUMBERS if signature.is_of_numbers else LABEL_COLUMNS

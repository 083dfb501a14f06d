"""What a served model said of one instance: the class that was decided, and the positive one's score."""

from typing import Any, NamedTuple, cast

from msgspec import UNSET

from cdt.domain.registry.signature import Signature
from cdt.predictions.kserve.bodies import NotUnderstood
from cdt.predictions.kserve.mapping import Mapping
from cdt.predictions.own_columns import DECISION, PREDICTION, SCORE
from cdt.predictions.rows import Problem, shown


class Verdict(NamedTuple):
    """A class as it was sent, and a score or none, or no class and a number; nothing is checked yet."""

    decision: Any
    score: Any


class Reader:
    """Reads them as a mapping says."""

    def __init__(self, signature: Signature, mapping: Mapping) -> None:
        self._is_of_numbers = signature.is_of_numbers
        self._number = mapping.decision or mapping.score or PREDICTION
        self._classes = signature.classes
        self._positive = signature.positive_class
        self._mapping = mapping
        self._decision = DECISION if mapping.decision is None else mapping.decision
        self._score = SCORE if mapping.score is None else mapping.score

    def verdicts(self, answers: list[Any] | dict[str, list[Any]]) -> list[Verdict | Problem]:
        """One for each instance; NotUnderstood when the answer's outputs can't be told apart."""
        if isinstance(answers, list):
            return [self._of(each) for each in answers]
        is_plain = self._mapping.decision is None and self._mapping.score is None
        if len(answers) == 1 and is_plain:
            return [self._of(each) for each in next(iter(answers.values()))]
        if self._is_of_numbers:
            if self._number not in answers:
                outputs = ", ".join(sorted(answers))[:200]
                raise NotUnderstood(f"say by decision which output is the prediction; there are: {outputs}")
            return [self._of(each) for each in answers[self._number]]
        named = [name for name in (self._decision, self._score) if name in answers]
        if not named:
            outputs = ", ".join(sorted(answers))[:200]
            raise NotUnderstood(f"say by decision or score which output is which; there are: {outputs}")
        columns = [answers[name] for name in named]
        if len({len(column) for column in columns}) != 1:
            raise NotUnderstood("the outputs have not one value each for each instance")
        return [self._of_named(dict(zip(named, values, strict=True))) for values in zip(*columns, strict=True)]

    def _of(self, answer: Any) -> Verdict | Problem:
        if isinstance(answer, dict):
            return self._of_named(cast("dict[str, Any]", answer))
        alone = _alone(answer)
        if self._is_of_numbers:
            return Verdict(None, alone)
        if isinstance(alone, list) or (self._mapping.threshold is not None and _is_number(alone)):
            return self._of_score(alone)
        return Verdict(_class(alone), None)

    def _of_named(self, answer: dict[str, Any]) -> Verdict | Problem:
        if self._is_of_numbers:
            if self._number not in answer:
                return Problem(PREDICTION, f"is not in the answer, as {self._number!r}")
            return Verdict(None, _alone(answer[self._number]))
        decision, score = answer.get(self._decision, UNSET), answer.get(self._score, UNSET)
        if decision is UNSET and score is UNSET:
            return Problem(DECISION, f"is not in the answer, as {self._decision!r}")
        if decision is UNSET:
            return self._of_score(_alone(score))
        return Verdict(_class(_alone(decision)), None if score is UNSET else self._positive_of(_alone(score)))

    def _of_score(self, sent: Any) -> Verdict | Problem:
        score = self._positive_of(sent)
        if not _is_number(score):
            return Problem(SCORE, f"must be a number, or one for each class, not {shown(sent)}")
        if self._mapping.threshold is not None:
            other = next(name for name in self._classes if name != self._positive)
            return Verdict(self._positive if score >= self._mapping.threshold else other, score)
        if isinstance(sent, list):
            likeliest: int = sent.index(max(cast("list[float]", sent)))  # pyright: ignore[reportUnknownMemberType]
            return Verdict(self._classes[likeliest], score)
        return Problem(DECISION, "is not in the answer; say by threshold from which score on it is the positive class")

    def _positive_of(self, score: Any) -> Any:
        """The positive class's, of one for each class in their order; what is none of both stays as it is."""
        if isinstance(score, list):
            each = cast("list[Any]", score)
            if len(each) == len(self._classes) and all(map(_is_number, each)):
                return each[self._classes.index(self._positive)]
        return cast("Any", score)


def _alone(value: Any) -> Any:
    """The only one of a list of one."""
    if isinstance(value, list) and len(cast("list[Any]", value)) == 1:
        return cast("list[Any]", value)[0]
    return cast("Any", value)


def _is_number(value: Any) -> bool:
    return type(value) in {int, float}


def _class(value: Any) -> Any:
    """A class as text or a whole number: models answer 1.0 and true where the class is 1."""
    if type(value) is bool or (type(value) is float and value.is_integer()):
        return int(value)
    return value

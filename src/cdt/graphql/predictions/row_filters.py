"""What rows are asked for, checked against the version's signature."""

import math
from datetime import datetime

import strawberry

from cdt.domain.errors import Invalid
from cdt.domain.moments import check_zone
from cdt.domain.registry.signature import Signature
from cdt.domain.text import described
from cdt.predictions.sought import Condition, Sought

MOST_CONDITIONS = 20
MOST_VALUES = 200


@strawberry.input(description="What a column of a row must be; everything given must hold.")
class ColumnCondition:
    """`oneOf` is for categories, `atLeast` and `atMost` for numbers; a missing value satisfies none of them."""

    column: str
    is_missing: bool | None = None
    one_of: list[str] | None = None
    at_least: float | None = None
    at_most: float | None = None


@strawberry.input(description="Which rows are wanted; everything given must hold.")
class RowFilter:
    """`from` and `to` are of predictedAt, half-open. In a version that predicts numbers these are the scores."""

    from_: datetime | None = strawberry.field(default=None, name="from")
    to: datetime | None = None
    prediction_id: str | None = None
    decision: str | None = None
    score_at_least: float | None = None
    score_at_most: float | None = None
    columns: list[ColumnCondition] | None = None


def sought_by(given: RowFilter, signature: Signature) -> Sought:
    """The same as the rows are looked through; Invalid, by its field, for what the signature can't have."""
    for moment, field in ((given.from_, "filter.from"), (given.to, "filter.to")):
        if moment is not None:
            check_zone(moment, field)
    for number, field in ((given.score_at_least, "filter.scoreAtLeast"), (given.score_at_most, "filter.scoreAtMost")):
        _require_finite(number, field)
    if given.decision is not None and given.decision not in signature.classes:
        if signature.is_of_numbers:
            raise Invalid("filter.decision", "the version predicts numbers; ask by scoreAtLeast and scoreAtMost")
        raise Invalid("filter.decision", f"is one of {', '.join(signature.classes)}")
    conditions = given.columns or []
    if len(conditions) > MOST_CONDITIONS:
        raise Invalid("filter.columns", f"ask for at most {MOST_CONDITIONS} conditions")
    return Sought(
        predicted_from=given.from_,
        predicted_to=given.to,
        prediction_id=None if given.prediction_id is None else described("filter.predictionId", given.prediction_id),
        decision=given.decision,
        score_at_least=given.score_at_least,
        score_at_most=given.score_at_most,
        conditions=tuple(_condition(each, f"filter.columns.{n}", signature) for n, each in enumerate(conditions)),
    )


def _condition(given: ColumnCondition, field: str, signature: Signature) -> Condition:
    column = next((each for each in signature.columns if each.name == given.column), None)
    if column is None:
        raise Invalid(f"{field}.column", "is not among the version's columns")
    is_number = column.kind == "number"
    if is_number and given.one_of is not None:
        raise Invalid(f"{field}.oneOf", "is for categories; a number has atLeast and atMost")
    if not is_number and (given.at_least is not None or given.at_most is not None):
        raise Invalid(f"{field}.atLeast", "is for numbers; a category has oneOf")
    if given.one_of is not None and len(given.one_of) > MOST_VALUES:
        raise Invalid(f"{field}.oneOf", f"name at most {MOST_VALUES} values")
    _require_finite(given.at_least, f"{field}.atLeast")
    _require_finite(given.at_most, f"{field}.atMost")
    return Condition(
        column=given.column,
        is_missing=given.is_missing,
        one_of=None if given.one_of is None else frozenset(given.one_of),
        at_least=given.at_least,
        at_most=given.at_most,
    )


def _require_finite(number: float | None, field: str) -> None:
    if number is not None and not math.isfinite(number):
        raise Invalid(field, "is a finite number")

"""Every refusal is a sentence."""

import pytest

from cdt.domain import errors
from cdt.domain.alerts import decisions as alerts
from cdt.domain.errors import DomainError, Invalid, NameIsTaken, NotFound
from cdt.domain.evaluations import decisions as evaluations
from cdt.domain.notifications import decisions as notifications
from cdt.domain.registry import decisions as registry
from cdt.domain.tenancy import decisions as tenancy

ROOMS = (errors, registry, tenancy, evaluations, alerts, notifications)
REFUSALS = sorted(
    {
        each
        for room in ROOMS
        for each in vars(room).values()
        if isinstance(each, type) and issubclass(each, DomainError) and each is not DomainError
    },
    key=lambda each: each.__name__,
)


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_refusal_has_a_code_and_a_sentence_of_its_own(refusal: type[DomainError]) -> None:
    assert refusal.code in {"NOT_FOUND", "CONFLICT", "INVALID", "FORBIDDEN"}
    assert refusal.__doc__ != DomainError.__doc__


def test_a_refusal_names_its_details() -> None:
    assert str(NameIsTaken(name="churn")) == "The name 'churn' is already taken; choose another."
    assert str(NotFound(kind="model")) == "There is no such model, or you may not see it."


def test_what_is_invalid_names_the_field_and_what_would_do() -> None:
    refusal = Invalid("name", "write at least one character")

    assert (refusal.field, refusal.problem) == ("name", "write at least one character")
    assert str(refusal) == "name: write at least one character"


def test_braces_in_what_a_person_wrote_are_no_template() -> None:
    assert str(Invalid("{field}", "{nothing}")) == "{field}: {nothing}"

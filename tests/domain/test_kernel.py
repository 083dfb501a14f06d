"""Ids, names and deciders."""

from uuid import UUID

import pytest

from cdt.domain.kernel import Name, NameClaimed, NameHolder, derived_id, unique_name
from tests.builders import an_id
from tests.domain.builders import state_of


def test_the_same_parts_give_the_same_id_for_ever() -> None:
    assert derived_id("plan", an_id(1)) == UUID("ec770784-08ba-5289-bd1c-75f12ee80679")


def test_parts_are_kept_apart() -> None:
    assert derived_id("a", "bc") != derived_id("ab", "c")


@pytest.mark.parametrize("text", ["Churn", " churn ", "CHURN", "churn"])
def test_names_that_read_the_same_are_the_same(text: str) -> None:
    assert Name("models", text).stream_id == Name("models", "churn").stream_id


def test_a_name_is_unique_within_its_scope_only() -> None:
    assert Name("models", "churn").stream_id != Name("projects", "churn").stream_id


def test_a_claimed_name_has_a_holder() -> None:
    assert state_of(unique_name, NameClaimed(scope="models", holder=an_id(1))) == NameHolder(an_id(1))

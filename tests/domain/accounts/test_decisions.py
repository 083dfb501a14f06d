"""What may happen to an account."""

import pytest

from cdt.domain.accounts import decisions
from cdt.domain.accounts.events import PasswordSet, SignedIn, UserRegistered
from cdt.domain.accounts.state import User, accounts
from cdt.domain.errors import NotFound
from cdt.domain.kernel import Sealed
from tests.builders import an_id
from tests.domain.builders import state_of

NAME, EMAIL = Sealed(an_id(1), "bmFtZQ=="), Sealed(an_id(1), "ZW1haWw=")
REGISTERED = state_of(accounts, UserRegistered(name=NAME, email=EMAIL, email_hash="abc"), PasswordSet())


def test_an_account_begins_with_a_password_and_nothing_in_clear() -> None:
    assert decisions.register_user(User(), name=NAME, email=EMAIL, email_hash="abc") == [
        UserRegistered(name=NAME, email=EMAIL, email_hash="abc"),
        PasswordSet(),
    ]


def test_registering_again_changes_nothing() -> None:
    assert decisions.register_user(REGISTERED, name=NAME, email=EMAIL, email_hash="abc") == []


def test_coming_in_is_recorded() -> None:
    assert decisions.sign_in(REGISTERED) == [SignedIn()]


def test_nobody_comes_in_without_an_account() -> None:
    with pytest.raises(NotFound):
        decisions.sign_in(User())

"""What may happen to an account."""

from datetime import timedelta
from uuid import UUID

import pytest

from cdt.domain.accounts import decisions
from cdt.domain.accounts.events import EndOfSession, PasswordSet, ProfileChanged, SessionEnded, SignedIn, UserRegistered
from cdt.domain.accounts.state import User, accounts
from cdt.domain.errors import NotFound
from cdt.domain.kernel import Change, Sealed
from tests.builders import NOON, an_id, noon_plus
from tests.domain.builders import state_of

NAME, EMAIL = Sealed(an_id(1), "bmFtZQ=="), Sealed(an_id(1), "ZW1haWw=")
HERE, THERE = an_id(5), an_id(6)
FACTS = (UserRegistered(name=NAME, email=EMAIL, email_hash="abc"), PasswordSet())


def began(session_id: UUID, *, after_days: int = 0) -> SignedIn:
    ends_at = noon_plus(days=30 + after_days)
    return SignedIn(session_id=session_id, session_ends_at=ends_at, address=NAME, agent=EMAIL)


REGISTERED = state_of(accounts, *FACTS)
AT_HOME = state_of(accounts, *FACTS, began(HERE))


def test_an_account_begins_with_a_password_and_nothing_in_clear() -> None:
    assert decisions.register_user(User(), name=NAME, email=EMAIL, email_hash="abc") == [
        UserRegistered(name=NAME, email=EMAIL, email_hash="abc"),
        PasswordSet(),
    ]


def test_registering_again_changes_nothing() -> None:
    assert decisions.register_user(REGISTERED, name=NAME, email=EMAIL, email_hash="abc") == []


def test_coming_in_begins_a_session_of_thirty_days() -> None:
    assert decisions.sign_in(REGISTERED, session_id=HERE, at=NOON, address=NAME, agent=EMAIL) == [
        SignedIn(session_id=HERE, session_ends_at=noon_plus(days=30), address=NAME, agent=EMAIL)
    ]


def test_the_same_session_begins_once() -> None:
    assert decisions.sign_in(AT_HOME, session_id=HERE, at=NOON, address=NAME, agent=EMAIL) == []


def test_nobody_comes_in_without_an_account() -> None:
    with pytest.raises(NotFound):
        decisions.sign_in(User(), session_id=HERE, at=NOON, address=NAME, agent=EMAIL)


def test_a_session_admits_until_it_ends_by_itself() -> None:
    assert AT_HOME.has_session(HERE, noon_plus(days=30) - timedelta(seconds=1))
    assert not AT_HOME.has_session(HERE, noon_plus(days=30))
    assert not AT_HOME.has_session(an_id(9), NOON)


def test_an_ended_session_admits_nobody_and_can_not_be_ended_again() -> None:
    ended = decisions.end_session(AT_HOME, session_id=HERE, reason=EndOfSession.REVOKED)
    assert ended == [SessionEnded(session_id=HERE, reason=EndOfSession.REVOKED)]
    after = state_of(accounts, *FACTS, began(HERE), *ended)
    assert not after.has_session(HERE, NOON)
    with pytest.raises(NotFound):
        decisions.end_session(after, session_id=HERE, reason=EndOfSession.SIGNED_OUT)


def test_signing_out_everywhere_can_spare_one_session() -> None:
    both = state_of(accounts, *FACTS, began(HERE), began(THERE))
    reason = EndOfSession.SIGNED_OUT
    assert decisions.end_sessions(both, reason=reason, but=HERE) == [SessionEnded(session_id=THERE, reason=reason)]
    assert [each.session_id for each in decisions.end_sessions(both, reason=reason)] == [HERE, THERE]


def test_another_password_ends_the_other_sessions() -> None:
    both = state_of(accounts, *FACTS, began(HERE), began(THERE))
    assert decisions.change_password(both, but=HERE) == [
        PasswordSet(),
        SessionEnded(session_id=THERE, reason=EndOfSession.CREDENTIALS_CHANGED),
    ]


def test_sessions_that_ended_by_themselves_are_forgotten_with_the_next_one() -> None:
    after = state_of(accounts, *FACTS, began(HERE), began(THERE, after_days=30))
    assert set(after.sessions) == {THERE}


def test_a_sign_in_of_before_there_were_sessions_begins_none() -> None:
    assert state_of(accounts, *FACTS, SignedIn()).sessions == {}


def test_another_name_tells_the_former_one_too() -> None:
    assert decisions.change_profile(REGISTERED, name=EMAIL) == [ProfileChanged(name=Change(NAME, EMAIL))]
    with pytest.raises(NotFound):
        decisions.change_profile(User(), name=NAME)

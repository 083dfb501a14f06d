"""What may happen to an account."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from cdt.domain.accounts import decisions
from cdt.domain.accounts.events import (
    EmailVerified,
    EndOfSession,
    PasswordSet,
    ProfileChanged,
    ResetRequested,
    SessionEnded,
    SignedIn,
    UserErased,
    UserRegistered,
    VerificationRequested,
)
from cdt.domain.accounts.state import User, account_of, accounts
from cdt.domain.errors import NotFound
from cdt.domain.kernel import Change, Event, Sealed
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


REQUEST, LATER = an_id(21), an_id(22)
PENDING = state_of(accounts, *FACTS, VerificationRequested(request_id=REQUEST, expires_at=noon_plus(days=2)))


def signed_up(user: User, request_id: UUID, at: datetime) -> list[Event]:
    return decisions.sign_up(user, name=NAME, email=EMAIL, email_hash="abc", request_id=request_id, at=at)


def test_who_signs_up_gets_a_link_of_two_days() -> None:
    assert signed_up(User(), REQUEST, NOON) == [
        FACTS[0],
        VerificationRequested(request_id=REQUEST, expires_at=noon_plus(days=2)),
    ]


def test_until_the_address_is_verified_whoever_comes_last_sets_the_name_and_nobody_a_password() -> None:
    assert signed_up(PENDING, LATER, NOON + timedelta(minutes=1)) == [
        ProfileChanged(name=Change(NAME, NAME)),
        VerificationRequested(request_id=LATER, expires_at=noon_plus(days=2) + timedelta(minutes=1)),
    ]


def test_a_mailbox_is_not_filled_and_who_has_an_account_is_left_alone() -> None:
    assert signed_up(PENDING, LATER, NOON + timedelta(seconds=59)) == []
    assert signed_up(REGISTERED, LATER, noon_plus(days=9)) == []


def test_nobody_comes_in_before_the_address_is_verified() -> None:
    with pytest.raises(decisions.AddressIsNotVerified):
        decisions.sign_in(PENDING, session_id=HERE, at=NOON, address=NAME, agent=EMAIL)
    verified = state_of(accounts, *FACTS, VerificationRequested(request_id=REQUEST, expires_at=NOON), EmailVerified())
    assert decisions.sign_in(verified, session_id=HERE, at=NOON, address=NAME, agent=EMAIL) != []


def test_the_newest_link_verifies_in_time_and_once_with_a_password() -> None:
    assert decisions.verify_email(PENDING, request_id=REQUEST, at=NOON) == [PasswordSet(), EmailVerified()]
    with pytest.raises(decisions.LinkIsVoid):
        decisions.verify_email(REGISTERED, request_id=REQUEST, at=NOON)


@pytest.mark.parametrize(("request_id", "at"), [(LATER, NOON), (REQUEST, noon_plus(days=2))])
def test_another_link_and_one_that_is_too_old_verify_nothing(request_id: UUID, at: datetime) -> None:
    with pytest.raises(decisions.LinkIsVoid):
        decisions.verify_email(PENDING, request_id=request_id, at=at)


def test_a_reset_link_is_good_for_an_hour_and_once() -> None:
    (asked,) = decisions.request_reset(AT_HOME, request_id=REQUEST, at=NOON)
    assert asked == ResetRequested(request_id=REQUEST, expires_at=NOON + timedelta(hours=1))
    user = state_of(accounts, *FACTS, began(HERE), asked)
    done = decisions.reset_password(user, request_id=REQUEST, at=NOON + timedelta(minutes=59))
    assert done == [PasswordSet(), SessionEnded(session_id=HERE, reason=EndOfSession.CREDENTIALS_CHANGED)]

    for state, at in (
        (state_of(accounts, *FACTS, asked, *done), NOON),
        (user, NOON + timedelta(hours=1)),
        (state_of(accounts, *FACTS, asked, PasswordSet()), NOON),
        (REGISTERED, NOON),
    ):
        with pytest.raises(decisions.LinkIsVoid):
            decisions.reset_password(state, request_id=REQUEST, at=at)


def test_who_resets_the_password_has_shown_that_the_address_is_theirs() -> None:
    user = state_of(
        accounts, *FACTS, VerificationRequested(request_id=LATER, expires_at=NOON),
        ResetRequested(request_id=REQUEST, expires_at=noon_plus(days=1)),
    )  # fmt: skip
    assert decisions.reset_password(user, request_id=REQUEST, at=NOON) == [PasswordSet(), EmailVerified()]


def test_a_reset_is_asked_for_once_a_minute_and_never_of_nobody() -> None:
    asked = ResetRequested(request_id=REQUEST, expires_at=NOON + timedelta(hours=1))
    user = state_of(accounts, *FACTS, asked)
    assert decisions.request_reset(user, request_id=LATER, at=NOON + timedelta(seconds=59)) == []
    assert len(decisions.request_reset(user, request_id=LATER, at=NOON + timedelta(minutes=1))) == 1
    assert decisions.request_reset(User(), request_id=LATER, at=NOON) == []


def test_whoever_deletes_the_account_is_signed_out_everywhere_and_erased() -> None:
    assert decisions.erase(AT_HOME) == [
        SessionEnded(session_id=HERE, reason=EndOfSession.SIGNED_OUT),
        UserErased(),
    ]


ERASED = state_of(accounts, *FACTS, began(HERE), UserErased())


def test_of_whoever_was_erased_the_keyed_hash_alone_is_left() -> None:
    assert User(email_hash="abc", is_erased=True) == ERASED
    assert decisions.erase(ERASED) == []


def test_an_erased_account_is_never_opened_again() -> None:
    assert not ERASED.is_registered
    assert decisions.register_user(ERASED, name=NAME, email=EMAIL, email_hash="abc") == []
    assert signed_up(ERASED, an_id(9), NOON) == []
    assert decisions.request_reset(ERASED, request_id=an_id(9), at=NOON) == []
    for refused in (
        lambda: decisions.sign_in(ERASED, session_id=THERE, at=NOON, address=NAME, agent=EMAIL),
        lambda: decisions.change_password(ERASED, but=None),
        lambda: decisions.change_profile(ERASED, name=NAME),
    ):
        with pytest.raises(NotFound):
            refused()
    for void in (
        lambda: decisions.verify_email(ERASED, request_id=an_id(9), at=NOON),
        lambda: decisions.reset_password(ERASED, request_id=an_id(9), at=NOON),
    ):
        with pytest.raises(decisions.LinkIsVoid):
            void()


def test_an_address_is_one_persons_until_they_are_erased() -> None:
    assert [name.text for name in accounts.names(REGISTERED)] == ["abc"]
    assert accounts.names(User()) == accounts.names(ERASED) == ()
    assert len({account_of("abc", erased) for erased in range(3)} | {account_of("abd")}) == 4

"""The read models of people and their sessions; what identifies them stays sealed in it."""

from cdt.domain.accounts.events import ProfileChanged, SessionEnded, SignedIn, UserErased, UserRegistered
from cdt.domain.kernel import Envelope
from cdt.projections.writing import View, projects


@projects(UserRegistered)
def user_registered(view: View, event: UserRegistered, of: Envelope) -> None:
    """A new account."""
    del of
    view.write(
        "INSERT INTO accounts_users (id, name_box, email_box, registered_at, since)"
        " VALUES (%(stream_id)s, %(name)s, %(email)s, %(at)s, %(position)s)",
        name=event.name.box,
        email=event.email.box,
    )


@projects(ProfileChanged)
def profile_changed(view: View, event: ProfileChanged, of: Envelope) -> None:
    """Another name."""
    del of
    view.write(
        "UPDATE accounts_users SET name_box = %(name)s, since = %(position)s WHERE id = %(stream_id)s",
        name=event.name.new.box,
    )


@projects(SignedIn)
def session_started(view: View, event: SignedIn, of: Envelope) -> None:
    """A new session; a sign-in that was recorded before there were sessions began none."""
    del of
    if event.session_id is None or event.address is None or event.agent is None:
        return
    view.write(
        "INSERT INTO accounts_sessions (id, user_id, started_at, ends_at, address_box, agent_box, since)"
        " VALUES (%(session_id)s, %(stream_id)s, %(at)s, %(ends_at)s, %(address)s, %(agent)s, %(position)s)",
        session_id=event.session_id,
        ends_at=event.session_ends_at,
        address=event.address.box,
        agent=event.agent.box,
    )


@projects(SessionEnded)
def session_ended(view: View, event: SessionEnded, of: Envelope) -> None:
    """A session that ended before its time, for its person and for whoever admits."""
    del of
    view.write(
        "UPDATE accounts_sessions SET ended_at = %(at)s, end_reason = %(reason)s, since = %(position)s"
        " WHERE id = %(session_id)s",
        session_id=event.session_id,
        reason=event.reason.value,
    )
    view.write(
        "INSERT INTO accounts_ended_sessions (id, ended_at, position) VALUES (%(session_id)s, %(at)s, %(position)s)",
        session_id=event.session_id,
    )


@projects(UserErased)
def user_erased(view: View, event: UserErased, of: Envelope) -> None:
    """The account is closed; nothing opens what is sealed in its rows, nor in those that it had before."""
    del event, of
    view.write("UPDATE accounts_users SET closed = true, since = %(position)s WHERE id = %(stream_id)s")

"""The read model of people; what identifies them stays sealed in it."""

from cdt.domain.accounts.events import UserRegistered
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

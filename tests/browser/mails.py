"""A real SMTP server beside the product, in a thread of its own, which keeps what it gets."""

from collections.abc import Generator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


class Mails:
    """What came, in order; read by other threads."""

    def __init__(self) -> None:
        self.got: list[EmailMessage] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  so it is called
        """A whole message."""
        self.got.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    def texts_to(self, address: str) -> list[str]:
        """The plain texts of what went to an address, newest first."""
        bodies = [each.get_body(("plain",)) for each in reversed(self.got) if address in str(each["to"])]
        return [body.get_content() for body in bodies if body is not None]


@contextmanager
def mail_server(port: int) -> Generator[Mails]:
    """On that port of this machine, in clear."""
    mails = Mails()
    controller = Controller(mails, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield mails
    finally:
        controller.stop()

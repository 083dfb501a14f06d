"""A real SMTP server beside the product, in a thread of its own, which keeps what it gets."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP


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
    controller = _Closing(mails, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield mails
    finally:
        asyncio.run_coroutine_threadsafe(controller.close(), controller.loop).result(5)
        controller.stop()


class _Closing(Controller):
    """Ends the connections that senders have left open, too, which else are found open long after."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._kept: list[SMTP] = []

    def factory(self) -> SMTP:
        smtp = super().factory()
        self._kept.append(smtp)
        return smtp

    async def close(self) -> None:
        for smtp in self._kept:
            if smtp.transport is not None:
                smtp.transport.close()
        await asyncio.sleep(0)

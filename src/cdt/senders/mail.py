"""Mail over SMTP: one message to one person, through a server whose certificate is checked."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from enum import StrEnum
from functools import partial
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlsplit

import aiosmtplib
import msgspec

from cdt.senders.addresses import Mailbox

CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 30.0
TAKING_SECONDS = 120.0
"""For the answer to the message itself: a server that scans it for long has it nearly, and would get it twice."""
LONGEST_SECONDS = 180.0
"""For all of an attempt: a server that says a word now and then would else never be done with."""
QUIT_SECONDS = 2.0
LONGEST_WORDS = 2_000

Security = Literal["tls", "starttls", "none"]
_PORTS: dict[Security, int] = {"tls": 465, "starttls": 587, "none": 25}
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class ServerIsWrong(ValueError):
    """CDT_SMTP_URL must be smtp://user:password@host:port or smtps://user:password@host:port; see docs/mail.md."""


class PasswordInClear(ServerIsWrong):
    """CDT_SMTP_URL has a password and starttls=no: it would travel in clear to another machine."""


@dataclass(frozen=True, kw_only=True)
class Server:
    """The mail server of this installation, and how to speak to it."""

    host: str
    port: int
    security: Security
    user: str | None = None
    password: str | None = field(default=None, repr=False)


class NeedsUtf8(Exception):
    """The server takes no address with letters beyond ASCII before the @."""


class Step(StrEnum):
    """How far a conversation with the server had come; the sentence of an error ends with it."""

    CONNECTION = "the connection"
    ENCRYPTION = "STARTTLS"
    LOGIN = "the login"
    SENDER = "the sender"
    RECIPIENT = "the recipient"
    MESSAGE = "the message"


class Answer(msgspec.Struct, frozen=True):
    """How an attempt ended.

    `refused` is for good; after `later` it may be tried again. `error` names nobody, so it may be logged; `words` are
    the server's own, and often name the person.
    """

    outcome: Literal["sent", "later", "refused"]
    status: int | None = None
    error: str | None = None
    words: str | None = None


def server_of(url: str) -> Server:
    """The server that an operator named. `?starttls=no` speaks in clear, which a password may do on this machine alone.

    >>> server_of("smtp://cdt:secret@mail.example.com")
    Server(host='mail.example.com', port=587, security='starttls', user='cdt')
    """
    try:
        parts = urlsplit(url)
        options, port, host = parse_qsl(parts.query, strict_parsing=bool(parts.query)), parts.port, parts.hostname
    except ValueError:  # which would tell the whole text, with the password
        raise ServerIsWrong(ServerIsWrong.__doc__) from None
    securities: dict[tuple[str, tuple[tuple[str, str], ...]], Security] = {
        ("smtps", ()): "tls",
        ("smtp", ()): "starttls",
        ("smtp", (("starttls", "no"),)): "none",
    }
    security = securities.get((parts.scheme, tuple(options)))
    is_right = host and parts.path in {"", "/"} and not parts.fragment and url.isprintable() and port != 0
    if security is None or not is_right or bool(parts.username) is not bool(parts.password):
        raise ServerIsWrong(ServerIsWrong.__doc__)
    assert host is not None
    if security == "none" and parts.password and host not in _LOOPBACK:
        raise PasswordInClear(PasswordInClear.__doc__)
    return Server(
        host=host,
        port=port or _PORTS[security],
        security=security,
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )


async def send(
    server: Server, mail: EmailMessage, *, sender: Mailbox, recipient: Mailbox, tls: ssl.SSLContext | None = None
) -> Answer:
    """One attempt; it is sent once the server has said that it has the message, whatever happens after that.

    tls: who is trusted; by default whoever the system trusts.
    """
    client = aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        local_hostname=sender.host,
        timeout=ANSWER_SECONDS,
        use_tls=server.security == "tls",
        start_tls=False,
        tls_context=tls or ssl.create_default_context(),
    )
    step = Step.CONNECTION
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            for step, act in _steps(client, server, mail, sender, recipient):  # noqa: B007  what failed is told
                await act()
    except aiosmtplib.SMTPResponseException as error:
        return _answered(step, error.code, error.message)
    except TimeoutError:
        return Answer("later", None, f"the server took too long over {step}")
    except NeedsUtf8:
        return Answer("refused", None, NeedsUtf8.__doc__)
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        return _broken(step, error)
    else:
        return Answer("sent", 250)
    finally:
        with suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
            await client.quit(timeout=QUIT_SECONDS)
        client.close()


def _steps(
    client: aiosmtplib.SMTP, server: Server, mail: EmailMessage, sender: Mailbox, recipient: Mailbox
) -> list[tuple[Step, Callable[[], Awaitable[object]]]]:
    steps: list[tuple[Step, Callable[[], Awaitable[object]]]] = [
        (Step.CONNECTION, partial(client.connect, timeout=CONNECT_SECONDS)),
        (Step.CONNECTION, client.ehlo),
    ]
    if server.security == "starttls":
        steps += [(Step.ENCRYPTION, client.starttls), (Step.ENCRYPTION, client.ehlo)]
    if server.user is not None and server.password is not None:
        steps.append((Step.LOGIN, partial(client.login, server.user.encode(), server.password.encode())))
    options: list[str] = []
    if not recipient.user.isascii():
        options.append("SMTPUTF8")
        steps.append((Step.RECIPIENT, partial(_need_utf8, client)))
    return [
        *steps,
        (Step.SENDER, partial(client.mail, sender.address, options=options, encoding="utf-8")),
        (Step.RECIPIENT, partial(client.rcpt, recipient.address, encoding="utf-8")),
        (Step.MESSAGE, partial(client.data, mail.as_bytes(), timeout=TAKING_SECONDS)),
    ]


async def _need_utf8(client: aiosmtplib.SMTP) -> None:
    if not client.supports_extension("smtputf8"):
        raise NeedsUtf8


def _answered(step: Step, status: int, words: str) -> Answer:
    """What a server says of the person or of the message is for good from 500 on, as it says so.

    What it says of how we came (no TLS, wrong password, 53x at any step; not our sender) the operator can mend.
    """
    is_about_the_mail = step in {Step.RECIPIENT, Step.MESSAGE} and status // 10 != 53
    outcome = "refused" if 500 <= status < 600 and is_about_the_mail else "later"
    readable = words.encode(errors="replace").decode()[:LONGEST_WORDS]
    return Answer(outcome, status, f"the server answered {status} to {step}", readable)


def _broken(step: Step, error: Exception) -> Answer:
    causes: list[BaseException] = [error]
    while (cause := causes[-1].__cause__ or causes[-1].__context__) is not None:
        causes.append(cause)
    for each in causes:
        if isinstance(each, ssl.SSLCertVerificationError):
            return Answer("later", None, f"the server's certificate is not trusted: {each.verify_message}")
    if step in {Step.CONNECTION, Step.ENCRYPTION}:
        return Answer("later", None, str(error).rstrip(": "))
    return Answer("later", None, f"{type(error).__name__} at {step}", str(error))

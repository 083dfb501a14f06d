"""Real mail servers for tests, each in the test's own event loop: kind ones, strict ones, and some that misbehave."""

import asyncio
import ssl
import tempfile
import warnings
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Any, NamedTuple

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from cdt.senders.mail import Security, Server

Behave = Callable[[SMTP], str | None]
"""What a server does at a command, and its answer if it isn't the usual one."""


@dataclass
class MailServer:
    """What a server got, and how it behaves at `MAIL`, `RCPT` and `DATA`."""

    port: int = 0
    got: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)
    behaves: Mapping[str, Behave] = field(default_factory=dict)
    waits_for: asyncio.Event | None = None
    has_begun: asyncio.Event = field(default_factory=asyncio.Event)
    """It takes no message before `waits_for`, and tells by `has_begun` that it could."""

    def server(self, security: Security = "none", *, login: tuple[str, str] | None = None) -> Server:
        """What an operator would set to use it."""
        user, password = login or (None, None)
        return Server(host="localhost", port=self.port, security=security, user=user, password=password)

    async def handle_MAIL(self, smtp: SMTP, _session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802  so it is called
        if (refusal := self._behaviour("MAIL", smtp)) is not None:
            return refusal
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, smtp: SMTP, _session: Any, envelope: Any, address: str, _options: list[str]) -> str:  # noqa: N802  so it is called
        if (refusal := self._behaviour("RCPT", smtp)) is not None:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, smtp: SMTP, _session: Any, envelope: Any) -> str:  # noqa: N802  so it is called
        self.has_begun.set()
        if self.waits_for is not None:
            await self.waits_for.wait()
        message = message_from_bytes(envelope.content, policy=policy.default)
        if (behave := self.behaves.get("DATA")) is takes_and_dies:
            self.got.append(message)
        if behave is not None and (refusal := behave(smtp)) is not None:
            return refusal
        self.got.append(message)
        self.envelopes.append((envelope.mail_from, envelope.rcpt_tos))
        return "250 OK"

    def authenticate(self, _smtp: SMTP, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        assert isinstance(given, LoginPassword)
        self.logins.append((given.login, given.password))
        return AuthResult(success=given.password == b"right, \xc3\xa4nd long", handled=False)

    def _behaviour(self, command: str, smtp: SMTP) -> str | None:
        behave = self.behaves.get(command)
        return behave(smtp) if behave else None


def answers(text: str) -> Behave:
    """Always the same answer."""
    return lambda _: text


def dies(smtp: SMTP) -> str:
    """The connection ends without a word."""
    assert smtp.transport is not None
    smtp.transport.abort()  # type: ignore[attr-defined]
    return "421 never heard"


def takes_and_dies(smtp: SMTP) -> str:
    """It has the message, and nobody hears of that."""
    return dies(smtp)


@asynccontextmanager
async def mail_server(
    *,
    offers_starttls: bool = False,
    speaks_tls: bool = False,
    wants_login: bool = False,
    knows_utf8: bool = False,
    **behaves: Behave,
) -> AsyncIterator[MailServer]:
    """A server on a free port; `behaves` by the name of the command."""
    loop, server, kept = asyncio.get_running_loop(), MailServer(behaves=behaves), list[SMTP]()

    def serve() -> SMTP:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # it takes a login before its own STARTTLS for one in clear
            smtp = SMTP(
                server,
                loop=loop,
                hostname="localhost",
                enable_SMTPUTF8=knows_utf8,
                tls_context=certificates().serving if offers_starttls else None,
                require_starttls=offers_starttls,
                authenticator=server.authenticate if wants_login else None,
                auth_required=wants_login,
                auth_require_tls=not speaks_tls,
            )
        kept.append(smtp)
        return smtp

    listening = await loop.create_server(serve, "127.0.0.1", 0, ssl=certificates().serving if speaks_tls else None)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        if server.waits_for is not None:
            server.waits_for.set()
        listening.close()
        for smtp in kept:
            if smtp.transport is not None:
                smtp.transport.abort()  # type: ignore[attr-defined]
        tasks = [smtp._handler_coroutine for smtp in kept if smtp._handler_coroutine is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class Certificates(NamedTuple):
    """Who serves as localhost, and who trusts it."""

    serving: ssl.SSLContext
    trusting: ssl.SSLContext


@cache
def certificates() -> Certificates:
    """Of an authority of the tests' own."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.2"))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    pem = certificate.public_bytes(Encoding.PEM)
    with tempfile.TemporaryDirectory() as folder:
        both = Path(folder) / "localhost.pem"
        both.write_bytes(pem + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        serving.load_cert_chain(both)
    return Certificates(serving, ssl.create_default_context(cadata=pem.decode()))

"""Mail over SMTP, to real servers: what is sent, what is tried again, what is refused for good."""

import asyncio
import socket
import ssl
from email.message import EmailMessage

import pytest

from cdt.senders import mail
from cdt.senders.addresses import mailbox, named_mailbox
from cdt.senders.mail import Answer, PasswordInClear, Server, ServerIsWrong, send, server_of
from tests.mail_servers import answers, certificates, dies, mail_server

SENDER, ADA = named_mailbox("CDT <cdt@example.com>"), mailbox("ada@example.org")
LOGIN = ("cdt", "right, änd long")
URL_IS_WRONG = "CDT_SMTP_URL must be smtp://user:password@host:port or smtps://user:password@host:port"


def a_mail(text: str = "Hello\r\n.\r\n.. and so on\r\n") -> EmailMessage:
    message = EmailMessage()
    message["To"] = ADA.address
    message.set_content(text)
    return message


async def post(server: Server, *, tls: ssl.SSLContext | None = None, to: str = ADA.address) -> Answer:
    return await send(
        server, a_mail(), sender=SENDER, recipient=mailbox(to), tls=certificates().trusting if tls is None else tls
    )


async def test_a_mail_arrives_as_it_was_written() -> None:
    async with mail_server() as server:
        assert await post(server.server()) == Answer("sent", 250)

    (got,) = server.got
    assert got.get_content().splitlines() == ["Hello", ".", ".. and so on"]
    assert server.envelopes == [("cdt@example.com", ["ada@example.org"])]


@pytest.mark.parametrize(("security", "options"), [("starttls", "offers_starttls"), ("tls", "speaks_tls")])
async def test_a_mail_arrives_by_tls(security: mail.Security, options: str) -> None:
    async with mail_server(**{options: True}) as server:  # type: ignore[arg-type]
        assert await post(server.server(security)) == Answer("sent", 250)

    assert len(server.got) == 1


@pytest.mark.parametrize(("security", "options"), [("starttls", "offers_starttls"), ("tls", "speaks_tls")])
async def test_a_server_with_a_login_gets_user_and_password(security: mail.Security, options: str) -> None:
    async with mail_server(wants_login=True, **{options: True}) as server:  # type: ignore[arg-type]
        assert await post(server.server(security, login=LOGIN)) == Answer("sent", 250)

    assert server.logins == [(b"cdt", "right, änd long".encode())]
    assert len(server.got) == 1


async def test_a_wrong_password_is_tried_again_since_the_operator_can_mend_it() -> None:
    async with mail_server(wants_login=True, offers_starttls=True) as server:
        answer = await post(server.server("starttls", login=("cdt", "wrong")))

    assert (answer.outcome, answer.status, answer.error) == ("later", 535, "the server answered 535 to the login")
    assert server.got == []


async def test_a_server_that_wants_a_login_and_gets_none_is_tried_again() -> None:
    async with mail_server(wants_login=True, offers_starttls=True) as server:
        answer = await post(server.server("starttls"))

    assert (answer.outcome, answer.status, answer.error) == ("later", 530, "the server answered 530 to the sender")


@pytest.mark.parametrize(("security", "options"), [("starttls", "offers_starttls"), ("tls", "speaks_tls")])
async def test_a_certificate_that_nobody_trusts_gets_no_mail(security: mail.Security, options: str) -> None:
    async with mail_server(**{options: True}) as server:  # type: ignore[arg-type]
        answer = await post(server.server(security, login=LOGIN), tls=ssl.create_default_context())

    assert answer == Answer("later", None, "the server's certificate is not trusted: self-signed certificate")
    assert (server.got, server.logins) == ([], [])


async def test_a_certificate_of_another_host_gets_no_mail() -> None:
    async with mail_server(speaks_tls=True) as server:
        answer = await post(Server(host="127.0.0.1", port=server.port, security="tls"))

    assert answer.outcome == "later"
    assert answer.error is not None
    assert answer.error.startswith("the server's certificate is not trusted: IP address mismatch")
    assert server.got == []


async def test_without_the_starttls_that_is_wanted_nothing_is_sent_in_clear() -> None:
    async with mail_server(wants_login=True) as server:
        answer = await post(server.server("starttls", login=LOGIN))

    assert answer == Answer("later", None, "SMTP STARTTLS extension not supported by server.")
    assert (server.got, server.logins) == ([], [])


@pytest.mark.parametrize(
    ("command", "said", "outcome", "error"),
    [
        ("RCPT", "550 5.1.1 <ada@example.org> is nobody", "refused", "the server answered 550 to the recipient"),
        ("DATA", "554 5.7.1 ada@example.org wants no such mail", "refused", "the server answered 554 to the message"),
        ("RCPT", "530 5.7.0 log in before you write to ada@example.org", "later",
         "the server answered 530 to the recipient"),
        ("RCPT", "451 4.7.1 ada@example.org later", "later", "the server answered 451 to the recipient"),
        ("DATA", "452 4.3.1 no room for ada@example.org", "later", "the server answered 452 to the message"),
        ("MAIL", "553 5.7.1 ada@example.org is not yours", "later", "the server answered 553 to the sender"),
    ],
)  # fmt: skip
async def test_each_answer_is_final_or_not_and_told_without_the_person(
    command: str, said: str, outcome: str, error: str
) -> None:
    async with mail_server(**{command: answers(said)}) as server:
        answer = await post(server.server())

    assert (answer.outcome, answer.status, answer.error) == (outcome, int(said[:3]), error)
    assert answer.words == said[4:]
    assert server.got == []


async def test_a_server_that_dies_in_the_middle_is_tried_again() -> None:
    async with mail_server(DATA=dies) as server:
        answer = await post(server.server())

    assert (answer.outcome, answer.status) == ("later", None)
    assert answer.error == "SMTPServerDisconnected at the message"


async def test_a_server_that_is_not_there_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    answer = await post(Server(host="127.0.0.1", port=port, security="none"))

    assert (answer.outcome, answer.status) == ("later", None)
    assert answer.error is not None
    assert answer.error.startswith(f"Error connecting to 127.0.0.1 on port {port}")


async def test_a_server_that_takes_too_long_over_the_message_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "TAKING_SECONDS", 0.2)
    async with mail_server() as server:
        server.waits_for = asyncio.Event()
        answer = await post(server.server())

    assert answer == Answer("later", None, "the server took too long over the message")


async def test_an_attempt_ends_however_a_server_drags_it_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "LONGEST_SECONDS", 0.3)

    async def trickle(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while not writer.is_closing():
                writer.write(b"220-wait\r\n")
                await writer.drain()
                await asyncio.sleep(0.02)
        except OSError:
            pass
        writer.close()

    async with await asyncio.start_server(trickle, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with asyncio.timeout(30):
            answer = await post(Server(host="127.0.0.1", port=port, security="none"))

    assert answer == Answer("later", None, "the server took too long over the connection")


@pytest.mark.parametrize("said", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\xff\xfe\r\n", b"220" + b"x" * 100_000])
async def test_what_is_no_mail_server_is_tried_again(said: bytes) -> None:
    async def serve(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        answer = await post(Server(host="127.0.0.1", port=port, security="none"))

    assert answer.outcome == "later"


async def test_an_address_beyond_ascii_goes_to_a_server_that_takes_it() -> None:
    async with mail_server(knows_utf8=True) as server:
        assert await post(server.server(), to="zoë@bücher.example") == Answer("sent", 250)

    assert server.envelopes == [("cdt@example.com", ["zoë@xn--bcher-kva.example"])]


async def test_an_address_beyond_ascii_is_refused_where_no_server_takes_it() -> None:
    async with mail_server() as server:
        answer = await post(server.server(), to="zoë@example.org")

    assert answer == Answer("refused", None, "The server takes no address with letters beyond ASCII before the @.")


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example.com", Server(host="mail.example.com", port=587, security="starttls")),
        ("smtps://mail.example.com", Server(host="mail.example.com", port=465, security="tls")),
        ("smtp://mail.example.com?starttls=no", Server(host="mail.example.com", port=25, security="none")),
        (
            "smtp://a%40b:p%3Ass%2F@mail.example.com:2525/",
            Server(host="mail.example.com", port=2525, security="starttls", user="a@b", password="p:ss/"),
        ),
        (
            "smtp://cdt:secret@[::1]:25?starttls=no",
            Server(host="::1", port=25, security="none", user="cdt", password="secret"),
        ),
    ],
)
def test_a_url_names_the_server_and_how_to_speak_to_it(url: str, server: Server) -> None:
    assert server_of(url) == server


@pytest.mark.parametrize(
    "url",
    [
        "smtp://",
        "mail.example.com",
        "http://mail.example.com",
        "smtp://cdt:secret@mail.example.com:99999",
        "smtp://cdt:secret@mail.example.com:0",
        "smtp://cdt:secret@mail.example.com/box",
        "smtp://cdt:secret@mail.example.com?starttls=maybe",
        "smtps://cdt:secret@mail.example.com?starttls=no",
        "smtp://cdt@mail.example.com",
        "smtp://:secret@mail.example.com",
        "smtp://cdt:secret@mail.exam\nple.com",
        "smtp://cdt:secret@[mail",
    ],
)
def test_a_wrong_url_is_refused_without_telling_its_password(url: str) -> None:
    with pytest.raises(ServerIsWrong, match=URL_IS_WRONG) as refused:
        server_of(url)

    assert "secret" not in str(refused.value)


def test_a_password_does_not_travel_in_clear_to_another_machine() -> None:
    with pytest.raises(PasswordInClear, match="travel in clear"):
        server_of("smtp://cdt:secret@mail.example.com?starttls=no")


def test_a_servers_password_is_not_shown() -> None:
    assert "secret" not in repr(server_of("smtps://cdt:secret@mail.example.com"))

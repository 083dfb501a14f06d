"""`cdt mail`: what was mailed and what became of it, and the mails that are kept because no server is set."""

import asyncio
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email import message_from_string, policy
from email.message import EmailMessage
from typing import NamedTuple

import psycopg
import psycopg_pool

from cdt.bootstrap.needs import mail_route
from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.database.writing import Writer
from cdt.embedded.beside import beside
from cdt.senders.letters import KINDS
from cdt.settings import SettingIsWrong, Settings
from cdt.vault import people
from cdt.vault.secret import SecretIsWrong, VaultSecret
from cdt.workers import mails
from cdt.workers.mails import KEPT_FOR, StoredMail

HEADERS = ("From", "To", "Subject", "Date", "Message-ID")
_WORDS = {str(kind): words for kind, words in KINDS.items()}


class _Opened(NamedTuple):
    """A mail, and what of it can still be read."""

    mail: StoredMail
    recipient: str
    words: str | None
    text: str | None


def where(settings: Settings) -> str:
    """Where mails go, in few words."""
    server = mail_route(settings).server
    return "kept here: `cdt mail` shows it" if server is None else f"by {server.host}:{server.port}"


def run(settings: Settings, *, fact: int | None, limit: int) -> int:
    """Print the newest mails, or one of them whole; 1, with a sentence, where there is nothing to print."""
    try:
        return asyncio.run(_run(beside(settings), fact=fact, limit=limit))
    except SecretIsWrong as error:
        raise SettingIsWrong(str(error)) from error
    except (psycopg.OperationalError, psycopg_pool.PoolTimeout) as error:
        return _complain(f"the database can't be reached: {str(error).strip()}")


async def _run(settings: Settings, *, fact: int | None, limit: int) -> int:
    async with _vault(settings) as (writer, secret), writer.transaction() as connection:
        if fact is None:
            found = await mails.newest(connection, limit=limit)
        else:
            found = [each for each in [await mails.find(connection, fact)] if each is not None]
        keys = await people.keys_of(connection, secret, {each.person for each in found})
    opened = [_opened(each, keys.get(each.person)) for each in found]
    if fact is None:
        _print_list(opened)
    elif not opened:
        return _complain(f"there is no mail {fact}; `cdt mail` lists those of the last {KEPT_FOR.days} days")
    else:
        _print_whole(opened[0])
    return 0


@asynccontextmanager
async def _vault(settings: Settings) -> AsyncGenerator[tuple[Writer, VaultSecret]]:
    if settings.database_url is None or settings.secret_key is None:
        raise SettingIsWrong("No `cdt up` runs here; start it, or set CDT_DATABASE_URL and CDT_SECRET_KEY.")
    conninfo = conninfo_as(settings.database_url, DatabaseRole.SYSTEM, application="cdt-mail")
    async with await psycopg.AsyncConnection.connect(conninfo):  # a server that is away is told at once
        pass
    writer = Writer(conninfo, connections=1)
    await writer.open()
    try:
        yield writer, VaultSecret(settings.secret_key)
    finally:
        await writer.close()


def _opened(mail: StoredMail, key: bytes | None) -> _Opened:
    def text(box: str | None) -> str | None:
        return None if box is None else people.readable(key, box)

    return _Opened(
        mail, text(mail.recipient_box) or people.pseudonym(mail.person), text(mail.words_box), text(mail.mail_box)
    )


def _print_list(found: Sequence[_Opened]) -> None:
    if not found:
        _say(f"There was no mail in the last {KEPT_FOR.days} days.")
        return
    width = max(len(str(each.mail.fact)) for each in found)
    for each in found:
        what = _WORDS.get(each.mail.kind, each.mail.kind)
        line = f"{each.mail.fact:>{width}}  {_moment(each.mail.written_at)}  {each.mail.state:<8}  {what:<22}"
        _say(f"{line}  {each.recipient}" + (f"  ({each.mail.error})" if each.mail.error else ""))
    _say("")
    _say("`cdt mail` and a number from the left shows one whole.")


def _print_whole(found: _Opened) -> None:
    _say(f"state: {found.mail.state}, {_moment(found.mail.written_at)}")
    for name, text in (("error", found.mail.error), ("server's words", found.words)):
        if text is not None:
            _say(f"{name}: {' '.join(text.split())}")
    if found.text is None:
        _say(f"to: {found.recipient}")
        _say(_why_without_text(found))
        return
    message = message_from_string(found.text, policy=policy.default)
    assert isinstance(message, EmailMessage)
    for name in HEADERS:
        _say(f"{name}: {message[name]}")
    for part in message.walk():
        if not part.is_multipart():
            _say(f"\n--- {part.get_content_type()} ---\n")
            _say(str(part.get_content()).rstrip())


def _why_without_text(found: _Opened) -> str:
    if found.mail.state == "kept":
        return "The text can't be read any more: its person was erased."
    return "Its text is not kept: it held a secret link, and only mails that no server was set for are kept."


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _say(text: str) -> None:
    """Print; what a mail server said or somebody wrote moves no cursor and colours nothing."""
    print("".join(each if each.isprintable() or each == "\n" else " " for each in text.replace("\r\n", "\n")))  # noqa: T201


def _complain(sentence: str) -> int:
    print(f"cdt: {sentence}", file=sys.stderr)  # noqa: T201
    return 1

"""`cdt mail`: the newest first, one of them whole, and nothing of whoever was erased."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from cdt import cli, mailbox
from cdt.embedded.beside import beside
from cdt.embedded.postgres import EmbeddedPostgres
from cdt.settings import SettingIsWrong, Settings
from cdt.vault import people
from cdt.vault.secret import VaultSecret
from cdt.workers.send_mail import send_mail
from tests.mail_servers import answers, mail_server
from tests.reactions.world import World
from tests.workers.test_send_mail import ADA, SECRET, asked, mailing, person_of

SOME_TIME = datetime(2026, 11, 21, 22, 0, 30, tzinfo=UTC)
KEY = "A" * 43
ERROR = "the server answered 550 to the recipient"
LAST = "`cdt mail` and a number from the left shows one whole."

Command = Callable[..., "asyncio.Future[tuple[int, list[str]]]"]


@pytest.fixture
def cdt_mail(world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command, its exit code, and the lines that it prints."""
    world.secret, world.time = VaultSecret(KEY), SOME_TIME
    monkeypatch.setenv("CDT_DATABASE_URL", world.dsn)
    monkeypatch.setenv("CDT_SECRET_KEY", KEY)

    async def run(*arguments: str) -> tuple[int, list[str]]:
        capsys.readouterr()
        code = await asyncio.to_thread(cli.main, ["mail", *arguments])
        said = capsys.readouterr()
        return code, (said.out + said.err).splitlines()

    return run  # type: ignore[return-value]


async def test_mails_are_listed_newest_first(world: World, cdt_mail: Command) -> None:
    kept = await asked(world)
    await send_mail(mailing(world), kept, 1)
    world.time += timedelta(minutes=1)
    refused = await asked(world, "bob@example.org")
    async with mail_server(RCPT=answers("550 5.1.1 bob@example.org is \x1b[31mnobody")) as server:
        await send_mail(mailing(world, server), refused, 1)

    assert await cdt_mail() == (
        0,
        [
            f"{refused}  2026-11-21 22:01:30 UTC  refused   confirm an address      bob@example.org  ({ERROR})",
            f"{kept:>2}  2026-11-21 22:00:30 UTC  kept      confirm an address      {ADA}",
            "",
            LAST,
        ],
    )
    assert (await cdt_mail("--limit", "1"))[1][1:] == ["", LAST]
    code, lines = await cdt_mail(str(refused))
    assert (code, lines[1:3]) == (
        0,
        [f"error: {ERROR}", "server's words: 5.1.1 bob@example.org is  [31mnobody"],
    )


async def test_a_kept_mail_is_shown_whole_with_its_text_first(world: World, cdt_mail: Command) -> None:
    fact = await asked(world)
    await send_mail(mailing(world), fact, 1)

    code, lines = await cdt_mail(str(fact))

    assert code == 0
    assert lines[:5] == [
        "state: kept, 2026-11-21 22:00:30 UTC",
        "From: CDT <cdt@example.com>",
        f"To: {ADA}",
        "Subject: Confirm your address for CDT",
        "Date: Sat, 21 Nov 2026 22:00:30 +0000",
    ]
    plain, page = lines.index("--- text/plain ---"), lines.index("--- text/html ---")
    assert plain < lines.index(f"https://cdt.example.com/verify#{SECRET}") < page
    assert lines[-1] == "</html>"


async def test_the_text_of_a_mail_that_was_sent_is_not_kept(world: World, cdt_mail: Command) -> None:
    fact = await asked(world)
    async with mail_server() as server:
        await send_mail(mailing(world, server), fact, 1)

    assert await cdt_mail(str(fact)) == (
        0,
        [
            "state: sent, 2026-11-21 22:00:30 UTC",
            f"to: {ADA}",
            "Its text is not kept: it held a secret link, and only mails that no server was set for are kept.",
        ],
    )


async def test_of_an_erased_person_no_mail_can_be_read(world: World, cdt_mail: Command) -> None:
    fact = await asked(world)
    await send_mail(mailing(world), fact, 1)
    person = await person_of(world, fact)
    await world.rows("DELETE FROM vault.person_keys WHERE person = %s", person)

    assert (await cdt_mail())[1][0].endswith(f"confirm an address      {people.pseudonym(person)}")
    assert await cdt_mail(str(fact)) == (
        0,
        [
            "state: kept, 2026-11-21 22:00:30 UTC",
            f"to: {people.pseudonym(person)}",
            "The text can't be read any more: its person was erased.",
        ],
    )


async def test_where_nothing_is_to_be_shown_a_sentence_says_so(world: World, cdt_mail: Command) -> None:
    assert await cdt_mail() == (0, ["There was no mail in the last 30 days."])
    assert await cdt_mail("7") == (1, ["cdt: there is no mail 7; `cdt mail` lists those of the last 30 days"])


async def test_a_database_that_is_away_is_one_sentence(cdt_mail: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CDT_DATABASE_URL", "host=/nowhere dbname=cdt")

    code, lines = await cdt_mail()

    assert code == 1
    assert lines[0].startswith("cdt: the database can't be reached: ")


def test_the_servers_of_a_running_cdt_up_are_found(postgres: EmbeddedPostgres, tmp_path: Path) -> None:
    (tmp_path / "postgres").symlink_to(postgres.home)
    (tmp_path / "secrets.json").write_text(f'{{"secret_key": "{KEY}"}}')

    found = beside(Settings(state_folder=tmp_path))

    folder = quote(str(postgres._socket_folder), safe="")
    assert found.database_url == f"postgresql://cdt_admin@/cdt?host={folder}&port=5432"
    assert found.secret_key == KEY
    assert beside(Settings(state_folder=tmp_path, database_url="dbname=mine", secret_key="x")) == Settings(
        state_folder=tmp_path, database_url="dbname=mine", secret_key="x"
    )


def test_without_a_running_cdt_up_a_sentence_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SettingIsWrong, match=r"^No `cdt up` runs here; start it, or set CDT_DATABASE_URL and CDT_SEC"):
        mailbox.run(Settings(state_folder=tmp_path), fact=None, limit=1)


def test_where_mail_goes_is_said_in_few_words() -> None:
    assert mailbox.where(Settings()) == "kept here: `cdt mail` shows it"
    assert (
        mailbox.where(Settings(smtp_url="smtp://cdt:secret@mail.example.com", mail_from="cdt@example.com"))
        == "by mail.example.com:587"
    )

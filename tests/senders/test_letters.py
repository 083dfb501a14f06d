"""What CDT writes to people: to the letter, whole in plain text, and with nothing that a name could bring along."""

import re
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes, policy
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from cdt.domain.tenancy.roles import Role
from cdt.senders import letters
from cdt.senders.addresses import AddressIsWrong, Mailbox, mailbox, named_mailbox
from cdt.senders.letters import TEMPLATES, WORD_JOINER, Letter, as_html, as_text, invitation, one_line, reset
from cdt.senders.letters import verification as confirm

GOLDEN = Path(__file__).parents[1] / "golden" / "mails"
SCREEN = Path(__file__).parents[2] / "web" / "src" / "features" / "tenancy" / "ReceivedInvitations.tsx"
ADDRESS = "https://cdt.example.com"
UNTIL = datetime(2026, 11, 28, 21, 5, 59, tzinfo=timezone(timedelta(hours=2)))
LETTERS = {
    "verification": confirm(link=f"{ADDRESS}/verify#1.2.abc", until=UNTIL),
    "reset": reset(link=f"{ADDRESS}/reset#1.2.abc", until=UNTIL),
    "invitation": invitation(
        organization="Analytical Engines",
        role=Role.AUDITOR,
        inviter="Ada Lovelace",
        link=f"{ADDRESS}/invitation#1.2.abc",
        until=UNTIL,
    ),
}
SENDER, ADA = named_mailbox("CDT <cdt@example.com>"), mailbox("ada@example.org")
AT = datetime(2026, 11, 21, 22, 0, tzinfo=UTC)


def a_message(letter: Letter, *, sender: Mailbox = SENDER, recipient: Mailbox = ADA) -> bytes:
    return letters.message(
        letter, sender=sender, recipient=recipient, name="1042.0b7e", at=AT, address=ADDRESS
    ).as_bytes()


@pytest.mark.parametrize("name", LETTERS)
def test_each_letter_reads_as_agreed(name: str) -> None:
    assert as_text(LETTERS[name], address=ADDRESS) == (GOLDEN / f"{name}.txt").read_text()
    assert as_html(LETTERS[name], address=ADDRESS) == (GOLDEN / f"{name}.html").read_text()


@pytest.mark.parametrize("name", LETTERS)
def test_the_whole_mail_is_as_agreed_to_the_byte(name: str) -> None:
    assert a_message(LETTERS[name]) == (GOLDEN / f"{name}.eml").read_bytes()


def test_every_template_is_in_a_letter() -> None:
    assert {each.stem for each in TEMPLATES.iterdir()} == {*LETTERS, "layout", "button", "footer"}
    assert set(LETTERS) == set(letters.KINDS)


@pytest.mark.parametrize("name", LETTERS)
def test_the_plain_part_says_whatever_the_html_says(name: str) -> None:
    text, shown = as_text(LETTERS[name], address=ADDRESS), words(as_html(LETTERS[name], address=ADDRESS))

    letter = LETTERS[name]
    for said in (letter.subject, letter.action, "Or copy this address into your browser:"):
        shown = shown.replace(said, "", 2 if said == letter.subject else 1)
    assert text.replace("-- ", "").split() == shown.split()


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_loads_nothing_and_leads_to_its_link_alone(name: str) -> None:
    page = as_html(LETTERS[name], address=ADDRESS)

    assert (
        re.findall(r"\b(?:src|background|poster|action)=|url\(|@import|<(?:img|link|script|form|iframe)\b", page) == []
    )
    assert set(re.findall(r'href="([^"]*)"', page)) == {LETTERS[name].link}


@pytest.mark.parametrize("name", LETTERS)
def test_the_parts_come_out_as_they_went_in(name: str) -> None:
    got = message_from_bytes(a_message(LETTERS[name]), policy=policy.default)

    parts = [part for part in got.walk() if not part.is_multipart()]
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    assert [content(part) for part in parts] == [
        as_text(LETTERS[name], address=ADDRESS),
        as_html(LETTERS[name], address=ADDRESS),
    ]


@pytest.mark.parametrize(
    "name",
    [
        "Ada\r\nBcc: eve@example.com\r\n\r\nGive me your password",
        "Ada\x00\x1b[31m\x85\u2028\u2029",
        "</p><script>alert(1)</script>",
        "Ada\u202egnp.exe",
        "${link} $until $$",
        "see https://evil.example.com/now or www.evil.com, mail eve@evil.com",
        "x" * 10_000,
        "\ud800",
    ],
)
def test_a_name_is_one_line_of_the_letter_and_nothing_more(name: str) -> None:
    letter = invitation(organization=name, role=Role.VIEWER, inviter=name, link=f"{ADDRESS}/i#1", until=UNTIL)

    mail = a_message(letter)
    got = message_from_bytes(mail, policy=policy.default)
    assert [each.lower() for each in got] == [
        each.lower() for each in message_from_bytes(a_message(LETTERS["invitation"]), policy=policy.default)
    ]
    text = content(got.get_body(["plain"]))
    assert len(text.splitlines()) == len(as_text(LETTERS["invitation"], address=ADDRESS).splitlines())
    assert "<script" not in as_html(letter, address=ADDRESS)
    assert re.findall(r"https?://[\w.]+", text) == [ADDRESS, ADDRESS]
    assert re.findall(r"\w@\w|www\.\w", text) == []
    assert all(each.isprintable() or each in f"\n{WORD_JOINER}" for each in text)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  Ada \t Lovelace ", "Ada Lovelace"),
        ("Zoë Ødegård 李", "Zoë Ødegård 李"),
        ("Mr. Smith, Esq.", "Mr. Smith, Esq."),
        ("x" * 80, "x" * 80),
        ("x" * 81, "x" * 79 + "…"),
        ("\n\u200b", ""),
    ],
)
def test_a_usual_name_stays_what_it_is(text: str, line: str) -> None:
    assert one_line(text) == line


def test_somebody_without_a_name_is_somebody() -> None:
    letter = invitation(organization="O", role=Role.OWNER, inviter=None, link=ADDRESS, until=UNTIL)

    assert "\n\nSomebody invites you to this organization at CDT, as an owner:\n" in as_text(letter, address=ADDRESS)


@pytest.mark.parametrize(
    "text",
    [
        "", "ada", "@example.com", "ada@", "ada@ex ample.com", "ada@example.com\r\nBcc: eve@example.com",
        "ada\n@example.com", "ada@example.com,eve@example.com", "<ada@example.com>", '"a da"@example.com',
        "ada..l@example.com", ".ada@example.com", "ada.@example.com", "ada@-example.com", "ada@example..com",
        "ada@[127.0.0.1]", "a" * 65 + "@example.com", "ada@" + "a" * 64 + ".com", "ada@" + "a." * 130 + "com",
        "ada\u202e@example.com", "ada\x00@example.com", "ada@exam\u0000ple.com", "\ud800@example.com",
    ],
)  # fmt: skip
def test_what_is_no_single_address_gets_no_mail(text: str) -> None:
    with pytest.raises(AddressIsWrong):
        mailbox(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("cdt@example.com", Mailbox("cdt", "example.com")),
        ("CDT <cdt@example.com>", Mailbox("cdt", "example.com", "CDT")),
        ('"Twins, Inc." <cdt@example.com>', Mailbox("cdt", "example.com", "Twins, Inc.")),
        ("Zwillinge Öl <cdt@bücher.example>", Mailbox("cdt", "xn--bcher-kva.example", "Zwillinge Öl")),
    ],
)
def test_a_sender_may_have_a_name(text: str, found: Mailbox) -> None:
    assert named_mailbox(text) == found
    got = message_from_bytes(a_message(LETTERS["reset"], sender=found), policy=policy.default)
    assert got["From"].addresses[0].display_name == found.name
    assert got["From"].addresses[0].addr_spec == found.address
    assert len(got["From"].addresses) == 1


@pytest.mark.parametrize(
    "text", ["CDT", "CDT <cdt>", "a@b.example, c@d.example", "C\nDT <a@b.example>", "zoë@b.example"]
)
def test_what_is_no_single_sender_is_refused(text: str) -> None:
    with pytest.raises(AddressIsWrong):
        named_mailbox(text)


def content(part: Any) -> str:
    """The text of a part, with its lines as they were before they travelled."""
    return part.get_content().replace("\r\n", "\n")


def words(page: str) -> str:
    """What a reader of the page sees, but its title."""

    class Shown(HTMLParser):
        text = ""
        hidden = 0

        def handle_starttag(self, tag: str, _attributes: object) -> None:
            self.hidden += tag in {"style", "title"}
            self.text += " "

        def handle_endtag(self, tag: str) -> None:
            self.hidden -= tag in {"style", "title"}
            self.text += " "

        def handle_data(self, data: str) -> None:
            self.text += "" if self.hidden else data

    shown = Shown()
    shown.feed(page)
    return shown.text


def test_the_dashboard_names_the_invitations_mail_by_its_subject() -> None:
    assert f"'{LETTERS['invitation'].subject}'" in SCREEN.read_text()

"""An address is taken if a mail can be sent to it, by the one rule of whoever sends."""

import pytest

from cdt.access.joining import addressed
from cdt.domain.errors import Invalid
from cdt.senders.addresses import mailbox


@pytest.mark.parametrize(
    "text", ["ada@example.com", " ada+notes@mail.example.com ", "ada@bücher.example", "é@example.com"]
)
def test_what_a_mail_can_be_sent_to_is_taken_as_it_is(text: str) -> None:
    assert mailbox(addressed("email", text)).address
    assert addressed("email", text) == text.strip()


@pytest.mark.parametrize(
    "text",
    [
        "", "ada", "@example.com", "ada@", "ada@localhost", "ada@.com", "ada@example.", "ada@-example.com",
        "ada@exa_mple.com", "ada@exam ple.com", "a..b@example.com", ".ada@example.com", "ada.@example.com",
        "<ada@example.com>", '"ada"@example.com', "a@b@example.com", "a,b@example.com", "ada@example..com",
        "ada\r\nbcc: eve@example.com", "x" * 65 + "@example.com", "ada@" + "x" * 64 + ".com",
        "ada@" + "é" * 100_000 + ".com",
    ],
)  # fmt: skip
def test_what_no_mail_can_be_sent_to_is_refused_at_once(text: str) -> None:
    with pytest.raises(Invalid, match="write an e-mail address"):
        addressed("email", text)

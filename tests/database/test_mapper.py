"""How an envelope is stored: what could never be shown is not recorded."""

import pytest
from msgspec.structs import replace

from cdt.database.mapper import EventIsTooLarge, decode, encode
from cdt.domain.errors import Invalid
from cdt.domain.kernel import Envelope
from cdt.domain.registry.events import ModelRegistered
from tests.builders import a_command, an_id


def an_envelope(description: str) -> Envelope:
    by = a_command()
    return Envelope(
        originator_id=an_id(1),
        originator_version=1,
        timestamp=by.at,
        actor=by.actor,
        command_id=by.id,
        tenant=by.tenant,
        event=ModelRegistered(name="churn", description=description),
    )


@pytest.mark.parametrize("text", ["\x00", "a\x00b", "\\\x00", "\\\\\x00"])
def test_a_nul_is_refused_whatever_stands_before_it(text: str) -> None:
    with pytest.raises(Invalid, match="NUL"):
        encode(an_envelope(text))


@pytest.mark.parametrize("text", ["\\u0000", "\\\\u0000", "u0000", "\x01", "\U0001f600", "'\";--"])
def test_what_only_looks_like_a_nul_is_kept_as_it_is(text: str) -> None:
    stored = encode(an_envelope(text))

    found = decode(an_id(1), 1, stored.topic, stored.state)

    assert found == replace(an_envelope(text), position=None)


def test_an_event_is_at_most_64_kilobytes() -> None:
    with pytest.raises(EventIsTooLarge):
        encode(an_envelope("x" * 64 * 1024))

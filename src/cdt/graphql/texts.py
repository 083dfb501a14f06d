"""What people write freely: looked at and sealed before it is recorded, opened on reading."""

from collections.abc import Awaitable
from typing import TYPE_CHECKING

from strawberry.dataloader import DataLoader
from uuid_utils.compat import uuid7

from cdt.domain.kernel import Command, Sealed
from cdt.domain.text import REDACTED, Text, described, parsed, require_impersonal
from cdt.graphql.context import Info
from cdt.vault import people

if TYPE_CHECKING:
    from cdt.graphql.context import Context

CONFIRM = "Say yes to record the text although it looks like personal data: it can be redacted, and never changed."


async def sealed_text(
    info: Info, field: str, text: str, *, by: Command, confirmed: bool | None, present: str = ""
) -> Text:
    """The text under a key of its own, which is kept in the save of the command's fact, and only there.

    LooksPersonal where it seems to tell of somebody and that is not confirmed. What is there already stays as it is.
    """
    plain = described(field, text)
    if not confirmed:
        require_impersonal(field, plain)
    if not plain or plain == await shown_text(info, present):
        return parsed(present) if plain else plain
    text_id = uuid7()
    key, keeping = people.new_key(info.context.services.secret, text_id)
    info.context.save_beside(by, keeping)
    sealed = people.sealed(text_id, key, plain)
    if info.context.is_one_operation:
        info.context.written[sealed] = plain
    return sealed


async def shown_text(info: Info, column: str) -> str:
    """A text of a read model's column, opened."""
    return await opened(info, parsed(column))


def shown(info: Info, column: str) -> Awaitable[str] | str:
    """The same for a field: at once where it is in clear, or was written by this very operation."""
    text = parsed(column)
    at_once = text if isinstance(text, str) else info.context.written.get(text)
    return opened(info, text) if at_once is None else at_once


def opened(info: Info, text: Text) -> Awaitable[str]:
    """A text, opened, or that it was redacted."""
    return info.context.loaders.text.load(text)


def texts_of(context: "Context") -> "DataLoader[Text, str]":
    """Opens many at once."""

    async def load(texts: list[Text]) -> list[str]:
        written = context.written
        sealed = {each.person for each in texts if isinstance(each, Sealed) and each not in written}
        keys = await context.services.keys_of(sealed) if sealed else {}
        return [
            each if isinstance(each, str)
            else written.get(each) or people.readable(keys.get(each.person), each.box) or REDACTED
            for each in texts
        ]  # fmt: skip

    return DataLoader(load_fn=load, cache=False)

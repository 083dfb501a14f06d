"""What the settings must say, for which process."""

from dataclasses import dataclass

from cdt.senders.addresses import AddressIsWrong, Mailbox, named_mailbox
from cdt.senders.mail import Server, ServerIsWrong, server_of
from cdt.settings import SettingIsWrong, Settings
from cdt.storage.places import Place, PlaceIsWrong, place_of
from cdt.vault.secret import SecretIsWrong, VaultSecret

OUTBOX_SENDER = Mailbox("cdt", "localhost", "CDT")
"""Whom a mail is from that is only kept."""


@dataclass(frozen=True)
class Needed:
    """The settings without which no process of the server can work."""

    database_url: str
    redis_url: str
    secret: VaultSecret


def needed(settings: Settings) -> Needed:
    """Raise SettingIsWrong, naming what is missing."""
    for name in ("database_url", "redis_url", "secret_key"):
        if getattr(settings, name) is None:
            raise SettingIsWrong(f"CDT_{name.upper()} is not set; `cdt up` sets it for you, or see docs/settings.md.")
    assert settings.database_url is not None
    assert settings.redis_url is not None
    assert settings.secret_key is not None
    try:
        return Needed(settings.database_url, settings.redis_url, VaultSecret(settings.secret_key))
    except SecretIsWrong as error:
        raise SettingIsWrong(str(error)) from error


def storage_place(settings: Settings) -> Place | None:
    """Where packed rows are kept; None for nowhere. Raise SettingIsWrong for what can't be such a place."""
    return _place(settings, settings.storage, "CDT_STORAGE")


def watched_place(settings: Settings) -> Place | None:
    """Of which place new files are taken in; else as `storage_place`."""
    return _place(settings, settings.watched, "CDT_WATCHED")


def _place(settings: Settings, text: str | None, name: str) -> Place | None:
    if text is None:
        return None
    try:
        return place_of(
            text,
            endpoint=settings.storage_endpoint,
            region=settings.storage_region,
            key_id=settings.storage_key_id,
            secret=settings.storage_secret,
        )
    except PlaceIsWrong as error:
        raise SettingIsWrong(f"{name}: {error}.") from None


@dataclass(frozen=True)
class MailRoute:
    """Whom mails are from, and where they go: to a server, or, without one, where `cdt mail` finds them."""

    sender: Mailbox
    server: Server | None


def mail_route(settings: Settings) -> MailRoute:
    """Raise SettingIsWrong for a server or a sender that can't be one, and for a server without a sender."""
    try:
        sender = None if settings.mail_from is None else named_mailbox(settings.mail_from)
    except AddressIsWrong:
        raise SettingIsWrong(
            f"CDT_MAIL_FROM is {settings.mail_from!r}, and must be an address like CDT <cdt@example.com>."
        ) from None
    if settings.smtp_url is None:
        return MailRoute(sender or OUTBOX_SENDER, None)
    if sender is None:
        raise SettingIsWrong("CDT_MAIL_FROM is not set; a mail server takes no mail from nobody.")
    try:
        return MailRoute(sender, server_of(settings.smtp_url))
    except ServerIsWrong as error:
        raise SettingIsWrong(str(error)) from None

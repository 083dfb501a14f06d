"""Settings are documented, read in one place, and passed on whole to the processes that we start."""

import re
from pathlib import Path

import pytest

import cdt
from cdt.bootstrap.needs import MailRoute, mail_route
from cdt.senders.addresses import Mailbox
from cdt.settings import SettingIsWrong, Settings, as_markdown, environment_for, from_env

SOURCES = Path(cdt.__file__).parent
DOCS = SOURCES.parents[1] / "docs"


def test_the_documented_settings_are_the_present_ones() -> None:
    assert (DOCS / "settings.md").read_text() == as_markdown()


def test_only_the_settings_read_the_environment() -> None:
    reading = re.compile(r"\bos\.(environ|getenv|putenv)\b|\bfrom os import .*\b(environ|getenv)\b")

    assert [
        str(path.relative_to(SOURCES))
        for path in sorted(SOURCES.rglob("*.py"))
        if any(reading.search(line.partition("#")[0]) for line in code_of(path))
    ] == ["settings.py"]


def test_a_process_that_we_start_has_our_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(database_url="postgresql://somewhere/cdt", port=1234, state_folder=Path("/elsewhere"))
    monkeypatch.setenv("CDT_PORT", "9999")

    assert from_env(environment_for(settings)) == settings


def test_an_empty_variable_is_an_unset_one() -> None:
    assert from_env({"CDT_PORT": "", "CDT_DATABASE_URL": ""}) == Settings()


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("CDT_PORT", "many", "CDT_PORT is 'many', and must be a whole number."),
        ("CDT_SHUTDOWN_SECONDS", "soon", "CDT_SHUTDOWN_SECONDS is 'soon', and must be a number."),
        ("CDT_PORT", "99999", "CDT_PORT is '99999', and must be a port from 1 to 65535."),
        ("CDT_LOG_LEVEL", "loud", "CDT_LOG_LEVEL is 'loud', and must be debug, info, warning or error."),
        ("CDT_LOG_FORMAT", "xml", "CDT_LOG_FORMAT is 'xml', and must be json or text."),
        ("CDT_DEMO_ROWS_PER_SECOND", "-1", "CDT_DEMO_ROWS_PER_SECOND is '-1', and must be a number above 0."),
        ("CDT_DEMO_ROWS_PER_SECOND", "nan", "CDT_DEMO_ROWS_PER_SECOND is 'nan', and must be a number above 0."),
        ("CDT_BODY_SECONDS", "inf", "CDT_BODY_SECONDS is 'inf', and must be a number above 0."),
        ("CDT_DATABASE_URL", "garbage", "CDT_DATABASE_URL is 'garbage', and must be a libpq URL."),
        ("CDT_REDIS_URL", "http://x", "CDT_REDIS_URL is 'http://x', and must be a redis:// or unix:// URL."),
        (
            "CDT_TRUSTED_PROXIES",
            "10.0.0.0/33",
            (
                "CDT_TRUSTED_PROXIES is '10.0.0.0/33', and must be addresses or networks such as 10.0.0.0/8,"
                " separated by commas, or none."
            ),
        ),
        ("CDT_PROXY_HEADERS", "both", "CDT_PROXY_HEADERS is 'both', and must be x-forwarded or forwarded."),
        ("CDT_CONNECTIONS", "-1", "CDT_CONNECTIONS is '-1', and must be a number from 0, which is no bound."),
        *(
            (
                "CDT_ALLOWED_ORIGINS",
                origin,
                (
                    f"CDT_ALLOWED_ORIGINS is {origin!r}, and must be origins such as https://tools.example.com,"
                    " separated by commas, without a path."
                ),
            )
            for origin in (
                "*",
                "null",
                "tools.example.com",
                "https://tools.example.com/",
                "https://a.example,*",
                "https://user@",
                "ftp://a.example",
                "https://a.example:x",
                "https://a.example?",
                "https://a.example:0",
            )
        ),
        ("CDT_PROT", "1", "CDT_PROT is not a setting of CDT; docs/settings.md lists them."),
    ],
)
def test_a_wrong_setting_is_named(name: str, text: str, sentence: str) -> None:
    with pytest.raises(SettingIsWrong, match=re.escape(sentence)):
        from_env({name: text})


@pytest.mark.parametrize(
    ("settings", "address"),
    [
        (Settings(), "http://127.0.0.1:8765"),
        (Settings(host="::1", port=80), "http://[::1]:80"),
        (Settings(public_url="https://cdt.example.com/"), "https://cdt.example.com"),
    ],
)
def test_the_address_is_where_browsers_find_us(settings: Settings, address: str) -> None:
    assert settings.address == address


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (
            Settings(smtp_url="smtp://mail.example.com"),
            "CDT_MAIL_FROM is not set; a mail server takes no mail from nobody.",
        ),
        (Settings(mail_from="CDT"), "CDT_MAIL_FROM is 'CDT', and must be an address like CDT <cdt@example.com>."),
        (
            Settings(smtp_url="smtp://cdt:secret@", mail_from="cdt@example.com"),
            "CDT_SMTP_URL must be smtp://user:password@host:port or smtps://user:password@host:port; see docs/mail.md.",
        ),
    ],
)  # fmt: skip
def test_a_wrong_setting_of_mail_is_named(settings: Settings, sentence: str) -> None:
    with pytest.raises(SettingIsWrong, match=f"^{re.escape(sentence)}$"):
        mail_route(settings)


def test_without_a_server_mail_needs_no_setting() -> None:
    assert mail_route(Settings()) == MailRoute(Mailbox("cdt", "localhost", "CDT"), None)


def code_of(path: Path) -> list[str]:
    """The lines of a module that are no docstrings."""
    return re.sub(r'"""(?:.|\n)*?"""', "", path.read_text()).splitlines()

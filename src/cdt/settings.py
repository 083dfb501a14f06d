"""What an operator may set, in one frozen value: the only reader of the environment.

Every field becomes the variable `CDT_<NAME IN CAPITALS>`. `docs/settings.md` is written from this class, and
tested to be current.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from ipaddress import ip_network
from pathlib import Path
from typing import Any, NamedTuple, get_args, get_type_hints
from urllib.parse import urlsplit


class SettingIsWrong(ValueError):
    """A setting of the environment that can't be used; the message names it and says what would do."""


class Takes(NamedTuple):
    """What a field takes of what its type does, and how that is said."""

    test: Callable[..., bool]
    sentence: str


def _is_port(port: int) -> bool:
    return 0 < port < 65_536


def _is_some(number: float) -> bool:
    return 0 < number < float("inf")


def _is_bound(number: float) -> bool:
    return 0 <= number < float("inf")


def _are_networks(text: str) -> bool:
    try:
        return text.strip().lower() == "none" or all(
            ip_network(each.strip(), strict=False) for each in text.split(",") if each.strip()
        )
    except ValueError:
        return False


def _are_origins(text: str) -> bool:
    return all(_is_origin(each.strip()) for each in text.split(",") if each.strip())


def _is_origin(text: str) -> bool:
    try:
        parts = urlsplit(text)
        has_host = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and has_host and text == f"{parts.scheme}://{parts.netloc}"


def _is_postgres(url: str) -> bool:
    return url.startswith(("postgres://", "postgresql://")) or "=" in url


def _is_redis(url: str) -> bool:
    return url.startswith(("redis://", "rediss://", "unix://"))


def _is_anything(_value: object) -> bool:
    return True


PORT = Takes(_is_port, "a port from 1 to 65535")
BOUND = Takes(_is_bound, "a number from 0, which is no bound")
NETWORKS = Takes(_are_networks, "addresses or networks such as 10.0.0.0/8, separated by commas, or none")
ORIGINS = Takes(_are_origins, "origins such as https://tools.example.com, separated by commas, without a path")
ORIGIN = Takes(_is_origin, "an address such as https://storage.example.com, without a path")
PROXY_HEADERS = Takes({"x-forwarded", "forwarded"}.__contains__, "x-forwarded or forwarded")
SOME = Takes(_is_some, "a number above 0")
LEVEL = Takes({"debug", "info", "warning", "error"}.__contains__, "debug, info, warning or error")
FORMAT = Takes({"json", "text"}.__contains__, "json or text")
POSTGRES = Takes(_is_postgres, "a libpq URL")
REDIS = Takes(_is_redis, "a redis:// or unix:// URL")
ANYTHING = Takes(_is_anything, "")


def setting(meaning: str, default: Any = MISSING, takes: Takes = ANYTHING) -> Any:  # noqa: ANN401  a field's type is its annotation's
    """A field with the sentence that documents it."""
    return field(default=default, metadata={"meaning": meaning, "takes": takes})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The configuration of one CDT process."""

    database_url: str | None = setting(
        "Postgres 17 or later, as a libpq URL; its user must be able to create roles. Without it `cdt up` runs one.",
        None,
        POSTGRES,
    )
    redis_url: str | None = setting(
        "Redis or Valkey, as a redis:// or unix:// URL. Without it `cdt up` runs its own.", None, REDIS
    )
    secret_key: str | None = setting(
        "The vault's secret: 32 bytes, base64url. It seals personal data, signs tokens and hashes names; `cdt up` makes"
        " one in the state folder if none is set. Whoever loses it loses what is sealed.",
        None,
    )
    storage: str | None = setting(
        "Object storage that keeps packed rows: a folder that every process sees, or s3://bucket/prefix. Without it"
        " `cdt up` uses a folder of its own, and other processes leave all rows in Postgres.",
        None,
    )
    watched: str | None = setting(
        "Folder that every worker sees, or s3://bucket/prefix with the endpoint and key of the object storage, of which"
        " new files are taken in, each version's below its id; see docs/files.md. None are without it.",
        None,
    )
    watched_steady_seconds: float = setting(
        "How long a file there must not have changed to be taken for whole; the folder is looked through twice in that"
        " time.",
        30.0,
        SOME,
    )
    storage_endpoint: str | None = setting(
        "Address of an S3 server that is not Amazon's, such as https://storage.example.com.", None, ORIGIN
    )
    storage_region: str | None = setting("Region of the bucket; us-east-1 if none is set.", None)
    storage_key_id: str | None = setting(
        "Key of the bucket. Without it, who the process is: AWS_ variables, or the machine's own role.", None
    )
    storage_secret: str | None = setting("The key's secret.", None)
    pack_after_rows: int = setting(
        "So many rows of a version wait in Postgres until they are packed into the object storage; an hour at most.",
        100_000,
        SOME,
    )
    state_folder: Path | None = setting(
        "Where `cdt up` keeps data, logs and its secret. Default: /var/lib/cdt for root, else the XDG state folder.",
        None,
    )
    host: str = setting("Address that the API listens on.", "127.0.0.1")
    port: int = setting("Port that the API listens on.", 8765, PORT)
    public_url: str | None = setting("Address that browsers see, when it differs from host and port.", None)
    smtp_url: str | None = setting(
        "Mail server: smtp://user:password@host:port with STARTTLS, or smtps:// with TLS from the first byte; see"
        " docs/mail.md. Without it mails are kept, and `cdt mail` shows them.",
        None,
    )
    mail_from: str | None = setting("Whom mails are from: an address, or a name and <address>.", None)
    allowed_origins: str = setting(
        "Further origins, separated by commas, whose pages may ask the API and open WebSockets, with their visitors'"
        " cookies.",
        "",
        ORIGINS,
    )
    trusted_proxies: str = setting(
        "Addresses and networks, separated by commas, of proxies that are believed who is behind them; or none.",
        "127.0.0.0/8,::1",
        NETWORKS,
    )
    proxy_headers: str = setting(
        "What these proxies write: x-forwarded (X-Forwarded-For and -Proto) or forwarded (RFC 7239). The other kind is"
        " ignored.",
        "x-forwarded",
        PROXY_HEADERS,
    )
    hsts_seconds: int = setting(
        "How long browsers that came over TLS shall come by TLS alone; 0 doesn't say so.", 31_536_000, BOUND
    )
    log_level: str = setting("Least level that is logged: debug, info, warning or error.", "info", LEVEL)
    log_format: str = setting("How log lines look: json, or text for a person.", "json", FORMAT)
    api_connections: int = setting("Connections of the API's reading pool.", 8, SOME)
    log_connections: int = setting("Connections of the event log's pool, in each process.", 4, SOME)
    intake_connections: int = setting("Connections of the intake's pool.", 3, SOME)
    maximum_body_bytes: int = setting(
        "Largest body of a request for predictions, opened if it is compressed; of labels at most 64 MiB.",
        16 << 30,
        SOME,
    )
    spool_folder: Path | None = setting(
        "Where bodies of more than 8 MiB wait until they have arrived whole. Default: the system's folder for temporary"
        " files; `cdt up` takes one in the state folder.",
        None,
    )
    spool_bytes: int = setting(
        "What such bodies may take of the disk in all, of which an organization's may take a quarter.", 64 << 30, SOME
    )
    body_seconds: float = setting(
        "How long the body of a request may take to arrive; of a body of more than 8 MiB, each MiB.", 60.0, SOME
    )
    maximum_query_bytes: int = setting("Largest body of a GraphQL request.", 16 * 1024 * 1024, SOME)
    header_seconds: float = setting(
        "How long the headers of a request may take to arrive, and a new connection to ask for something.", 10.0, BOUND
    )
    maximum_header_bytes: int = setting("Largest headers of a request, in all.", 32 * 1024, BOUND)
    maximum_headers: int = setting("How many headers a request may have.", 100, BOUND)
    connections: int = setting("Connections to an API process.", 10_000, BOUND)
    connections_per_address: int = setting(
        "Connections of one address to an API process; a trusted proxy's are not bounded so.", 1_000, BOUND
    )
    streams_per_person: int = setting(
        "WebSockets and subscriptions of one person or key that an API process holds open at once.", 1_000, BOUND
    )
    requests_at_once: int = setting(
        "Requests that an API process answers at once, open WebSockets and event streams among them.", 5_000, BOUND
    )
    limit_sign_ins: int = setting("Tries to sign in that an address may make in a minute.", 300, BOUND)
    limit_ingest_requests: int = setting(
        "Requests with rows that a key or a person may make in a minute.", 600_000, BOUND
    )
    limit_ingest_rows: int = setting("Rows that a key or a person may send in a minute.", 12_000_000, BOUND)
    limit_query_cost: int = setting(
        "What a key or a person may read in a minute: 1 for each operation and 1 for each row that it takes.",
        600_000,
        BOUND,
    )
    limit_mutations: int = setting("Mutations that a key or a person may make in a minute.", 12_000, BOUND)
    limit_address_times: float = setting(
        "How many times as much as one key or person an address may do, which many may share.", 10.0, BOUND
    )
    security_days: int = setting(
        "For how many days failed sign-ins, refusals, exports and keys' addresses are kept; 0 is for ever.", 400, BOUND
    )
    access_days: int = setting("For how many days it is kept who read which model; 0 is for ever.", 400, BOUND)
    receipt_days: int = setting(
        "For how many days a body that is sent again under its key is answered alike; 0 is for ever. Later its rows are"
        " duplicates.",
        30,
        BOUND,
    )
    shutdown_seconds: float = setting("How long a stopping process may finish what it has begun.", 10.0, SOME)
    demo_rows_per_second: float = setting("How fast the demo's predictions are streamed.", 200.0, SOME)
    demo_password: str | None = setting("Password of whoever signs in for `cdt demo`; `cdt up` sets it.", None)

    @property
    def address(self) -> str:
        """Where browsers find the dashboard, without a slash at the end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (self.public_url or f"http://{host}:{self.port}").rstrip("/")


def from_env(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings of a mapping of names to texts, by default this process's environment.

    Raises SettingIsWrong for a text that its field can't take and for a `CDT_` name that no field has.
    """
    environment = os.environ if environment is None else environment
    types = get_type_hints(Settings)
    known = {variable(each): each for each in fields(Settings)}
    unknown = sorted(name for name in environment if name.startswith("CDT_") and name not in known)
    if unknown:
        raise SettingIsWrong(f"{unknown[0]} is not a setting of CDT; docs/settings.md lists them.")
    values = {
        each.name: _parse(name, environment[name], types[each.name], each.metadata["takes"])
        for name, each in known.items()
        if environment.get(name, "") != ""
    }
    return Settings(**values)


def environment_for(settings: Settings) -> dict[str, str]:
    """The environment of a process that is to have these settings: ours, with what was found or made since."""
    given = {variable(each): getattr(settings, each.name) for each in fields(Settings)}
    return {**os.environ, **{name: str(value) for name, value in given.items() if value is not None}}


def variable(setting_field: "Field[Any]") -> str:
    """The name of the environment variable that sets a field."""
    return f"CDT_{setting_field.name.upper()}"


_KINDS = {int: "a whole number", float: "a number"}  # no other refuses a text


def _parse(name: str, text: str, kind: Any, takes: Takes) -> Any:  # noqa: ANN401
    kinds = [each for each in get_args(kind) if each is not type(None)] or [kind]
    try:
        value = kinds[0](text)
    except ValueError as error:
        raise SettingIsWrong(f"{name} is {text!r}, and must be {_KINDS[kinds[0]]}.") from error
    if not takes.test(value):
        raise SettingIsWrong(f"{name} is {text!r}, and must be {takes.sentence}.")
    return value


def as_markdown() -> str:
    """The table of docs/settings.md."""
    lines = [
        "# Settings",
        "",
        "Each is an environment variable; none must be set. This table is written from `cdt/settings.py`.",
        "",
        "| variable | default | meaning |",
        "|---|---|---|",
    ]
    for each in fields(Settings):
        default = "" if each.default is None else f"`{each.default}`"
        lines.append(f"| `{variable(each)}` | {default} | {each.metadata['meaning']} |")
    return "\n".join(lines) + "\n"

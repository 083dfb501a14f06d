"""The command line: `cdt <command>`."""

import argparse
import sys
from collections.abc import Callable, Sequence

from cdt.settings import SettingIsWrong, Settings, from_env


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the process's exit code."""
    parser = _parser()
    given = parser.parse_args(arguments)
    try:
        return given.run(from_env(), given)
    except SettingIsWrong as error:
        print(f"cdt: {error}", file=sys.stderr)  # noqa: T201
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="cdt", description="A cognitive digital twin for every model you run.")
    commands = parser.add_subparsers(required=True, metavar="command")

    def command(name: str, run: Callable[[Settings, argparse.Namespace], int], meaning: str) -> argparse.ArgumentParser:
        each = commands.add_parser(name, help=meaning, description=meaning)
        each.set_defaults(run=run)
        return each

    up = command("up", _up, "Start everything, with a demo model, until Ctrl-C.")
    up.add_argument("--no-demo", action="store_true", help="start without the demo model")
    up.add_argument("--email", default="owner@example.com", help="the first owner's address")
    command("api", _api, "Serve the API and the dashboard.")
    command("follow", _follow, "Project the log into the read models.")
    command("react", _react, "Respond to facts and keep the live readings; `cdt follow` starts this itself.")
    command("work", _work, "Do slow work: evaluations, deliveries, folding.")
    demo = command("demo", _demo, "Stream the demo model's rows to a running API; `cdt up` starts this itself.")
    demo.add_argument("--url", help="the API's address; default: by CDT_HOST and CDT_PORT")
    demo.add_argument("--email", default="owner@example.com", help="who signs in; the password is CDT_DEMO_PASSWORD")
    mail = command("mail", _mail, "List what was mailed, newest first, or show one mail whole.")
    mail.add_argument("number", nargs="?", type=int, help="the mail to show")
    mail.add_argument("--limit", type=int, default=50, help="how many to list; default: 50")
    command("migrate", _migrate, "Bring the database to this release's tables.")
    signing_keys = command("signing-keys", _signing_keys, "List the keys that sign access tokens, or make another one.")
    signing_keys.add_argument("action", nargs="?", choices=["rotate"], help="rotate: let a new key sign")
    command("secret", _secret, "Print a new CDT_SECRET_KEY.")
    replay = command("replay", _replay, "Print what was known of a model at a moment, from its events alone.")
    replay.add_argument("model", help="the model's name or id")
    replay.add_argument("--until", required=True, metavar="TIME|POSITION", help="RFC 3339 time, or a position")
    verify = command("verify", _verify, "Check an audit export, without a database.")
    verify.add_argument("file", help="the export")
    verify.add_argument("--expect", metavar="HASH", help="the head that was noted when the export was made")
    rebuild = command("rebuild", _rebuild, "Build the read models anew from the log.")
    rebuild.add_argument("--patience", type=float, default=3600.0, metavar="SECONDS", help="how long to wait for it")
    return parser


def _up(settings: Settings, given: argparse.Namespace) -> int:
    from cdt import up

    return up.run(settings, with_demo=not given.no_demo, email=given.email)


def _api(settings: Settings, _given: argparse.Namespace) -> int:
    import uvicorn

    from cdt import asgi
    from cdt.bootstrap.needs import needed

    needed(settings)
    uvicorn.run(
        "cdt.asgi:create", factory=True, host=settings.host, port=settings.port, **asgi.server_options(settings)
    )
    return 0


def _follow(settings: Settings, _given: argparse.Namespace) -> int:
    from cdt import follow

    follow.run(settings)
    return 0


def _react(settings: Settings, _given: argparse.Namespace) -> int:
    from cdt import react

    react.run(settings)
    return 0


def _work(settings: Settings, _given: argparse.Namespace) -> int:
    from cdt import work

    work.run(settings)
    return 0


def _demo(settings: Settings, given: argparse.Namespace) -> int:
    from cdt.demo import stream
    from cdt.demo.api import Api, Refused

    if settings.demo_password is None:
        raise SettingIsWrong("CDT_DEMO_PASSWORD is not set; it is the password of whoever signs in for the demo.")
    api = Api(
        given.url or f"http://{settings.host}:{settings.port}", email=given.email, password=settings.demo_password
    )
    try:
        stream.run(
            api,
            rows_per_second=settings.demo_rows_per_second,
            tell=lambda line: print(f"demo: {line}", flush=True),  # noqa: T201
        )
    except Refused as error:
        print(f"cdt: {error}", file=sys.stderr)  # noqa: T201
        return 1
    except OSError as error:
        print(f"cdt: the API can't be reached: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


def _mail(settings: Settings, given: argparse.Namespace) -> int:
    from cdt import mailbox

    return mailbox.run(settings, fact=given.number, limit=max(0, given.limit))


def _migrate(settings: Settings, _given: argparse.Namespace) -> int:
    from cdt.bootstrap.needs import needed
    from cdt.bootstrap.tables import prepare_database

    for name in prepare_database(needed(settings).database_url):
        print(name)  # noqa: T201
    return 0


def _signing_keys(settings: Settings, given: argparse.Namespace) -> int:
    from cdt import signing

    return signing.run(settings, rotating=given.action == "rotate")


def _secret(_settings: Settings, _given: argparse.Namespace) -> int:
    from cdt.vault.secret import VaultSecret

    print(VaultSecret.new())  # noqa: T201
    return 0


def _replay(settings: Settings, given: argparse.Namespace) -> int:
    import json

    import psycopg

    from cdt.audit import replay
    from cdt.bootstrap.needs import needed
    from cdt.database.roles import DatabaseRole, conninfo_as

    with psycopg.connect(conninfo_as(needed(settings).database_url, DatabaseRole.SYSTEM)) as connection:
        try:
            until = replay.position_of(connection, given.until)
            known = replay.replay(connection, replay.model_id_of(connection, given.model, until), until)
        except ValueError as error:
            print(f"cdt: {error}", file=sys.stderr)  # noqa: T201
            return 1
    print(json.dumps(known, indent=2, default=str))  # noqa: T201
    return 0


def _verify(_settings: Settings, given: argparse.Namespace) -> int:
    from cdt.audit.chain import ExportIsWrong, verify

    try:
        with open(given.file, "rb") as lines:  # noqa: PTH123
            verified = verify(lines, expect=given.expect)
    except ExportIsWrong as error:
        print(f"cdt: {error}", file=sys.stderr)  # noqa: T201
        return 1
    except OSError as error:
        print(f"cdt: {given.file} can't be read: {error.strerror}", file=sys.stderr)  # noqa: T201
        return 1
    print(f"{verified.entries} entries up to position {verified.position}, unaltered.")  # noqa: T201
    print(f"head {verified.head}" + (" as expected" if given.expect else "; compare it with the one that was noted"))  # noqa: T201
    return 0


def _rebuild(settings: Settings, given: argparse.Namespace) -> int:
    from cdt import rebuilding

    return rebuilding.run(settings, patience_seconds=given.patience)


if __name__ == "__main__":
    sys.exit(main())

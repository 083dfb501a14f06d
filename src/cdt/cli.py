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
    command("migrate", _migrate, "Bring the database to this release's tables.")
    command("secret", _secret, "Print a new CDT_SECRET_KEY.")
    rebuild = command("rebuild", _rebuild, "Build the read models anew from the log.")
    rebuild.add_argument("--patience", type=float, default=3600.0, metavar="SECONDS", help="how long to wait for it")
    return parser


def _up(settings: Settings, given: argparse.Namespace) -> int:
    from cdt import up

    return up.run(settings, with_demo=not given.no_demo, email=given.email)


def _api(settings: Settings, _given: argparse.Namespace) -> int:
    import uvicorn

    from cdt.bootstrap import needed

    needed(settings)
    uvicorn.run(
        "cdt.asgi:create",
        factory=True,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=int(settings.shutdown_seconds),
        h11_max_incomplete_event_size=64 * 1024,
        ws_max_size=settings.maximum_query_bytes,
    )
    return 0


def _follow(settings: Settings, _given: argparse.Namespace) -> int:
    from cdt import follow

    follow.run(settings)
    return 0


def _migrate(settings: Settings, _given: argparse.Namespace) -> int:
    from cdt.bootstrap import needed
    from cdt.database.migrating import migrate

    for name in migrate(needed(settings).database_url):
        print(name)  # noqa: T201
    return 0


def _secret(_settings: Settings, _given: argparse.Namespace) -> int:
    from cdt.vault.secret import VaultSecret

    print(VaultSecret.new())  # noqa: T201
    return 0


def _rebuild(settings: Settings, given: argparse.Namespace) -> int:
    from cdt import rebuilding

    return rebuilding.run(settings, patience_seconds=given.patience)


if __name__ == "__main__":
    sys.exit(main())

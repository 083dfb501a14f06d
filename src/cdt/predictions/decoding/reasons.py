"""The decoder's errors in the words of whoever sent the row."""

import re

from cdt.predictions.rows import Problem

NOT_JSON = "is not a JSON object on one line"

_WORDS = {
    "float": "a number",
    "int": "a whole number",
    "str": "text",
    "null": "null",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
    "datetime": "a time",
}
_AT = re.compile(r" - at `\$\.?(?P<path>.*)`$", re.DOTALL)
_FIELD = re.compile(r"^Object (?P<what>missing required|contains unknown) field `(?P<name>.*)`$", re.DOTALL)
_TYPE = re.compile(r"^Expected `(?P<wanted>[^`]*)`, got `(?P<given>[^`]*)`$")
_BOUND = re.compile(
    r"^Expected `(?P<type>[^`]*)` (?:of length )?(?P<operator>[<>]=) (?P<bound>-?[0-9.]+(?:e[+-]?[0-9]+)?)$"
)
_CONTAINER = "features"
_SENTENCES = {
    "timezone": "needs a time zone, as in 2026-03-01T12:00:00Z",
    "RFC3339": "must be a time as in 2026-03-01T12:00:00Z",
    "out of range": "must be finite",
    "malformed": f"{NOT_JSON}; NaN and Infinity are not JSON either, write null for a missing number",
    "truncated": NOT_JSON,
}


def problem_of(error: Exception) -> Problem:
    """What a decoder's error says: the column that it is about, and a sentence."""
    if isinstance(error, RecursionError):
        return Problem(None, "is nested too deeply")
    if isinstance(error, UnicodeError):
        return Problem(None, "is not UTF-8")
    text = str(error)
    path = ""
    if (found := _AT.search(text)) is not None:
        text, path = text[: found.start()], found["path"]
    if (field := _FIELD.match(text)) is not None:
        if field["what"] == "contains unknown":
            return Problem(field["name"][:200], "is not among the version's columns")
        hint = "; write null where a row has none" if path == _CONTAINER else ""
        return Problem(field["name"], f"is required{hint}")
    column = path.removeprefix(f"{_CONTAINER}.") or None
    return Problem(column, _reason(text))


def _reason(text: str) -> str:
    if (kinds := _TYPE.match(text)) is not None:
        return f"must be {_in_words(kinds['wanted'])}, not {_in_words(kinds['given'])}"
    if (bound := _BOUND.match(text)) is not None:
        return _bound_reason(bound["type"], bound["operator"], bound["bound"])
    return next((reason for part, reason in _SENTENCES.items() if part in text), "can't be understood")


def _bound_reason(kind: str, operator: str, bound: str) -> str:
    if kind == "str":
        return "is empty" if operator == ">=" else f"has more than {bound} characters"
    return f"must be {'at least' if operator == '>=' else 'at most'} {float(bound):g}"


def _in_words(kinds: str) -> str:
    words = [_WORDS.get(kind.strip(), kind.strip()) for kind in kinds.split("|")]
    if {"text", "a whole number"} <= set(words):  # digits stand for their text
        words = ["text", *(word for word in words if word not in {"text", "a whole number"})]
    return " or ".join(words)

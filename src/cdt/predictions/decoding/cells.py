"""The cells of a column, as CSV and Arrow bring them: numbers and categories, each checked."""

import math

import numpy as np
from numpy.typing import NDArray

from cdt.domain.errors import Invalid
from cdt.domain.registry.signature import Column as SignatureColumn
from cdt.measures.columns import CategoryColumn
from cdt.predictions.arrow import Array, Texts, pa
from cdt.predictions.decoding.checking import Checking
from cdt.predictions.rows import HAS_NUL, MAXIMUM_CATEGORY_LENGTH, is_not_listed, shown

IS_REQUIRED = "is required"


def read_numbers(name: str, values: Array, checking: Checking, *, is_text: bool) -> NDArray[np.float64]:
    """Numbers; NaN where there is none."""
    if pa.types.is_null(values.type):
        return np.full(len(values), np.nan)
    if pa.types.is_floating(values.type) or pa.types.is_integer(values.type):
        numbers = values.cast(pa.float64(), safe=False)
    elif is_text:
        numbers = _parsed_numbers(name, values, checking)
    else:
        raise Invalid("body", f"the column {name!r} must hold numbers, not {values.type}")
    found = (numbers.fill_null(math.nan) if numbers.null_count else numbers).to_numpy(zero_copy_only=False)
    checking.require(~np.isinf(found), name, "must be finite")
    return found


def _parsed_numbers(name: str, texts: Texts, checking: Checking) -> Array:
    try:
        return texts.cast(pa.float64())
    except pa.ArrowInvalid:
        pass
    numbers: list[float | None] = []
    for place, text in enumerate(texts.to_pylist()):
        try:
            numbers.append(None if text is None else pa.scalar(text).cast(pa.float64()).as_py())
        except pa.ArrowInvalid:
            numbers.append(None)
            checking.reject(place, name, f"must be a number, not {shown(text)}")
    return pa.array(numbers, type=pa.float64())


def require_bounds(column: SignatureColumn, found: NDArray[np.float64], checking: Checking) -> None:
    """Reject the rows whose number the signature does not allow."""
    if column.is_required:
        checking.require(~np.isnan(found), column.name, IS_REQUIRED)
    if column.minimum is not None:
        checking.require(~(found < column.minimum), column.name, f"must be at least {column.minimum:g}")
    if column.maximum is not None:
        checking.require(~(found > column.maximum), column.name, f"must be at most {column.maximum:g}")


def read_categories(column: SignatureColumn, values: Array, checking: Checking) -> CategoryColumn:
    """Categories as text."""
    name = column.name
    codes, texts = encoded(name, values)
    if column.is_required:
        checking.require(codes >= 0, name, IS_REQUIRED)
    if column.categories is not None:
        is_listed = np.array([*(text in column.categories for text in texts), True])
        checking.require(is_listed[codes], name, lambda place: is_not_listed(texts[int(codes[place])]))
    is_short = np.array([*(len(text) <= MAXIMUM_CATEGORY_LENGTH for text in texts), True])
    if not is_short.all():
        checking.require(is_short[codes], name, f"has more than {MAXIMUM_CATEGORY_LENGTH} characters")
    is_whole = np.array([*("\x00" not in text for text in texts), True])
    if not is_whole.all():
        checking.require(is_whole[codes], name, HAS_NUL)
    return CategoryColumn(codes, tuple(texts))


def encoded(name: str, values: Array) -> tuple[NDArray[np.int32], list[str]]:
    """Codes and their texts. A dictionary stays one: its texts, once for each row, may be a thousand times its size."""
    kind = values.type
    if pa.types.is_null(kind):
        return np.full(len(values), -1, dtype=np.int32), []
    held = kind.value_type if pa.types.is_dictionary(kind) else kind
    if not (pa.types.is_string(held) or pa.types.is_large_string(held) or pa.types.is_integer(held)):
        raise Invalid("body", f"the column {name!r} must hold text, not {kind}")
    encoded = values if pa.types.is_dictionary(kind) else values.dictionary_encode()
    codes = encoded.indices.cast(pa.int32()).fill_null(-1).to_numpy(zero_copy_only=False)
    texts: list[str | None] = encoded.dictionary.cast(pa.string()).to_pylist()
    if None in texts:
        is_none = np.array([*(text is None for text in texts), False])
        codes = np.where(is_none[codes], -1, codes).astype(np.int32)
    return codes, [text or "" for text in texts]

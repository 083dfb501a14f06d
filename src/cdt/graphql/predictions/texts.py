"""Values of rows as text."""


def value_as_text(value: float | str) -> str:
    """A number as its shortest text that reads back the same.

    >>> value_as_text(31.0), value_as_text(0.1), value_as_text("31")
    ('31', '0.1', '31')
    """
    return value if isinstance(value, str) else repr(value).removesuffix(".0")

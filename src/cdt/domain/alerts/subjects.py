"""What a rule watches: "trust", "accuracy", "population_stability_index:age", or "accuracy@women over 60"."""

from typing import NamedTuple


class Subject(NamedTuple):
    """A measure; of one feature or attribute, or in one slice of the plan, where that is not empty.

    is_half: whether a sign says that something follows, and nothing does.
    """

    measure: str
    part: str = ""
    slice_name: str = ""
    is_half: bool = False


def subject_of(text: str) -> Subject:
    """What a rule's subject names. A feature may have "@" in its name, and a slice ":".

    >>> subject_of("accuracy@women: over 60")
    Subject(measure='accuracy', part='', slice_name='women: over 60', is_half=False)
    >>> subject_of("missing_share:mail@home")
    Subject(measure='missing_share', part='mail@home', slice_name='', is_half=False)
    """
    measure, at, slice_name = text.partition("@")
    if at and ":" not in measure:
        return Subject(measure, slice_name=slice_name, is_half=not slice_name)
    measure, colon, part = text.partition(":")
    return Subject(measure, part=part, is_half=bool(colon) and not part)

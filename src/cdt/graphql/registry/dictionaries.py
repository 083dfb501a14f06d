"""What a model's columns mean to people, as it is shown and as it is said."""

import strawberry

from cdt.access.permissions import needs
from cdt.domain.errors import Invalid
from cdt.domain.registry import dictionary as domain
from cdt.domain.tenancy.roles import Permission


@needs(Permission.READ)
@strawberry.type(description="What a value of a column stands for.")
class ValueMeaning:
    """A category as rows hold it, or a number as text."""

    value: str
    label: str


@needs(Permission.READ)
@strawberry.type(description="What a column means to people.")
class ColumnMeaning:
    """Screens show it beside the column's own name."""

    name: str
    title: str | None = strawberry.field(description="What people call it; null for its own name.")
    values: list[ValueMeaning]

    @classmethod
    def of(cls, meaning: domain.ColumnMeaning) -> "ColumnMeaning":
        """From the domain's."""
        values = [ValueMeaning(value=value, label=label) for value, label in meaning.labels.items()]
        return cls(name=meaning.name, title=meaning.title, values=values)


@strawberry.input(description="What a value of a column stands for.")
class ValueMeaningInput:
    """A category as rows hold it."""

    value: str
    label: str


@strawberry.input(description="What a column means to people.")
class ColumnMeaningInput:
    """One that says nothing is as if it were not there."""

    name: str
    title: str | None = None
    values: list[ValueMeaningInput] | None = None

    def to_domain(self) -> domain.ColumnMeaning:
        """As the domain has it; Invalid for a value that is named twice."""
        labels = {each.value: each.label for each in self.values or ()}
        if len(labels) < len(self.values or ()):
            raise Invalid("columns", f"{self.name[:100]!r}: name each value once")
        return domain.ColumnMeaning(name=self.name, title=self.title or None, labels=labels)

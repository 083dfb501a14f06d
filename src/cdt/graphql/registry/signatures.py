"""What goes into a version and what comes out, as it is shown and as it is sent."""

import enum

import strawberry

from cdt.access.permissions import needs
from cdt.domain.registry import signature as domain
from cdt.domain.tenancy.roles import Permission


@strawberry.enum(description="What a column holds.")
class ColumnKind(enum.Enum):
    """Numbers, or categories as text."""

    NUMBER = "number"
    CATEGORY = "category"


@needs(Permission.READ)
@strawberry.type(description="One input column.")
class Column:
    """A name and what it may hold."""

    name: str
    kind: ColumnKind
    minimum: float | None
    maximum: float | None
    categories: list[str] | None = strawberry.field(description="The only ones; null for any.")
    is_required: bool = strawberry.field(description="Whether each row must have a value.")

    @classmethod
    def of(cls, column: domain.Column) -> "Column":
        """From the domain's."""
        return cls(
            name=column.name,
            kind=ColumnKind(column.kind),
            minimum=column.minimum,
            maximum=column.maximum,
            categories=None if column.categories is None else list(column.categories),
            is_required=column.is_required,
        )


@needs(Permission.READ)
@strawberry.type(description="The name that people read for a category.")
class GroupLabel:
    """A value of the column and its name."""

    value: str
    label: str


@needs(Permission.READ)
@strawberry.type(description="An attribute that fairness is judged over.")
class GroupAttribute:
    """A category column, or a number column cut into bands."""

    name: str
    column: str
    bands: list[float] | None
    labels: list[GroupLabel]


@needs(Permission.READ)
@strawberry.type(description="What goes into a version and what comes out.")
class Signature:
    """Columns, classes and group attributes."""

    columns: list[Column]
    classes: list[str] = strawberry.field(description="What it decides among: 2 to 50, as text.")
    positive_class: str = strawberry.field(description="The favoured decision; parity measures depend on it.")
    groups: list[GroupAttribute]

    @classmethod
    def of(cls, signature: domain.Signature) -> "Signature":
        """From the domain's."""
        return cls(
            columns=[Column.of(each) for each in signature.columns],
            classes=list(signature.classes),
            positive_class=signature.positive_class,
            groups=[
                GroupAttribute(
                    name=each.name,
                    column=each.column,
                    bands=None if each.bands is None else list(each.bands),
                    labels=[GroupLabel(value=value, label=label) for value, label in (each.labels or {}).items()],
                )
                for each in signature.groups
            ],
        )


@strawberry.input(
    description="One input column, and what a row may hold there; any value, or none, if nothing is said."
)
class ColumnInput:
    """Bounds are of numbers, categories of categories."""

    name: str
    kind: ColumnKind
    minimum: float | None = None
    maximum: float | None = None
    categories: list[str] | None = None
    is_required: bool = False

    def to_domain(self) -> domain.Column:
        """As the domain has it."""
        return domain.Column(
            name=self.name,
            kind=self.kind.value,
            minimum=self.minimum,
            maximum=self.maximum,
            categories=None if self.categories is None else tuple(self.categories),
            is_required=self.is_required,
        )


@strawberry.input(description="The name that people read for a category.")
class GroupLabelInput:
    """A value of the column and its name."""

    value: str
    label: str


@strawberry.input(description="An attribute that fairness is judged over.")
class GroupAttributeInput:
    """A category column, or a number column cut at `bands` (inner borders, ascending)."""

    name: str
    column: str
    bands: list[float] | None = None
    labels: list[GroupLabelInput] | None = None


@strawberry.input(description="What goes into a version and what comes out.")
class SignatureInput:
    """Columns, classes and group attributes."""

    columns: list[ColumnInput]
    classes: list[str] = strawberry.field(description="What it decides among: 2 to 50, as text.")
    positive_class: str
    groups: list[GroupAttributeInput] | None = None

    def to_domain(self) -> domain.Signature:
        """As the domain has it."""
        return domain.Signature(
            columns=tuple(each.to_domain() for each in self.columns),
            classes=tuple(self.classes),
            positive_class=self.positive_class,
            groups=tuple(
                domain.GroupAttribute(
                    name=each.name,
                    column=each.column,
                    bands=None if each.bands is None else tuple(each.bands),
                    labels=None if not each.labels else {label.value: label.label for label in each.labels},
                )
                for each in self.groups or ()
            ),
        )

"""What goes into a version and what comes out, as it is shown and as it is sent."""

import enum

import strawberry
from msgspec import UNSET

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
@strawberry.type(description="The number that a version predicts, and what it may be.")
class PredictedNumber:
    """Bounds hold for predictions and labels."""

    minimum: float | None
    maximum: float | None
    unit: str | None = strawberry.field(description="How people read it.")


@needs(Permission.READ)
@strawberry.type(description="What goes into a version and what comes out: it decides, or it predicts a number.")
class Signature:
    """Columns, classes or a number, and group attributes."""

    columns: list[Column]
    classes: list[str] = strawberry.field(
        description="What it decides among: 2 to 50, as text; none where it predicts a number."
    )
    positive_class: str | None = strawberry.field(
        description="The favoured decision; parity measures depend on it. Null where it predicts a number."
    )
    number: PredictedNumber | None = strawberry.field(description="Null where it decides among classes.")
    groups: list[GroupAttribute]

    @classmethod
    def of(cls, signature: domain.Signature) -> "Signature":
        """From the domain's."""
        return cls(
            columns=[Column.of(each) for each in signature.columns],
            classes=list(signature.classes),
            positive_class=signature.positive_class or None,
            number=None
            if signature.number is UNSET
            else PredictedNumber(
                minimum=signature.number.minimum, maximum=signature.number.maximum, unit=signature.number.unit
            ),
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


@strawberry.input(description="The number that a version predicts; any, if nothing is said.")
class PredictedNumberInput:
    """Bounds hold for predictions and labels; both are allowed."""

    minimum: float | None = None
    maximum: float | None = None
    unit: str | None = strawberry.field(default=None, description="How people read it, up to 20 characters.")


@strawberry.input(
    description="What goes into a version and what comes out: classes with the positive one, or a number."
)
class SignatureInput:
    """Columns, classes or a number, and group attributes."""

    columns: list[ColumnInput]
    classes: list[str] | None = strawberry.field(default=None, description="What it decides among: 2 to 50, as text.")
    positive_class: str | None = None
    number: PredictedNumberInput | None = strawberry.field(default=None, description="What it predicts instead.")
    groups: list[GroupAttributeInput] | None = None

    def to_domain(self) -> domain.Signature:
        """As the domain has it."""
        return domain.Signature(
            columns=tuple(each.to_domain() for each in self.columns),
            classes=tuple(self.classes or ()),
            positive_class=self.positive_class or "",
            number=UNSET
            if self.number is None
            else domain.PredictedNumber(
                minimum=self.number.minimum, maximum=self.number.maximum, unit=self.number.unit
            ),
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

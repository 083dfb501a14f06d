"""How much one operation may ask for: nesting and aliases of its document, and rows while it runs."""

from contextvars import ContextVar

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValidationContext,
    ValidationRule,
)
from graphql.validation.rules import overlapping_fields_can_be_merged as overlapping

from cdt.domain.errors import DomainError

MAXIMUM_DEPTH = 15
MAXIMUM_TOKENS = 4_000
MAXIMUM_ALIASES = 30
MAXIMUM_ROWS = 50_000
"""Some 17 microseconds each: an operation holds a core for a second at most."""

A_STATEMENT = 50
"""Rows that a field counts as which asks the database on its own, however little it finds."""

VALIDATION_WORK = 60_000
"""Comparisons of fields before a validation is given up: 0.2 s of the event loop, where the library allows 1.6."""

_rows: ContextVar[list[int] | None] = ContextVar("rows", default=None)


class TooManyRows(DomainError):
    """This answer would have more than {most} rows; ask for less at once, page by page."""

    code = "INVALID"


def bound_validation() -> None:
    """Set the library's own bound, which is a variable of its module."""
    overlapping.MAX_COMPLEXITY_BUDGET = VALIDATION_WORK


def begin_counting() -> None:
    """Nothing is spent yet."""
    _rows.set([0])


def spend(rows: int) -> None:
    """Count rows of the operation; TooManyRows when they are more than one may ask for."""
    spent = _rows.get()
    if spent is not None:
        spent[0] += rows
        if spent[0] > MAXIMUM_ROWS:
            raise TooManyRows(most=f"{MAXIMUM_ROWS:,}")


def rows_spent() -> int:
    """How many the operation has counted."""
    spent = _rows.get()
    return 0 if spent is None else spent[0]


class BoundedDepth(ValidationRule):
    """Fields stand in one another at most so deep. A fragment is walked again only when it is entered deeper."""

    def enter_operation_definition(self, node: OperationDefinitionNode, *_: object) -> None:
        """Walk what the operation selects, without recursion, which a document could exhaust."""
        entered: dict[str, int] = {}
        waiting: list[tuple[SelectionSetNode, int]] = [(node.selection_set, 1)]
        while waiting:
            selected, depth = waiting.pop()
            if depth > MAXIMUM_DEPTH:
                message = f"Fields stand in one another more than {MAXIMUM_DEPTH} deep; ask in several operations."
                self.report_error(GraphQLError(message, node, extensions={"code": "INVALID"}))
                return
            waiting += _below(self.context, selected, depth, entered)


def _below(
    context: ValidationContext, selected: SelectionSetNode, depth: int, entered: dict[str, int]
) -> list[tuple[SelectionSetNode, int]]:
    below: list[tuple[SelectionSetNode, int]] = []
    for each in selected.selections:
        match each:
            # the library bounds introspection by a rule of its own
            case FieldNode(selection_set=SelectionSetNode() as inner) if not each.name.value.startswith("__"):
                below.append((inner, depth + 1))
            case InlineFragmentNode():
                below.append((each.selection_set, depth))
            case FragmentSpreadNode() if entered.get(each.name.value, 0) < depth:
                entered[each.name.value] = depth
                if (fragment := context.get_fragment(each.name.value)) is not None:
                    below.append((fragment.selection_set, depth))
            case _:
                pass
    return below


class BoundedAliases(ValidationRule):
    """Few fields are renamed: an alias is how one operation asks for the same thing many times."""

    def __init__(self, context: ValidationContext) -> None:
        """Nothing counted yet."""
        super().__init__(context)
        self._aliases = 0

    def enter_field(self, node: FieldNode, *_: object) -> None:
        """Count."""
        self._aliases += node.alias is not None

    def leave_document(self, node: DocumentNode, *_: object) -> None:
        """Judge."""
        if self._aliases > MAXIMUM_ALIASES:
            message = f"{self._aliases} fields have an alias; at most {MAXIMUM_ALIASES} may."
            self.report_error(GraphQLError(message, node, extensions={"code": "INVALID"}))

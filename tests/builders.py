"""Named things for tests: ids by number, a command, a signature, a model in a state."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from cdt.domain.kernel import Actor, Command, Tenant
from cdt.domain.registry.signature import Column, GroupAttribute, Signature

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def an_id(number: int) -> UUID:
    """The same id for the same number."""
    return UUID(int=number)


def noon_plus(**by: float) -> datetime:
    """A time after noon."""
    return NOON + timedelta(**by)


AN_OWNER = Actor("user", str(an_id(1001)))
A_TENANT = Tenant(an_id(1002), an_id(1003))
A_SIGNATURE = Signature(
    columns=(Column("age", "number"), Column("sex", "category"), Column("school", "category")),
    classes=("0", "1"),
    positive_class="1",
    groups=(
        GroupAttribute("sex", "sex", labels={"1": "male", "2": "female"}),
        GroupAttribute("age group", "age", bands=(30.0, 60.0)),
    ),
)


def a_command(**changes: Any) -> Command:
    """A command of an owner, at noon."""
    return Command(**{"id": an_id(1), "actor": AN_OWNER, "at": NOON, "tenant": A_TENANT, **changes})

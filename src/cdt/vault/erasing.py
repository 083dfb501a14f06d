"""What the vault forgets of a person who deleted the account: told twice, it forgets nothing more."""

from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from cdt.vault import keys, people


async def forget_person(
    connection: AsyncConnection[Any], *, user_id: UUID, invited: UUID, erased_at: datetime | None = None
) -> None:
    """Destroy what admits them and what opens what was sealed for them, also as one who was `invited`.

    erased_at: what was made for the same address since is somebody else's; None is now.
    """
    await connection.execute("DELETE FROM vault.credentials WHERE user_id = %(user_id)s", {"user_id": user_id})
    await connection.execute("DELETE FROM vault.sessions WHERE user_id = %(user_id)s", {"user_id": user_id})
    await keys.forget_of_person(connection, user_id)
    await people.forget(connection, invited, made_by=erased_at)
    await people.erase(connection, user_id)

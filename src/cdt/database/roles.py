"""Which role a connection works as: set at its start, for the whole of its life."""

from enum import StrEnum

from psycopg.conninfo import conninfo_to_dict, make_conninfo


class DatabaseRole(StrEnum):
    """The three roles of the first migration."""

    OWNER = "cdt_owner"
    API = "cdt_api"
    SYSTEM = "cdt_system"


_OPTIONS = {
    # workers for parallel plans cost more than a page of 50 rows; a generic plan inlines the policy once
    DatabaseRole.API: "-c max_parallel_workers_per_gather=0 -c plan_cache_mode=force_generic_plan",
    DatabaseRole.SYSTEM: "",
    DatabaseRole.OWNER: "",
}


_WAITS = {
    "connect_timeout": "5",
    "tcp_user_timeout": "10000",
    "keepalives_idle": "20",
    "keepalives_interval": "5",
    "keepalives_count": "2",
}
"""A server that vanished from the network is missed in seconds: TCP alone would wait for two minutes and more for an
answer, and two hours where nothing is asked, as where a connection only listens."""


def conninfo_as(dsn: str, role: DatabaseRole, *, schema: str = "read", application: str = "cdt") -> str:
    """The connection string with role, search path, time zone and bounded waits for locks."""
    given = conninfo_to_dict(dsn)
    options = " ".join(
        part
        for part in (
            str(given.get("options") or ""),
            f"-c role={role.value} -c search_path={schema},temporal -c TimeZone=UTC -c lock_timeout=10s",
            _OPTIONS[role],
        )
        if part
    )
    waits = {name: value for name, value in _WAITS.items() if name not in given}
    return make_conninfo(dsn, options=options, application_name=application, **waits)

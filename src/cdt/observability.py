"""Structured logs with the ids of request and command, and the operational counters."""

import logging
import sys
from contextvars import ContextVar
from typing import Literal

import structlog

Process = Literal["api", "worker", "follower", "reactions", "cdt"]

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""Of the request that is being answered. Of its own, since to bind it as structlog does takes 5 us a request."""


def name_request(_logger: object, _method: str, line: structlog.types.EventDict) -> structlog.types.EventDict:
    """Adds the request's id to a log line."""
    if (named := request_id.get()) is not None:
        line.setdefault("request_id", named)
    return line


IDS_IN_CONTEXT: tuple[structlog.types.Processor, ...] = (structlog.contextvars.merge_contextvars, name_request)
"""What puts into a log line whatever ids its context has."""


def configure_logging(*, level: str, form: str, process: Process) -> None:
    """Log lines as JSON, or as text for a person; each names its process and whatever ids are bound to the context."""
    number = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    shared: list[structlog.types.Processor] = [
        *IDS_IN_CONTEXT,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer: structlog.types.Processor = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
        if form == "text"
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=shared)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(number, logging.WARNING))
    structlog.contextvars.bind_contextvars(process=process)

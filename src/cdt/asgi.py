"""The HTTP way in: `cdt.asgi:create` is what uvicorn runs."""

import gc
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Scope

from cdt.bootstrap.api import api_services
from cdt.bootstrap.needs import needed
from cdt.graphql.endpoint import Endpoint
from cdt.graphql.schema import build_schema
from cdt.graphql.services import Services
from cdt.http import audit, health, pages
from cdt.http.baselines import BaselineRoute
from cdt.http.express import Application
from cdt.http.failures import Failures
from cdt.http.gate import Bounds, Gate
from cdt.http.intake import IntakeRoutes
from cdt.http.intake_gate import ReadGate
from cdt.http.kserve import InferenceLogs
from cdt.http.origins import Sharing, origin_of
from cdt.http.proxies import Headers, Proxies, networks_of
from cdt.http.quarantine_export import QuarantineExport
from cdt.http.read_entry import ReadEntry
from cdt.http.readiness import Readiness
from cdt.http.requests import HEADERS_OF_DATA, BodyLimit, RequestLog
from cdt.http.row_streams import RowStreams
from cdt.http.rows_export import RowsExport
from cdt.http.small_bodies import SmallBodies
from cdt.http.uploads import Uploads
from cdt.http.wire import HttpProtocol, SocketProtocol
from cdt.observability import configure_logging
from cdt.settings import Settings, from_env
from cdt.wall_clock import utc_now

KEEP_ALIVE_SECONDS = 75
"""Longer than clients and load balancers keep an idle connection: who closes first must not be us, or a request that is
on its way just then is lost."""


def create() -> Starlette:
    """The application, by the environment."""
    settings = from_env()
    configure_logging(level=settings.log_level, form=settings.log_format, process="api")
    return build(settings)


def server_options(settings: Settings) -> dict[str, Any]:
    """How uvicorn serves it: bounded, without a log of its own, finishing what it has begun when it stops."""
    proxies = proxies_of(settings)
    bounds = Bounds(
        header_seconds=settings.header_seconds,
        header_bytes=settings.maximum_header_bytes,
        headers=settings.maximum_headers,
        connections=settings.connections,
        connections_of_one=settings.connections_per_address,
        requests_at_once=settings.requests_at_once,
    )
    gate = Gate(bounds, is_proxy=proxies.is_trusted)
    return {
        "http": partial(HttpProtocol, gate=gate),
        "ws": partial(SocketProtocol, gate=gate),
        "proxy_headers": False,  # see http/proxies.py
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "timeout_keep_alive": KEEP_ALIVE_SECONDS,
        "timeout_graceful_shutdown": int(settings.shutdown_seconds),
        "ws_max_size": settings.maximum_query_bytes,
    }


def proxies_of(settings: Settings) -> Proxies:
    """The proxies that are believed."""
    kind: Headers = "forwarded" if settings.proxy_headers == "forwarded" else "x-forwarded"
    return Proxies(networks_of(settings.trusted_proxies), headers=kind)


def build(settings: Settings) -> Starlette:
    """The application, by settings."""
    opened: list[Services] = []

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncGenerator[None]:
        async with api_services(settings) as services:
            opened.append(services)
            gc.collect()
            gc.freeze()  # the schema is for ever; walking it at each collection took a third of a subscription's time
            yield

    def services() -> Services:
        return opened[0]

    origins = [each.strip() for each in settings.allowed_origins.split(",") if each.strip()]
    if settings.public_url is not None:
        origins.append(origin_of(settings.public_url))
    schema = build_schema()
    graphql: Any = Endpoint(schema, services, origins=origins)
    streams: Any = Endpoint(schema, services, origins=origins, streams=True)
    readiness = Readiness(
        lambda: services().reader,
        lambda: services().objects.storage,
        redis_url=needed(settings).redis_url,
        now=utc_now,
    )
    gate = ReadGate(lambda: services().admission, lambda: services().reader, lambda: services().policies)
    rows = IntakeRoutes(
        lambda: services().intake,
        gate,
        utc_now,
        most_body_bytes=settings.maximum_body_bytes,
        body_seconds=settings.body_seconds,
        spool_folder=settings.spool_folder,
        most_spooled_bytes=settings.spool_bytes,
        rates=lambda: services().rates,
    )
    baseline = BaselineRoute(
        rows,
        lambda: services().log,
        lambda: services().reader,
        lambda: services().writer,
        lambda: services().notifications,
        lambda: services().child,
        utc_now,
    )
    reading = ReadEntry(gate, lambda: services().journal, lambda: services().rates)
    export = RowsExport(reading, lambda: services().writer, lambda: services().objects)
    quarantine = QuarantineExport(reading, lambda: services().writer)
    data = BodyLimit(graphql, limits={"": settings.maximum_query_bytes}, seconds=settings.body_seconds)
    answering = RequestLog(data, headers=HEADERS_OF_DATA, hsts_seconds=settings.hsts_seconds)
    uploads = Uploads(
        rows,
        graphql.answer_with_file,
        most_operation_bytes=settings.maximum_query_bytes,
        body_seconds=settings.body_seconds,
    )
    uploading = RequestLog(uploads, headers=HEADERS_OF_DATA, hsts_seconds=settings.hsts_seconds)
    taking = {
        each: RequestLog(each, headers=HEADERS_OF_DATA, hsts_seconds=settings.hsts_seconds) for each in rows.endpoints
    }

    def express(scope: Scope) -> ASGIApp | None:
        if scope["path"] == "/graphql":
            return uploading if uploads.concerns(scope) else answering
        endpoint = rows.choose(scope)
        return None if endpoint is None else taking[endpoint]

    return Application(
        express=express,
        proxies=proxies_of(settings),
        sharing=Sharing(origins),
        small_bodies=SmallBodies(rows, lambda: services().intake, utc_now, hsts_seconds=settings.hsts_seconds),
        lifespan=lifespan,
        routes=[
            Route("/graphql/stream", streams, methods=None),
            Route("/healthz", health.healthz),
            Route("/readyz", health.readyz(readiness.probe)),
            Route("/metrics", health.metrics(readiness.refresh)),
            Route(
                "/v1/audit/export",
                audit.export_route(
                    lambda: services().reader,
                    lambda: services().admission,
                    lambda: services().journal,
                    utc_now,
                    lambda texts: services().keys_of(texts),
                ),
            ),
            *rows.routes(),
            baseline.route(),
            WebSocketRoute(
                "/v1/versions/{id}/stream",
                RowStreams(rows.entry, rows.bodies, rows.memory, lambda: services().streams),
            ),
            *InferenceLogs(
                lambda: services().intake, rows.entry, rows.memory, utc_now, body_seconds=settings.body_seconds
            ).routes(),
            *Failures(lambda: services().intake, rows.entry, rows.memory, body_seconds=settings.body_seconds).routes(),
            *export.routes(),
            *quarantine.routes(),
            *pages.routes(),
        ],
        middleware=[
            Middleware(RequestLog, hsts_seconds=settings.hsts_seconds),
            Middleware(BodyLimit, limits={"/graphql": settings.maximum_query_bytes}, seconds=settings.body_seconds),
        ],
    )

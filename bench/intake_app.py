"""dev"""
from contextlib import asynccontextmanager
from starlette.applications import Starlette
from starlette.middleware import Middleware
from cdt import bootstrap
from cdt.http.intake import IntakeRoutes
from cdt.http.intake_gate import ReadGate
from cdt.http.requests import BodyLimit, RequestLog
from cdt.settings import from_env
from cdt.observability import configure_logging
from cdt.graphql.context import utc_now
import os, cProfile, signal
settings = from_env()
configure_logging(level=settings.log_level, form=settings.log_format, process="api")
opened=[]
@asynccontextmanager
async def lifespan(_):
    async with bootstrap.api_services(settings) as s:
        opened.append(s)
        yield
routes=IntakeRoutes(lambda: opened[0].intake, ReadGate(lambda: opened[0].admission, lambda: opened[0].reader), utc_now, most_body_bytes=settings.maximum_body_bytes)
app=Starlette(lifespan=lifespan, routes=routes.routes(), middleware=[] if os.environ.get("BARE_MW") else [Middleware(RequestLog), Middleware(BodyLimit, limits={"/v1/": settings.maximum_body_bytes})])

"""The application and its layers, outermost first: observed, limited, routed."""

import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence

from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from api import errors
from api.body_limit import BodyLimit
from api.dispatcher import Dispatcher
from api.observing import Metrics, Observed
from api.routes import assignments as assignment_routes
from api.routes import manual, operations, regrades, results, submissions
from api.schemas import API
from api.service import Service
from api.sign_in_throttle import SignInThrottle
from api.watching import Watching
from grading.assignments.live import LiveCatalog
from grading.domain.assignment import Assignment
from grading.store import tracing
from grading.store.blobs import Blobs
from grading.store.database import Database
from grading.store.descriptions import Descriptions
from grading.store.logs import log_as_json
from grading.store.settings import Settings

DESCRIPTION = """
Submit deep-learning coursework, follow its grading, read the report.

Send a bearer token; each route names the scope that it wants. Errors are problem details (RFC 9457) with a
stable `code`.
"""


def create_app(
    settings: Settings,
    assignments: Mapping[str, Assignment] | None = None,
    *,
    registries: Sequence[CollectorRegistry] = (),
    pages: bool = True,
) -> FastAPI:
    """The service as an ASGI application. The database must be there and of this version.

    Args:
        settings: what the operator chose.
        assignments: by slug; None means the built-in ones and those of `settings.assignment_dirs`.
        registries: metrics of others in this process, shown on /metrics as well.
        pages: whether to serve the pages beside the API.
    """
    if assignments is None:
        assignments = LiveCatalog(settings.assignment_dirs)
    log_as_json()
    tracing.begin("api")
    database = Database.open(settings)
    service = Service(
        settings=settings,
        database=database,
        blobs=Blobs(settings.blobs),
        assignments=assignments,
        descriptions=Descriptions(),
        dispatcher=Dispatcher(settings),
        watching=Watching(database),
        metrics=Metrics(database, registries),
        sign_ins=SignInThrottle(settings.failed_sign_ins_per_minute),
    )

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        await service.watching.stop()
        service.dispatcher.close()
        database.close()

    app = FastAPI(
        title="Chainrule",
        version="1",
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        lifespan=lifespan,
    )
    app.state.service = service
    errors.install(app)
    for room in (assignment_routes, submissions, results, regrades, manual):
        app.include_router(room.router, prefix=API)
    app.include_router(operations.router)
    app.add_middleware(BodyLimit, most_bytes=settings.body_bytes)
    if pages:
        from api.pages import mount

        mount(app)
    app.add_middleware(Observed, metrics=service.metrics)
    return app

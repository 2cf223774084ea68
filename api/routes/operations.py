"""For operators: is it up, is it ready, how is it doing."""

from collections.abc import Callable

import structlog
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

import migrations
from api.service import Service, service_of
from grading.domain.verdict import Tier
from grading.store.queries.queue import workers

router = APIRouter(tags=["operations"])
log = structlog.get_logger(__name__)

_TIERS = [Tier.NONE.value, Tier.CONTAINED.value, Tier.FULL.value]
METRICS_TYPE = "text/plain; version=1.0.0; charset=utf-8"


@router.get("/healthz", response_class=PlainTextResponse)
async def healthy() -> str:
    """The process is up. Asks nobody else."""
    return "ok\n"


@router.get("/readyz", responses={503: {"description": "Not ready; the body says what is missing."}})
def ready(request: Request) -> Response:
    """The database answers and is of this version, blobs can be written, the broker answers.

    `sandbox` tells what holds on every worker that is alive; without one, submissions are taken all the same, and wait.
    """
    service = service_of(request)
    state = {name: _holds(name, check, service) for name, check in _CHECKS.items()}
    sandbox = _sandbox(service) if state["database"] else None
    return JSONResponse({**state, "sandbox": sandbox}, 200 if all(state.values()) else 503)


@router.get("/metrics", response_class=PlainTextResponse)
def metrics(request: Request) -> Response:
    """Numbers for Prometheus."""
    return Response(service_of(request).metrics.page(), media_type=METRICS_TYPE)


def _holds(name: str, check: Callable[[Service], bool], service: Service) -> bool:
    try:
        return check(service)
    except Exception as error:  # noqa: BLE001  # whatever is broken, the answer is "not ready"
        log.warning("readiness check failed", check=name, problem=type(error).__name__)
        return False


def _sandbox(service: Service) -> dict[str, object] | None:
    """The weakest tier among the workers that are alive, and for each layer whether it holds on all of them."""
    with service.database.read() as db:
        alive = [worker for worker in workers(db, service.settings) if worker.alive and worker.tier]
    if not alive:
        return None
    layers: dict[str, bool] = {}
    for worker in alive:
        for layer in worker.layers:
            layers[layer["name"]] = bool(layer["holds"]) and layers.get(layer["name"], True)
    return {"tier": min((worker.tier for worker in alive), key=_TIERS.index), "layers": layers}


def _database(service: Service) -> bool:
    service.database.ping()
    return True


def _schema(service: Service) -> bool:
    return migrations.up_to_date(service.settings.database)


def _blobs(service: Service) -> bool:
    service.blobs.check()
    return True


def _broker(service: Service) -> bool:
    return service.dispatcher.reachable()


_CHECKS: dict[str, Callable[[Service], bool]] = {
    "database": _database,
    "schema": _schema,
    "blobs": _blobs,
    "broker": _broker,
}

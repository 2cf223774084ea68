"""What every request needs, made once."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request

from api.dispatcher import Dispatcher
from api.observing import Metrics
from api.sign_in_throttle import Attempts
from api.watching import Watching
from grading.domain.assignment import Assignment
from grading.store.blobs import Blobs
from grading.store.database import Database
from grading.store.settings import Settings


@dataclass(frozen=True, slots=True)
class Service:
    """The running service; `assignments` are the rubrics it knows, by their own slug."""

    settings: Settings
    database: Database
    blobs: Blobs
    assignments: Mapping[str, Assignment]
    dispatcher: Dispatcher
    watching: Watching
    metrics: Metrics
    attempts: Attempts


def service_of(request: Request) -> Service:
    """The service that answers this request."""
    service: Service = request.app.state.service
    return service

"""What operators see: request ids, logs and metrics. No student code, no tokens, no file contents."""

import re
import time
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from grading.domain.verdict import RunState
from grading.store.database import Database
from grading.store.queries.queue import queue_state
from grading.store.tables import GradePost, Run

log = structlog.get_logger(__name__)

REQUEST_ID = "x-request-id"
_USABLE_ID = re.compile(r"[A-Za-z0-9_.-]{8,64}\Z")
_QUIET = frozenset({"/healthz", "/readyz", "/metrics"})


class _Queues(Collector):
    """The queue and the outbox, asked from the database when somebody looks."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def describe(self) -> Iterable[Metric]:
        """Nothing beforehand: describing must not need the database."""
        return []

    def collect(self) -> Iterable[Metric]:
        """The numbers as they are now."""
        depth = GaugeMetricFamily("chainrule_queue_depth", "Runs that wait.", labels=["queue"])
        running = GaugeMetricFamily("chainrule_runs_running", "Runs being graded.", labels=["queue"])
        oldest = GaugeMetricFamily("chainrule_queue_oldest_seconds", "Age of the first in line.", labels=["queue"])
        outcomes = GaugeMetricFamily("chainrule_runs", "Runs by state and by who must act.", labels=["state", "blame"])
        posts = GaugeMetricFamily("chainrule_grade_posts", "Grade posts by state.", labels=["state"])
        with self._database.read() as db:
            for queue in queue_state(db):
                depth.add_metric([queue.name], queue.waiting)
                running.add_metric([queue.name], queue.running)
                oldest.add_metric([queue.name], queue.oldest_age_s)
            for state, blame, count in db.execute(
                select(Run.state, Run.blame, func.count()).group_by(Run.state, Run.blame)
            ):
                outcomes.add_metric([RunState(state).value, blame or "nobody"], count)
            for state, count in db.execute(select(GradePost.state, func.count()).group_by(GradePost.state)):
                posts.add_metric([state], count)
        return [depth, running, oldest, outcomes, posts]


class Metrics:
    """The service's series, and those of a worker in the same process."""

    def __init__(self, database: Database, others: Sequence[CollectorRegistry] = ()) -> None:
        self._registries = [CollectorRegistry(), *others]
        own = self._registries[0]
        own.register(_Queues(database))
        self.requests = Counter("chainrule_http_requests", "Requests.", ["method", "route", "status"], registry=own)
        self.seconds = Histogram(
            "chainrule_http_request_seconds", "Until the answer began.", ["method", "route"], registry=own
        )
        self.submissions = Counter("chainrule_submissions", "Submissions by outcome.", ["outcome"], registry=own)

    def page(self) -> bytes:
        """The text that Prometheus reads."""
        return b"".join(generate_latest(registry) for registry in self._registries)


class Observed:
    """The outermost layer: gives each request an id, counts it, and writes one line about it."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and watch the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        started = time.perf_counter()
        status = 500

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (REQUEST_ID.encode(), request_id.encode())]
                self._count(scope, status, time.perf_counter() - started)
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, answer)
            finally:
                if scope["path"] not in _QUIET:
                    log.info(
                        "request answered",
                        method=scope["method"],
                        route=_route(scope),
                        status=status,
                        seconds=round(time.perf_counter() - started, 4),
                    )

    def _count(self, scope: Scope, status: int, seconds: float) -> None:
        route = _route(scope)
        self._metrics.requests.labels(scope["method"], route, str(status)).inc()
        self._metrics.seconds.labels(scope["method"], route).observe(seconds)


def _route(scope: Scope) -> str:
    # The template, not the path: a path has ids in it, and a scanner could fill the memory with made-up ones.
    route: Any = scope.get("route")
    return str(getattr(route, "path", "unmatched"))


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == REQUEST_ID.encode() and _USABLE_ID.match(value.decode("latin-1")):
            return str(value.decode("latin-1"))
    return uuid.uuid4().hex

"""`chainrule serve` and `chainrule worker`: the parts of the service."""

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from cli.exits import complain, faults_as_exits
from cli.local import judge_config, settings

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

    from grading.domain.assignment import Assignment
    from grading.judge.client import Judge
    from grading.store.demo import Demo
    from grading.store.settings import Settings

STREAMS_END_S = 3
"""A page that follows a submission keeps its connection open; it asks again when the service is back."""


def serve(
    *,
    port: Annotated[int | None, typer.Option(envvar="PORT", help="TCP port.")] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    with_worker: Annotated[bool, typer.Option("--with-worker", help="Grade in this process as well.")] = False,
    demo: Annotated[bool, typer.Option("--demo", help="Load a demo course and print its keys.")] = False,
) -> None:
    """Start the HTTP service."""
    chosen = settings()
    update = {"port": port, "host": host}
    chosen = chosen.model_copy(update={key: value for key, value in update.items() if value is not None})
    with faults_as_exits():
        _serve(chosen, with_worker=with_worker, demo=demo)


def worker(
    *,
    queues: Annotated[str, typer.Option(help="Names of queues, joined by commas.")] = "cpu,passback",
) -> None:
    """Start a worker that grades what the service queued."""
    from cli.logs import to_standard_error
    from grading.sandbox import gpus
    from worker import gpu_slots, standalone

    to_standard_error()
    names = tuple(name.strip() for name in queues.split(",") if name.strip())
    with faults_as_exits():
        chosen = settings().model_copy(update={"worker_queues": names})
        if (gpu := gpu_slots.take_gpu(chosen, gpus.found())) is not None:
            chosen = chosen.model_copy(update={"gpu": gpu.index})
        standalone.run(chosen, starter_of(chosen))


def starter_of(chosen: "Settings") -> "Callable[[], Judge]":
    """What starts the service's judge, warm."""

    def start() -> "Judge":
        from grading.judge.client import Judge

        judge = Judge.start(judge_config(chosen, warm=True))
        for remark in (*judge.readiness.faults, *judge.readiness.remarks):
            complain(remark)
        return judge

    return start


def _serve(chosen: "Settings", *, with_worker: bool, demo: bool) -> None:
    import uvicorn

    import migrations
    from api.app import create_app
    from cli.announcing import Announced, announce, listening
    from cli.logs import to_standard_error
    from grading.assignments.live import LiveCatalog

    to_standard_error()
    assignments = LiveCatalog(chosen.assignment_dirs)
    for fault in assignments.faults:
        complain(str(fault))
    door = listening(chosen.host, chosen.port)
    chosen.state.mkdir(parents=True, exist_ok=True)
    migrations.upgrade(chosen.database)
    keys = _demo(chosen, assignments) if demo else None
    with _worker(chosen, assignments, wanted=with_worker) as registries:
        app = create_app(chosen, assignments, registries=registries)
        config = uvicorn.Config(
            app,
            host=chosen.host,
            port=chosen.port,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=STREAMS_END_S,
        )
        # What was loaded stays loaded: looking through it for garbage takes 60 ms of whichever request is under way.
        gc.collect()
        gc.freeze()
        Announced(config, lambda: announce(chosen, keys, assignments)).run([door])


@contextmanager
def _worker(
    chosen: "Settings", assignments: "Mapping[str, Assignment]", *, wanted: bool
) -> Iterator["tuple[CollectorRegistry, ...]"]:
    if not wanted:
        yield ()
        return
    from worker import embedded, metrics

    running = embedded.start(chosen, starter_of(chosen), assignments)
    try:
        yield (metrics.registry,)
    finally:
        running.stop()


def _demo(chosen: "Settings", assignments: "Mapping[str, Assignment]") -> "Demo":
    from grading.store.database import Database
    from grading.store.demo import set_up_demo

    database = Database.open(chosen)
    try:
        with database.write() as db:
            return set_up_demo(db, chosen, assignments)
    finally:
        database.close()

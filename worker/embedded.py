"""A worker inside the service's own process: `make run` needs no other."""

import threading
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from celery import Celery
from celery.platforms import EX_OK
from celery.worker import state
from kombu.asynchronous import set_event_loop

from grading.domain.assignment import Assignment
from grading.domain.jobs import QUEUE_PASSBACK
from grading.store import tracing
from grading.store.logs import log_as_json
from grading.store.settings import Settings
from worker.app import announcer_of, make_app
from worker.judge_holder import Judge
from worker.sweep import Sweep
from worker.tasks import register
from worker.workplace import Workplace

log = structlog.get_logger(__name__)

LISTEN_AGAIN_S = 1.0
_making = threading.Lock()


class Worker:
    """Threads that grade, a thread that posts, and the sweep. A student's code never runs in this process.

    Args:
        settings: what the operator chose.
        judge: a judge, or what starts one.
        assignments: which are to be described; None: those that the settings name.
        sweep_s: how often lost rows are looked for; None: as the settings say.
    """

    def __init__(
        self,
        settings: Settings,
        judge: "Judge | Callable[[], Judge]",
        assignments: Mapping[str, Assignment] | None = None,
        *,
        sweep_s: float | None = None,
    ) -> None:
        if not settings.worker_queues:
            raise ValueError("a worker needs at least one queue; set CHAINRULE_WORKER_QUEUES")
        log_as_json()
        tracing.begin("worker")
        app = make_app(settings)
        self._place = Workplace(settings, judge, announcer_of(app), assignments)
        self._sweep = Sweep(self._place, settings.sweep_s if sweep_s is None else sweep_s)
        grading = list(settings.run_queues)
        # Posting has a controller of its own: a slow learning platform must not keep graders waiting. Two controllers
        # need two applications, which would otherwise fight over the choice of queues.
        wanted = [(app, grading, settings.worker_concurrency)] if grading else []
        if QUEUE_PASSBACK in settings.worker_queues:
            wanted.append((make_app(settings), [QUEUE_PASSBACK], 1))
        self._apps = [app for app, _, _ in wanted]
        for app in self._apps:
            register(app, self._place, self._sweep.once)
        # Pool threads look jobs up in the process's default application, whichever controller they belong to.
        self._apps[0].set_default()
        self._leaving = threading.Event()
        self._threads = [
            threading.Thread(target=self._listen, args=one, name="celery worker", daemon=True) for one in wanted
        ]

    def start(self) -> None:
        """Listen, then sweep: whatever waited while nobody was there is picked up now."""
        self._place.open()
        for thread in self._threads:
            thread.start()
        self._sweep.start()
        log.info("worker started", owner=self._place.owner)

    def stop(self) -> None:
        """Finish the runs that are being graded, then stop; whether the broker is there or not."""
        self._leaving.set()
        self._sweep.stop()
        # Each controller takes itself down, in its own thread: from outside, it may be in the middle of connecting
        # anew, and would go on afterwards. This is the one word that it hears also while it waits for a broker; it is
        # said to the whole process, which has one worker.
        state.should_stop = EX_OK  # type: ignore[assignment]  # its stubs know only what it is at first
        try:
            for thread in self._threads:
                thread.join()
        finally:
            state.should_stop = None
        self._place.close()
        for app in self._apps:
            app.close()
        log.info("worker stopped", owner=self._place.owner)

    def _listen(self, app: Celery, queues: list[str], concurrency: int) -> None:
        """Be a controller until the worker leaves; one that broke is followed by another.

        Otherwise a worker would give signs of life, and hear nothing.
        """
        while not self._leaving.is_set():
            self._controller(app, queues, concurrency).start()
            if not self._leaving.wait(LISTEN_AGAIN_S):
                log.error("listener broke off; the next one begins", queues=queues)

    def _controller(self, app: Celery, queues: list[str], concurrency: int) -> Any:
        with _making:
            # Left alone, all controllers of a process share one event loop, and two threads serve each other's sockets.
            set_event_loop(None)
            return app.WorkController(
                pool="threads",
                concurrency=concurrency,
                queues=queues,
                hostname=f"{'-'.join(queues)}@{self._place.owner.replace('/', '.')}",
                without_heartbeat=True,
                without_mingle=True,
                without_gossip=True,
            )


def start(
    settings: Settings,
    judge: "Judge | Callable[[], Judge]",
    assignments: Mapping[str, Assignment] | None = None,
) -> Worker:
    """Start a worker in this process; the database must be there and of this version."""
    worker = Worker(settings, judge, assignments)
    worker.start()
    return worker
